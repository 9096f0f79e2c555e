//! Whether two JSON values say the same.

use serde_json::Value;

/// The first place where two values differ, as a JSON pointer; nothing if they say the same.
///
/// `1` and `1.0` are the same number, and two date-times are the same if they name the same
/// instant: a typed value keeps the instant, not the offset it was written with.
#[must_use]
pub fn difference(a: &Value, b: &Value) -> Option<String> {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let in_both = a.iter().find_map(|(name, value)| {
                let found = match b.get(name) {
                    Some(other) => difference(value, other)?,
                    None => String::new(),
                };
                Some(format!("/{name}{found}"))
            });
            in_both.or_else(|| b.keys().find(|name| !a.contains_key(*name)).map(|name| format!("/{name}")))
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let pairs = a.iter().zip(b).enumerate();
            pairs.filter_map(|(i, (a, b))| Some(format!("/{i}{}", difference(a, b)?))).next()
        }
        (Value::Number(x), Value::Number(y)) if x.as_f64() == y.as_f64() => None,
        (Value::String(x), Value::String(y)) if x != y && instant(x).is_some() => {
            (instant(x) != instant(y)).then(String::new)
        }
        _ => (a != b).then(String::new),
    }
}

/// The instant that a text names, if it names one.
fn instant(text: &str) -> Option<meshery_types::wire::Timestamp> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::difference;
    use serde_json::json;

    #[test]
    fn what_differs_is_named_by_its_place() {
        let value = json!({"a": [1, {"b": "2024-01-01T12:00:00+02:00"}]});
        assert_eq!(difference(&value, &json!({"a": [1.0, {"b": "2024-01-01T10:00:00Z"}]})), None);
        let other = json!({"a": [1, {"b": "2024-01-01T12:00:00Z"}]});
        assert_eq!(difference(&value, &other).as_deref(), Some("/a/1/b"));
        assert_eq!(difference(&value, &json!({"a": []})).as_deref(), Some("/a"));
        assert_eq!(difference(&json!({}), &json!({"x": null})).as_deref(), Some("/x"));
    }
}
