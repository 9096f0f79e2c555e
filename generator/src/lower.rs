//! From the contract to the intermediate representation.
//!
//! Every component becomes one type, under its own key; inline objects, enumerations and unions
//! become types that their owner names; everything else stays where it is used. Names are not
//! given here but by `passes::names`. Schemas keep the meaning JSON Schema gives them: what cannot
//! be expressed is an error with its place, never a looser type.
//!
//! The order of maps in the contract means nothing and changes nothing.

use crate::contract::Contract;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::ir::{Api, Crates, TypeDef, TypeId};
use serde_json::Value;
use std::collections::BTreeMap;

mod alternatives;
mod directions;
mod flat;
mod media;
mod nesting;
mod operation;
mod params;
mod path;
pub mod pattern;
mod permissions;
mod reference;
mod schema;
mod security;
mod slot;
mod types;
mod variants;

use schema::Node;
pub use types::CHECKED_FORMATS;

/// Lowers a contract, and runs the passes. `file` is what findings call it.
///
/// # Errors
/// All findings, when one of them is an error. Warnings go to `report` otherwise.
pub fn lower(contract: &Contract, file: &str, report: &mut Diagnostics) -> Result<Api, Diagnostics> {
    lowered(contract, file, Whose::Ours, report)
}

/// The same for the contract of a document that anybody may have written: a media type that cannot
/// be written or read here is no error, but carried as bytes.
///
/// # Errors
/// As [`lower`].
pub fn lower_single(contract: &Contract, report: &mut Diagnostics) -> Result<Api, Diagnostics> {
    lowered(contract, "", Whose::Anybodys, report)
}

/// Whose contract it is: what upstream says in a way that is not supported can be repaired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Ours,
    Anybodys,
}

fn lowered(
    contract: &Contract,
    file: &str,
    whose: Whose,
    report: &mut Diagnostics,
) -> Result<Api, Diagnostics> {
    let mut found = Diagnostics::new();
    let api = raw(&contract.document, whose, &mut found);
    let api = found.ok(api).and_then(|mut api| {
        api.release.clone_from(&contract.release);
        api.digest.clone_from(&contract.sha256);
        if whose == Whose::Anybodys {
            directions::relax(&mut api);
        }
        crate::passes::run(&mut api, &mut found);
        found.ok(api)
    });
    match api {
        Ok(api) => {
            found.sort();
            name(&mut found, file);
            report.extend(found);
            Ok(api)
        }
        Err(mut all) => {
            all.sort();
            name(&mut all, file);
            Err(all)
        }
    }
}

fn name(found: &mut Diagnostics, file: &str) {
    for diagnostic in found.iter_mut() {
        file.clone_into(&mut diagnostic.place.file);
    }
}

/// The contract as it is said, before the passes.
fn raw(document: &Value, whose: Whose, found: &mut Diagnostics) -> Api {
    let root = Node { value: document, at: String::new() };
    let schemas = root.get("components").and_then(|c| c.get("schemas"));
    let components: BTreeMap<_, _> = schemas.iter().flat_map(Node::members).collect();
    let mut lowering = Lowering {
        shared: root.clone(),
        components,
        targets: BTreeMap::new(),
        types: BTreeMap::new(),
        patterns: BTreeMap::new(),
        open: Vec::new(),
        whose,
        found: Diagnostics::new(),
    };
    let keys: Vec<_> = lowering.components.keys().copied().collect();
    for key in keys {
        lowering.component(key);
    }
    let products = lowering.products(&root);
    let operations = lowering.operations(&root, &products);
    lowering.nesting_of_types();
    found.extend(lowering.found);
    Api {
        release: String::new(),
        digest: String::new(),
        products,
        types: lowering.types.into_iter().collect(),
        operations,
        permissions: permissions::listed(document),
        modules: Vec::new(),
        crates: Crates::default(),
    }
}

/// The state of a run.
struct Lowering<'a> {
    /// The whole contract, for shared parameters, bodies and responses.
    shared: Node<'a>,
    components: BTreeMap<&'a str, Node<'a>>,
    targets: BTreeMap<&'a str, reference::Target>,
    types: BTreeMap<TypeId, TypeDef>,
    /// Every pattern met, translated.
    patterns: BTreeMap<&'a str, Result<String, String>>,
    /// The merged schemas that are being lowered: their places, and the type they become.
    open: Vec<(Vec<String>, TypeId)>,
    whose: Whose,
    found: Diagnostics,
}

impl Lowering<'_> {
    fn error(&mut self, code: Code, at: &str, message: impl Into<String>) {
        self.found.push(Diagnostic::new(code, Place::new("", at), message));
    }

    fn unsupported(&mut self, at: &str, message: impl Into<String>) {
        let finding = Diagnostic::new(Code::UnsupportedSchema, Place::new("", at), message);
        self.found.push(match self.whose {
            Whose::Ours => finding.help("an action in schemas/overlay.yml can say it differently"),
            Whose::Anybodys => finding,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::lower;
    use crate::contract::Contract;
    use crate::diagnostic::Diagnostics;
    use serde_json::{Map, Value, json};

    /// Each of the objects has two members that are the next one and a little more.
    fn chain(length: usize) -> Contract {
        let more = |next: usize| {
            json!({"allOf": [
                {"$ref": format!("#/components/schemas/v1.tree.T{next}")},
                {"type": "object", "properties": {"more": {"type": "string"}}},
            ]})
        };
        let mut schemas: Map<String, Value> = Map::new();
        for i in 0..length {
            let properties = json!({"left": more(i + 1), "right": more(i + 1)});
            schemas.insert(format!("v1.tree.T{i}"), json!({"type": "object", "properties": properties}));
        }
        schemas.insert(format!("v1.tree.T{length}"), json!({"type": "object"}));
        let products = json!({"wood": {"title": "Wood"}});
        let components = json!({"schemas": schemas});
        let document =
            json!({"openapi": "3.0.3", "x-products": products, "paths": {}, "components": components});
        Contract { release: "v1.0.0".to_owned(), sha256: String::new(), document }
    }

    #[test]
    fn schemas_that_expand_without_measure_are_refused() {
        lower(&chain(3), "contract.yml", &mut Diagnostics::new()).unwrap();
        let found = lower(&chain(40), "contract.yml", &mut Diagnostics::new()).unwrap_err();
        assert!(found.to_string().contains("the contract describes more than 20000 types"), "{found}");
    }

    /// Telling thousands of names apart that are one would take minutes.
    #[test]
    fn operations_of_one_id_are_told_as_quickly_as_others() {
        let operation = json!({"operationId": "same", "tags": ["all"], "x-internal": ["wood"],
            "x-construct": "v1.tree", "security": [], "responses": {"200": {"description": "OK"}}});
        let paths: Map<String, Value> =
            (0..3000).map(|i| (format!("/{i}"), json!({"get": operation}))).collect();
        let products = json!({"wood": {"title": "Wood"}});
        let document = json!({"openapi": "3.0.3", "x-products": products, "paths": paths});
        let contract = Contract { document, ..chain(0) };
        let found = lower(&contract, "contract.yml", &mut Diagnostics::new()).unwrap_err();
        assert_eq!(found.iter().count(), 2999, "{found}");
    }
}
