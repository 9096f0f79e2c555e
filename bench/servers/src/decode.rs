//! What it costs to read a request body: by derive alone, decoded and validated in one pass, and
//! interpreted: to a `Value`, through a schema, to the type.

use crate::by_hand::Payload;
use crate::{median, sample};
use meshery_types::v1alpha1::controllers_config::MesheryControllersConfigPayload;
use meshery_types::wire::{self, Options};
use serde_json::Value;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Prints the nanoseconds for a body, and the ratio to derive.
pub fn run(schema: &str, rounds: u64) {
    let body = sample::valid().into_bytes();
    let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
    let schema = oracle::options().should_validate_formats(true).build(&schema).expect("a schema");
    let derive = || black_box(serde_json::from_slice::<Payload>(&body).is_ok());
    let ours = || {
        let read = wire::from_slice::<MesheryControllersConfigPayload>(&body, &wire::ANY, &Options::STRICT);
        black_box(read.is_ok())
    };
    let interpreted = || {
        let value: Value = serde_json::from_slice(&body).expect("it is JSON");
        let valid = schema.iter_errors(&value).next().is_none();
        black_box(valid && serde_json::from_value::<Payload>(value).is_ok())
    };
    assert!(derive() && ours() && interpreted(), "the body is valid to all");
    let mut figures = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..rounds.max(15) {
        figures[0].push(nanoseconds(derive));
        figures[1].push(nanoseconds(ours));
        figures[2].push(nanoseconds(interpreted));
    }
    let base = figures[0].clone();
    for (name, figures) in ["by hand", "ours", "interpreted"].into_iter().zip(figures) {
        let ratios = figures.iter().zip(&base).map(|(figure, base)| figure / base).collect();
        println!("decode\t{name}\t{:.0}\t{:.3}", median(figures), median(ratios));
    }
}

/// How long one run takes, of as many as fit into a while.
fn nanoseconds(run: impl Fn() -> bool) -> f64 {
    let started = Instant::now();
    let mut count = 0;
    while started.elapsed() < Duration::from_millis(40) {
        for _ in 0..50 {
            assert!(run());
        }
        count += 50;
    }
    started.elapsed().as_nanos() as f64 / f64::from(count)
}
