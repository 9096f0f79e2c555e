//! Texts, numbers and booleans, and enumerations of them.

use crate::diagnostic::Code;
use crate::ir::{Enum, EnumVariant, Kind, Rules, Ty, Use};
use crate::lower::flat::Flat;
use crate::lower::schema::JsonType;
use crate::lower::slot::Slot;
use crate::lower::{Lowering, Whose};
use crate::number::Number;
use serde_json::Value;

/// Formats without a type of their own that are checked. Others say nothing.
pub const CHECKED_FORMATS: &[&str] = &["email", "uri", "uri-reference", "hostname", "ipv4", "ipv6"];

impl<'a> Lowering<'a> {
    /// A string enumeration. `null` in the list only says again that the value is nullable.
    pub(super) fn enumeration(&mut self, flat: &Flat<'a>, slot: &Slot) -> Use {
        let values = flat.values.as_deref().unwrap_or_default();
        let mut variants: Vec<EnumVariant> = Vec::new();
        for value in values.iter().filter(|value| !value.is_null()) {
            let Some(wire) = value.as_str() else {
                self.unsupported(&flat.at, format!("`{value}` stands in an `enum` of strings"));
                continue;
            };
            let allowed = flat.rules.of_strings().allows(wire);
            if allowed && variants.iter().all(|variant| variant.wire != wire) {
                variants.push(EnumVariant { wire: wire.to_owned(), name: String::new() });
            }
        }
        if variants.is_empty() && !values.is_empty() {
            self.unsupported(&flat.at, "no value of this `enum` is a string that its constraints allow");
        }
        let ty = self.insert(slot, Kind::Enum(Enum { variants }), flat);
        Use { ty, ..Use::default() }
    }

    /// An enumeration of numbers is the number, at least one of whose bounds is met exactly.
    pub(in crate::lower) fn number_type(&mut self, flat: &Flat<'a>) -> Use {
        let mut rules = flat.rules.of_numbers();
        let integer = Self::json_type(flat) == Some(JsonType::Integer);
        if let Some(values) = &flat.values {
            let numbers = self.numbers_of(values, integer, &flat.at);
            let one = |n: Number| Rules { minimum: Some(n), maximum: Some(n), ..Rules::default() };
            let exact = numbers.into_iter().map(one).collect();
            rules = rules.and(&Rules { at_least_one: exact, ..Rules::default() });
        }
        let ty = match (integer, flat.format.as_ref().map(|(format, _)| *format)) {
            (true, Some("int32")) => Ty::Int32,
            (true, _) => Ty::Int64,
            (false, _) => Ty::Number,
        };
        Use { ty, rules, nullable: false }
    }

    /// The numbers in an enumeration, of integers those that its type holds.
    fn numbers_of(&mut self, values: &[&Value], integer: bool, at: &str) -> Vec<Number> {
        let mut numbers = Vec::new();
        for value in values.iter().filter(|value| !value.is_null()) {
            match Number::of(value) {
                None => self.unsupported(at, "an `enum` of numbers holds something else"),
                Some(number) if integer && !number.is_of_64_bits() => {
                    let message = format!("no value is {number}: integers here have 64 bits with their sign");
                    match self.whose {
                        Whose::Ours => self.unsupported(at, message),
                        Whose::Anybodys => self.error(Code::LeftOut, at, message),
                    }
                }
                Some(number) => numbers.push(number),
            }
        }
        if numbers.is_empty() && !values.is_empty() {
            self.unsupported(at, "no value of this `enum` is a number that its type holds");
        }
        numbers
    }

    pub(super) fn boolean_type(&mut self, flat: &Flat<'a>) -> Use {
        let values = flat.values.iter().flatten().filter(|value| !value.is_null());
        if values.clone().any(|value| !value.is_boolean()) {
            self.unsupported(&flat.at, "an `enum` of booleans holds something else");
        }
        let mut one_of: Vec<_> = values.map(ToString::to_string).collect();
        one_of.dedup();
        // Both values are no constraint.
        let rules = Rules { one_of: one_of.into_iter().take(2).collect(), ..Rules::default() };
        let rules = if rules.one_of.len() == 1 { rules } else { Rules::default() };
        Use { ty: Ty::Boolean, rules, nullable: false }
    }
}

/// A text.
pub(in crate::lower) fn string(flat: &Flat<'_>) -> Use {
    let mut rules = flat.rules.of_strings();
    let ty = match flat.format.as_ref().map(|(format, _)| *format) {
        Some("uuid") => Ty::Uuid,
        Some("date-time") => Ty::DateTime,
        Some("date") => Ty::Date,
        Some("byte") => Ty::Base64,
        Some(format) => {
            if CHECKED_FORMATS.contains(&format) {
                rules.format = Some(format.to_owned());
            }
            Ty::String
        }
        None => Ty::String,
    };
    if ty == Ty::Uuid {
        rules.min_length = rules.min_length.filter(|n| *n > 36);
        rules.max_length = rules.max_length.filter(|n| *n < 36);
    }
    Use { ty, rules, nullable: false }
}
