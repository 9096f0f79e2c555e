//! The same for documents whose words are those of OpenAPI.
#![no_main]

use libfuzzer_sys::arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use meshery_fuzz::{check, grammar};

fuzz_target!(|data: &[u8]| {
    if let Ok(document) = grammar::document(&mut Unstructured::new(data)) {
        check(document);
    }
});
