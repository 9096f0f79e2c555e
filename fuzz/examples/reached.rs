//! How far do the inputs of the fuzz targets `grammar` and `lower` get? `cargo run --example reached`
//! after a run of the target, in this folder; without corpora it draws inputs at random.

use arbitrary::Unstructured;
use meshery_fuzz::{Reached, grammar, reached};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let drawn = |data: &[u8]| grammar::document(&mut Unstructured::new(data)).ok();
    let parsed = |data: &[u8]| serde_json::from_slice(data).ok();
    tell("grammar, its corpus", inputs(&root.join("grammar")), drawn);
    tell("grammar, at random", random(2_000), drawn);
    tell("lower, its corpus", inputs(&root.join("lower")), parsed);
}

fn tell(what: &str, inputs: Vec<Vec<u8>>, document: impl Fn(&[u8]) -> Option<Value>) {
    let mut counts: BTreeMap<Option<Reached>, usize> = BTreeMap::new();
    for input in &inputs {
        *counts.entry(document(input).map(reached)).or_default() += 1;
    }
    println!("{what}: {} inputs, {counts:?}", inputs.len());
}

fn inputs(folder: &Path) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| std::fs::read(entry.path()).ok()).collect()
}

fn random(count: usize) -> Vec<Vec<u8>> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(45);
    let mut input = || {
        let mut bytes = vec![0; 2048];
        rng.fill(&mut bytes[..]);
        bytes
    };
    (0..count).map(|_| input()).collect()
}
