//! Constraints on one value.

use serde::Serialize;

/// What the contract asks of a value beyond its type. A constraint that does not fit the type
/// (`maxLength` of a number) is not here: it never says anything, so `lower` drops it. String
/// rules of a type such as [`Uuid`](super::Ty::Uuid) are about the text on the wire.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Rules {
    /// Least length of a string, in Unicode scalar values.
    pub min_length: Option<u64>,
    /// Greatest length of a string, in Unicode scalar values.
    pub max_length: Option<u64>,
    /// A pattern that must be found in the string (not anchored unless it says so), translated
    /// from ECMA-262 to the syntax of the crate `regex`.
    pub pattern: Option<String>,
    /// A format that is checked and is not the type already: `uri`, `email`... (within
    /// alternatives also `uuid`, `date-time`, `date`, `byte`).
    pub format: Option<String>,
    /// Values a string may have, where they do not make a type of their own (in alternatives).
    pub one_of: Vec<String>,
    /// Alternatives on a scalar: `oneOf` (exactly one) of rules.
    pub exactly_one: Vec<Rules>,
    /// Alternatives on a scalar: `anyOf` (at least one) of rules.
    pub at_least_one: Vec<Rules>,
    /// Least value of a number.
    pub minimum: Option<f64>,
    /// Whether `minimum` itself is excluded.
    pub exclusive_minimum: bool,
    /// Greatest value of a number.
    pub maximum: Option<f64>,
    /// Whether `maximum` itself is excluded.
    pub exclusive_maximum: bool,
    /// What a number must be a multiple of.
    pub multiple_of: Option<f64>,
    /// Least number of elements of an array.
    pub min_items: Option<u64>,
    /// Greatest number of elements of an array.
    pub max_items: Option<u64>,
    /// Whether the elements of an array must be distinct.
    pub unique_items: bool,
    /// Least number of members of a map or free object.
    pub min_properties: Option<u64>,
    /// Greatest number of members of a map or free object.
    pub max_properties: Option<u64>,
}

impl Rules {
    /// Whether there is no constraint.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
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
