//! Whatever text is given as a contract, it is read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use meshery_generator::contract;

fuzz_target!(|text: &str| {
    if let Err(found) = contract::read(text, "contract.yml") {
        assert!(found.has_errors());
    }
});
