//! Strings, and what stands in JSON as a string; numbers; booleans.

use super::kind::{Kind, read};
use super::{Bytes, Context, Decode, Rule, Rules, format, number};
use jiff::{Timestamp, civil::Date};
use serde::de::Deserializer;
use std::marker::PhantomData;
use uuid::Uuid;

/// A type that stands in JSON as a string.
pub trait Text: Sized {
    /// From its text; `strict` admits what the contract admits, else whatever can be understood.
    /// The error names the rule that is broken and what it asks for.
    ///
    /// # Errors
    /// The rule, and what it asks for.
    fn from_text(text: &str, strict: bool) -> Result<Self, (Rule, &'static str)>;

    /// The same from a string that is given away.
    ///
    /// # Errors
    /// As [`Self::from_text`].
    fn from_owned(text: String, strict: bool) -> Result<Self, (Rule, &'static str)> {
        Self::from_text(&text, strict)
    }

    /// What Go's zero value stands for, where there is such a thing.
    #[must_use]
    fn zero() -> Option<Self> {
        None
    }
}

struct TextKind<'a, T>(&'static Rules, &'a mut Context, PhantomData<T>);

impl<T: Text> TextKind<'_, T> {
    fn check(&mut self, text: &str) -> bool {
        let before = self.1.failures();
        if self.1.strict() {
            self.0.text(text, &mut |violation| self.1.push(violation));
        }
        self.1.failures() == before
    }

    fn finish(self, holds: bool, read: Result<T, (Rule, &'static str)>) -> Option<T> {
        match read {
            Ok(value) => holds.then_some(value),
            Err((rule, limit)) => self.1.fail(rule, limit),
        }
    }
}

impl<T: Text> Kind for TextKind<'_, T> {
    type Value = T;
    const EXPECTED: &'static str = "string";

    fn cx(&mut self) -> &mut Context {
        self.1
    }
    fn text(mut self, text: &str) -> Option<T> {
        let holds = self.check(text);
        let read = T::from_text(text, self.1.strict());
        self.finish(holds, read)
    }
    fn owned_text(mut self, text: String) -> Option<T> {
        let holds = self.check(&text);
        let read = T::from_owned(text, self.1.strict());
        self.finish(holds, read)
    }
}

/// Decodes a type that stands in JSON as a string.
///
/// # Errors
/// Those of the deserializer.
pub fn text<'de, T: Text, D: Deserializer<'de>>(
    deserializer: D,
    rules: &'static Rules,
    cx: &mut Context,
) -> Result<Option<T>, D::Error> {
    read(deserializer, TextKind(rules, cx, PhantomData))
}

impl Text for String {
    fn from_text(text: &str, _strict: bool) -> Result<Self, (Rule, &'static str)> {
        Ok(text.to_owned())
    }
    fn from_owned(text: String, _strict: bool) -> Result<Self, (Rule, &'static str)> {
        Ok(text)
    }
    fn zero() -> Option<Self> {
        Some(Self::new())
    }
}

impl Text for Uuid {
    fn from_text(text: &str, strict: bool) -> Result<Self, (Rule, &'static str)> {
        match format::uuid(text) {
            Some(uuid) => Ok(uuid),
            None if strict => Err((Rule::Format, "uuid")),
            // Go leaves the text of a zero UUID empty.
            None if text.is_empty() => Ok(Self::nil()),
            None => Self::try_parse(text).map_err(|_| (Rule::Format, "uuid")),
        }
    }
    fn zero() -> Option<Self> {
        Some(Self::nil())
    }
}

impl Text for Timestamp {
    fn from_text(text: &str, strict: bool) -> Result<Self, (Rule, &'static str)> {
        match format::date_time(text) {
            Some(time) => Ok(time),
            None if strict => Err((Rule::Format, "date-time")),
            None => text.parse().map_err(|_| (Rule::Format, "date-time")),
        }
    }
}

impl Text for Date {
    fn from_text(text: &str, strict: bool) -> Result<Self, (Rule, &'static str)> {
        match format::date(text) {
            Some(date) => Ok(date),
            None if strict => Err((Rule::Format, "date")),
            None => text.parse().map_err(|_| (Rule::Format, "date")),
        }
    }
}

impl Text for Bytes {
    fn from_text(text: &str, strict: bool) -> Result<Self, (Rule, &'static str)> {
        let bytes = if strict { Self::from_base64(text) } else { Self::from_base64_forgiving(text) };
        bytes.ok_or((Rule::Format, "byte"))
    }
    fn zero() -> Option<Self> {
        Some(Self::default())
    }
}

/// The types whose values are equal where their JSON is.
macro_rules! exact {
    () => {
        const EXACT: bool = true;

        fn all_distinct(values: &[Self]) -> bool {
            super::equal::all_distinct_in_order(values)
        }
    };
}

impl Decode for String {
    fn decode<'de, D: Deserializer<'de>>(
        deserializer: D,
        rules: &'static Rules,
        cx: &mut Context,
    ) -> Result<Option<Self>, D::Error> {
        text(deserializer, rules, cx)
    }
    fn zero() -> Option<Self> {
        <Self as Text>::zero()
    }
    exact!();
}

macro_rules! decode_text {
    ($($ty:ty)+) => {
        $(impl Decode for $ty {
            fn decode<'de, D: Deserializer<'de>>(
                deserializer: D,
                rules: &'static Rules,
                cx: &mut Context,
            ) -> Result<Option<Self>, D::Error> {
                text(deserializer, rules, cx)
            }
            fn zero() -> Option<Self> {
                <Self as Text>::zero()
            }
        })+
    };
}

decode_text!(Uuid Timestamp Date Bytes);

struct Scalar<'a, T>(&'static Rules, &'a mut Context, PhantomData<T>);

impl<T> Scalar<'_, T> {
    fn check(self, value: T, check: impl FnOnce(&Rules, &mut dyn FnMut(super::Violation))) -> Option<T> {
        let before = self.1.failures();
        if self.1.strict() {
            check(self.0, &mut |violation| self.1.push(violation));
        }
        (self.1.failures() == before).then_some(value)
    }
}

impl Kind for Scalar<'_, bool> {
    type Value = bool;
    const EXPECTED: &'static str = "boolean";

    fn cx(&mut self) -> &mut Context {
        self.1
    }
    fn boolean(self, value: bool) -> Option<bool> {
        self.check(value, |rules, report| rules.flag(value, report))
    }
}

impl Kind for Scalar<'_, i64> {
    type Value = i64;
    const EXPECTED: &'static str = "integer";

    fn cx(&mut self) -> &mut Context {
        self.1
    }
    fn integer(self, value: i64) -> Option<i64> {
        self.check(value, |rules, report| rules.integer(value, report))
    }
    fn number(self, value: f64) -> Option<i64> {
        match number::to_integer(value) {
            Some(value) => self.integer(value),
            None if value.fract() == 0.0 => self.1.fail(Rule::Format, "int64"),
            None => self.wrong(),
        }
    }
}

impl Kind for Scalar<'_, i32> {
    type Value = i32;
    const EXPECTED: &'static str = "integer";

    fn cx(&mut self) -> &mut Context {
        self.1
    }
    fn integer(self, value: i64) -> Option<i32> {
        let Ok(small) = i32::try_from(value) else { return self.1.fail(Rule::Format, "int32") };
        self.check(small, |rules, report| rules.integer(value, report))
    }
    fn number(self, value: f64) -> Option<i32> {
        match number::to_integer(value) {
            Some(value) => self.integer(value),
            None if value.fract() == 0.0 => self.1.fail(Rule::Format, "int32"),
            None => self.wrong(),
        }
    }
}

impl Kind for Scalar<'_, f64> {
    type Value = f64;
    const EXPECTED: &'static str = "number";

    fn cx(&mut self) -> &mut Context {
        self.1
    }
    fn integer(self, value: i64) -> Option<f64> {
        // Checked as it came: a float may be another number.
        self.check(value as f64, |rules, report| rules.integer(value, report))
    }
    fn number(self, value: f64) -> Option<f64> {
        self.check(value, |rules, report| rules.number(value, report))
    }
}

macro_rules! decode_scalar {
    ($($ty:ty $(: $exact:ident)?),+) => {
        $(impl Decode for $ty {
            fn decode<'de, D: Deserializer<'de>>(
                deserializer: D,
                rules: &'static Rules,
                cx: &mut Context,
            ) -> Result<Option<Self>, D::Error> {
                read(deserializer, Scalar::<Self>(rules, cx, PhantomData))
            }
            fn zero() -> Option<Self> {
                Some(Self::default())
            }
            $($exact!();)?
        })+
    };
}

decode_scalar!(bool: exact, i32: exact, i64: exact, f64);
