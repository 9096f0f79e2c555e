//! What the generator emits for a small API of every kind of type, compiled and exercised.
//!
//! `generated/` is written by the test `golden_types` of the generator.

#![allow(clippy::unwrap_used, clippy::panic)]

// The emitted code speaks to `crate::wire`.
use meshery_types::wire;

#[rustfmt::skip]
#[path = "generated/v1/mod.rs"]
// As in a library: what these tests leave alone is for others to use.
#[allow(dead_code, unreachable_pub)]
pub mod v1;

mod build;
mod hostile;
mod strict;
mod tolerant;
mod write;

use serde_json::{Value, json};
use wire::{ANY, DecodeError, Options, Violation};

/// An order with nothing but what must be there.
fn order() -> Value {
    json!({
        "id": "9b2f6f2e-6a0e-4f4a-8d7e-2f1c5a3b4c5d",
        "createdAt": "2026-03-01T12:30:00.123456789Z",
        "status": "active",
        "tags": ["a"],
        "parent": null,
    })
}

/// A JSON object with some members set, or taken away where the value is `"absent"`.
fn with(mut value: Value, members: Value) -> Value {
    for (name, member) in members.as_object().unwrap() {
        if member == "absent" {
            value.as_object_mut().unwrap().remove(name);
        } else {
            value[name] = member.clone();
        }
    }
    value
}

fn read<T: wire::Decode>(value: &Value, options: &Options) -> Result<T, Vec<String>> {
    let text = value.to_string();
    let from_text = wire::from_slice(text.as_bytes(), &ANY, options);
    let from_value = wire::from_value::<T>(value, &ANY, options);
    let report = |error| match error {
        DecodeError::Invalid(violations) => violations.iter().map(Violation::to_string).collect::<Vec<_>>(),
        DecodeError::Syntax { .. } => panic!("{text} is JSON"),
    };
    assert_eq!(from_value.is_ok(), from_text.is_ok(), "{text}");
    from_text.map_err(report)
}

fn strict<T: wire::Decode>(value: &Value) -> Result<T, Vec<String>> {
    read(value, &Options::STRICT)
}

fn tolerant<T: wire::Decode>(value: &Value) -> Result<T, Vec<String>> {
    read(value, &Options::TOLERANT)
}
