//! Valid values with something odd put anywhere: nobody says beforehand what they are.

use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;
use serde_json::{Value, json};

/// What is put in place of something.
const ODD: &[&str] = &[
    "null",
    "true",
    "0",
    "-1",
    "1.0",
    "1.5",
    "-0.5",
    "2147483648",
    "9007199254740993",
    "1e300",
    "\"\"",
    "\"a\"",
    "\" \"",
    "\"A-1_b\"",
    "\"0\"",
    "\"true\"",
    "\"null\"",
    "\"é\\u0000\"",
    "\"2024-02-30\"",
    "\"2024-02-29\"",
    "\"2024-02-29T23:59:59Z\"",
    "\"2024-01-01T00:00:00\"",
    "\"2024-01-01T24:00:00Z\"",
    "\"00000000-0000-0000-0000-000000000000\"",
    "\"00000000000000000000000000000000\"",
    "\"YQ==\"",
    "\"YQ\"",
    "\"a@b\"",
    "\"a@b.c\"",
    "\"http://[::1]:80/%zz\"",
    "\"http://example.com/a b\"",
    "\"https://é.example\"",
    "\"v1\"",
    "\"1.0.0\"",
    "\"x/v1beta1\"",
    "[]",
    "[null]",
    "[\"a\",\"a\"]",
    "[1,1.0]",
    "{}",
    "{\"a\":1}",
    "{\"\":null}",
];

/// The value with one thing changed at random.
#[must_use]
pub fn mutated(value: &Value, rng: &mut Xoshiro256PlusPlus) -> Value {
    let mut value = value.clone();
    let depth = rng.random_range(0..5);
    change(&mut value, depth, rng);
    value
}

fn change(value: &mut Value, depth: usize, rng: &mut Xoshiro256PlusPlus) {
    match value {
        Value::Object(members) if depth > 0 && !members.is_empty() => {
            let pick = rng.random_range(0..members.len());
            let name = members.keys().nth(pick).cloned().unwrap_or_default();
            match rng.random_range(0..12) {
                0 => drop(members.remove(&name)),
                1 => drop(members.insert("unheard of".to_owned(), odd(rng))),
                _ => members.values_mut().nth(pick).into_iter().for_each(|m| change(m, depth - 1, rng)),
            }
        }
        Value::Array(elements) if depth > 0 && !elements.is_empty() => {
            let pick = rng.random_range(0..elements.len());
            match rng.random_range(0..8) {
                0 => drop(elements.remove(pick)),
                1 => elements.push(elements[pick].clone()),
                _ => change(&mut elements[pick], depth - 1, rng),
            }
        }
        Value::String(text) if rng.random_bool(0.4) => {
            let at = text.char_indices().map(|(i, _)| i).nth(rng.random_range(0..=text.len())).unwrap_or(0);
            match rng.random_range(0..3) {
                0 => text.truncate(at),
                1 => text.insert(at, ['/', ' ', '-', 'é', '.', '0'][rng.random_range(0..6)]),
                _ => *text = text.repeat(3),
            }
        }
        other => *other = odd(rng),
    }
}

fn odd(rng: &mut Xoshiro256PlusPlus) -> Value {
    let pick = rng.random_range(0..ODD.len());
    ODD.get(pick).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(|| json!(null))
}
