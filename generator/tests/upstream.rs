//! Do we read real releases as upstream does? Needs the archives in the folder that
//! `MESHERY_UPSTREAM` names, or in `../shared/upstream`; says so when there are none.

use crate::support::upstream;
use meshery_generator::bundle;
use meshery_generator::load::{self, Documents, Limits, sources::Sources};
use serde_json::Value;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

fn sources() -> Sources {
    Sources::parse(include_str!("../../schemas/sources.toml"), "sources.toml").unwrap()
}

fn documents(archive: &Path, sources: &Sources) -> Documents {
    let tree = load::archive(File::open(archive).unwrap(), sources, &Limits::default());
    Documents::new(tree.unwrap_or_else(|findings| panic!("{}:\n{findings}", archive.display())))
}

/// The places where two values differ.
fn differences(at: &str, ours: &Value, theirs: &Value, found: &mut Vec<String>) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            for name in ours.keys().filter(|name| !theirs.contains_key(*name)) {
                found.push(format!("{at}/{name} is only in ours"));
            }
            for (name, theirs) in theirs {
                match ours.get(name) {
                    Some(ours) => differences(&format!("{at}/{name}"), ours, theirs, found),
                    None => found.push(format!("{at}/{name} is only in theirs")),
                }
            }
        }
        (Value::Array(ours), Value::Array(theirs)) if ours.len() == theirs.len() => {
            for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                differences(&format!("{at}/{index}"), ours, theirs, found);
            }
        }
        _ if ours == theirs => {}
        _ => found.push(format!("{at} differs")),
    }
}

#[test]
fn bundles_equal_those_that_upstream_publishes() {
    let Some(upstream) = upstream() else { return };
    let sources = sources();
    let documents = documents(&upstream.join("meshery-schemas-1.3.45.tar.gz"), &sources);
    let merged = bundle::merged(&documents, &sources).unwrap();
    let product = |name: &str| bundle::product(merged.clone(), &documents, &sources, name).unwrap();
    let ours =
        [("merged", merged.document.clone()), ("meshery", product("meshery")), ("cloud", product("cloud"))];
    for (name, ours) in ours {
        let file = upstream.join(format!("bundles/v1.3.45/{name}_openapi.yml.gz"));
        let mut text = String::new();
        flate2::read::GzDecoder::new(File::open(&file).unwrap()).read_to_string(&mut text).unwrap();
        let theirs: Value = serde_yaml::from_str(&text).unwrap();
        let mut found = Vec::new();
        differences("", &ours, &theirs, &mut found);
        assert!(found.is_empty(), "{name}: {} differences\n{}", found.len(), found.join("\n"));
        assert_eq!(ours, theirs);
        // What is printed is the same value again.
        let printed: Value = serde_yaml::from_str(&bundle::to_yaml(&ours)).unwrap();
        assert_eq!(printed, ours, "{name} as it is printed");
    }
}

#[test]
fn every_release_loads_and_bundles() {
    let Some(upstream) = upstream() else { return };
    let sources = sources();
    let mut seen = 0;
    for entry in fs::read_dir(&upstream).unwrap() {
        let path = entry.unwrap().path();
        let Some(name) = path.file_name().and_then(|n| n.to_str()) else { continue };
        let Some(version) = name.strip_prefix("meshery-schemas-").and_then(|n| n.strip_suffix(".tar.gz"))
        else {
            continue;
        };
        let documents = documents(&path, &sources);
        assert_eq!(documents.tree().release.as_deref(), Some(&*format!("v{version}")));
        assert_eq!(documents.tree().commit.as_deref().map(str::len), Some(40), "{version}");
        let merged = bundle::merged(&documents, &sources).unwrap_or_else(|f| panic!("{version}:\n{f}"));
        for product in &sources.products {
            let document = bundle::product(merged.clone(), &documents, &sources, &product.name)
                .unwrap_or_else(|f| panic!("{version} {}:\n{f}", product.name));
            assert!(document["paths"].as_object().is_some_and(|paths| !paths.is_empty()));
        }
        seen += 1;
    }
    assert!(seen > 0, "no release archive in {}", upstream.display());
}
