//! The same behind the checksum of gzip, which mutation does not get past: the input is the tar.
#![no_main]

use flate2::Compression;
use flate2::write::GzEncoder;
use libfuzzer_sys::fuzz_target;
use meshery_fuzz::{SOURCES, limits};
use meshery_generator::load;
use std::io::Write;

fuzz_target!(|data: &[u8]| {
    let mut packed = GzEncoder::new(Vec::new(), Compression::none());
    packed.write_all(data).expect("a vector takes everything");
    let packed = packed.finish().expect("a vector takes everything");
    match load::archive(packed.as_slice(), &SOURCES, &limits()) {
        Ok(tree) => {
            let total: usize = tree.files.values().map(|file| file.text.len()).sum();
            assert!(total <= 1 << 20 && tree.files.keys().all(|path| !path.contains("..")));
        }
        Err(found) => assert!(found.has_errors()),
    }
});
