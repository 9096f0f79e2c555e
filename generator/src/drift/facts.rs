//! What two shapes say differently themselves: keyword by keyword, name by name.

use super::edit::{Edit, Through};
use super::effect::{self, Bound, Effect};
use super::kind::Kind;
use super::walk::Sides;
use crate::contract::diff::shapes::{Edge, Shape};
use crate::number::Number;
use serde_json::{Value, json};
use std::collections::BTreeSet;

type Found = Vec<(Edit, Through)>;

/// What a member lets through, by its name.
type Guard<'g> = &'g dyn Fn(&str) -> Through;

/// The edits between the facts of two shapes.
pub(super) fn compare(sides: &Sides<'_>, guard: Guard<'_>, found: &mut Found) {
    let [old, new] = sides.shapes;
    let keywords: BTreeSet<&str> = old.facts.keys().chain(new.facts.keys()).copied().collect();
    for keyword in keywords {
        let values = sides.shapes.map(|shape| shape.facts.get(keyword));
        if values[0] == values[1] && !matches!(keyword, "minimum" | "maximum") {
            continue;
        }
        match keyword {
            "required" => {
                lists(sides, keyword, [Kind::BecameRequired, Kind::BecameOptional], guard, found);
            }
            "x-may-omit" => {
                lists(sides, keyword, [Kind::OmissionAllowed, Kind::OmissionRefused], guard, found);
            }
            "enum" => enums(sides, values, found),
            // Told with the bound that they belong to, and with what other members may be.
            "exclusiveMinimum" | "exclusiveMaximum" | "additionalProperties" => {}
            keyword if effect::is_bound(keyword) => bound(sides, keyword, values, found),
            keyword => push(found, plain(sides, keyword, values)),
        }
    }
    members(sides, found);
}

fn push(found: &mut Found, edit: Edit) {
    found.push((edit, Through::default()));
}

/// Keywords whose values are compared as a whole.
fn plain(sides: &Sides<'_>, keyword: &str, values: [Option<&Value>; 2]) -> Edit {
    let gained = values[1] == Some(&Value::Bool(true));
    let by_presence = |set, changed, unset| match values {
        [None, _] => set,
        [_, None] => unset,
        _ => changed,
    };
    let kind = match keyword {
        "type" => Kind::TypeChanged,
        "format" => Kind::FormatChanged,
        "nullable" if gained => Kind::NullableGained,
        "nullable" => Kind::NullableLost,
        "readOnly" if gained => Kind::ReadOnlySet,
        "readOnly" => Kind::ReadOnlyUnset,
        "writeOnly" if gained => Kind::WriteOnlySet,
        "writeOnly" => Kind::WriteOnlyUnset,
        "deprecated" if gained => Kind::DeprecatedSet,
        "deprecated" => Kind::DeprecatedUnset,
        "default" | "x-default-sha256" => Kind::DefaultChanged,
        "pattern" => by_presence(Kind::PatternSet, Kind::PatternChanged, Kind::PatternUnset),
        "discriminator" => Kind::DiscriminatorChanged,
        _ => Kind::FactChanged,
    };
    let says = |schema: &Value| match keyword {
        "x-other" => false,
        "discriminator" => schema.get("discriminator").is_some(),
        _ => schema.get(keyword).is_some(),
    };
    let at = sides.declared(says);
    let name = if matches!(keyword, "deprecated" | "readOnly" | "writeOnly") {
        place(&at)
    } else {
        keyword.to_owned()
    };
    let mut edit = Edit::new(kind, name, at).values(values.map(|value| value.cloned()));
    if matches!(keyword, "readOnly" | "writeOnly") {
        edit.required = required_here(sides);
    }
    edit
}

/// What a pointer calls a place: its last token, without version and construct.
fn place(at: &[String; 2]) -> String {
    let last = at[0].rsplit('/').next().unwrap_or_default();
    last.rsplit('.').next().unwrap_or_default().replace("~1", "/").replace("~0", "~")
}

/// Whether the object that a property stands in requires it.
fn required_here(sides: &Sides<'_>) -> [bool; 2] {
    [0, 1].map(|side| {
        let Some((owner, name)) = sides.site[side].rsplit_once("/properties/") else { return false };
        let name = name.replace("~1", "/").replace("~0", "~");
        let schema = crate::load::reference::lookup(sides.documents[side], owner);
        schema.is_some_and(|schema| listed(schema.get("required")).contains(&name.as_str()))
    })
}

fn listed(value: Option<&Value>) -> BTreeSet<&str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

fn bound(sides: &Sides<'_>, keyword: &str, values: [Option<&Value>; 2], found: &mut Found) {
    let exclusive = match keyword {
        "minimum" => "exclusiveMinimum",
        "maximum" => "exclusiveMaximum",
        _ => "",
    };
    let excluded = sides.shapes.map(|shape| shape.facts.get(exclusive) == Some(&Value::Bool(true)));
    let bounds = [0, 1].map(|side| {
        let value = values[side]?;
        let number = Number::of(value).or_else(|| value.as_bool().map(|flag| i64::from(flag).into()))?;
        Some(Bound { value: number, exclusive: excluded[side] })
    });
    let kind = match bounds {
        [None, None] => Kind::FactChanged,
        [None, Some(_)] => Kind::BoundSet,
        [Some(_), None] => Kind::BoundUnset,
        [Some(before), Some(after)] => match effect::of_bounds(keyword, before, after) {
            Some(Effect::Equal) => return,
            Some(Effect::Narrows) => Kind::BoundTightened,
            Some(Effect::Widens) => Kind::BoundLoosened,
            _ => Kind::BoundChanged,
        },
    };
    let told = [0, 1].map(|side| values[side].map(|value| effect::told(keyword, value, excluded[side])));
    let at = sides.declared(|schema| schema.get(keyword).is_some());
    push(found, Edit::new(kind, keyword, at).values(told));
}

fn enums(sides: &Sides<'_>, values: [Option<&Value>; 2], found: &mut Found) {
    let at = sides.declared(|schema| schema.get("enum").is_some());
    let list = |side: usize| values[side].and_then(Value::as_array);
    let told = |list: &[Value]| list.iter().map(words).collect::<Vec<_>>().join(", ");
    match [list(0), list(1)] {
        [Some(old), Some(new)] => {
            let only = |own: &[Value], other: &[Value]| -> Vec<Value> {
                own.iter().filter(|value| !other.contains(value)).cloned().collect()
            };
            let (gone, come) = (only(old, new), only(new, old));
            if !gone.is_empty() {
                let edit = Edit::new(Kind::EnumRemoved, told(&gone), at.clone());
                push(found, edit.values([Some(Value::Array(gone.clone())), None]));
            }
            if !come.is_empty() {
                let edit = Edit::new(Kind::EnumAdded, told(&come), at.clone());
                push(found, edit.values([None, Some(Value::Array(come.clone()))]));
            }
            if gone.is_empty() && come.is_empty() {
                let both = [Some(json!(old)), Some(json!(new))];
                push(found, Edit::new(Kind::EnumOrder, "enum", at).values(both));
            }
        }
        [None, Some(new)] => {
            push(found, Edit::new(Kind::EnumSet, told(new), at).values([None, Some(json!(new))]));
        }
        [Some(old), None] => {
            push(found, Edit::new(Kind::EnumUnset, told(old), at).values([Some(json!(old)), None]));
        }
        [None, None] => {}
    }
}

/// A value as it is told among others.
fn words(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| format!("`{text}`"))
}

/// Members that only one side has in a list of names: those that are required, those that the server
/// may leave out although they are.
fn lists(sides: &Sides<'_>, keyword: &str, kinds: [Kind; 2], guard: Guard<'_>, found: &mut Found) {
    let lists = sides.shapes.map(|shape| listed(shape.facts.get(keyword)));
    for name in lists[0].symmetric_difference(&lists[1]) {
        let newly = lists[1].contains(name);
        let property = Edge::Property((*name).to_owned());
        let there = sides.shapes.map(|shape| shape.edges.contains_key(&property));
        // Part of its being added or removed.
        if there == [!newly, newly] {
            continue;
        }
        let at = sides.declared(|schema| listed(schema.get(keyword)).contains(name));
        let mut edit = Edit::new(kinds[usize::from(!newly)], *name, at);
        edit.stated = [!newly, newly];
        found.push((edit, guard(name)));
    }
}

/// What an object does with members that it does not name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Others {
    Refused,
    Anything,
    Typed,
}

fn others(shape: &Shape) -> Others {
    if shape.facts.get("additionalProperties") == Some(&Value::Bool(false)) {
        Others::Refused
    } else if shape.edges.contains_key(&Edge::Additional) {
        Others::Typed
    } else {
        Others::Anything
    }
}

fn members(sides: &Sides<'_>, found: &mut Found) {
    let both = sides.shapes.map(others);
    let kind = match both {
        [old, new] if old == new => return,
        [_, Others::Refused] => Kind::MembersClosed,
        [Others::Refused, _] => Kind::MembersOpened,
        [Others::Anything, _] => Kind::MembersTyped,
        [_, _] => Kind::MembersUntyped,
    };
    let words = both.map(|others| {
        Some(json!(match others {
            Others::Refused => "none",
            Others::Anything => "any",
            Others::Typed => "of a schema",
        }))
    });
    let at = sides.declared(|schema| schema.get("additionalProperties").is_some());
    push(found, Edit::new(kind, "additionalProperties", at).values(words));
}

/// The edit of a member, or of what else is in a shape, that only one side has.
pub(super) fn member(sides: &Sides<'_>, edge: &Edge, children: [Option<&Shape>; 2]) -> Option<Edit> {
    let added = children[1].is_some();
    let told = children.map(|child| child.map(summary));
    let edit = |kinds: [Kind; 2], name: &str, says: &dyn Fn(&Value) -> bool| {
        Edit::new(kinds[usize::from(!added)], name, sides.declared(says)).values(told.clone())
    };
    Some(match edge {
        Edge::Property(name) => {
            let says = |schema: &Value| schema.get("properties").is_some_and(|all| all.get(name).is_some());
            let mut edit = edit([Kind::PropertyAdded, Kind::PropertyRemoved], name, &says);
            let flag = |shape: Option<&Shape>, flag: &str| {
                shape.is_some_and(|shape| shape.facts.get(flag) == Some(&Value::Bool(true)))
            };
            edit.required = [0, 1].map(|side| {
                children[side].is_some()
                    && listed(sides.shapes[side].facts.get("required")).contains(name.as_str())
            });
            edit.closed = sides.shapes.map(|shape| others(shape) == Others::Refused);
            edit.deprecated = children.map(|child| flag(child, "deprecated"));
            edit
        }
        Edge::Items => {
            edit([Kind::SchemaStated, Kind::SchemaDropped], "items", &|schema| schema.get("items").is_some())
        }
        Edge::Not(_) => edit([Kind::NotSet, Kind::NotUnset], "not", &|schema| schema.get("not").is_some()),
        Edge::Mapping(_, value) => {
            let says = |schema: &Value| {
                schema.pointer("/discriminator/mapping").is_some_and(|m| m.get(value).is_some())
            };
            edit([Kind::MappingAdded, Kind::MappingRemoved], value, &says)
        }
        // Told as what other members may be, and as alternatives.
        Edge::Additional | Edge::Variant(..) => return None,
    })
}

/// What a shape is in a word or two: the name of its component, else its type and format.
pub(super) fn summary(shape: &Shape) -> Value {
    if let Some(name) = &shape.component {
        return json!(name);
    }
    let word = |keyword: &str| {
        shape.facts.get(keyword).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    let ty = word("type").unwrap_or_else(|| "any".to_owned());
    json!(word("format").map_or(ty.clone(), |format| format!("{ty} ({format})")))
}
