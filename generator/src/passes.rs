//! What completes the intermediate representation once it is lowered: one file for each pass.
//!
//! A pass reads the whole [`Api`] and fills in what it is named for. The order of the list is the
//! order of need: names before groups, reach before anything that looks at reached types only.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::ir::{Additional, Api, Kind, Media, Operation, Origin, Payload, Ty, TypeId, Use};

mod derives;
mod features;
mod groups;
mod names;
mod paging;
pub(crate) mod reach;
mod recursion;
mod routes;
mod scope;
mod unions;

/// A pass: what it is called, and what it does.
#[derive(Clone, Copy, Debug)]
pub struct Pass {
    /// Its name, which is that of its file.
    pub name: &'static str,
    /// What it does.
    pub run: fn(&mut Api, &mut Diagnostics),
}

/// Every pass, in order.
pub const PASSES: &[Pass] = &[
    Pass { name: "reach", run: reach::run },
    Pass { name: "names", run: names::run },
    Pass { name: "groups", run: groups::run },
    Pass { name: "features", run: features::run },
    Pass { name: "recursion", run: recursion::run },
    Pass { name: "unions", run: unions::run },
    Pass { name: "derives", run: derives::run },
    Pass { name: "paging", run: paging::run },
    Pass { name: "routes", run: routes::run },
];

/// Runs every pass.
pub fn run(api: &mut Api, found: &mut Diagnostics) {
    for pass in PASSES {
        (pass.run)(api, found);
    }
}

/// Pushes a finding at a JSON pointer of the contract.
fn report(found: &mut Diagnostics, code: Code, at: &str, message: impl Into<String>, help: Option<&str>) {
    let mut diagnostic = Diagnostic::new(code, Place::new("", at), message);
    if let Some(help) = help {
        diagnostic = diagnostic.help(help);
    }
    found.push(diagnostic);
}

/// The JSON pointer of an operation in the contract.
fn place_of(operation: &Operation) -> String {
    let path = operation.path.replace('~', "~0").replace('/', "~1");
    format!("/paths/{path}/{}", operation.method.as_str().to_ascii_lowercase())
}

/// A type as messages call it: by names of the contract, never by its id.
fn described(api: &Api, id: &TypeId) -> String {
    match api.get(id).map(|def| &def.origin) {
        Some(Origin::Component(name)) => format!("`{name}`"),
        Some(Origin::Inline(owner, part)) => format!("`{part}` of {}", described(api, owner)),
        Some(Origin::Operation(stem, part)) => format!("`{part}` of the operation `{stem}`"),
        _ => "the type here".to_owned(),
    }
}

/// Every use in a type, outermost first; the inner ones of arrays and maps are not listed.
pub(crate) fn uses(kind: &Kind) -> Vec<&Use> {
    match kind {
        Kind::Struct(object) => {
            let extra = match &object.additional {
                Additional::Typed(used) => Some(&**used),
                Additional::Closed | Additional::Open => None,
            };
            object.fields.iter().map(|field| &field.value).chain(extra).collect()
        }
        Kind::Enum(_) => Vec::new(),
        Kind::Union(union) => union.variants.iter().map(|variant| &variant.value).collect(),
        Kind::Alias(used) => vec![used],
    }
}

/// The type a use names, through any arrays and maps.
fn named(used: &Use) -> Option<&TypeId> {
    match &used.ty {
        Ty::Named(id) => Some(id),
        Ty::Array(inner) | Ty::Map(inner) => named(inner),
        _ => None,
    }
}

/// Every type that a body names.
fn types_of(media: &Media) -> Vec<&TypeId> {
    let inside: Vec<_> = match &media.payload {
        Payload::Json(used) | Payload::Text(used) | Payload::EventStream(used) => vec![used],
        Payload::Bytes => Vec::new(),
        Payload::Multipart(parts) => parts.iter().map(|part| &part.field.value).collect(),
        Payload::Form(pairs) => pairs.iter().map(|pair| &pair.value).collect(),
    };
    inside.into_iter().filter_map(named).chain(&media.described_by).collect()
}
