//! Every page of a list.

use super::{Args, Operation, request};
use anyhow::{Context, Result, bail};
use meshery_client::Core;
use serde_json::Value;

/// The parameter that chooses a page: the first is 0.
const PAGE: &str = "page";

/// The items of all pages. It ends at a page that is empty, or like the one before.
pub(super) async fn all(core: &Core, operation: &Operation, args: &Args) -> Result<Vec<Value>> {
    if !operation.server.query.contains(&PAGE) {
        bail!("{} has no pages", operation.client.id);
    }
    if args.params.iter().any(|(name, _)| name == PAGE) {
        bail!("--all and --param {PAGE}=... exclude each other");
    }
    let mut all = Vec::new();
    let mut before = Vec::new();
    for page in 0_u64.. {
        let asked = request(core, operation, args, &[(PAGE, page.to_string())])?;
        let document = asked.fetch::<Value>().await?.into_body();
        let items = items(document).with_context(|| format!("page {page} has no list of items"))?;
        if items.is_empty() || items == before {
            break;
        }
        all.extend(items.iter().cloned());
        before = items;
    }
    Ok(all)
}

/// The one list among the members of a page. `null` is what Go writes for an empty one.
fn items(page: Value) -> Option<Vec<Value>> {
    let members = match page {
        Value::Array(items) => return Some(items),
        Value::Object(members) => members,
        _ => return None,
    };
    let mut lists = members.iter().filter_map(|(_, value)| value.as_array());
    let first = lists.next();
    match (first, lists.next()) {
        (Some(items), None) => Some(items.clone()),
        (None, None) => members.values().any(Value::is_null).then(Vec::new),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::items;
    use serde_json::json;

    #[test]
    fn the_only_list_of_a_page_is_its_items() {
        assert_eq!(items(json!({ "page": 0, "things": [1, 2] })), Some(vec![json!(1), json!(2)]));
        assert_eq!(items(json!([1])), Some(vec![json!(1)]));
        assert_eq!(items(json!({ "page": 0, "things": null })), Some(vec![]));
        assert_eq!(items(json!({ "things": [1], "others": [2] })), None);
        assert_eq!(items(json!({ "page": 0 })), None);
    }
}
