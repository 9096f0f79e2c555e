//! Members that are required in one direction only: `readOnly` in responses, `writeOnly` in requests.

use crate::diagnostic::Diagnostics;
use crate::ir::{Api, Field, Kind, TypeDef, TypeId, Usage};
use crate::passes::reach;
use std::collections::{BTreeMap, BTreeSet};

/// Requires no member that is not there in a direction its type is used in; but for those that tell
/// the alternatives of a union apart.
pub(super) fn relax(api: &mut Api) {
    let usages = usages(api);
    let telling: BTreeSet<String> = api.types.values().filter_map(telling).collect();
    for (id, def) in &mut api.types {
        let (Kind::Struct(object), Some(usage)) = (&mut def.kind, usages.get(id)) else { continue };
        for field in &mut object.fields {
            field.required &= telling.contains(&field.wire) || !absent(field, usage);
        }
    }
}

/// Whether a member is not there in one of the directions.
fn absent(field: &Field, usage: &Usage) -> bool {
    (field.read_only && usage.request) || (field.write_only && usage.response)
}

/// The member that tells the alternatives of a union apart.
fn telling(def: &TypeDef) -> Option<String> {
    match &def.kind {
        Kind::Union(union) => union.discriminator.as_ref().map(|found| found.property.clone()),
        _ => None,
    }
}

/// How each type is used: what the pass finds that runs once they have names.
fn usages(api: &Api) -> BTreeMap<TypeId, Usage> {
    let mut reached = api.clone();
    reach::run(&mut reached, &mut Diagnostics::new());
    reached.types.into_iter().map(|(id, def)| (id, def.usage)).collect()
}

#[cfg(test)]
mod tests {
    use crate::contract::Contract;
    use crate::diagnostic::Diagnostics;
    use crate::ir::Kind;
    use crate::lower::lower_single;
    use serde_json::{Value, json};

    #[test]
    fn what_is_not_there_in_a_direction_is_not_required() {
        let account = json!({
            "type": "object", "required": ["id", "name", "password"],
            "properties": {
                "id": {"type": "string", "readOnly": true}, "name": {"type": "string"},
                "password": {"type": "string", "writeOnly": true},
            },
        });
        let content = |name: &str| {
            let schema = json!({"$ref": format!("#/components/schemas/{name}")});
            json!({"application/json": {"schema": schema}})
        };
        let operation = |id: &str, request: &str, response: &str| {
            json!({"post": {
                "operationId": id, "tags": ["all"], "x-internal": ["wood"], "x-construct": "wood",
                "requestBody": {"content": content(request)},
                "responses": {"200": {"description": "OK", "content": content(response)}},
            }})
        };
        let document: Value = json!({
            "openapi": "3.0.3", "info": {"title": "Trees", "version": "1"}, "security": [],
            "x-products": {"wood": {"title": "Wood"}},
            "paths": {"/a": operation("a", "In", "Out"), "/b": operation("b", "Both", "Both")},
            "components": {"schemas": {"In": account, "Out": account, "Both": account}},
        });
        let contract = Contract { release: "1".to_owned(), sha256: String::new(), document };
        let api = lower_single(&contract, &mut Diagnostics::new()).unwrap();
        let required = |name: &str| {
            let def = api.types.values().find(|def| def.pointer.ends_with(name)).unwrap();
            let Kind::Struct(object) = &def.kind else { return Vec::new() };
            object.fields.iter().filter(|field| field.required).map(|field| field.wire.clone()).collect()
        };
        assert_eq!(required("/In"), ["name", "password"]);
        assert_eq!(required("/Out"), ["id", "name"]);
        assert_eq!(required("/Both"), ["name"]);
    }
}
