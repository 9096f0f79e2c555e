//! What a document itself says of the names of its schemas.
//!
//! In the order of how much it proves: the schema is a copy of a component that some document
//! names, with all its prose; it is such a copy with other prose beside the reference it was
//! copied for; it names the Go type, and maybe the package, that upstream makes of it.

use super::dag::Id;
use super::name::{Home, Name, UNVERSIONED, is_folder};
use super::schemas::{GENTLE, Makes, Schemas};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Keywords that make a schema without a type of its own tell its component from others.
const ANCHORS: &[&str] = &["x-go-type", "x-go-type-import", "x-go-type-name", "pattern", "enum", "format"];
/// What is said of one use of a schema rather than of the schema.
const OF_USE: &[&str] =
    &["description", "x-order", "x-go-name", "x-oapi-codegen-extra-tags", "example", "default"];

/// The components that the documents name.
#[derive(Debug, Default)]
pub(super) struct Defined {
    /// Every component that has a name, with its definition.
    pub(super) names: BTreeMap<Name, Id>,
    /// Constructs that only lend schemas to others.
    lenders: Vec<Home>,
    /// Constructs whose every component is among them.
    complete: BTreeSet<Home>,
    exact: HashMap<Id, Vec<Name>>,
    frames: HashMap<Id, Vec<Name>>,
    facts: HashMap<Id, Vec<Name>>,
}

impl Defined {
    /// The components `names`; of `lenders` a schema without a type of its own is rather taken.
    pub(super) fn new(
        names: BTreeMap<Name, Id>,
        lenders: Vec<Home>,
        complete: BTreeSet<Home>,
        schemas: &mut Schemas<'_>,
    ) -> Self {
        let mut defined = Self { lenders, complete, ..Self::default() };
        for (name, id) in &names {
            defined.exact.entry(*id).or_default().push(name.clone());
            defined.frames.entry(schemas.frame(*id)).or_default().push(name.clone());
            if schemas.makes(*id) == Makes::Type {
                defined.facts.entry(schemas.facts(*id)).or_default().push(name.clone());
            }
        }
        defined.names = names;
        defined
    }

    /// The components that a schema may be a copy of.
    ///
    /// A copy with all its prose is one if there is any; a copy of the frame if something is said
    /// inside of it, or if it can be told otherwise; a copy of the facts if most members have their
    /// prose, or if it names the component itself.
    pub(super) fn candidates(&self, schemas: &mut Schemas<'_>, schema: Id, home: &Home) -> Vec<Name> {
        if let Some(names) = self.exact.get(&schema) {
            return if is_told(schemas, schema) { names.clone() } else { Vec::new() };
        }
        let frame = schemas.frame(schema);
        let hints = Hints::of(schemas, schema, home);
        let hinted = |name: &Name| hints.own.as_deref().is_some_and(|own| is_spelled(own, &name.own));
        let tells = is_composed(schemas, schema) && schemas.frame_tells(schema);
        let mut found: Vec<Name> = self.frames.get(&frame).cloned().unwrap_or_default();
        found.retain(|name| {
            let definition = self.names.get(name).copied();
            definition.is_some_and(|definition| {
                let told = match schemas.makes(schema) {
                    Makes::Type => tells || hinted(name) || has_prose_of(schemas, definition, schema),
                    Makes::Plain => is_anchored(schemas, definition, schema),
                };
                told && is_said_by(schemas, definition, schema)
            })
        });
        if found.is_empty() && schemas.makes(schema) == Makes::Type {
            let facts = schemas.facts(schema);
            found = self.facts.get(&facts).cloned().unwrap_or_default();
            let alike = |name: &Name| {
                let definition = self.names.get(name).copied();
                definition.is_some_and(|definition| has_most_members(schemas, definition, schema))
            };
            found.retain(|name| hinted(name) || alike(name));
        }
        found
    }

    /// The name that the Go hints of a schema come to, and whether it is a guess; none where a
    /// document of that construct is at hand and has no such component.
    pub(super) fn hinted(&self, schemas: &Schemas<'_>, schema: Id, home: &Home) -> Option<(Name, bool)> {
        let hints = Hints::of(schemas, schema, home);
        let name = hints.name()?;
        let complete = self.complete.contains(&name.home) && !self.names.contains_key(&name);
        (!complete).then(|| (name, hints.is_guess()))
    }

    /// The one of `candidates` that the package of the schema's Go type names.
    pub(super) fn packaged(
        &self,
        schemas: &Schemas<'_>,
        candidates: &[Name],
        schema: Id,
        home: &Home,
    ) -> Option<Name> {
        schemas.dag.get(schema, "x-go-type-import")?;
        let hints = Hints::of(schemas, schema, home);
        let of_package = |name: &&Name| hints.home.as_ref() == Some(&name.home);
        candidates.iter().find(of_package).cloned()
    }

    /// The one of `candidates` that is meant by a schema used in the construct `home`.
    pub(super) fn best(
        &self,
        schemas: &Schemas<'_>,
        candidates: Vec<Name>,
        schema: Id,
        home: &Home,
        remembered: Option<&Name>,
    ) -> Option<Name> {
        let hints = Hints::of(schemas, schema, home);
        let plain = schemas.makes(schema) == Makes::Plain;
        candidates.into_iter().max_by_key(|name| {
            let definition = self.names.get(name).copied().unwrap_or(schema);
            let lends = self.lenders.iter().position(|lender| *lender == name.home);
            (
                Some(name) == remembered,
                alike(schemas, definition, schema),
                hints.home.as_ref() == Some(&name.home),
                hints.own.as_deref().is_some_and(|own| is_spelled(own, &name.own)),
                if plain { lends.is_some() } else { name.home == *home },
                name.home == *home,
                nearness(&name.home.version, &home.version),
                lends.is_some(),
                std::cmp::Reverse(name.clone()),
            )
        })
    }
}

/// How many of the annotations that are said of a definition its copy has as they are.
fn alike(schemas: &Schemas<'_>, definition: Id, copy: Id) -> usize {
    let pairs: BTreeSet<_> = schemas.dag.pairs(copy).iter().collect();
    schemas.dag.pairs(definition).iter().filter(|pair| pairs.contains(pair)).count()
}

/// A version is nearer the fewer versions lie between; a newer one is further than any older.
fn nearness(version: &str, own: &str) -> (bool, String) {
    (version <= own, if version <= own { version.to_owned() } else { String::new() })
}

/// Whether there is anything in a schema to tell it from others of the same shape: members, prose,
/// hints, or several alternatives.
fn is_told(schemas: &Schemas<'_>, schema: Id) -> bool {
    let dag = &schemas.dag;
    is_composed(schemas, schema)
        || dag.get(schema, "description").is_some()
        || ANCHORS.iter().any(|name| *name != "enum" && dag.get(schema, name).is_some())
        || dag.get(schema, "items").is_some_and(|items| is_composed(schemas, items))
}

/// Whether a schema has members or alternatives of its own.
fn is_composed(schemas: &Schemas<'_>, schema: Id) -> bool {
    ["properties", "oneOf", "anyOf", "allOf"].iter().any(|name| schemas.dag.get(schema, name).is_some())
}

/// Whether a schema has a description, and it is that of another.
fn has_prose_of(schemas: &Schemas<'_>, definition: Id, copy: Id) -> bool {
    let prose = schemas.dag.get(definition, "description");
    prose.is_some() && prose == schemas.dag.get(copy, "description")
}

/// Whether most members of two objects are the same, with all that is said of them.
fn has_most_members(schemas: &Schemas<'_>, a: Id, b: Id) -> bool {
    let members = |schema: Id| -> BTreeSet<(Id, Id)> {
        let properties = schemas.dag.get(schema, "properties");
        properties.map(|p| schemas.dag.pairs(p)).unwrap_or_default().iter().copied().collect()
    };
    let (a, b) = (members(a), members(b));
    let both = a.intersection(&b).count();
    both > 1 && both * 2 > a.len().max(b.len())
}

/// Whether a copy can be said as a reference to its definition with something beside.
pub(super) fn is_said_by(schemas: &Schemas<'_>, definition: Id, copy: Id) -> bool {
    GENTLE
        .iter()
        .all(|name| schemas.dag.get(definition, name).is_none() || schemas.dag.get(copy, name).is_some())
}

/// Whether a schema has what its definition can be told by.
fn is_anchored(schemas: &Schemas<'_>, definition: Id, copy: Id) -> bool {
    let mut anchors =
        ANCHORS.iter().filter_map(|name| Some((*name, schemas.dag.get(definition, name)?))).peekable();
    let some = anchors.peek().is_some();
    let stated = |name: &str| !OF_USE.contains(&name) && name.starts_with("x-");
    let kept = schemas.dag.members(definition).filter(|(name, _)| stated(name));
    some && anchors.all(|(name, value)| schemas.dag.get(copy, name) == Some(value))
        && kept.into_iter().all(|(name, _)| schemas.dag.get(copy, name).is_some())
}

/// What the Go hints of a schema say of its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hints {
    /// The construct whose package has the type.
    pub(super) home: Option<Home>,
    /// What the type is called.
    pub(super) own: Option<String>,
    /// What its package is called, where that is not one of a construct.
    pub(super) package: Option<String>,
}

impl Hints {
    /// The hints of a schema used in the construct `home`.
    pub(super) fn of(schemas: &Schemas<'_>, schema: Id, home: &Home) -> Self {
        let dag = &schemas.dag;
        let package = dag.get(schema, "x-go-type-import").and_then(|import| dag.get_text(import, "path"));
        let stated = dag.get_text(schema, "x-go-type").map(|ty| ty.trim_start_matches('*'));
        let Some(ty) = stated.filter(|ty| ty.chars().all(is_of_name) && !ty.ends_with('.')) else {
            return Self::default();
        };
        let (qualified, own) = match ty.rsplit_once('.') {
            Some((_, own)) => (true, own),
            None => (false, ty),
        };
        let home = match package {
            Some(path) => Home::of_package(path),
            None if qualified => None,
            None => Some(home.clone()),
        };
        let last = package.and_then(|path| path.rsplit('/').next());
        let last = last.filter(|last| home.is_none() && is_folder(last));
        Self { own: Some(own.to_owned()), home, package: last.map(str::to_owned) }
    }

    /// Whether the name that they come to is of a package that is no construct.
    pub(super) fn is_guess(&self) -> bool {
        self.home.is_none() && self.package.is_some()
    }

    /// The name that they come to.
    pub(super) fn name(&self) -> Option<Name> {
        let own = self.own.as_ref()?;
        match (&self.home, &self.package) {
            (Some(home), _) => Some(Name::new(home, own)),
            (None, Some(package)) => Some(Name::new(&Home::new(UNVERSIONED, package), own)),
            (None, None) => None,
        }
    }
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.')
}

/// Whether two spellings are of the same name: Go's capitals and underscores aside.
pub(super) fn is_spelled(a: &str, b: &str) -> bool {
    let letters = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
    };
    letters(a) == letters(b)
}
