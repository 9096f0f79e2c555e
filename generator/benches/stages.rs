//! What each stage of the pipeline takes.
//!
//! On the committed contract; where an archive of a release is at hand (`MESHERY_UPSTREAM`, or
//! `../shared/upstream`), on that too: what comes before the contract.

#![allow(clippy::unwrap_used, reason = "a bench may panic")]

#[path = "../tests/support.rs"]
mod support;

use divan::Bencher;
use meshery_generator::contract::{self, Contract};
use meshery_generator::diagnostic::Diagnostics;
use meshery_generator::fold::{self, Dereferenced};
use meshery_generator::ir::Api;
use meshery_generator::load::sources::Sources;
use meshery_generator::load::{self, Documents, Limits, Tree};
use meshery_generator::overlay::Overlay;
use meshery_generator::{bundle, emit, generate, lower, write};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use support::upstream;

const FILE: &str = "contract.yml";

static ROOT: LazyLock<PathBuf> = LazyLock::new(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
static TEXT: LazyLock<String> =
    LazyLock::new(|| fs::read_to_string(ROOT.join("schemas/contract.yml")).unwrap());
static CONTRACT: LazyLock<Contract> = LazyLock::new(|| contract::read(&TEXT, FILE).unwrap());
static API: LazyLock<Api> = LazyLock::new(|| lower::lower(&CONTRACT, FILE, &mut Diagnostics::new()).unwrap());
static SOURCES: LazyLock<Sources> = LazyLock::new(|| {
    Sources::parse(&fs::read_to_string(ROOT.join("schemas/sources.toml")).unwrap(), "sources.toml").unwrap()
});
static ARCHIVE: LazyLock<Option<Vec<u8>>> = LazyLock::new(|| {
    let release = CONTRACT.release.trim_start_matches('v');
    fs::read(upstream()?.join(format!("meshery-schemas-{release}.tar.gz"))).ok()
});

fn main() {
    if ARCHIVE.is_none() {
        eprintln!("no archive of {}: what comes before the contract is not measured", CONTRACT.release);
    }
    divan::main();
}

fn tree() -> Option<Tree> {
    let archive = ARCHIVE.as_ref()?;
    Some(load::archive(archive.as_slice(), &SOURCES, &Limits::default()).unwrap())
}

#[divan::bench]
fn load_archive(bencher: Bencher<'_, '_>) {
    if ARCHIVE.is_some() {
        bencher.bench(tree);
    }
}

#[divan::bench]
fn build_contract(bencher: Bencher<'_, '_>) {
    if let Some(tree) = tree() {
        bencher
            .with_inputs(|| Documents::new(tree.clone()))
            .bench_values(|documents| contract::build(&documents, &SOURCES, &Overlay::none()).unwrap());
    }
}

#[divan::bench]
fn bundle_merged(bencher: Bencher<'_, '_>) {
    if let Some(tree) = tree() {
        bencher.with_inputs(|| Documents::new(tree.clone())).bench_values(|documents| {
            bundle::to_yaml(&bundle::merged(&documents, &SOURCES).unwrap().document)
        });
    }
}

/// The merged bundle, if it is at hand.
fn bundle() -> Option<Dereferenced> {
    let file = upstream()?.join(format!("bundles/{}/merged_openapi.yml.gz", CONTRACT.release));
    let read = load::bundle("merged", fs::File::open(file).ok()?, None, &SOURCES, &Limits::default());
    Some(Dereferenced { release: Some(CONTRACT.release.clone()), ..load::bundled([read.unwrap()]) })
}

/// What a bundle costs when all its operations are there again under other paths: the cost grows
/// with the size of the document, and no faster.
#[divan::bench(args = [1, 2, 4])]
fn fold_bundle(bencher: Bencher<'_, '_>, times: usize) {
    let Some(mut input) = bundle() else { return };
    let paths = input.documents[0].document["paths"].as_object_mut().unwrap();
    let once: Vec<_> = paths.clone().into_iter().collect();
    for round in 1..times {
        paths.extend(once.iter().map(|(path, item)| (format!("/round{round}{path}"), item.clone())));
    }
    bencher.bench(|| fold::fold(&input, &SOURCES, Some(&CONTRACT)).unwrap());
}

#[divan::bench]
fn read_contract() -> Contract {
    contract::read(&TEXT, FILE).unwrap()
}

#[divan::bench]
fn lower_and_passes() -> Api {
    lower::lower(&CONTRACT, FILE, &mut Diagnostics::new()).unwrap()
}

#[divan::bench]
fn emit_types() -> Vec<emit::File> {
    emit::types::emit(&API).unwrap()
}

#[divan::bench]
fn emit_client() -> Vec<emit::File> {
    emit::client::emit(&API).unwrap()
}

#[divan::bench]
fn emit_server() -> Vec<emit::File> {
    emit::server::emit(&API).unwrap()
}

#[divan::bench]
fn write_nothing_to_do(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().unwrap();
    let plan = generate(&CONTRACT, FILE).unwrap().plan;
    write::apply(folder.path(), &plan, write::Mode::Write).unwrap();
    bencher.bench(|| write::apply(folder.path(), &plan, write::Mode::Write).unwrap());
}
