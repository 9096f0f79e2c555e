//! Bundles: all operations of a product, or of all products, in one document.
//!
//! Bundling takes the operations out of their constructs and puts a title before what they name.
//! The memory knows where each belongs; of an operation that it does not know, the title says it.

use super::dag::{Dag, Id};
use super::input::{Input, Route, interned};
use super::memory::Memory;
use super::name::{Home, Name, UNVERSIONED};
use super::outline::Outlines;
use super::schemas::Schemas;
use super::titles::Titles;
use super::{Dereferenced, Piece, Placed, links};
use crate::contract::METHODS;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::reference::escape;
use crate::load::sources::Sources;
use heck::ToSnakeCase;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// An operation of some bundles.
struct Found<'p> {
    operation: Id,
    shared: Option<Id>,
    pieces: Vec<&'p Piece>,
}

type Routes<'p> = BTreeMap<(String, String), Found<'p>>;

/// Reads bundles.
pub(super) fn bundles(
    input: &Dereferenced,
    sources: &Sources,
    memory: &Memory,
    (schemas, outlines): (&mut Schemas<'_>, &mut Outlines),
    found: &mut Diagnostics,
) -> Input {
    let mut pieces: Vec<&Piece> = input.documents.iter().collect();
    pieces.sort_by(|a, b| (&a.place, &a.name).cmp(&(&b.place, &b.name)));
    let mut read = Input::default();
    let (mut routes, mut documents) = (Routes::new(), Vec::new());
    for piece in pieces {
        let scope = scope(piece);
        let Some(document) = interned(piece, &scope, schemas, found) else { continue };
        collect(&schemas.dag, piece, document, sources, &mut routes, found);
        documents.push((scope, document));
        products(piece, sources, &mut read.products);
    }
    let titles = titles(&schemas.dag, &documents, &routes, memory, sources);
    let homes = Homes::of(schemas, &routes, &titles, memory);
    for ((path, method), one) in &routes {
        let known = memory.operations.get(&(path.clone(), method.clone()));
        let home = known.and_then(|known| known.home.clone());
        let home = home.unwrap_or_else(|| homes.of_route(&schemas.dag, one, path, &titles));
        let restored = restored(&schemas.dag, one, known.map(|k| k.products.as_slice()), &titles, sources);
        read.routes.push(Route {
            path: path.clone(),
            method: method.clone(),
            operation: one.operation,
            shared: one.shared,
            home: home.clone(),
            restored,
        });
        read.frames.entry(home).or_default();
    }
    let linked = schemas.dag.texts().any(|text| text.starts_with(links::KEY));
    for (scope, document) in documents {
        schemes(&schemas.dag, document, &titles, &mut read, found);
        let stated = schemas.dag.get(document, "components").and_then(|c| schemas.dag.get(c, "schemas"));
        let stated = stated.into_iter().flat_map(|stated| schemas.dag.members(stated));
        let stated: Vec<(String, Id)> = stated.map(|(whole, id)| (whole.to_owned(), id)).collect();
        for (whole, id) in stated {
            let (title, own) = titles.split(&whole);
            let guessed = Name::new(&homes.of_title(title), own);
            let outline = outlines.of(&mut schemas.dag, id);
            let name = memory.recalled(&guessed, outline, &mut schemas.dag, outlines);
            // Nobody knows it by that name but those who refer to it.
            let name = name.or_else(|| {
                let home = Home::new(UNVERSIONED, &guessed.home.construct);
                linked.then(|| Name::new(&home, own))
            });
            let Some(name) = name else { continue };
            read.links.insert(links::key(&scope, &whole), name.clone());
            read.names.insert(name, id);
        }
    }
    read
}

/// What tells the components of a bundle from those of another.
fn scope(piece: &Piece) -> String {
    format!("{}#", piece.name)
}

/// The security schemes of a bundle, which go to any one of the documents.
fn schemes(dag: &Dag, document: Id, titles: &Titles, read: &mut Input, found: &mut Diagnostics) {
    let Some(frame) = read.frames.values_mut().next() else { return };
    let defined = dag.get(document, "components").and_then(|c| dag.get(c, "securitySchemes"));
    let mut schemes = match frame.remove("securitySchemes") {
        Some(Value::Object(schemes)) => schemes,
        _ => Map::new(),
    };
    for (whole, id) in defined.into_iter().flat_map(|defined| dag.members(defined)) {
        let (name, scheme) = (titles.split(whole).1, dag.value(id));
        let known = schemes.entry(name).or_insert_with(|| scheme.clone());
        if *known != scheme {
            let message = format!("the security scheme `{name}` is defined otherwise under another title");
            let place = Place::new("", format!("/components/securitySchemes/{}", escape(whole)));
            found.push(Diagnostic::new(Code::BadSecurity, place, message));
        }
    }
    if !schemes.is_empty() {
        frame.insert("securitySchemes".to_owned(), Value::Object(schemes));
    }
}

/// Takes the operations of a bundle; one that another bundle has must be the same there.
fn collect<'p>(
    dag: &Dag,
    piece: &'p Piece,
    document: Id,
    sources: &Sources,
    routes: &mut Routes<'p>,
    found: &mut Diagnostics,
) {
    let key = &sources.operations.products_key;
    let says = |operation: Id| -> Vec<(Id, Id)> {
        let pairs = dag.pairs(operation).iter().copied();
        pairs.filter(|(name, _)| dag.as_text(*name) != Some(key)).collect()
    };
    for (path, item) in dag.get(document, "paths").into_iter().flat_map(|paths| dag.members(paths)) {
        for (method, operation) in dag.members(item).filter(|(name, _)| METHODS.contains(name)) {
            let one = routes.entry((path.to_owned(), method.to_owned())).or_insert_with(|| Found {
                operation,
                shared: dag.get(item, "parameters"),
                pieces: Vec::new(),
            });
            if says(one.operation) != says(operation) {
                let other = one.pieces.first().map_or("another bundle", |piece| piece.name.as_str());
                let message = format!("{} {path} is not what {other} says it is", method.to_uppercase());
                let place = Place::new(&piece.name, format!("/paths/{}/{method}", escape(path)));
                let help = "give bundles of the same release";
                found.push(Diagnostic::new(Code::BundlesDisagree, place, message).help(help));
            }
            one.pieces.push(piece);
        }
    }
}

/// What a bundle says of its product.
fn products(piece: &Piece, sources: &Sources, products: &mut BTreeMap<String, Value>) {
    let of = match &piece.place {
        Placed::Product(name) => Some(name),
        Placed::Merged => {
            let base = |product: &&crate::load::sources::Product| product.base == sources.merged.base;
            sources.products.iter().find(base).map(|product| &product.name)
        }
        Placed::Construct { .. } => None,
    };
    if let Some(name) = of {
        let members = ["openapi", "info", "servers"];
        let stated = members.iter().filter_map(|m| Some(((*m).to_owned(), piece.document.get(m)?.clone())));
        products.insert(name.clone(), Value::Object(stated.collect()));
    }
}

fn texts<'d>(dag: &'d Dag, object: Id, name: &str) -> Vec<&'d str> {
    let list = dag.get(object, name).map(|list| dag.elements(list)).unwrap_or_default();
    list.iter().filter_map(|id| dag.as_text(*id)).collect()
}

/// The titles that the names in the bundles can be told to start with.
fn titles(
    dag: &Dag,
    documents: &[(String, Id)],
    routes: &Routes<'_>,
    memory: &Memory,
    sources: &Sources,
) -> Titles {
    let mut titles = Titles::default();
    for (_, document) in documents {
        let components = dag.get(*document, "components");
        let schemes = components.and_then(|c| dag.get(c, "securitySchemes"));
        for (whole, _) in schemes.into_iter().flat_map(|schemes| dag.members(schemes)) {
            titles.learn(whole, sources.contract.security.as_deref());
        }
        let defined = components.and_then(|c| dag.get(c, "schemas"));
        for (whole, _) in defined.into_iter().flat_map(|defined| dag.members(defined)) {
            titles.learn(whole, memory.names().map(|name| name.own.as_str()));
        }
    }
    for (key, one) in routes {
        let known = memory.operations.get(key).map(|known| known.tags.as_slice()).unwrap_or_default();
        for whole in texts(dag, one.operation, "tags") {
            titles.learn(whole, known.iter().map(String::as_str));
            titles.learn_doubled(whole);
        }
    }
    titles
}

/// The members of an operation that bundling changed, as they were before.
fn restored(
    dag: &Dag,
    one: &Found<'_>,
    remembered: Option<&[String]>,
    titles: &Titles,
    sources: &Sources,
) -> Vec<(String, Value)> {
    let mut restored = Vec::new();
    if dag.get(one.operation, "tags").is_some() {
        let tags: Vec<&str> =
            texts(dag, one.operation, "tags").iter().map(|tag| titles.split(tag).1).collect();
        restored.push(("tags".to_owned(), json!(tags)));
    }
    if let Some(security) = dag.get(one.operation, "security") {
        let alternatives = dag.elements(security).iter().map(|alternative| {
            let schemes = dag.members(*alternative);
            Value::Object(
                schemes.map(|(name, id)| (titles.split(name).1.to_owned(), dag.value(id))).collect(),
            )
        });
        restored.push(("security".to_owned(), alternatives.collect()));
    }
    let key = &sources.operations.products_key;
    let mut products: BTreeSet<&str> = texts(dag, one.operation, key).into_iter().collect();
    if products.is_empty() && one.pieces.iter().any(|piece| piece.place == Placed::Merged) {
        products.extend(remembered.unwrap_or_default().iter().map(String::as_str));
    }
    for piece in &one.pieces {
        if let Placed::Product(name) = &piece.place {
            products.insert(name);
        }
    }
    products.retain(|name| sources.product(name).is_some());
    if !products.is_empty() {
        restored.push((key.clone(), json!(products)));
    }
    restored
}

/// The constructs that titles are of.
struct Homes(BTreeMap<String, Home>);

impl Homes {
    /// By what the memory knows of the operations of a title, else by the Go packages that are
    /// named there.
    fn of(schemas: &Schemas<'_>, routes: &Routes<'_>, titles: &Titles, memory: &Memory) -> Self {
        let mut votes: BTreeMap<String, BTreeMap<Home, usize>> = BTreeMap::new();
        let packages = packages(&schemas.dag);
        for (key, one) in routes {
            for tag in texts(&schemas.dag, one.operation, "tags").into_iter().take(1) {
                let title = titles.split(tag).0.to_owned();
                let votes = votes.entry(title).or_default();
                if let Some(home) = memory.operations.get(key).and_then(|known| known.home.clone()) {
                    *votes.entry(home).or_default() += 1;
                }
            }
        }
        let best = |(title, votes): (String, BTreeMap<Home, usize>)| {
            let best = votes.into_iter().max_by(|(a, x), (b, y)| x.cmp(y).then_with(|| b.cmp(a)));
            let home = best.map_or_else(|| guessed(&title, &packages), |(home, _)| home);
            (title, home)
        };
        let mut homes = Self(votes.into_iter().map(best).collect());
        homes.0.entry(String::new()).or_insert_with(|| Home::new(UNVERSIONED, "api"));
        homes.0.extend(packages.iter().map(|home| (home.to_string(), home.clone())));
        homes
    }

    fn of_title(&self, title: &str) -> Home {
        let packages: BTreeSet<Home> = self.0.values().cloned().collect();
        self.0.get(title).cloned().unwrap_or_else(|| guessed(title, &packages))
    }

    fn of_route(&self, dag: &Dag, one: &Found<'_>, path: &str, titles: &Titles) -> Home {
        match texts(dag, one.operation, "tags").first() {
            Some(tag) => self.of_title(titles.split(tag).0),
            None => {
                let mut segments =
                    path.split('/').filter(|s| !s.is_empty() && *s != "api" && !s.contains('{'));
                Home::new(UNVERSIONED, &legal(segments.next().unwrap_or("api")))
            }
        }
    }
}

/// The Go packages that are constructs, of all that the documents name.
fn packages(dag: &Dag) -> BTreeSet<Home> {
    dag.texts()
        .filter(|text| text.contains('/') && !text.contains(' '))
        .filter_map(Home::of_package)
        .collect()
}

/// The construct of a title: the newest package that is called like it, else one without version.
fn guessed(title: &str, packages: &BTreeSet<Home>) -> Home {
    let own = legal(title);
    let own = own.strip_suffix("_api").unwrap_or(&own);
    let alike = |home: &&Home| home.construct == own || own.strip_suffix('s') == Some(&home.construct);
    packages.iter().rfind(alike).cloned().unwrap_or_else(|| Home::new(UNVERSIONED, own))
}

fn legal(text: &str) -> String {
    let words = text.to_snake_case();
    let legal: String = words.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    if legal.is_empty() { "api".to_owned() } else { legal }
}
