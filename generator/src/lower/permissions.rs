//! The permission keys of the contract, which reading it has checked.

use crate::contract::PERMISSIONS;
use crate::ir::Permission;
use serde_json::Value;

/// Every key, sorted by id.
pub(super) fn listed(document: &Value) -> Vec<Permission> {
    let keys = document.get(PERMISSIONS).and_then(Value::as_object).into_iter().flatten();
    let mut listed: Vec<Permission> = keys.map(|(id, key)| permission(id, key)).collect();
    listed.sort_by(|a, b| a.id.cmp(&b.id));
    listed
}

fn permission(id: &str, key: &Value) -> Permission {
    let text = |member: &str| key.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
    let names = |member: &str| -> Vec<String> {
        let list = key.get(member).and_then(Value::as_array).into_iter().flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    Permission {
        id: id.to_owned(),
        theme: text("theme"),
        function: text("function"),
        roles: names("roles"),
        limited: names("limited"),
        local: key.get("local").and_then(Value::as_bool).unwrap_or_default(),
    }
}
