//! Does every operation work over a real socket, in every way the contract documents?
//!
//! For each product the generated server listens on loopback, with handlers that take down what
//! they are given and answer by a script; the generated client calls every operation with minimal,
//! maximal and random arguments, and every documented response is answered once for each. What the
//! client cannot send (values that break a rule, calls without a token) is sent by hand. What was
//! exercised is counted against the contract in the end.
use meshery_evidence::contract::Contract;
use meshery_evidence::exercise::{Run, exercise, expected};
use meshery_evidence::generated::{DIGEST, PRODUCTS};

#[test]
fn every_operation_of_every_product_works_over_a_socket() {
    let contract = Contract::load();
    assert_eq!(contract.api.digest, DIGEST, "what is generated is of another contract");
    let runs: Vec<Run> = std::thread::scope(|scope| {
        let runs: Vec<_> =
            PRODUCTS.iter().map(|p| scope.spawn(|| exercise(&contract.api, *p, None))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    Run::together(runs).assert_complete(&expected(&contract.document));
}
