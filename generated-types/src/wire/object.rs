//! Objects: reading their members in any order, and writing them.

use super::kind::{Kind, Name, Seed, read};
use super::nullable::{Nullable, nullable};
use super::{Context, Decode, Rule, Rules};
use serde::de::{DeserializeSeed, Deserializer, MapAccess};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize as _, Serialize};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;

/// A struct that stands in JSON as an object.
pub trait Object: Sized {
    /// Reads the members up to the end of the object, and puts the struct together.
    ///
    /// # Errors
    /// Those of the deserializer.
    fn read<'de, A: MapAccess<'de>>(members: &mut Members<'_, A>) -> Result<Option<Self>, A::Error>;

    /// What stands for an object that a Go server leaves out, where there is such a thing.
    #[must_use]
    fn zero() -> Option<Self> {
        None
    }
}

/// A member of a struct: its name, what is asked of its value, and what was read of it so far.
#[derive(Debug)]
pub struct Slot<T> {
    name: &'static str,
    rules: &'static Rules,
    state: State<T>,
}

#[derive(Debug)]
enum State<T> {
    Absent,
    /// It was there, and what is wrong with it is recorded.
    Broken,
    Value(T),
}

impl<T> Slot<T> {
    /// A member that was not yet there.
    #[must_use]
    pub fn new(name: &'static str, rules: &'static Rules) -> Self {
        Self { name, rules, state: State::Absent }
    }

    /// Whether the member was there.
    #[must_use]
    pub fn is_there(&self) -> bool {
        !matches!(self.state, State::Absent)
    }

    /// The value, if there is one.
    #[must_use]
    pub fn value(self) -> Option<T> {
        match self.state {
            State::Value(value) => Some(value),
            State::Absent | State::Broken => None,
        }
    }
}

/// The members of an object that is being read.
///
/// A member that occurs twice counts as often as it occurs when it is checked; its last value is
/// the one that stays, as in [`serde_json::Value`].
pub struct Members<'a, A> {
    map: A,
    cx: &'a mut Context,
    failures: usize,
    count: u64,
}

impl<A> std::fmt::Debug for Members<'_, A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Members").field("count", &self.count).finish_non_exhaustive()
    }
}

impl<'de, A: MapAccess<'de>> Members<'_, A> {
    /// The name of the next member; its value must be read next.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn next_name(&mut self) -> Result<Option<Cow<'de, str>>, A::Error> {
        self.map.next_key_seed(Name)
    }

    /// Reads the value of a member.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn read<T: Decode>(&mut self, slot: &mut Slot<T>) -> Result<(), A::Error> {
        let value = self.value(slot.name, slot.rules)?;
        self.put(slot, value);
        Ok(())
    }

    /// Reads a member that is optional and not nullable: a tolerant reader takes `null` for absent.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn read_optional<T: Decode>(&mut self, slot: &mut Slot<T>) -> Result<(), A::Error> {
        if self.cx.strict() {
            return self.read(slot);
        }
        let mark = self.cx.mark();
        let value = self.map.next_value_seed(NullableSeed::<T>(slot.rules, self.cx, PhantomData))?;
        if self.cx.mark() != mark {
            self.cx.prefix(mark, slot.name);
        }
        match value {
            Nullable::Null => slot.state = State::Absent,
            Nullable::Value(value) => self.put(slot, value),
        }
        Ok(())
    }

    fn value<T: Decode>(&mut self, name: &str, rules: &'static Rules) -> Result<Option<T>, A::Error> {
        let mark = self.cx.mark();
        let value = self.map.next_value_seed(Seed::<T>::new(rules, self.cx))?;
        if self.cx.mark() != mark {
            self.cx.prefix(mark, name);
        }
        Ok(value)
    }

    fn put<T>(&mut self, slot: &mut Slot<T>, value: Option<T>) {
        self.count += u64::from(!slot.is_there());
        slot.state = value.map_or(State::Broken, State::Value);
    }

    /// Reads a member that is not named, of any kind.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn keep(&mut self, name: Cow<'de, str>, rest: &mut Map<String, Value>) -> Result<(), A::Error> {
        let value = self.map.next_value()?;
        self.count += u64::from(rest.insert(name.into_owned(), value).is_none());
        Ok(())
    }

    /// Reads a member that is not named, of a type.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn keep_typed<T: Decode>(
        &mut self,
        name: Cow<'de, str>,
        rest: &mut BTreeMap<String, T>,
        rules: &'static Rules,
    ) -> Result<(), A::Error> {
        let value = self.value(&name, rules)?;
        self.count += 1;
        if let Some(value) = value {
            self.count -= u64::from(rest.insert(name.into_owned(), value).is_some());
        }
        Ok(())
    }

    /// Passes over a member that a closed object does not name.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn reject(&mut self, name: &str) -> Result<(), A::Error> {
        self.map.next_value::<serde::de::IgnoredAny>()?;
        self.count += 1;
        if self.cx.strict() && self.cx.options.reject_unknown_members {
            let mark = self.cx.mark();
            self.cx.record(Rule::AdditionalProperties, None);
            self.cx.prefix(mark, name);
        }
        Ok(())
    }
}

impl<A> Members<'_, A> {
    /// The value of a member that must be there.
    #[must_use]
    pub fn required<T>(&mut self, slot: Slot<T>) -> Option<T> {
        if let State::Absent = slot.state {
            let mark = self.cx.mark();
            self.cx.record(Rule::Required, None);
            self.cx.prefix(mark, slot.name);
        }
        slot.value()
    }

    /// The same for arrays and maps, or what a Go server may leave out: a tolerant reader takes
    /// the zero value, where there is one.
    #[must_use]
    pub fn required_or_zero<T: Decode>(&mut self, slot: Slot<T>) -> Option<T> {
        match slot.state {
            State::Absent if !self.cx.strict() => T::zero().or_else(|| self.required(slot)),
            _ => self.required(slot),
        }
    }

    /// Checks how many members there are.
    pub fn check_count(&mut self, min: u64, max: u64) {
        if self.cx.strict() && self.count < min {
            self.cx.record(Rule::MinProperties, Some(min.to_string()));
        }
        if self.cx.strict() && self.count > max {
            self.cx.record(Rule::MaxProperties, Some(max.to_string()));
        }
    }

    /// Checks that not all of some members are there.
    pub fn check_not(&mut self, all_there: bool) {
        if self.cx.strict() && all_there {
            self.cx.record(Rule::Not, None);
        }
    }

    /// Checks that at least one set of members is there.
    pub fn check_any_of(&mut self, sets: &[bool]) {
        if self.cx.strict() && !sets.contains(&true) {
            self.cx.record(Rule::AnyOf, None);
        }
    }

    /// Checks that exactly one set of members is there.
    pub fn check_one_of(&mut self, sets: &[bool]) {
        if self.cx.strict() && sets.iter().filter(|there| **there).count() != 1 {
            self.cx.record(Rule::OneOf, None);
        }
    }

    /// Whether something is wrong with the object.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.cx.failures() != self.failures
    }
}

struct NullableSeed<'a, T>(&'static Rules, &'a mut Context, PhantomData<T>);

impl<'de, T: Decode> DeserializeSeed<'de> for NullableSeed<'_, T> {
    type Value = Nullable<Option<T>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        nullable(deserializer, self.0, self.1)
    }
}

struct ObjectKind<'a, T>(&'a mut Context, PhantomData<T>);

impl<T: Object> Kind for ObjectKind<'_, T> {
    type Value = T;
    const EXPECTED: &'static str = "object";

    fn cx(&mut self) -> &mut Context {
        self.0
    }
    fn object<'de, A: MapAccess<'de>>(self, map: A) -> Result<Option<T>, A::Error> {
        let failures = self.0.failures();
        T::read(&mut Members { map, cx: self.0, failures, count: 0 })
    }
}

/// Decodes a struct.
///
/// # Errors
/// Those of the deserializer.
pub fn object<'de, T: Object, D: Deserializer<'de>>(
    deserializer: D,
    cx: &mut Context,
) -> Result<Option<T>, D::Error> {
    read(deserializer, ObjectKind(cx, PhantomData))
}

/// An object that is being written.
#[derive(Debug)]
pub struct Writer<M>(M);

impl<M: SerializeMap> Writer<M> {
    /// Begins an object.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn new<S: Serializer<SerializeMap = M, Error = M::Error>>(serializer: S) -> Result<Self, S::Error> {
        serializer.serialize_map(None).map(Self)
    }

    /// Writes a member.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn member<T: Serialize>(&mut self, name: &'static str, value: &T) -> Result<(), M::Error> {
        self.0.serialize_entry(name, value)
    }

    /// Writes a member if it is there.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn optional<T: Serialize>(&mut self, name: &'static str, value: &Option<T>) -> Result<(), M::Error> {
        match value {
            Some(value) => self.0.serialize_entry(name, value),
            None => Ok(()),
        }
    }

    /// Writes the members that are not named. One that has the name of a member of the struct is
    /// left out: no object has two members of one name.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn rest<'v, T: Serialize + 'v>(
        &mut self,
        rest: impl IntoIterator<Item = (&'v String, &'v T)>,
        named: &[&str],
    ) -> Result<(), M::Error> {
        for (name, value) in rest {
            if !named.contains(&name.as_str()) {
                self.0.serialize_entry(name, value)?;
            }
        }
        Ok(())
    }

    /// Ends the object.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn end(self) -> Result<M::Ok, M::Error> {
        self.0.end()
    }
}

/// Reads a `T` as a client does; what implements serde's `Deserialize` for the generated types.
///
/// # Errors
/// Those of the deserializer, and the first violation.
pub fn tolerant<'de, T: Decode, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let mut cx = Context::new(&super::Options::TOLERANT);
    match T::decode(deserializer, &super::ANY, &mut cx)? {
        Some(value) => Ok(value),
        None => Err(serde::de::Error::custom(cx.into_violations())),
    }
}

/// Buffers any value.
pub(super) fn buffer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    Value::deserialize(deserializer)
}
