//! Equality of JSON values, which knows no difference between `1` and `1.0`.

use serde_json::{Number, Value};
use std::collections::HashSet;

/// Whether no two of the values are equal.
pub(super) fn all_distinct(values: &[Value]) -> bool {
    // Arrays of scalars in the request of a stranger may be long: no pairs for them.
    let texts: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
    let distinct: HashSet<&str> = texts.iter().copied().collect();
    if distinct.len() != texts.len() {
        return false;
    }
    let mut rest: Vec<Canonical> =
        values.iter().filter(|value| !value.is_string()).map(Canonical::of).collect();
    rest.sort_unstable();
    rest.windows(2).all(|pair| pair[0] != pair[1])
}

/// Whether no two of the values, whose order is that of their JSON, are equal.
#[must_use]
pub fn all_distinct_in_order<T: Ord>(values: &[T]) -> bool {
    if values.len() < 8 {
        return values.iter().enumerate().all(|(i, value)| !values[..i].contains(value));
    }
    let mut sorted: Vec<&T> = values.iter().collect();
    sorted.sort_unstable();
    sorted.windows(2).all(|pair| pair[0] != pair[1])
}

/// A value in a form in which equal JSON values are equal and which has an order.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Canonical<'a> {
    Null,
    Boolean(bool),
    Integer(i128),
    /// Bits of a number that is not whole.
    Number(u64),
    Text(&'a str),
    Array(Vec<Canonical<'a>>),
    Object(Vec<(&'a str, Canonical<'a>)>),
}

impl<'a> Canonical<'a> {
    fn of(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Boolean(*value),
            Value::Number(number) => Self::number(number),
            Value::String(text) => Self::Text(text),
            Value::Array(list) => Self::Array(list.iter().map(Self::of).collect()),
            Value::Object(map) => {
                let mut members: Vec<_> =
                    map.iter().map(|(name, value)| (name.as_str(), Self::of(value))).collect();
                members.sort_unstable();
                Self::Object(members)
            }
        }
    }

    fn number(number: &Number) -> Self {
        if let Some(value) = number.as_i64() {
            return Self::Integer(value.into());
        }
        if let Some(value) = number.as_u64() {
            return Self::Integer(value.into());
        }
        let value = number.as_f64().unwrap_or_default();
        // Beyond 10^38 every number is whole, and its bits tell it apart as well.
        if value.fract() == 0.0 && value.abs() < 1e38 {
            Self::Integer(value as i128)
        } else {
            Self::Number(value.to_bits())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::all_distinct;
    use serde_json::{Value, json};

    fn distinct(value: Value) -> bool {
        all_distinct(value.as_array().unwrap())
    }

    #[test]
    fn numbers_are_equal_by_value() {
        assert!(!distinct(json!([1, 1.0])));
        assert!(!distinct(json!([0, -0.0])));
        assert!(distinct(json!([1, "1", true, null, [1], {"a": 1}, 1.5])));
        assert!(distinct(json!([u64::MAX, u64::MAX - 1])));
    }

    #[test]
    fn objects_are_equal_whatever_their_order() {
        assert!(!distinct(json!([{"a": 1, "b": [2]}, {"b": [2.0], "a": 1}])));
        assert!(distinct(json!([{"a": 1}, {"a": 1, "b": null}])));
        assert!(!distinct(json!(["x", "y", "x"])));
    }
}
