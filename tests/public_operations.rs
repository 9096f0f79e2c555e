//! Exactly the operations of the reviewed list answer without credentials.
//!
//! `schemas/public.txt` is that list. An operation that becomes public is let through by whoever
//! adds it there, after a look at why: nothing writes the file.
#![cfg(committed_contract)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use axum::body::Body;
use axum::http::{Request, StatusCode};
use meshery_server::{Asked, Authenticate, Denied, OperationInfo, Router, cloud, meshery};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use tower::ServiceExt;

/// Lets nobody in, and would tell if it were asked about a caller who shows nothing.
struct Nobody;

impl Authenticate for Nobody {
    type Identity = ();

    async fn authenticate(&self, _: Asked<'_>) -> Result<(), Denied> {
        Err(Denied::unauthenticated("nobody is let in"))
    }
}

/// The operations that answer without credentials, as the list has them; how many there are at all.
async fn open(product: &str, router: Router, operations: &[&OperationInfo]) -> (BTreeSet<String>, usize) {
    let mut open = BTreeSet::new();
    for OperationInfo { id, method, path, .. } in operations {
        let request = Request::builder().method(method).uri(path.replace(['{', '}'], ""));
        let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        match response.status() {
            StatusCode::UNAUTHORIZED => {}
            // Nothing is mounted: who is let in meets nobody.
            StatusCode::NOT_IMPLEMENTED => {
                open.insert(format!("{product} {method} {path} {id}"));
            }
            other => panic!("{product} {id} answers {other}"),
        }
    }
    (open, operations.len())
}

/// How many operations the contract gives a product.
fn counted(contract: &str, product: &str) -> usize {
    let mut audiences = contract.split("\n      x-internal:\n").skip(1);
    let own = format!("      - {product}");
    let has =
        |list: &str| list.lines().take_while(|line| line.starts_with("      - ")).any(|line| line == own);
    audiences.by_ref().filter(|list| has(list)).count()
}

#[tokio::test]
async fn exactly_the_reviewed_operations_answer_without_credentials() {
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let contract = fs::read_to_string(schemas.join("contract.yml")).unwrap();
    let list = fs::read_to_string(schemas.join("public.txt")).unwrap();
    let reviewed: BTreeSet<String> =
        list.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(str::to_owned).collect();
    let (mut found, in_cloud) = open("cloud", cloud::Api::new(Nobody).into_router(), cloud::OPERATIONS).await;
    let (more, in_meshery) =
        open("meshery", meshery::Api::new(Nobody).into_router(), meshery::OPERATIONS).await;
    found.extend(more);
    assert_eq!((in_cloud, in_meshery), (counted(&contract, "cloud"), counted(&contract, "meshery")));
    let opened: Vec<_> = found.difference(&reviewed).collect();
    assert!(opened.is_empty(), "not in schemas/public.txt, and open to everybody:\n{opened:#?}");
    let closed: Vec<_> = reviewed.difference(&found).collect();
    assert!(closed.is_empty(), "in schemas/public.txt, and not open any more:\n{closed:#?}");
    println!("{in_cloud} and {in_meshery} operations, {} of them public", found.len());
}
