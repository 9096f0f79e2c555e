//! The rules of the IR, read plainly: what is wrong with a value, and where.
//!
//! This is not the validation that is generated; it is what the drawn values are held against, and
//! the two are compared, with an independent validator as the third, by the tests of the workspace.

use super::{format, text::format_of};
use crate::ir::{Additional, Api, Enum, Kind, Presence, Rules, Struct, Ty, Union, Use};
use crate::number::Number;
use regex::Regex;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::HashMap;

/// A rule that a value breaks: where, and the keyword that says so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// The JSON pointer of the value.
    pub pointer: String,
    /// The keyword of the rule: `maxLength`.
    pub rule: &'static str,
}

/// Everything that is wrong with a value.
#[must_use]
pub fn violations(api: &Api, used: &Use, value: &Value) -> Vec<Violation> {
    let mut check = Check { api, pointer: String::new(), found: Vec::new() };
    check.value(used, value);
    check.found
}

/// Whether a value satisfies a union: one of its variants, or exactly one where it is exclusive.
pub(super) fn union_matches(api: &Api, union: &Union, value: &Value) -> bool {
    let matching = union.variants.iter().filter(|v| violations(api, &v.value, value).is_empty()).count();
    if union.exclusive { matching == 1 } else { matching > 0 }
}

/// Whether the right members are there together.
pub(super) fn presence(rule: &Presence, has: &dyn Fn(&str) -> bool) -> bool {
    let all = |names: &Vec<String>| names.iter().all(|n| has(n));
    match rule {
        Presence::NotAll(names) => !all(names),
        Presence::AnyOf(sets) => sets.iter().any(all),
        Presence::OneOf(sets) => sets.iter().filter(|s| all(s)).count() == 1,
    }
}

/// What is wrong with a number.
pub(super) fn number(rules: &Rules, n: Number) -> Option<&'static str> {
    let below = |m: Number| if rules.exclusive_minimum { n <= m } else { n < m };
    let above = |m: Number| if rules.exclusive_maximum { n >= m } else { n > m };
    let between = |step: Number| step > Number::Integer(0) && !n.is_multiple_of(step);
    if rules.minimum.is_some_and(below) {
        Some(if rules.exclusive_minimum { "exclusiveMinimum" } else { "minimum" })
    } else if rules.maximum.is_some_and(above) {
        Some(if rules.exclusive_maximum { "exclusiveMaximum" } else { "maximum" })
    } else if rules.multiple_of.is_some_and(between) {
        Some("multipleOf")
    } else if !alternatives(rules, &|one| number(one, n).is_none(), true) {
        Some("oneOf")
    } else if !alternatives(rules, &|one| number(one, n).is_none(), false) {
        Some("anyOf")
    } else {
        None
    }
}

/// What is wrong with a text.
pub(super) fn text(format: Option<&str>, rules: &Rules, text: &str) -> Vec<&'static str> {
    let length = text.chars().count() as u64;
    let mut found = Vec::new();
    let mut wrong = |broken: bool, rule: &'static str| {
        if broken {
            found.push(rule);
        }
    };
    wrong(rules.min_length.is_some_and(|least| length < least), "minLength");
    wrong(rules.max_length.is_some_and(|most| length > most), "maxLength");
    wrong(rules.pattern.as_deref().is_some_and(|p| !matches(p, text)), "pattern");
    wrong(format.is_some_and(|f| !format::holds(f, text)), "format");
    wrong(!rules.one_of.is_empty() && !rules.one_of.iter().any(|one| one == text), "enum");
    wrong(
        !alternatives(rules, &|one| self::text(one.format.as_deref(), one, text).is_empty(), true),
        "oneOf",
    );
    wrong(
        !alternatives(rules, &|one| self::text(one.format.as_deref(), one, text).is_empty(), false),
        "anyOf",
    );
    found
}

/// Whether exactly one (or at least one) of the alternatives holds, where there are any.
fn alternatives(rules: &Rules, holds: &dyn Fn(&Rules) -> bool, exactly: bool) -> bool {
    let list = if exactly { &rules.exactly_one } else { &rules.at_least_one };
    let holding = list.iter().filter(|one| holds(one)).count();
    list.is_empty() || if exactly { holding == 1 } else { holding > 0 }
}

fn matches(pattern: &str, text: &str) -> bool {
    thread_local! {
        static COMPILED: RefCell<HashMap<String, Option<Regex>>> = RefCell::default();
    }
    COMPILED.with_borrow_mut(|compiled| {
        let regex = compiled.entry(pattern.to_owned()).or_insert_with(|| Regex::new(pattern).ok());
        regex.as_ref().is_some_and(|r| r.is_match(text))
    })
}

/// Whether two values are the same to JSON Schema: `1` and `1.0` are.
pub(super) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(_), Value::Number(_)) => Number::of(a) == Number::of(b),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(k, a)| b.get(k).is_some_and(|b| equal(a, b)))
        }
        _ => a == b,
    }
}

struct Check<'a> {
    api: &'a Api,
    pointer: String,
    found: Vec<Violation>,
}

impl<'a> Check<'a> {
    fn wrong(&mut self, rule: &'static str) {
        self.found.push(Violation { pointer: self.pointer.clone(), rule });
    }

    fn wrong_if(&mut self, broken: bool, rule: &'static str) {
        if broken {
            self.wrong(rule);
        }
    }

    fn below(&mut self, token: &str, used: &Use, value: &Value) {
        let length = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(&token.replace('~', "~0").replace('/', "~1"));
        self.value(used, value);
        self.pointer.truncate(length);
    }

    fn value(&mut self, used: &Use, value: &Value) {
        let used = self.api.resolve(used);
        if value.is_null() {
            let allowed = used.nullable || matches!(used.ty, Ty::Json);
            return match self.union(&used) {
                _ if allowed => {}
                Some(union) if union_matches(self.api, union, value) => {}
                Some(union) => self.wrong(if union.exclusive { "oneOf" } else { "anyOf" }),
                None => self.wrong("type"),
            };
        }
        let rules = &used.rules;
        match (&used.ty, value) {
            (Ty::Boolean, Value::Bool(flag)) => {
                if !rules.one_of.is_empty() && !rules.one_of.contains(&flag.to_string()) {
                    self.wrong("enum");
                }
            }
            (Ty::Json, _) => {}
            (Ty::Object, Value::Object(members)) => self.counted(members, rules),
            (Ty::Map(values), Value::Object(members)) => {
                self.counted(members, rules);
                for (name, member) in members {
                    self.below(name, values, member);
                }
            }
            (Ty::Int32, Value::Number(n)) => {
                let fits = n.as_i64().is_none_or(|n| i32::try_from(n).is_ok());
                self.wrong_if(!fits, "format");
                self.numeric(n.is_i64(), rules, value);
            }
            (Ty::Int64, Value::Number(n)) => self.numeric(n.is_i64(), rules, value),
            (Ty::Number, Value::Number(_)) => self.numeric(true, rules, value),
            (Ty::String | Ty::Uuid | Ty::DateTime | Ty::Date | Ty::Base64, Value::String(text)) => {
                for rule in self::text(format_of(&used.ty, rules), rules, text) {
                    self.wrong(rule);
                }
            }
            (Ty::Array(items), Value::Array(elements)) => self.array(items, rules, elements),
            (Ty::Named(id), _) => {
                let api = self.api;
                match api.types.get(id).map(|definition| &definition.kind) {
                    Some(Kind::Struct(object)) => match value {
                        Value::Object(members) => self.object(object, rules, members),
                        _ => self.wrong("type"),
                    },
                    Some(Kind::Enum(list)) => self.enumerated(list, value),
                    Some(Kind::Union(union)) if !union_matches(api, union, value) => {
                        self.wrong(if union.exclusive { "oneOf" } else { "anyOf" });
                    }
                    _ => {}
                }
            }
            _ => self.wrong("type"),
        }
    }

    /// The union that a use names.
    fn union(&self, used: &Use) -> Option<&'a Union> {
        let Ty::Named(id) = &used.ty else { return None };
        match self.api.types.get(id).map(|definition| &definition.kind) {
            Some(Kind::Union(union)) => Some(union),
            _ => None,
        }
    }

    fn numeric(&mut self, fits: bool, rules: &Rules, n: &Value) {
        if !fits {
            return self.wrong("type");
        }
        if let Some(rule) = Number::of(n).and_then(|n| number(rules, n)) {
            self.wrong(rule);
        }
    }

    fn enumerated(&mut self, list: &Enum, value: &Value) {
        match value {
            Value::String(text) => self.wrong_if(!list.variants.iter().any(|v| v.wire == *text), "enum"),
            _ => self.wrong("type"),
        }
    }

    fn array(&mut self, items: &Use, rules: &Rules, elements: &[Value]) {
        let count = elements.len() as u64;
        self.wrong_if(rules.min_items.is_some_and(|least| count < least), "minItems");
        self.wrong_if(rules.max_items.is_some_and(|most| count > most), "maxItems");
        let repeated = |i: usize| elements[..i].iter().any(|other| equal(other, &elements[i]));
        self.wrong_if(rules.unique_items && (0..elements.len()).any(repeated), "uniqueItems");
        for (i, element) in elements.iter().enumerate() {
            self.below(&i.to_string(), items, element);
        }
    }

    fn counted(&mut self, members: &Map<String, Value>, rules: &Rules) {
        let count = members.len() as u64;
        self.wrong_if(rules.min_properties.is_some_and(|least| count < least), "minProperties");
        self.wrong_if(rules.max_properties.is_some_and(|most| count > most), "maxProperties");
    }

    fn object(&mut self, object: &Struct, rules: &Rules, members: &Map<String, Value>) {
        self.counted(members, rules);
        let own = Rules {
            min_properties: object.min_properties,
            max_properties: object.max_properties,
            ..Rules::default()
        };
        self.counted(members, &own);
        for rule in &object.presence {
            let keyword = match rule {
                Presence::NotAll(_) => "not",
                Presence::AnyOf(_) => "anyOf",
                Presence::OneOf(_) => "oneOf",
            };
            self.wrong_if(!presence(rule, &|name| members.contains_key(name)), keyword);
        }
        for field in &object.fields {
            match members.get(&field.wire) {
                Some(member) => self.below(&field.wire, &field.value, member),
                None if field.required => self.member("required", &field.wire),
                None => {}
            }
        }
        for (name, member) in
            members.iter().filter(|(name, _)| object.fields.iter().all(|f| f.wire != **name))
        {
            match &object.additional {
                Additional::Open => {}
                Additional::Closed => self.member("additionalProperties", name),
                Additional::Typed(values) => self.below(name, values, member),
            }
        }
    }

    /// A rule on a member that is not there, or should not be.
    fn member(&mut self, rule: &'static str, name: &str) {
        let name = name.replace('~', "~0").replace('/', "~1");
        self.found.push(Violation { pointer: format!("{}/{name}", self.pointer), rule });
    }
}
