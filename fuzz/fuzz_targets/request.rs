//! Whatever is asked of the mounted routers, it is answered without a panic and without a 500.
#![no_main]

use libfuzzer_sys::fuzz_target;
use meshery_fuzz::server::{Sent, check};

fuzz_target!(|sent: Sent<'_>| check(&sent));
