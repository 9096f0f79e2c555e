//! Compressed bodies: read where they are asked for, cut off where they are bombs.
#![cfg(all(feature = "gzip", feature = "brotli", feature = "zstd"))]

use crate::server::{JSON, Server, response};
use crate::{LIMIT, client, failed, names};
use flate2::{Compression, write::GzEncoder};
use meshery_client::Error;
use std::io::Write;

fn encoded(encoding: &str, body: &[u8]) -> Vec<u8> {
    response("200 OK", &format!("{JSON}Content-Encoding: {encoding}\r\n"), body)
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

/// One block that is not compressed (RFC 7932), and an empty last one.
fn brotli(body: &[u8]) -> Vec<u8> {
    // A window of 16 bits, not the last block, a length of four nibbles, and that it is as it is.
    let head = ((body.len() as u32 - 1) << 4) | 1 << 20;
    [&head.to_le_bytes()[..3], body, &[3]].concat()
}

/// One block that is not compressed (RFC 8878).
fn zstd(body: &[u8]) -> Vec<u8> {
    let head = ((body.len() as u32) << 3) | 1;
    [&[0x28, 0xb5, 0x2f, 0xfd, 0x20, body.len() as u8], &head.to_le_bytes()[..3], body].concat()
}

#[tokio::test]
async fn a_body_is_decompressed() {
    let body = br#"["a","b"]"#;
    for (encoding, bytes) in [("gzip", gzip(body)), ("br", brotli(body)), ("zstd", zstd(body))] {
        let whole = encoded(encoding, &bytes);
        let server = Server::start(move |mut connection, request| {
            assert!(request.contains("accept-encoding: ") && request.contains(encoding), "{request}");
            let whole = whole.clone();
            async move { drop(connection.send(&whole).await) }
        })
        .await;
        assert_eq!(names(&client(&server)).await.unwrap().body, ["a", "b"], "{encoding}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_compressed_as_it_says() {
    for encoding in ["gzip", "br", "zstd"] {
        let server = Server::bytes(encoded(encoding, b"[\"a\",\"b\"]")).await;
        assert!(matches!(failed(&client(&server)).await, Error::Transport { .. }), "{encoding}");
    }
}

#[tokio::test]
async fn bombs() {
    let spaces = gzip(&vec![b' '; 64 * LIMIT]);
    // Blocks that say 128 KiB of a byte in four, after a head with a window of 8 MiB.
    let repeated = (((128_u32 << 10) << 3) | 0b010).to_le_bytes();
    let block = [&repeated[..3], b" "].concat();
    let zstd = [&[0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x68][..], &block.repeat(512)].concat();
    for (encoding, bytes) in [("gzip", spaces), ("zstd", zstd)] {
        assert!(bytes.len() < LIMIT / 8);
        let server = Server::bytes(encoded(encoding, &bytes)).await;
        let error = failed(&client(&server)).await;
        assert!(matches!(error, Error::TooLarge { limit: LIMIT, .. }), "{encoding}: {error:?}");
    }
}
