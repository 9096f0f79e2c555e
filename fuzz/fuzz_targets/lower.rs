//! Whatever JSON is given as a contract, it becomes code or findings.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(document) = serde_json::from_str(text) {
        meshery_fuzz::check(document);
    }
});
