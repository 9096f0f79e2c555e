//! `null` as a value.

use super::{Context, Decode, Rules};
use serde::de::{Deserializer, Visitor};
use serde::{Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;

/// A value for which `null` may stand.
///
/// A member that is optional besides is an `Option<Nullable<T>>`, which keeps absent, null and a
/// value apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nullable<T> {
    /// `null`
    #[default]
    Null,
    /// A value.
    Value(T),
}

impl<T> Nullable<T> {
    /// The value, if it is one.
    #[must_use]
    pub fn as_ref(&self) -> Option<&T> {
        match self {
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }

    /// The value, if it is one.
    #[must_use]
    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }
}

impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl From<&str> for Nullable<String> {
    fn from(value: &str) -> Self {
        Self::Value(value.to_owned())
    }
}

impl<T> From<Nullable<T>> for Option<T> {
    fn from(value: Nullable<T>) -> Self {
        value.into_option()
    }
}

impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Value(value) => value.serialize(serializer),
        }
    }
}

/// Reads `null` as `None`, and anything else as a `T`.
pub(super) fn nullable<'de, T: Decode, D: Deserializer<'de>>(
    deserializer: D,
    rules: &'static Rules,
    cx: &mut Context,
) -> Result<Nullable<Option<T>>, D::Error> {
    deserializer.deserialize_option(NullableVisitor(rules, cx, PhantomData))
}

struct NullableVisitor<'a, T>(&'static Rules, &'a mut Context, PhantomData<T>);

impl<'de, T: Decode> Visitor<'de> for NullableVisitor<'_, T> {
    type Value = Nullable<Option<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Nullable::Null)
    }
    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(Nullable::Null)
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        T::decode(deserializer, self.0, self.1).map(Nullable::Value)
    }
}

impl<T: Decode> Decode for Nullable<T> {
    fn decode<'de, D: Deserializer<'de>>(
        deserializer: D,
        rules: &'static Rules,
        cx: &mut Context,
    ) -> Result<Option<Self>, D::Error> {
        Ok(match nullable(deserializer, rules, cx)? {
            Nullable::Null => Some(Self::Null),
            Nullable::Value(value) => value.map(Self::Value),
        })
    }
    fn zero() -> Option<Self> {
        Some(Self::Null)
    }
}
