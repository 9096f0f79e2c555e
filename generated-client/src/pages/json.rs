//! Pages without a type: what a JSON document says of the list that it is a page of.
//!
//! It is found by shape and name, as the generator finds it in the contract.

use super::{Facts, Items, Pages, Paging};
use crate::call::Call;
use crate::decode::unlisted;
use crate::response::Raw;
use crate::{Error, Response};
use meshery_types::wire::Value;

/// What members are called that state a number, in lower case and without separators.
const PAGE: &[&str] = &["page", "pagenumber", "pageno"];
const SIZE: &[&str] = &["pagesize", "perpage", "pagelimit"];
const TOTAL: &[&str] = &["totalcount", "total", "totalitems", "totalelements", "totalresults"];

impl Pages<Value> {
    /// The pages of an operation whose answer has no type.
    pub(crate) fn of_documents(call: Call<'_>, paging: &'static Paging) -> Self {
        Self::decoded(call, paging, document, facts)
    }
}

impl Items<Value, Value> {
    /// The items of such pages.
    pub(crate) fn of_documents(pages: Pages<Value>) -> Self {
        Self::new(pages, into_list)
    }
}

/// A page; an error if it has no list.
fn document(raw: Raw) -> Result<Response<Value>, Error> {
    let page: Value = raw.decode()?;
    if list(&page).is_none() {
        return Err(unlisted(&raw.exchange.head, &page));
    }
    Ok(raw.with(page))
}

fn facts(page: &Value) -> Facts {
    Facts {
        page: stated(page, PAGE),
        size: stated(page, SIZE),
        total: stated(page, TOTAL),
        ..Facts::of_items(list(page).unwrap_or_default())
    }
}

/// The number of the first member that is called one of these and holds one.
fn stated(page: &Value, names: &[&str]) -> Option<i64> {
    let bare = |name: &str| name.replace(['_', '-'], "").to_ascii_lowercase();
    let members = page.as_object()?.iter().filter(|(name, _)| names.contains(&&*bare(name)));
    members.map(|(_, value)| value).find_map(|value| match value {
        Value::String(text) => text.parse().ok(),
        value => value.as_i64(),
    })
}

/// The page itself, or the one list among its members. `null` is what Go writes for an empty one.
fn list(page: &Value) -> Option<&[Value]> {
    let members = match page {
        Value::Array(items) => return Some(items),
        Value::Object(members) => members,
        _ => return None,
    };
    let mut lists = members.values().filter_map(Value::as_array);
    match (lists.next(), lists.next()) {
        (Some(items), None) => Some(items),
        (None, None) => members.values().any(Value::is_null).then_some(&[]),
        _ => None,
    }
}

/// The same, by value.
fn into_list(page: Value) -> Vec<Value> {
    let lists = |value| match value {
        Value::Array(items) => Some(items),
        _ => None,
    };
    match page {
        Value::Object(members) => members.into_iter().find_map(|(_, value)| lists(value)),
        page => lists(page),
    }
    .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{facts, into_list, list};
    use serde_json::json;

    #[test]
    fn the_only_list_of_a_page_is_its_items() {
        let pages = [
            (json!({ "page": 0, "things": [1, 2] }), Some(vec![json!(1), json!(2)])),
            (json!([1]), Some(vec![json!(1)])),
            (json!({ "page": 0, "things": null }), Some(vec![])),
            (json!({ "things": [1], "others": [2] }), None),
            (json!({ "page": 0 }), None),
            (json!("things"), None),
        ];
        for (page, items) in pages {
            assert_eq!(list(&page).map(<[_]>::to_vec), items, "{page}");
            if let Some(items) = items {
                assert_eq!(into_list(page), items);
            }
        }
    }

    #[test]
    fn what_a_page_states_is_found_in_whatever_spelling() {
        for page in [
            json!({ "page": 1, "pageSize": 2, "totalCount": 3, "things": [4] }),
            json!({ "page_number": "1", "page_size": "2", "total_count": "3", "things": [4] }),
            json!({ "pageNo": 1, "perPage": 2, "total": null, "total-items": 3, "things": [4] }),
        ] {
            let facts = facts(&page);
            assert_eq!(
                (facts.page, facts.size, facts.total, facts.len),
                (Some(1), Some(2), Some(3), 1),
                "{page}"
            );
        }
        let silent = facts(&json!([4]));
        assert_eq!((silent.page, silent.size, silent.total, silent.len), (None, None, None, 1));
    }
}
