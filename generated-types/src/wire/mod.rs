//! Reading and writing JSON as the contract has it.
//!
//! Decoding and validation are one pass over the document, and there is one mechanism: [`Decode`],
//! on top of serde. A value that is not what it should be is recorded as a [`Violation`], read to
//! its end, and the pass goes on, so that all violations come back at once; only what is not JSON
//! stops it. Two readers share it ([`Mode`]): a server is strict, to the letter of JSON Schema; a
//! client is tolerant.
//!
//! What a strict reader holds to, where JSON Schema leaves or needs a choice:
//! - lengths count Unicode scalar values; `1.0` is an integer, `1` and `1.0` are equal;
//! - integers must fit `i64` (or `i32`), times the years 0 to 9999: what does not is a violation of
//!   `format`; a time is normalised to UTC, a leap second to the second before;
//! - a member that occurs twice is checked twice, and its last value stays;
//! - a document nests at most 127 levels, of which those in a value that is passed over do not count (a member
//!   that is not known, or one of another type), and unions at most 8.
//!
//! What a tolerant reader lets pass: constraints, members that are not known, strings that an
//! enumeration does not list, `null` for an optional member, `null` for an array or map, and a
//! missing required member that a Go server leaves out when it is zero.

mod bytes;
mod collection;
mod context;
mod equal;
mod format;
mod kind;
mod macros;
pub mod media;
mod missing;
mod nullable;
mod number;
mod object;
mod param;
mod pattern;
mod rules;
mod scalar;
mod union;
mod violation;

pub use crate::{
    __object as object_impls, __pattern as pattern, __rules as rules, __string_enum as string_enum,
    __union as union_impls,
};
pub use bytes::Bytes;
pub use context::{Context, Mode, Options};
pub use equal::all_distinct_in_order as all_distinct;
pub use format::Format;
pub use jiff::{Timestamp, civil::Date};
pub use missing::Missing;
pub use nullable::Nullable;
pub use object::{Members, Object, Slot, Writer, object, tolerant};
pub use param::{Param, parse_all, parse_text};
pub use pattern::Pattern;
pub use rules::{ANY, Rules};
pub use scalar::{Text, text};
pub use serde::de::{Deserialize, Deserializer, MapAccess};
pub use serde::ser::{Serialize, Serializer};
pub use serde_json::{Map, Value};
pub use std::collections::BTreeMap;
pub use union::{Union, union, variant};
pub use uuid::Uuid;
pub use violation::{DecodeError, Rule, Violation, Violations};

/// A type that can be read from JSON, and checked as it is read.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a wire type",
    note = "wire types are those that `cargo xtask regen` generates, and what they are made of"
)]
pub trait Decode: Sized {
    /// Reads a value. `None` means that it is not of the type or breaks a rule, and that this was
    /// recorded in `cx`.
    ///
    /// # Errors
    /// Those of the deserializer: the document is not JSON.
    fn decode<'de, D: Deserializer<'de>>(
        deserializer: D,
        rules: &'static Rules,
        cx: &mut Context,
    ) -> Result<Option<Self>, D::Error>;

    /// The value that a Go server leaves out (`omitempty`), where there is one.
    #[must_use]
    fn zero() -> Option<Self> {
        None
    }

    /// Whether two values are equal where, and only where, the JSON they are read from is.
    const EXACT: bool = false;

    /// Whether no two values are equal; asked only where they are [`Self::EXACT`].
    #[must_use]
    fn all_distinct(_values: &[Self]) -> bool {
        true
    }
}

/// Reads a JSON document.
///
/// # Errors
/// When it is not JSON, or not a `T` under `rules`: then with every violation.
pub fn from_slice<T: Decode>(
    bytes: &[u8],
    rules: &'static Rules,
    options: &Options,
) -> Result<T, DecodeError> {
    // All of it at once is much quicker than each string by itself, which is what reading bytes does.
    let text = std::str::from_utf8(bytes).map_err(|error| DecodeError::not_text(bytes, &error))?;
    let mut cx = Context::new(options);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = T::decode(&mut deserializer, rules, &mut cx)?;
    deserializer.end()?;
    value.ok_or_else(|| DecodeError::Invalid(cx.into_violations()))
}

/// Reads a JSON value.
///
/// # Errors
/// When it is not a `T` under `rules`: with every violation.
pub fn from_value<T: Decode>(
    value: &Value,
    rules: &'static Rules,
    options: &Options,
) -> Result<T, DecodeError> {
    let mut cx = Context::new(options);
    T::decode(value, rules, &mut cx)?.ok_or_else(|| DecodeError::Invalid(cx.into_violations()))
}

/// Checks a value as a server would check it: it is written, and read strictly.
///
/// # Errors
/// Every violation.
pub fn validate<T: Serialize + Decode>(value: &T) -> Result<(), Violations> {
    let strict = |value| from_value::<T>(&value, &ANY, &Options::STRICT);
    match serde_json::to_value(value).map_err(DecodeError::from).and_then(strict) {
        Ok(_) => Ok(()),
        Err(DecodeError::Invalid(violations)) => Err(violations),
        // A map whose keys are no strings: no wire type has one.
        Err(DecodeError::Syntax { .. }) => Err(Violation::new(Rule::Type, None).into()),
    }
}

/// A short piece of the value at a JSON pointer, for the messages of a client about what a server
/// sent. Not for what a stranger sent: it shows values.
#[must_use]
pub fn excerpt(bytes: &[u8], pointer: &str) -> Option<String> {
    const LONGEST: usize = 80;
    let document: Value = serde_json::from_slice(bytes).ok()?;
    let text = document.pointer(pointer)?.to_string();
    Some(match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    })
}
