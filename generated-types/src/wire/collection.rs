//! Arrays, maps and values of any kind.

use super::kind::{Kind, Name, Seed, read};
use super::{Context, Decode, Rule, Rules};
use serde::Deserialize as _;
use serde::de::{Deserializer, MapAccess, SeqAccess};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::marker::PhantomData;

struct Collection<'a, T>(&'static Rules, &'a mut Context, PhantomData<T>);

impl<T> Collection<'_, T> {
    fn members(&mut self, count: usize) {
        let (rules, count) = (self.0, count as u64);
        if self.1.strict() && count < rules.min_properties {
            self.1.record(Rule::MinProperties, Some(rules.min_properties.to_string()));
        }
        if self.1.strict() && count > rules.max_properties {
            self.1.record(Rule::MaxProperties, Some(rules.max_properties.to_string()));
        }
    }
}

impl<T: Decode> Kind for Collection<'_, Vec<T>> {
    type Value = Vec<T>;
    const EXPECTED: &'static str = "array";

    fn cx(&mut self) -> &mut Context {
        self.1
    }
    /// A Go server sends `null` for an empty slice.
    fn null(self) -> Option<Vec<T>> {
        if self.1.strict() { self.wrong() } else { Some(Vec::new()) }
    }
    fn array<'de, A: SeqAccess<'de>>(self, mut array: A) -> Result<Option<Vec<T>>, A::Error> {
        let Self(rules, cx, _) = self;
        let before = cx.failures();
        let mut list = Vec::new();
        let mut count = 0_usize;
        loop {
            let mark = cx.mark();
            let Some(element) = array.next_element_seed(Seed::<T>::new(rules.inner(), cx))? else { break };
            if cx.mark() != mark {
                cx.prefix(mark, &count.to_string());
            }
            count += 1;
            if let Some(element) = element {
                list.push(element);
            }
        }
        if cx.strict() {
            rules.count(count, &mut |violation| cx.record(violation.rule, violation.limit));
        }
        Ok((cx.failures() == before).then_some(list))
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode<'de, D: Deserializer<'de>>(
        deserializer: D,
        rules: &'static Rules,
        cx: &mut Context,
    ) -> Result<Option<Self>, D::Error> {
        if !(rules.unique_items && cx.strict()) {
            return read(deserializer, Collection(rules, cx, PhantomData::<Self>));
        }
        if T::EXACT {
            let list = read(deserializer, Collection(rules, cx, PhantomData::<Self>))?;
            let unique = list.as_ref().is_none_or(|list| T::all_distinct(list));
            return Ok(if unique { list } else { cx.fail(Rule::UniqueItems, "true") });
        }
        // Elements are distinct as JSON, which the decoded ones need not be (a UUID has two
        // spellings): such an array, and there are few, is read twice.
        let whole = Value::deserialize(deserializer)?;
        let unique = whole.as_array().is_none_or(|list| super::equal::all_distinct(list));
        let list = infallible(read(&whole, Collection(rules, cx, PhantomData::<Self>)));
        if unique { Ok(list) } else { Ok(cx.fail(Rule::UniqueItems, "true")) }
    }
    fn zero() -> Option<Self> {
        Some(Self::new())
    }
}

/// The result of reading a value that was JSON already: it cannot be a syntax error.
pub(super) fn infallible<T>(read: Result<Option<T>, serde_json::Error>) -> Option<T> {
    read.ok().flatten()
}

impl<T: Decode> Kind for Collection<'_, BTreeMap<String, T>> {
    type Value = BTreeMap<String, T>;
    const EXPECTED: &'static str = "object";

    fn cx(&mut self) -> &mut Context {
        self.1
    }
    /// A Go server sends `null` for an empty map.
    fn null(self) -> Option<Self::Value> {
        if self.1.strict() { self.wrong() } else { Some(BTreeMap::new()) }
    }
    fn object<'de, A: MapAccess<'de>>(mut self, mut object: A) -> Result<Option<Self::Value>, A::Error> {
        let before = self.1.failures();
        let mut map = BTreeMap::new();
        let mut broken = 0;
        while let Some(name) = object.next_key_seed(Name)? {
            let mark = self.1.mark();
            let value = object.next_value_seed(Seed::<T>::new(self.0.inner(), self.1))?;
            if self.1.mark() != mark {
                self.1.prefix(mark, &name);
            }
            match value {
                Some(value) => drop(map.insert(name.into_owned(), value)),
                None => broken += 1,
            }
        }
        self.members(map.len() + broken);
        Ok((self.1.failures() == before).then_some(map))
    }
}

impl<T: Decode> Decode for BTreeMap<String, T> {
    fn decode<'de, D: Deserializer<'de>>(
        deserializer: D,
        rules: &'static Rules,
        cx: &mut Context,
    ) -> Result<Option<Self>, D::Error> {
        read(deserializer, Collection(rules, cx, PhantomData::<Self>))
    }
    fn zero() -> Option<Self> {
        Some(Self::new())
    }
}

impl Kind for Collection<'_, Map<String, Value>> {
    type Value = Map<String, Value>;
    const EXPECTED: &'static str = "object";

    fn cx(&mut self) -> &mut Context {
        self.1
    }
    fn null(self) -> Option<Self::Value> {
        if self.1.strict() { self.wrong() } else { Some(Map::new()) }
    }
    fn object<'de, A: MapAccess<'de>>(mut self, mut object: A) -> Result<Option<Self::Value>, A::Error> {
        let before = self.1.failures();
        let mut map = Map::new();
        while let Some((name, value)) = object.next_entry()? {
            map.insert(name, value);
        }
        self.members(map.len());
        Ok((self.1.failures() == before).then_some(map))
    }
}

impl Decode for Map<String, Value> {
    fn decode<'de, D: Deserializer<'de>>(
        deserializer: D,
        rules: &'static Rules,
        cx: &mut Context,
    ) -> Result<Option<Self>, D::Error> {
        read(deserializer, Collection(rules, cx, PhantomData::<Self>))
    }
    fn zero() -> Option<Self> {
        Some(Self::new())
    }
}

impl Decode for Value {
    fn decode<'de, D: Deserializer<'de>>(
        deserializer: D,
        _rules: &'static Rules,
        _cx: &mut Context,
    ) -> Result<Option<Self>, D::Error> {
        Self::deserialize(deserializer).map(Some)
    }
    fn zero() -> Option<Self> {
        Some(Self::Null)
    }
}

impl<T: Decode> Decode for Box<T> {
    fn decode<'de, D: Deserializer<'de>>(
        deserializer: D,
        rules: &'static Rules,
        cx: &mut Context,
    ) -> Result<Option<Self>, D::Error> {
        Ok(T::decode(deserializer, rules, cx)?.map(Self::new))
    }
    fn zero() -> Option<Self> {
        T::zero().map(Self::new)
    }
}
