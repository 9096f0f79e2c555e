//! The laws of comparisons, on edits drawn from the committed contract; `cargo xtask soak` tries more.

use meshery_generator::contract;
use meshery_generator::drift::laws;

#[test]
fn edits_are_found_mirrored_and_contained() {
    let text = std::fs::read_to_string("../schemas/contract.yml").unwrap();
    let contract = contract::read(&text, "schemas/contract.yml").unwrap();
    let tried = laws::check(&contract, 7, 400).unwrap_or_else(|law| panic!("{law}"));
    assert!(tried.edits == 400 && tried.wholes > 10 && tried.kinds.len() > 20, "{tried:?}");
}
