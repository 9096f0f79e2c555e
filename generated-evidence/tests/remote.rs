//! Does every operation work through the remote provider, between client and server?
//!
//! What the remote server answers is valid: what the provider finds wrong with it is wrong with the
//! provider.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what does not hold has to fail loudly"
)]

use axum::Router;
use meshery_evidence::contract::Contract;
use meshery_evidence::drive::Product;
use meshery_evidence::exercise::{Run, exercise, expected};
use meshery_evidence::generated::PRODUCTS;
use meshery_runtime::auth::server::{Gate, Provider, Providers};
use meshery_runtime::provider::remote::Remote;
use std::sync::Mutex;

/// A gateway that lets in who shows a token, and leaves it to the server behind it.
fn gateway(product: &str, remote: &Remote) -> Router {
    let gate = Gate::new(Providers::new([Provider::deferred("Evidence")]));
    let router = match product {
        "meshery" => meshery_server::meshery::Api::new(gate).others(remote.clone()).into_router(),
        "cloud" => meshery_server::cloud::Api::new(gate).others(remote.clone()).into_router(),
        other => panic!("no gateway for {other}"),
    };
    remote.around(router)
}

#[test]
fn every_operation_of_every_product_works_through_it() {
    let contract = Contract::load();
    let remotes: Mutex<Vec<Remote>> = Mutex::default();
    let between = |product: Product, url: &str| {
        let remote = Remote::new(url).unwrap();
        remotes.lock().unwrap().push(remote.clone());
        gateway(product.name, &remote)
    };
    let runs: Vec<Run> = std::thread::scope(|scope| {
        let runs: Vec<_> = PRODUCTS
            .iter()
            .map(|product| scope.spawn(|| exercise(&contract.api, *product, Some(&between))))
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    Run::together(runs).assert_complete(&expected(&contract.document));
    for remote in remotes.into_inner().unwrap() {
        let findings = remote.drift().findings();
        let first: Vec<_> = findings.iter().take(40).collect();
        assert!(findings.is_empty(), "{} findings about valid answers: {first:#?}", findings.len());
    }
}
