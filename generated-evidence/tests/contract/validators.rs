//! The independent validator, on the schemas as the contract has them.

use jsonschema::ValidatorMap;
use meshery_evidence::contract::Contract;
use meshery_evidence::json_schema;

/// For all types.
pub(crate) fn oracle(contract: &Contract) -> ValidatorMap {
    let pointers: Vec<String> = contract.api.types.values().map(|d| d.pointer.clone()).collect();
    at(contract, &pointers)
}

/// For the schemas at these places.
pub(crate) fn at(contract: &Contract, pointers: &[String]) -> ValidatorMap {
    let document = json_schema::document(&contract.document, pointers);
    jsonschema::options()
        .should_validate_formats(true)
        .should_ignore_unknown_formats(true)
        .with_format("byte", json_schema::is_base64)
        .build_map(&document)
        .unwrap_or_else(|e| panic!("the oracle does not take the contract: {e}"))
}
