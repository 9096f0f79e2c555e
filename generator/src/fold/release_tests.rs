//! What the fold costs on real bundles, and what it does not depend on. What it makes of them is
//! compared with the source tree in `tests/forms.rs`.
//!
//! Needs the bundles in the folder that `MESHERY_UPSTREAM` names, or in `../shared/upstream`.

use super::{Dereferenced, folded};
use crate::contract;
use crate::contract::release_tests::{overlay, shuffled, sources};
use crate::load::{self, Limits};
use crate::support::upstream;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::fs::File;

const RELEASE: &str = "v1.3.45";

fn bundles(names: &[&str]) -> Option<Dereferenced> {
    let folder = upstream()?.join(format!("bundles/{RELEASE}"));
    let read = names.iter().map(|name| {
        let file = format!("{name}_openapi.yml.gz");
        let reader = File::open(folder.join(&file)).unwrap();
        load::bundle(&file, reader, None, &sources(), &Limits::default()).unwrap()
    });
    Some(Dereferenced { release: Some(RELEASE.to_owned()), ..load::bundled(read) })
}

#[test]
fn the_order_of_members_and_documents_changes_nothing() {
    let (Some(merged), Some(both)) = (bundles(&["merged"]), bundles(&["meshery", "cloud"])) else { return };
    let made = |input: &Dereferenced| {
        let (documents, _) = folded(input, &sources(), None).unwrap_or_else(|found| panic!("{found}"));
        contract::build(&documents, &sources(), &overlay()).unwrap_or_else(|found| panic!("{found}")).text
    };
    for (seed, input) in [merged, both].iter().enumerate() {
        let mut random = StdRng::seed_from_u64(seed as u64);
        let expected = made(input);
        let mut turned = input.clone();
        turned.documents.reverse();
        for piece in &mut turned.documents {
            piece.document = shuffled(&piece.document, &mut random);
        }
        let found = made(&turned);
        let first = expected.lines().zip(found.lines()).find(|(a, b)| a != b);
        assert!(found == expected, "the fold depends on the order of members: {first:?}");
    }
}

#[test]
fn twice_the_bundle_is_twice_the_work() {
    let Some(once) = bundles(&["merged"]) else { return };
    let mut twice = once.clone();
    let paths = twice.documents[0].document["paths"].as_object_mut().unwrap();
    let again: Vec<_> = paths.iter().map(|(path, item)| (format!("/again{path}"), item.clone())).collect();
    paths.extend(again);
    let work = |input: &Dereferenced| folded(input, &sources(), None).unwrap().1;
    let (once, twice) = (work(&once), work(&twice));
    eprintln!("{once} steps for the merged bundle, {twice} for twice its operations");
    assert!(twice <= 2 * once, "{twice} steps after {once}");
}
