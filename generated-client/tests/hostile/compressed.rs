//! Compressed bodies: read where they are asked for, cut off where they are bombs.
#![cfg(all(feature = "gzip", feature = "brotli", feature = "zstd"))]

use crate::server::{JSON, Server, response};
use crate::{LIMIT, client, failed};
use flate2::{Compression, write::GzEncoder};
use meshery_client::Error;
use std::io::Write;

type Encoder = fn(&[u8]) -> Vec<u8>;

fn encoded(encoding: &str, body: &[u8]) -> Vec<u8> {
    response("200 OK", &format!("{JSON}Content-Encoding: {encoding}\r\n"), body)
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn brotli(body: &[u8]) -> Vec<u8> {
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 22);
    encoder.write_all(body).unwrap();
    encoder.into_inner()
}

fn zstd(body: &[u8]) -> Vec<u8> {
    zstd::encode_all(body, 3).unwrap()
}

#[tokio::test]
async fn a_body_is_decompressed() {
    let names: Vec<String> = (0..2000).map(|n| format!("the name of number {n}")).collect();
    let body = format!("{names:?}").into_bytes();
    let codings: [(&str, Encoder); 3] = [("gzip", gzip), ("br", brotli), ("zstd", zstd)];
    for (coding, encoder) in codings {
        let compressed = encoder(&body);
        assert!(compressed.len() < body.len() / 3, "{coding}");
        let whole = encoded(coding, &compressed);
        let server = Server::start(move |mut connection, request| {
            let asked = request.lines().find(|line| line.starts_with("accept-encoding: ")).unwrap();
            assert!(asked.contains(coding), "{asked}");
            let whole = whole.clone();
            async move { drop(connection.send(&whole).await) }
        })
        .await;
        assert_eq!(crate::names(&client(&server)).await.unwrap().body, names, "{coding}");
        let cut = encoded(coding, &compressed[..compressed.len() / 2]);
        let server = Server::bytes(cut).await;
        assert!(matches!(failed(&client(&server)).await, Error::Transport { .. }), "{coding}");
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
    let spaces = vec![b' '; 64 * LIMIT];
    for (coding, bytes) in [("gzip", gzip(&spaces)), ("br", brotli(&spaces)), ("zstd", zstd(&spaces))] {
        assert!(bytes.len() < LIMIT / 8, "{coding}");
        let server = Server::bytes(encoded(coding, &bytes)).await;
        let error = failed(&client(&server)).await;
        assert!(matches!(error, Error::TooLarge { limit: LIMIT, .. }), "{coding}: {error:?}");
    }
}
