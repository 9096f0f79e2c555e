//! One of several schemas.

use super::collection::infallible;
use super::object::buffer;
use super::{Context, Decode, Mode, Options, Rule, Rules};
use serde::de::Deserializer;
use serde_json::Value;

/// How deep unions may stand in each other: each doubles the work for what is inside.
const MAX_NESTED: usize = 8;

/// An enum that stands in JSON as one of its variants.
pub trait Union: Sized {
    /// Whether exactly one variant must match (`oneOf`), or at least one (`anyOf`).
    const EXCLUSIVE: bool;
    /// The variants, most specific first.
    const ORDER: &'static [usize];
    /// The member whose value tells the variants apart, and the variant for each of its values.
    const DISCRIMINATOR: Option<(&'static str, &'static [(&'static str, usize)])>;

    /// Reads a value as one of the variants.
    fn variant(index: usize, value: &Value, cx: &mut Context) -> Option<Self>;

    /// Keeps a value that is none of them.
    fn unknown(value: Value) -> Self;
}

/// Reads a value as a `T`, for [`Union::variant`].
#[must_use]
pub fn variant<T: Decode>(value: &Value, rules: &'static Rules, cx: &mut Context) -> Option<T> {
    infallible(T::decode(value, rules, cx))
}

/// Decodes a union.
///
/// A strict reader judges as JSON Schema does: exactly one variant (or at least one) must hold. A
/// tolerant reader takes the variant that the discriminator names, else the most specific one that
/// holds strictly, else, unless the discriminator names one that is not known, the most specific
/// one that it can read at all. What is none of them it keeps as it is: a newer server may have more.
///
/// # Errors
/// Those of the deserializer.
pub fn union<'de, T: Union, D: Deserializer<'de>>(
    deserializer: D,
    cx: &mut Context,
) -> Result<Option<T>, D::Error> {
    let value = buffer(deserializer)?;
    if cx.unions >= MAX_NESTED {
        return Ok(cx.fail(rule::<T>(), "nesting of at most 8"));
    }
    let named = discriminate::<T>(&value);
    Ok(if cx.strict() { strict(&value, named, cx) } else { tolerant(value, named, cx) })
}

fn rule<T: Union>() -> Rule {
    if T::EXCLUSIVE { Rule::OneOf } else { Rule::AnyOf }
}

fn discriminate<T: Union>(value: &Value) -> Option<usize> {
    let (property, mapping) = T::DISCRIMINATOR?;
    let name = value.get(property)?.as_str()?;
    mapping.iter().find(|(value, _)| *value == name).map(|(_, index)| *index)
}

fn strict<T: Union>(value: &Value, named: Option<usize>, cx: &mut Context) -> Option<T> {
    let options = Options { mode: Mode::Strict, reject_unknown_members: true, ..cx.options };
    let mut found = None;
    let mut matches = 0;
    for &index in T::ORDER {
        if let Some(read) = T::variant(index, value, &mut cx.attempt(options.clone())) {
            matches += 1;
            found = found.or(Some(read));
            if !T::EXCLUSIVE {
                break;
            }
        }
    }
    if matches == 1 {
        return found;
    }
    if matches == 0 && !cx.options.reject_unknown_members {
        // Unknown members are let pass, but only where the contract's own word settles nothing.
        let options = cx.options.clone();
        let read = |&index: &usize| T::variant(index, value, &mut cx.attempt(options.clone()));
        if let Some(read) = T::ORDER.iter().find_map(read) {
            return Some(read);
        }
    }
    match named {
        // The discriminator says what was meant: that variant's violations are the helpful ones.
        Some(index) if matches == 0 => report(T::variant, index, value, cx),
        _ => {
            cx.record(rule::<T>(), None);
            None
        }
    }
}

fn report<T>(
    variant: impl FnOnce(usize, &Value, &mut Context) -> Option<T>,
    index: usize,
    value: &Value,
    cx: &mut Context,
) -> Option<T> {
    let mut attempt = cx.attempt(cx.options.clone());
    attempt.keeps_unknown = cx.keeps_unknown;
    let read = variant(index, value, &mut attempt);
    cx.adopt(attempt);
    read
}

fn tolerant<T: Union>(value: Value, named: Option<usize>, cx: &mut Context) -> Option<T> {
    if let Some(index) = named {
        return report(T::variant, index, &value, cx);
    }
    let modes =
        if names_another::<T>(&value) { &[Mode::Strict][..] } else { &[Mode::Strict, Mode::Tolerant] };
    for &mode in modes {
        let options = Options { mode, reject_unknown_members: true, ..cx.options };
        let read = |&index: &usize| T::variant(index, &value, &mut cx.attempt(options.clone()));
        if let Some(read) = T::ORDER.iter().find_map(read) {
            return Some(read);
        }
    }
    if cx.keeps_unknown && !value.is_null() {
        return Some(T::unknown(value));
    }
    cx.record(rule::<T>(), None);
    None
}

/// Whether the discriminator is there and names no variant.
fn names_another<T: Union>(value: &Value) -> bool {
    let named = T::DISCRIMINATOR.and_then(|(property, _)| value.get(property));
    named.is_some_and(Value::is_string)
}
