//! Pages of a list: what stands at a place of it is the same whatever page it is seen on.

use super::draw::Draw;
use super::random::Random;
use super::schema::{count, kind};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How many items a page has, unless the caller says, as Meshery Server has it.
const SIZE: i64 = 25;
/// And at most.
const LARGEST: i64 = 500;

/// Makes `object`, which was drawn for the flat schema, the page that a query asks for; leaves it
/// alone where it is no page.
pub(super) fn turn(
    draw: &mut Draw<'_>,
    schema: &Value,
    object: &mut Value,
    query: &BTreeMap<String, String>,
    at: impl Fn(&str) -> Random,
) {
    let (Some(properties), Some(members)) = (schema["properties"].as_object(), object.as_object_mut()) else {
        return;
    };
    let number = |wanted: &str| {
        let mut numbers = properties.iter().filter(|(name, _)| words(name) == wanted);
        numbers.any(|(_, property)| kind(&draw.flat(property)) == "integer")
    };
    if !number("page") && !number("totalcount") {
        return;
    }
    let list = properties.iter().find_map(|(name, property)| {
        let property = draw.flat(property);
        (kind(&property) == "array" && !property["items"].is_null())
            .then(|| (name.clone(), property.into_owned()))
    });
    let Some((list, property)) = list else { return };
    let asked = |name: &str| query.get(name).and_then(|text| text.parse::<i64>().ok());
    let first = properties.get("page").and_then(|p| draw.flat(p)["minimum"].as_i64()).unwrap_or(0);
    let page = asked("page").unwrap_or(first).max(first);
    let size = asked("pagesize").unwrap_or(SIZE).clamp(1, LARGEST);
    let total = i64::try_from(12 + at("total").below(60)).unwrap_or_default();
    let from = (page - first).saturating_mul(size).min(total);
    let until = from.saturating_add(size).min(total);
    let most = count(&property, "maxItems").unwrap_or(usize::MAX);
    let items = (from..until).take(most).map(|index| {
        draw.random = at(&index.to_string());
        draw.value(&property["items"], &list)
    });
    members.insert(list.clone(), items.collect());
    for (name, property) in properties {
        let value = match words(name).as_str() {
            "page" => page,
            "pagesize" => size,
            "totalcount" => total,
            _ => continue,
        };
        let property = draw.flat(property);
        if kind(&property) == "integer" {
            let most = property["maximum"].as_i64().unwrap_or(i64::MAX);
            members.insert(name.clone(), value.min(most).into());
        }
    }
    sort(members);
}

/// A name without case and underscores.
pub(super) fn words(name: &str) -> String {
    name.chars().filter(|c| *c != '_').collect::<String>().to_lowercase()
}

fn sort(members: &mut Map<String, Value>) {
    let sorted: BTreeMap<String, Value> = std::mem::take(members).into_iter().collect();
    members.extend(sorted);
}
