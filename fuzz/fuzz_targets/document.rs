//! Whatever a construct's document says, it becomes a contract or findings; and what becomes a
//! contract is read back as the same one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use meshery_fuzz::{SOURCES, tree};
use meshery_generator::contract;
use meshery_generator::load::Documents;
use meshery_generator::overlay::Overlay;

fuzz_target!(|text: &str| {
    let documents = Documents::new(tree(text));
    match contract::build(&documents, &SOURCES, &Overlay::none()) {
        Ok(built) => {
            if let Ok(read) = contract::read(&built.text, "contract.yml") {
                assert_eq!(read.sha256, built.contract.sha256);
            }
        }
        Err(found) => assert!(found.has_errors()),
    }
});
