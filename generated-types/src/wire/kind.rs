//! The one visitor: it takes whatever kind of JSON value comes, so that only a document that is not
//! JSON is an error of serde's.

use super::{Context, Rule};
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// What a reader does with each kind of JSON value. What it does not say is a violation of `type`:
/// the value is read to its end and the reading goes on behind it.
pub(super) trait Kind: Sized {
    /// What is read.
    type Value;
    /// The JSON type that is expected.
    const EXPECTED: &'static str;

    fn cx(&mut self) -> &mut Context;

    fn wrong(mut self) -> Option<Self::Value> {
        self.cx().fail(Rule::Type, Self::EXPECTED)
    }
    fn null(self) -> Option<Self::Value> {
        self.wrong()
    }
    fn boolean(self, _value: bool) -> Option<Self::Value> {
        self.wrong()
    }
    fn integer(self, _value: i64) -> Option<Self::Value> {
        self.wrong()
    }
    fn number(self, _value: f64) -> Option<Self::Value> {
        self.wrong()
    }
    fn text(self, _text: &str) -> Option<Self::Value> {
        self.wrong()
    }
    fn owned_text(self, text: String) -> Option<Self::Value> {
        self.text(&text)
    }
    fn array<'de, A: SeqAccess<'de>>(self, mut array: A) -> Result<Option<Self::Value>, A::Error> {
        while array.next_element::<IgnoredAny>()?.is_some() {}
        Ok(self.wrong())
    }
    fn object<'de, A: MapAccess<'de>>(self, mut object: A) -> Result<Option<Self::Value>, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(self.wrong())
    }
}

/// Reads a value of any kind and lets `kind` judge it.
pub(super) fn read<'de, K: Kind, D: Deserializer<'de>>(
    deserializer: D,
    kind: K,
) -> Result<Option<K::Value>, D::Error> {
    deserializer.deserialize_any(Total(kind))
}

struct Total<K>(K);

impl<'de, K: Kind> Visitor<'de> for Total<K> {
    type Value = Option<K::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(K::EXPECTED)
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(self.0.null())
    }
    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(self.0.null())
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(self.0.boolean(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(self.0.integer(value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(match i64::try_from(value) {
            Ok(value) => self.0.integer(value),
            Err(_) => self.0.number(value as f64),
        })
    }
    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(self.0.number(value))
    }
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(self.0.text(text))
    }
    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(self.0.owned_text(text))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, array: A) -> Result<Self::Value, A::Error> {
        self.0.array(array)
    }
    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        self.0.object(object)
    }
}

/// The wire name of a member, borrowed from the document where it can be.
pub(super) struct Name;

impl<'de> serde::de::DeserializeSeed<'de> for Name {
    type Value = std::borrow::Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = std::borrow::Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }
    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(name.into())
    }
    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(name.to_owned().into())
    }
    fn visit_string<E>(self, name: String) -> Result<Self::Value, E> {
        Ok(name.into())
    }
}

/// Reads one member or element as a `T` under `rules`.
pub(super) struct Seed<'a, T> {
    rules: &'static super::Rules,
    cx: &'a mut Context,
    marker: PhantomData<T>,
}

impl<'a, T> Seed<'a, T> {
    pub(super) fn new(rules: &'static super::Rules, cx: &'a mut Context) -> Self {
        Self { rules, cx, marker: PhantomData }
    }
}

impl<'de, T: super::Decode> serde::de::DeserializeSeed<'de> for Seed<'_, T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        T::decode(deserializer, self.rules, self.cx)
    }
}
