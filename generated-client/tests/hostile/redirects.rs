//! Redirects: to themselves, and to somebody who would like to have the token.

use crate::server::{JSON, Server, response};
use crate::{SECRET, builder, client, failed};
use meshery_client::Error;
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn redirect_loops() {
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let server = Server::start(move |mut connection, _| async move {
            let again = format!("HTTP/1.1 {status}\r\nLocation: /api/names\r\nContent-Length: 0\r\n\r\n");
            while connection.send(again.as_bytes()).await.is_ok() && connection.request().await.is_some() {}
        })
        .await;
        let error = failed(&client(&server)).await;
        let login = matches!(&status[..3], "302" | "303" | "307");
        assert_eq!(error.is_unauthenticated(), login, "{error}");
        assert_eq!(error.status().unwrap().as_str(), &status[..3]);
        assert_eq!(server.requests(), 1);

        // With a client that follows, as long as that client likes to.
        let following = builder(&server).http_client(reqwest::Client::new()).build().unwrap();
        assert!(matches!(failed(&following).await, Error::Transport { .. }));
        assert!(server.requests() <= 13, "{}", server.requests());
    }
}

#[tokio::test]
async fn redirect_to_another_host() {
    let heard = Arc::new(Mutex::new(String::new()));
    let hearing = Arc::clone(&heard);
    let elsewhere = Server::start(move |mut connection, request| {
        hearing.lock().unwrap().push_str(&request);
        async move { drop(connection.send(&response("200 OK", JSON, b"[]")).await) }
    })
    .await;
    for status in ["302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let location = format!("Location: {}/api/names\r\n", elsewhere.url());
        let server = Server::bytes(response(status, &location, b"")).await;
        failed(&client(&server)).await;
        assert_eq!(elsewhere.requests(), 0);
    }
    let location = format!("Location: {}/api/names\r\n", elsewhere.url());
    let server = Server::bytes(response("302 Found", &location, b"")).await;
    let following = builder(&server).http_client(reqwest::Client::new()).build().unwrap();
    assert!(failed(&following).await.is_unauthenticated());
    let heard = heard.lock().unwrap();
    assert!(heard.starts_with("GET /api/names") && !heard.contains(SECRET), "{heard}");
}
