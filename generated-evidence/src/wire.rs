//! Types by name, as functions from JSON to JSON.

use meshery_types::wire::{self, Decode, DecodeError, Options, Rules};
use serde::Serialize;
use serde_json::Value;

/// A type of the contract.
#[derive(Clone, Copy, Debug)]
pub struct Type {
    /// Its name in the contract.
    pub id: &'static str,
    /// Reads it from JSON text and writes it again.
    pub decode: fn(&[u8], &Options) -> Result<Value, DecodeError>,
}

/// Reads a type from JSON text and writes it again.
pub(crate) fn read<T: Decode + Serialize>(
    bytes: &[u8],
    rules: &'static Rules,
    options: &Options,
) -> Result<Value, DecodeError> {
    Ok(encoded(&wire::from_slice::<T>(bytes, rules, options)?))
}

/// A typed value as JSON. By way of text, as the client and the server do it.
pub(crate) fn encoded<T: Serialize + ?Sized>(value: &T) -> Value {
    let text = serde_json::to_vec(value).expect("a typed value is JSON");
    serde_json::from_slice(&text).expect("what was written is JSON")
}

/// JSON as a typed value, which it has to be.
pub(crate) fn decoded<T: Decode>(value: &Value, rules: &'static Rules) -> T {
    let text = value.to_string();
    wire::from_slice(text.as_bytes(), rules, &Options::STRICT)
        .unwrap_or_else(|e| panic!("{} does not take {text}: {e}", std::any::type_name::<T>()))
}
