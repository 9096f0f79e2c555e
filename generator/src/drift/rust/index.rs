//! From places in the contracts to what is generated for them.

use crate::ir::{Api, Kind, Operation, Payload, Ty, TypeDef, TypeId, Use};
use crate::load::reference::escape;
use std::collections::{BTreeMap, BTreeSet};

/// The generated types and operations of both contracts, by place.
pub(super) struct Index<'a> {
    pub(super) sides: [Side<'a>; 2],
}

/// Those of one contract.
pub(super) struct Side<'a> {
    pub(super) api: &'a Api,
    by_pointer: BTreeMap<&'a str, &'a TypeDef>,
    by_path: BTreeMap<String, &'a TypeDef>,
    /// Types that a component is merged into, by the pointer of the component.
    merged: BTreeMap<&'a str, Vec<&'a TypeDef>>,
    operations: BTreeMap<String, usize>,
    /// The module of the group of each operation.
    modules: Vec<String>,
    /// The types that have a builder, by the path of that.
    built: BTreeMap<String, String>,
    /// The operations that reach each type.
    reached_by: BTreeMap<String, BTreeSet<usize>>,
}

/// A type that a place belongs to, and the member of it.
pub(super) struct Spot {
    pub(super) ty: String,
    pub(super) member: Option<String>,
}

/// The path of a type in its crate: `v1beta3::workspace::Workspace`.
pub(super) fn path(def: &TypeDef) -> String {
    let parts = def.module.iter().chain([&def.name]).map(String::as_str);
    parts.collect::<Vec<_>>().join("::")
}

impl<'a> Index<'a> {
    pub(super) fn new(apis: [&'a Api; 2]) -> Self {
        Self { sides: apis.map(Side::new) }
    }
}

impl<'a> Side<'a> {
    fn new(api: &'a Api) -> Self {
        let by_pointer = api.types.values().map(|def| (def.pointer.as_str(), def)).collect();
        let by_path = api.types.values().map(|def| (path(def), def)).collect();
        let mut merged: BTreeMap<&str, Vec<&TypeDef>> = BTreeMap::new();
        for def in api.types.values() {
            for part in def.merged.iter().filter_map(|id| api.types.get(id)) {
                merged.entry(&part.pointer).or_default().push(def);
            }
        }
        let pointer = |own: &Operation| {
            format!("/paths/{}/{}", escape(&own.path), own.method.as_str().to_ascii_lowercase())
        };
        let operations =
            api.operations.iter().enumerate().map(|(number, own)| (pointer(own), number)).collect();
        let mut modules = vec![String::new(); api.operations.len()];
        for group in api.products.iter().flat_map(|product| &product.groups) {
            for number in &group.operations {
                modules[*number].clone_from(&group.module);
            }
        }
        let mut reached_by: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (number, operation) in api.operations.iter().enumerate() {
            for id in closure(api, roots(operation)) {
                if let Some(def) = api.types.get(id) {
                    reached_by.entry(path(def)).or_default().insert(number);
                }
            }
        }
        let built = api.types.values().filter_map(|def| Some((super::builder(api, def)?, path(def))));
        let built = built.collect();
        Self { api, by_pointer, by_path, merged, operations, modules, built, reached_by }
    }

    /// The type that is built by what is at that path.
    pub(super) fn built_by(&self, path: &str) -> Option<&str> {
        self.built.get(path).map(String::as_str)
    }

    /// The types that a place is in: its own, and those that its component is merged into.
    pub(super) fn spots(&self, pointer: &str) -> Vec<Spot> {
        let mut end = pointer.len();
        loop {
            let own = &pointer[..end];
            if let Some(def) = self.by_pointer.get(own) {
                let rest = &pointer[end..];
                let also = self.merged.get(own).into_iter().flatten();
                return [def].into_iter().chain(also).map(|def| spot(def, rest)).collect();
            }
            match own.rfind('/') {
                Some(at) if at > 0 => end = at,
                _ => return Vec::new(),
            }
        }
    }

    /// The places that a type without a name of its own is in, the nearest first.
    pub(super) fn above(&self, ty: &str) -> Vec<Spot> {
        let mut found = Vec::new();
        let mut pointer = self.by_path.get(ty).map(|def| def.pointer.as_str());
        while let Some((above, _)) = pointer.and_then(|pointer| pointer.rsplit_once('/')) {
            pointer = Some(above);
            found.extend(self.spots(above));
        }
        found
    }

    /// The operation that a pointer leads into.
    pub(super) fn operation(&self, pointer: &str) -> Option<usize> {
        let mut parts = pointer.split('/');
        let (paths, path, method) = (parts.nth(1)?, parts.next()?, parts.next()?);
        self.operations.get(&format!("/{paths}/{path}/{method}")).copied()
    }

    /// The operations that reach a type.
    pub(super) fn reaching(&self, ty: &str) -> BTreeSet<usize> {
        self.reached_by.get(ty).cloned().unwrap_or_default()
    }

    /// The operation that an item of the client or the server belongs to.
    pub(super) fn operation_of(&self, owner: &str, name: &str) -> Option<usize> {
        let (module, last) = owner.rsplit_once("::").unwrap_or(("", owner));
        let group = module.rsplit("::").next().unwrap_or_default();
        let in_group = || {
            let all = self.modules.iter().enumerate();
            all.filter(move |(_, module)| *module == group).map(|(number, _)| number)
        };
        let operation = |number: usize| &self.api.operations[number];
        // A method of a facade or a trait is called as its operation.
        if !name.is_empty()
            && let Some(number) = in_group().find(|number| operation(*number).name == name)
            && !last.starts_with(&operation(number).type_name)
        {
            return Some(number);
        }
        let facts = |number: usize| {
            heck::ToShoutySnakeCase::to_shouty_snake_case(operation(number).type_name.as_str())
        };
        let fits = |number: &usize| last.starts_with(&operation(*number).type_name) || last == facts(*number);
        in_group().filter(fits).max_by_key(|number| operation(*number).type_name.len())
    }

    /// The Rust name of a parameter, by its name on the wire.
    pub(super) fn parameter(&self, operation: usize, wire: &str) -> Option<&'a str> {
        let own: &'a Operation = &self.api.operations[operation];
        own.params().find(|param| param.wire == wire).map(|param| param.name.as_str())
    }

    /// The modules and names of the group of an operation.
    pub(super) fn group(&self, operation: usize) -> &str {
        &self.modules[operation]
    }
}

fn spot(def: &TypeDef, rest: &str) -> Spot {
    let wire = rest.strip_prefix("/properties/").map(|rest| rest.split('/').next().unwrap_or_default());
    let wire = wire.map(|wire| wire.replace("~1", "/").replace("~0", "~"));
    Spot { ty: path(def), member: wire.map(|wire| member(def, &wire)) }
}

/// The Rust name of a member, by its name on the wire.
pub(super) fn member(def: &TypeDef, wire: &str) -> String {
    let Kind::Struct(object) = &def.kind else { return wire.to_owned() };
    let field = object.fields.iter().find(|field| field.wire == wire);
    field.map_or_else(|| wire.to_owned(), |field| field.name.clone())
}

impl Side<'_> {
    /// The Rust name of a member of a type, by their path and name on the wire.
    pub(super) fn member(&self, ty: &str, wire: &str) -> Option<String> {
        Some(member(self.by_path.get(ty)?, wire))
    }
}

/// The types that an operation names.
fn roots(operation: &Operation) -> Vec<&TypeId> {
    let mut found = Vec::new();
    for param in operation.params() {
        named(&param.value, &mut found);
    }
    let bodies = operation.body.iter().flat_map(|body| &body.content);
    let answers = operation.responses.iter().flat_map(|response| &response.content);
    for header in operation.responses.iter().flat_map(|response| &response.headers) {
        named(&header.value, &mut found);
    }
    for media in bodies.chain(answers) {
        found.extend(&media.described_by);
        match &media.payload {
            Payload::Json(used) | Payload::Text(used) | Payload::EventStream(used) => named(used, &mut found),
            Payload::Multipart(parts) => parts.iter().for_each(|part| named(&part.field.value, &mut found)),
            Payload::Form(params) => params.iter().for_each(|param| named(&param.value, &mut found)),
            Payload::Bytes => {}
        }
    }
    found
}

fn named<'a>(used: &'a Use, found: &mut Vec<&'a TypeId>) {
    match &used.ty {
        Ty::Named(id) => found.push(id),
        Ty::Array(inner) | Ty::Map(inner) => named(inner, found),
        _ => {}
    }
}

/// Those types and all that they lead to.
fn closure<'a>(api: &'a Api, roots: Vec<&'a TypeId>) -> BTreeSet<&'a TypeId> {
    let mut seen = BTreeSet::new();
    let mut stack = roots;
    while let Some(id) = stack.pop() {
        let Some(def) = api.types.get(id).filter(|_| seen.insert(id)) else { continue };
        stack.extend(&def.merged);
        match &def.kind {
            Kind::Struct(object) => {
                object.fields.iter().for_each(|field| named(&field.value, &mut stack));
                if let crate::ir::Additional::Typed(used) = &object.additional {
                    named(used, &mut stack);
                }
            }
            Kind::Union(union) => union.variants.iter().for_each(|variant| named(&variant.value, &mut stack)),
            Kind::Alias(used) => named(used, &mut stack),
            Kind::Enum(_) => {}
        }
    }
    seen
}
