//! HTTP/2 where the server offers it, and HTTP/1.1 for what is to become something else.

use super::thing;
use crate::ClientBuilder;
use crate::client::Core;
use crate::transport::own;
use futures_util::StreamExt;
use reqwest::Certificate;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// A server that speaks HTTP/2 only with who chose it, and a client that trusts it. Tells what was
/// chosen for each connection.
async fn server() -> (Core, Arc<Mutex<Vec<Vec<u8>>>>) {
    let certified = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let certificate = Certificate::from_der(certified.cert.der()).unwrap();
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let mut tls = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)
        .unwrap();
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let chosen = Arc::new(Mutex::new(Vec::new()));
    let choices = Arc::clone(&chosen);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let stream = acceptor.accept(stream).await.unwrap();
            let protocol = stream.get_ref().1.alpn_protocol().unwrap_or_default().to_vec();
            choices.lock().unwrap().push(protocol.clone());
            if protocol == b"h2" {
                tokio::spawn(multiplexed(stream));
            } else {
                tokio::spawn(async { tokio_tungstenite::accept_async(stream).await.unwrap().next().await });
            }
        }
    });
    let settings = move || {
        reqwest::Client::builder()
            .tls_certs_only([certificate.clone()])
            .resolve("localhost", ([127, 0, 0, 1], port).into())
    };
    let mut builder = ClientBuilder::<Core>::new(&format!("https://localhost:{port}")).unwrap();
    builder.transport = Some(own(settings, Duration::from_secs(10)).unwrap());
    (builder.build().unwrap(), chosen)
}

async fn multiplexed(stream: tokio_rustls::server::TlsStream<tokio::net::TcpStream>) {
    let mut connection = h2::server::handshake(stream).await.unwrap();
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        assert_eq!(request.version(), http::Version::HTTP_2);
        let response = http::Response::builder().header("content-type", "application/json").body(()).unwrap();
        let mut body = respond.send_response(response, false).unwrap();
        body.send_data("[\"a\"]".into(), true).unwrap();
    }
}

#[tokio::test]
async fn calls_share_a_connection_of_http_2_and_websockets_get_their_own() {
    let (core, chosen) = server().await;
    thing(&core).execute().await.unwrap();
    let call = |core: Core| async move { thing(&core).execute().await.map(|raw| raw.json::<Vec<String>>()) };
    let all = (0..20).map(|_| call(core.clone())).collect::<tokio::task::JoinSet<_>>().join_all().await;
    assert!(all.into_iter().all(|answer| answer.unwrap().unwrap().body == ["a"]));
    assert_eq!(*chosen.lock().unwrap(), [b"h2"]);
    thing(&core).upgrade().await.unwrap();
    assert_eq!(*chosen.lock().unwrap(), [&b"h2"[..], b"http/1.1"]);
}
