//! Lists that have no end.
#![cfg(feature = "meshery-workspaces")]

use crate::builder;
use crate::server::{JSON, Server, response};
use futures_util::TryStreamExt;
use meshery_client::{Error, meshery};

/// A server that always gives the same page, and says that there are a hundred.
async fn again_and_again() -> Server {
    Server::start(|mut connection, _| async move {
        let item = r#"{"id":"00000000-0000-0000-0000-000000000007","name":"again"}"#;
        let page = format!(r#"{{"page":0,"pageSize":1,"totalCount":100,"workspaces":[{item}]}}"#);
        let answer = response("200 OK", JSON, page.as_bytes());
        while connection.send(&answer).await.is_ok() && connection.request().await.is_some() {}
    })
    .await
}

#[tokio::test]
async fn a_hundred_pages_that_repeat() {
    let server = again_and_again().await;
    let client = meshery::Client::from(builder(&server).build().unwrap());
    let items: Result<Vec<_>, Error> = client.workspaces().get_workspaces().stream().try_collect().await;
    assert!(matches!(items, Err(Error::RepeatedPage { .. })), "{items:?}");
    assert!(server.requests() <= 3, "{}", server.requests());
}
