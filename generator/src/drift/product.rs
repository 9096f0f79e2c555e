//! A contract as one of its products sees it.

use crate::contract::Contract;
use serde_json::{Map, Value, json};

/// The contract with nothing but the operations of a product; `None` if it has no such product.
///
/// Its digest stays that of the whole contract.
#[must_use]
pub fn only(contract: &Contract, product: &str) -> Option<Contract> {
    let mut document = contract.document.clone();
    let products = document.get_mut("x-products").and_then(Value::as_object_mut)?;
    products.retain(|name, _| name == product);
    if products.is_empty() {
        return None;
    }
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        for item in paths.values_mut().filter_map(Value::as_object_mut) {
            item.retain(|_, operation| is_of(operation, product));
            item.values_mut().for_each(|operation| operation["x-internal"] = json!([product]));
        }
        paths.retain(|_, item| item.as_object().is_some_and(|item| !item.is_empty()));
    }
    crate::contract::prune(&mut document);
    Some(Contract { document, ..contract.clone() })
}

fn is_of(operation: &Value, product: &str) -> bool {
    let own = operation.as_object().and_then(|members: &Map<String, Value>| members.get("x-internal"));
    own.and_then(Value::as_array).is_some_and(|own| own.iter().any(|name| name == product))
}
