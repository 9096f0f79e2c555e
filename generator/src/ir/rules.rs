//! Constraints on one value.

use crate::number::Number;
use serde::Serialize;

/// What the contract asks of a value beyond its type. A constraint that does not fit the type
/// (`maxLength` of a number) is not here: it never says anything, so `lower` drops it. String
/// rules of a type such as [`Uuid`](super::Ty::Uuid) are about the text on the wire.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Rules {
    /// Least length of a string, in Unicode scalar values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u64>,
    /// Greatest length of a string, in Unicode scalar values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u64>,
    /// A pattern that must be found in the string (not anchored unless it says so), translated
    /// from ECMA-262 to the syntax of the crate `regex`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// A format that is checked and is not the type already: `uri`, `email`... (within
    /// alternatives also `uuid`, `date-time`, `date`, `byte`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Values a string may have, where they do not make a type of their own (in alternatives); the
    /// one value of a boolean that is constant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub one_of: Vec<String>,
    /// Alternatives on a scalar: `oneOf` (exactly one) of rules.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exactly_one: Vec<Rules>,
    /// Alternatives on a scalar: `anyOf` (at least one) of rules.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub at_least_one: Vec<Rules>,
    /// Least value of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Number>,
    /// Whether `minimum` itself is excluded.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub exclusive_minimum: bool,
    /// Greatest value of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum: Option<Number>,
    /// Whether `maximum` itself is excluded.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub exclusive_maximum: bool,
    /// What a number must be a multiple of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multiple_of: Option<Number>,
    /// Least number of elements of an array.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_items: Option<u64>,
    /// Greatest number of elements of an array.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_items: Option<u64>,
    /// Whether the elements of an array must be distinct.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unique_items: bool,
    /// Least number of members of a map or free object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_properties: Option<u64>,
    /// Greatest number of members of a map or free object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_properties: Option<u64>,
}

impl Rules {
    /// Whether there is no constraint.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What satisfies both these rules and `other`.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.min_length = self.min_length.max(other.min_length);
        both.max_length = least(self.max_length, other.max_length);
        both.min_items = self.min_items.max(other.min_items);
        both.max_items = least(self.max_items, other.max_items);
        both.unique_items |= other.unique_items;
        both.min_properties = self.min_properties.max(other.min_properties);
        both.max_properties = least(self.max_properties, other.max_properties);
        both.raise(other);
        both.lower(other);
        let mut rest = Self::default();
        set_or_rest(&mut both.pattern, &other.pattern, &mut rest.pattern);
        set_or_rest(&mut both.format, &other.format, &mut rest.format);
        set_or_rest(&mut both.multiple_of, &other.multiple_of, &mut rest.multiple_of);
        if both.one_of.is_empty() {
            both.one_of.clone_from(&other.one_of);
        } else if !other.one_of.is_empty() {
            both.one_of.retain(|value| other.one_of.contains(value));
        }
        for (own, more, left) in [
            (&mut both.exactly_one, &other.exactly_one, &mut rest.exactly_one),
            (&mut both.at_least_one, &other.at_least_one, &mut rest.at_least_one),
        ] {
            if own.is_empty() {
                own.clone_from(more);
            } else if own != more {
                left.clone_from(more);
            }
        }
        both.also(rest);
        both
    }

    /// Adds `more`, which the plain rules have no room for: exactly one of one is that one.
    fn also(&mut self, more: Self) {
        if more.is_empty() {
        } else if self.exactly_one.is_empty() {
            self.exactly_one = vec![more];
        } else if self.at_least_one.is_empty() {
            self.at_least_one = vec![more];
        } else {
            let before = std::mem::take(&mut self.exactly_one);
            self.exactly_one =
                vec![Self { exactly_one: before, at_least_one: vec![more], ..Self::default() }];
        }
    }

    fn raise(&mut self, other: &Self) {
        match (self.minimum, other.minimum) {
            (Some(own), Some(more)) if own > more => {}
            (Some(own), Some(more)) if own == more => self.exclusive_minimum |= other.exclusive_minimum,
            (_, Some(more)) => {
                self.minimum = Some(more);
                self.exclusive_minimum = other.exclusive_minimum;
            }
            _ => {}
        }
    }

    fn lower(&mut self, other: &Self) {
        match (self.maximum, other.maximum) {
            (Some(own), Some(more)) if own < more => {}
            (Some(own), Some(more)) if own == more => self.exclusive_maximum |= other.exclusive_maximum,
            (_, Some(more)) => {
                self.maximum = Some(more);
                self.exclusive_maximum = other.exclusive_maximum;
            }
            _ => {}
        }
    }

    /// The rules that speak of strings.
    #[must_use]
    pub fn of_strings(&self) -> Self {
        Self {
            min_length: self.min_length.filter(|n| *n > 0),
            max_length: self.max_length,
            pattern: self.pattern.clone(),
            format: self.format.clone(),
            one_of: self.one_of.clone(),
            ..self.alternatives(Self::of_strings)
        }
    }

    /// The rules that speak of numbers.
    #[must_use]
    pub fn of_numbers(&self) -> Self {
        Self {
            minimum: self.minimum,
            exclusive_minimum: self.minimum.is_some() && self.exclusive_minimum,
            maximum: self.maximum,
            exclusive_maximum: self.maximum.is_some() && self.exclusive_maximum,
            multiple_of: self.multiple_of,
            ..self.alternatives(Self::of_numbers)
        }
    }

    /// The rules that speak of arrays.
    #[must_use]
    pub fn of_arrays(&self) -> Self {
        Self {
            min_items: self.min_items.filter(|n| *n > 0),
            max_items: self.max_items,
            unique_items: self.unique_items,
            ..Self::default()
        }
    }

    /// The rules that speak of objects.
    #[must_use]
    pub fn of_objects(&self) -> Self {
        Self {
            min_properties: self.min_properties.filter(|n| *n > 0),
            max_properties: self.max_properties,
            ..Self::default()
        }
    }

    fn alternatives(&self, fit: fn(&Self) -> Self) -> Self {
        Self {
            exactly_one: self.exactly_one.iter().map(fit).collect(),
            at_least_one: self.at_least_one.iter().map(fit).collect(),
            ..Self::default()
        }
    }

    /// Whether `text` satisfies the length and the pattern.
    #[must_use]
    pub fn allows(&self, text: &str) -> bool {
        let length = text.chars().count() as u64;
        let found = |pattern: &String| regex::Regex::new(pattern).is_ok_and(|p| p.is_match(text));
        self.min_length.is_none_or(|n| n <= length)
            && self.max_length.is_none_or(|n| length <= n)
            && self.pattern.as_ref().is_none_or(found)
    }

    /// These rules, completed by `under` where they are silent.
    #[must_use]
    pub fn over(&self, under: &Self) -> Self {
        let list = |own: &Vec<Self>, other: &Vec<Self>| {
            if own.is_empty() { other.clone() } else { own.clone() }
        };
        Self {
            min_length: self.min_length.or(under.min_length),
            max_length: self.max_length.or(under.max_length),
            pattern: self.pattern.clone().or_else(|| under.pattern.clone()),
            format: self.format.clone().or_else(|| under.format.clone()),
            one_of: if self.one_of.is_empty() { under.one_of.clone() } else { self.one_of.clone() },
            exactly_one: list(&self.exactly_one, &under.exactly_one),
            at_least_one: list(&self.at_least_one, &under.at_least_one),
            exclusive_minimum: if self.minimum.is_some() {
                self.exclusive_minimum
            } else {
                under.exclusive_minimum
            },
            minimum: self.minimum.or(under.minimum),
            exclusive_maximum: if self.maximum.is_some() {
                self.exclusive_maximum
            } else {
                under.exclusive_maximum
            },
            maximum: self.maximum.or(under.maximum),
            multiple_of: self.multiple_of.or(under.multiple_of),
            min_items: self.min_items.or(under.min_items),
            max_items: self.max_items.or(under.max_items),
            unique_items: self.unique_items || under.unique_items,
            min_properties: self.min_properties.or(under.min_properties),
            max_properties: self.max_properties.or(under.max_properties),
        }
    }
}

fn least(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Fills `own` from `more`; what finds it taken by something else goes to `rest`.
fn set_or_rest<T: Clone + PartialEq>(own: &mut Option<T>, more: &Option<T>, rest: &mut Option<T>) {
    if own.is_none() {
        own.clone_from(more);
    } else if more.is_some() && own != more {
        rest.clone_from(more);
    }
}

#[cfg(test)]
mod tests {
    use super::{Number, Rules};

    #[test]
    fn both_means_the_stricter_of_each() {
        let a = Rules { max_length: Some(9), minimum: Some(Number::from(1.0)), ..Rules::default() };
        let b = Rules {
            max_length: Some(5),
            min_length: Some(2),
            minimum: Some(Number::from(1.0)),
            exclusive_minimum: true,
            ..Rules::default()
        };
        let both = a.and(&b);
        assert_eq!((both.max_length, both.min_length), (Some(5), Some(2)));
        assert_eq!((both.minimum, both.exclusive_minimum), (Some(Number::from(1.0)), true));
        assert_eq!(both, b.and(&a));
    }

    #[test]
    fn a_second_pattern_is_not_lost() {
        let of = |p: &str| Rules { pattern: Some(p.to_owned()), ..Rules::default() };
        let three = of("a").and(&of("b")).and(&of("c"));
        assert_eq!(three.pattern.as_deref(), Some("a"));
        assert_eq!(three.exactly_one, [of("b")]);
        assert_eq!(three.at_least_one, [of("c")]);
        let four = three.and(&of("d"));
        let inner = Rules { exactly_one: vec![of("b")], at_least_one: vec![of("d")], ..Rules::default() };
        assert_eq!(four.exactly_one, [inner]);
        assert_eq!(four.at_least_one, [of("c")]);
    }
}
