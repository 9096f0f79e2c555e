//! Seeds of the corpora: `cargo run --example seed`, in this folder. Contracts of one operation each,
//! from the committed one, and the sources and documents of the generator's negative cases.

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

const POINTER: &str = "#/components/schemas/";

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("../schemas/contract.yml")).expect("the contract is committed");
    let whole = meshery_generator::contract::read(&text, "contract.yml").expect("it is valid").document;
    let paths = whole["paths"].as_object().expect("it has paths");
    for (i, (path, item)) in paths.iter().enumerate() {
        let mut part = whole.clone();
        let mut schemas = BTreeMap::new();
        reach(item, &whole, &mut schemas);
        let item: Map<String, Value> = [(path.clone(), item.clone())].into_iter().collect();
        part["paths"] = Value::Object(item);
        part["components"]["schemas"] = schemas.into_iter().collect();
        let json = part.to_string();
        if json.len() < 16 << 10 {
            write(root, "lower", i, &json);
            write(root, "contract", i, &meshery_generator::contract::to_yaml(&part).expect("it is plain"));
        }
    }
    archives(root);
    let mut folders = vec![root.join("../generator/tests/cases")];
    let mut i = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                i += 1;
                write(root, "document", i, &text);
            }
        }
    }
}

/// The sources of the cases as archives, and the same before they are compressed.
fn archives(root: &Path) {
    let phases = ["bundle", "contract", "load"].map(|phase| root.join("../generator/tests/cases").join(phase));
    let cases = phases.iter().flat_map(|phase| fs::read_dir(phase).expect("a folder").flatten());
    for (i, case) in cases.enumerate() {
        let mut builder = tar::Builder::new(Vec::new());
        builder.append_dir_all("schemas-0.0.0", case.path()).expect("a folder of small files");
        let tar = builder.into_inner().expect("a vector takes everything");
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&tar).expect("a vector takes everything");
        write(root, "tar", i, &tar);
        write(root, "archive", i, &packed.finish().expect("a vector takes everything"));
    }
}

fn reach(value: &Value, whole: &Value, found: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(members) => members.values().for_each(|v| reach(v, whole, found)),
        Value::Array(elements) => elements.iter().for_each(|v| reach(v, whole, found)),
        Value::String(text) => {
            if let Some(name) = text.strip_prefix(POINTER)
                && !found.contains_key(name)
            {
                let schema = &whole["components"]["schemas"][name];
                found.insert(name.to_owned(), schema.clone());
                reach(schema, whole, found);
            }
        }
        _ => {}
    }
}

fn write(root: &Path, target: &str, i: usize, input: impl AsRef<[u8]>) {
    let folder = root.join("corpus").join(target);
    fs::create_dir_all(&folder).expect("the folder can be made");
    fs::write(folder.join(format!("seed-{i}")), input).expect("the file can be written");
}
