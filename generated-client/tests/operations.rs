//! Are the facts of the generated operations what the core and other tools rely on?

use meshery_client::OPERATIONS;
use std::collections::BTreeSet;

#[test]
fn every_operation_is_there_once_and_its_facts_are_whole() {
    let mut routes = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for operation in OPERATIONS {
        assert!(routes.insert((operation.path, operation.method.as_str())), "{operation:?} is there twice");
        assert!(ids.insert(operation.id), "{operation:?} is there twice");
        assert!(operation.path.starts_with('/'), "{operation:?}");
        assert!(!operation.products.is_empty() && !operation.responses.is_empty(), "{operation:?}");
        assert!(operation.responses.is_sorted_by_key(|response| response.status), "{operation:?}");
        let accept: http::HeaderValue = operation.accept.parse().unwrap();
        assert!(accept.to_str().unwrap().contains("application/json"), "{operation:?}");
    }
}

#[cfg(all(feature = "meshery", feature = "net"))]
#[tokio::test]
async fn a_call_by_its_method_goes_to_the_server() {
    use meshery_client::{Error, meshery};
    // Nobody listens there: the call gets as far as the connection.
    let client = meshery::Client::builder("http://127.0.0.1:1").unwrap().build().unwrap();
    let error = client.workspaces().get_workspaces().search("a").send().await.unwrap_err();
    assert!(matches!(error, Error::Transport { .. }), "{error}");
    assert_eq!(error.operation().unwrap().id, "getWorkspaces");
}
