//! Whatever bytes an archive holds, reading it ends with a tree or with findings, within limits.
#![no_main]

use libfuzzer_sys::fuzz_target;
use meshery_fuzz::{SOURCES, limits};
use meshery_generator::load;

fuzz_target!(|data: &[u8]| {
    if let Err(found) = load::archive(data, &SOURCES, &limits()) {
        assert!(found.has_errors());
    }
});
