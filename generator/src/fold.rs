//! Dereferenced documents, given their shared, named schemas back.
//!
//! Upstream publishes the same API without a single reference, too: product bundles, and one
//! document for each construct in the npm package. [`Dereferenced`] is what such a form holds;
//! [`fold`] turns it into [`Documents`] laid out as the source tree is, so that nothing after it
//! needs to know where they come from.
//!
//! 1. Equal values become one (`dag`), and of each distinct schema it is known what it says of
//!    values (`schemas`).
//! 2. The uses of schemas are walked from the operations, beside the contract already held, and
//!    each comes to a name or none (`naming`, from what `evidence` and `memory` have to say).
//! 3. Schemas that nothing names and that are used more than once are named from their owners
//!    (`share`).
//! 4. Documents are written with references in them (`emit`). A use becomes a reference only where
//!    that says of values exactly what the use said: a name may be wrong, a fact never.

mod bundles;
mod dag;
mod emit;
mod evidence;
mod input;
mod links;
mod memory;
mod name;
mod naming;
mod outline;
mod schemas;
mod share;
mod spots;
mod titles;

use crate::contract::{self, Contract, PERMISSIONS};
use crate::diagnostic::Diagnostics;
use crate::load::Documents;
use crate::load::sources::Sources;
use crate::words::pascal;
use emit::Emit;
use evidence::Defined;
use input::{Input, Route};
use memory::Memory;
use naming::{Naming, Use};
use outline::Outlines;
use schemas::Schemas;
use serde_json::{Value, json};
use share::Owner;
use spots::Spot;
use std::collections::{BTreeMap, BTreeSet};

/// What a published form of a release holds: documents without references.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dereferenced {
    /// The documents, in any order.
    pub documents: Vec<Piece>,
    /// The release they are of, with a leading `v`, when the form says.
    pub release: Option<String>,
    /// The commit they are of, when the form says.
    pub commit: Option<String>,
    /// The SHA-256, in hexadecimal, of every file that was read, by name: what the lock pins.
    pub files: BTreeMap<String, String>,
}

/// One document of a published form.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// How messages call it: the path in the package, or the name of the file.
    pub name: String,
    /// What it is the document of.
    pub place: Placed,
    /// The document.
    pub document: Value,
}

/// What a document is the document of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Placed {
    /// One construct, as its folder is named: `v1beta3`, `workspace`.
    Construct {
        /// The version folder.
        version: String,
        /// The construct's own folder.
        construct: String,
    },
    /// All operations of one product, by its name in `sources.toml`.
    Product(String),
    /// All operations of all products.
    Merged,
}

impl Dereferenced {
    /// The facts about upstream, without the products that this form does not hold: of a single
    /// product bundle comes a contract of that product.
    #[must_use]
    pub fn narrowed(&self, sources: &Sources) -> Sources {
        let held: BTreeSet<&str> = self
            .documents
            .iter()
            .filter_map(|piece| match &piece.place {
                Placed::Product(name) => Some(name.as_str()),
                _ => None,
            })
            .collect();
        let mut narrowed = sources.clone();
        if held.len() == self.documents.len() && !held.is_empty() {
            narrowed.products.retain(|product| held.contains(product.name.as_str()));
        }
        narrowed
    }
}

/// The documents of a form with their references, laid out as the source tree is.
///
/// `sources` are all facts about upstream, not narrowed to the products at hand, so that a part of a
/// release is known to be one. `memory` is the contract already held: of the same release or of
/// another, it has names for what the form does not name.
///
/// # Errors
/// Documents that are no OpenAPI 3.0 documents, are nested without end, or contradict each other.
pub fn fold(
    input: &Dereferenced,
    sources: &Sources,
    memory: Option<&Contract>,
) -> Result<Documents, Diagnostics> {
    folded(input, sources, memory).map(|(documents, _)| documents)
}

/// The documents, and how many values were looked at to make them.
fn folded(
    input: &Dereferenced,
    sources: &Sources,
    memory: Option<&Contract>,
) -> Result<(Documents, usize), Diagnostics> {
    let all = sources.products.len();
    let sources = &input.narrowed(sources);
    let mut found = Diagnostics::new();
    let mut schemas = Schemas::new(&sources.contract.annotations);
    let mut outlines = Outlines::default();
    let held = memory.map(|held| Memory::of(held, &mut schemas, &mut outlines)).unwrap_or_default();
    let of_constructs = input.documents.iter().all(|piece| matches!(piece.place, Placed::Construct { .. }));
    let mut read = if of_constructs {
        input::constructs(input, sources, &mut schemas, &mut found)
    } else {
        bundles::bundles(input, sources, &held, (&mut schemas, &mut outlines), &mut found)
    };
    read.routes.sort_by(|a, b| (&a.home, &a.path, &a.method).cmp(&(&b.home, &b.path, &b.method)));
    let complete = if of_constructs { read.frames.keys().cloned().collect() } else { BTreeSet::new() };
    let defined = Defined::new(std::mem::take(&mut read.names), read.lenders.clone(), complete, &mut schemas);
    for (key, name) in &read.links {
        outlines.targets.extend(defined.names.get(name).map(|id| (key.clone(), *id)));
    }
    let trusted = memory.is_some_and(|held| input.release.as_ref() == Some(&held.release));
    let mut naming = Naming::new(schemas, outlines, held, defined, trusted);
    naming.links = std::mem::take(&mut read.links);
    name_all(&mut naming, &read);
    let mut documents = Emit::new(&mut naming, sources, &mut found).documents(&read);
    documents.extend(bases(&read, sources, memory));
    let work = naming.work();
    let documents = found.ok(documents)?;
    found.sort();
    let documents = Documents::of_values(documents, input.release.clone(), input.commit.clone());
    // The table of permission keys is in no published form: what is held of the same release says it.
    let permissions = memory.filter(|_| trusted).and_then(|held| held.document.get(PERMISSIONS)).cloned();
    let documents = documents.with_warnings(found).with_permissions(permissions);
    Ok((documents.as_part(sources.products.len() < all), work))
}

fn name_all(naming: &mut Naming<'_>, read: &Input) {
    let mut roots: Vec<(Owner, Use)> = Vec::new();
    for route in &read.routes {
        let mut uses = emit::uses_of(naming, route);
        uses.extend(route.shared.into_iter().flat_map(|list| emit::parameters_of(naming, route, list)));
        uses.sort_by(|(a, _), (b, _)| a.cmp(b));
        for (spot, used) in uses {
            roots.push((owner(naming, route, &spot, &used), used));
        }
    }
    naming.survey(roots.iter().map(|(_, used)| used.clone()));
    naming.settle();
    share::share(naming, &roots);
}

/// The words that a schema of an operation is named by, if it needs a name.
fn owner(naming: &Naming<'_>, route: &Route, spot: &Spot, used: &Use) -> Owner {
    let stated = naming.schemas.dag.get_text(route.operation, "operationId").filter(|id| !id.is_empty());
    let stem = match stated {
        Some(id) => pascal(id),
        None => pascal(&format!("{} {}", route.method, route.path)),
    };
    let part = match spot {
        Spot::Parameter(_, name, _) => pascal(name),
        Spot::Body(_) => "Request".to_owned(),
        Spot::Response(status, _) if status.starts_with('2') => "Response".to_owned(),
        Spot::Response(status, _) => {
            format!("Response{}", pascal(&contract::reason(status).unwrap_or_default()))
        }
        Spot::Header(_, name, _) => pascal(name),
    };
    Owner::new(vec![stem, part], &used.home)
}

/// The base document of each product: from the form, else from the contract held, else from what
/// is known about upstream.
fn bases(read: &Input, sources: &Sources, memory: Option<&Contract>) -> BTreeMap<String, Value> {
    let mut bases = BTreeMap::new();
    for product in &sources.products {
        let held = memory.and_then(|held| held.document.get("x-products")?.get(&product.name));
        let urls = held.and_then(|held| held.get("servers")).and_then(Value::as_array);
        let known: Vec<Value> = product.servers.iter().map(|url| url.clone().into()).collect();
        let servers: Vec<Value> = urls.unwrap_or(&known).iter().map(|url| json!({ "url": url })).collect();
        let title = held.and_then(|held| held.get("title")).and_then(Value::as_str).unwrap_or(&product.title);
        let base =
            read.products.get(&product.name).cloned().unwrap_or_else(
                || json!({ "openapi": "3.0.3", "info": { "title": title }, "servers": servers }),
            );
        bases.insert(product.base.clone(), base);
    }
    bases
}

#[cfg(test)]
mod release_tests;
#[cfg(test)]
mod tests;
