//! Values of parameters: in a path, a query, a header, a part of a form.

use super::scalar::Text;
use super::{Bytes, Rule, Rules, Violation, Violations};
use jiff::{Timestamp, civil::Date};
use serde_json::Value;
use std::borrow::Cow;
use uuid::Uuid;

/// A value that stands in a parameter as text.
pub trait Param: Sized {
    /// From its text, once percent-encoding is undone, as strict as a server is.
    ///
    /// # Errors
    /// The first rule that is broken.
    fn parse(text: &str, rules: &'static Rules) -> Result<Self, Violation>;

    /// As text, before percent-encoding.
    fn render(&self) -> Cow<'_, str>;
}

/// Reads a parameter that is an array from its values, in order, and checks all the rules.
///
/// # Errors
/// Every rule that is broken; the pointers are indices.
pub fn parse_all<'t, T: Param>(
    texts: impl IntoIterator<Item = &'t str>,
    rules: &'static Rules,
) -> Result<Vec<T>, Violations> {
    let mut list = Vec::new();
    let mut broken = Vec::new();
    let texts: Vec<&str> = texts.into_iter().collect();
    for (index, text) in texts.iter().enumerate() {
        match T::parse(text, rules.inner()) {
            Ok(value) => list.push(value),
            Err(mut violation) => {
                violation.prefix(&index.to_string());
                broken.push(violation);
            }
        }
    }
    rules.count(texts.len(), &mut |violation| broken.push(violation));
    let mut sorted = texts;
    sorted.sort_unstable();
    if rules.unique_items && sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        broken.push(Violation::new(Rule::UniqueItems, Some("true".to_owned())));
    }
    if broken.is_empty() { Ok(list) } else { Err(Violations { list: broken, more: false }) }
}

/// Reads a type that stands in JSON as a string.
///
/// # Errors
/// The first rule that is broken.
pub fn parse_text<T: Text>(text: &str, rules: &'static Rules) -> Result<T, Violation> {
    first(|report| rules.text(text, report))?;
    T::from_text(text, true).map_err(|(rule, limit)| Violation::new(rule, Some(limit.to_owned())))
}

fn first(check: impl FnOnce(&mut dyn FnMut(Violation))) -> Result<(), Violation> {
    let mut first = None;
    check(&mut |violation| {
        first.get_or_insert(violation);
    });
    first.map_or(Ok(()), Err)
}

fn wrong<T>(rule: Rule, limit: &str) -> Result<T, Violation> {
    Err(Violation::new(rule, Some(limit.to_owned())))
}

impl Param for String {
    fn parse(text: &str, rules: &'static Rules) -> Result<Self, Violation> {
        parse_text(text, rules)
    }
    fn render(&self) -> Cow<'_, str> {
        self.into()
    }
}

impl Param for Bytes {
    fn parse(text: &str, rules: &'static Rules) -> Result<Self, Violation> {
        parse_text(text, rules)
    }
    fn render(&self) -> Cow<'_, str> {
        self.to_base64().into()
    }
}

macro_rules! param_text {
    ($($ty:ty)+) => {
        $(impl Param for $ty {
            fn parse(text: &str, rules: &'static Rules) -> Result<Self, Violation> {
                parse_text(text, rules)
            }
            fn render(&self) -> Cow<'_, str> {
                self.to_string().into()
            }
        })+
    };
}

param_text!(Uuid Timestamp Date);

impl Param for bool {
    fn parse(text: &str, rules: &'static Rules) -> Result<Self, Violation> {
        let value = text.parse().or_else(|_| wrong(Rule::Type, "boolean"))?;
        first(|report| rules.flag(value, report)).map(|()| value)
    }
    fn render(&self) -> Cow<'_, str> {
        (if *self { "true" } else { "false" }).into()
    }
}

/// An integer that is too great for its type is one all the same.
fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

macro_rules! param_integer {
    ($($ty:ty = $format:literal)+) => {
        $(impl Param for $ty {
            fn parse(text: &str, rules: &'static Rules) -> Result<Self, Violation> {
                if !is_integer(text) {
                    return wrong(Rule::Type, "integer");
                }
                let value: Self = text.parse().or_else(|_| wrong(Rule::Format, $format))?;
                first(|report| rules.integer(value.into(), report))?;
                Ok(value)
            }
            fn render(&self) -> Cow<'_, str> {
                self.to_string().into()
            }
        })+
    };
}

param_integer!(i32 = "int32" i64 = "int64");

impl Param for f64 {
    fn parse(text: &str, rules: &'static Rules) -> Result<Self, Violation> {
        // JSON's notation: no `inf`, no `NaN`, no `+1`.
        let Ok(value) = serde_json::from_str::<Self>(text) else { return wrong(Rule::Type, "number") };
        first(|report| rules.number(value, report))?;
        Ok(value)
    }
    fn render(&self) -> Cow<'_, str> {
        self.to_string().into()
    }
}

impl Param for Value {
    fn parse(text: &str, _rules: &'static Rules) -> Result<Self, Violation> {
        Ok(Self::from(text))
    }
    fn render(&self) -> Cow<'_, str> {
        match self {
            Self::String(text) => text.into(),
            other => other.to_string().into(),
        }
    }
}
