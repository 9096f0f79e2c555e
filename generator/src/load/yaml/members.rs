//! The members of a mapping, with those that a key `<<` merges into it.

use super::{Node, key_of};
use serde_json::{Map, Value};

/// Those of a mapping, as they come.
#[derive(Default)]
pub(super) struct Members {
    map: Map<String, Value>,
    /// The key whose value comes next.
    pub(super) key: Option<Key>,
    /// What is merged into the others.
    merged: Option<Value>,
}

/// What a value is for.
pub(super) enum Key {
    Name(String),
    Merge,
}

impl Members {
    pub(super) fn key(&mut self, node: Node) -> Result<(), String> {
        if node.merges {
            if self.merged.is_some() {
                return Err("the key `<<` is there twice".to_owned());
            }
            self.key = Some(Key::Merge);
            return Ok(());
        }
        let name = key_of(node.value).ok_or("a key that is no scalar")?;
        if self.map.contains_key(&name) {
            return Err(format!("the key `{name}` is there twice"));
        }
        self.key = Some(Key::Name(name));
        Ok(())
    }

    pub(super) fn value(&mut self, key: Key, value: Value) -> Result<(), String> {
        match key {
            Key::Name(name) => _ = self.map.insert(name, value),
            Key::Merge => {
                let is_list = value.as_array().is_some_and(|list| list.iter().all(Value::is_object));
                if !value.is_object() && !is_list {
                    return Err("`<<` needs a mapping, or a list of them".to_owned());
                }
                self.merged = Some(value);
            }
        }
        Ok(())
    }

    /// All members: its own first, then those of the first mapping that has them.
    pub(super) fn whole(self) -> Value {
        let mut map = self.map;
        let mappings = match self.merged {
            Some(Value::Array(list)) => list,
            one => one.into_iter().collect(),
        };
        for mapping in mappings {
            let Value::Object(members) = mapping else { continue };
            for (name, value) in members {
                map.entry(name).or_insert(value);
            }
        }
        Value::Object(map)
    }
}
