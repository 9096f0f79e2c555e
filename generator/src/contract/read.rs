//! A contract from its file: what every later phase may rely on is checked here.

use super::Contract;
use super::canonical::{SCHEMAS, references};
use super::gather::METHODS;
use super::permissions::{self, MEMBER};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::yaml;
use openapiv3::OpenAPI;
use serde_json::{Map, Value};

/// Reads the text of a contract.
pub(super) fn contract(text: &str, file: &str) -> Result<Contract, Diagnostics> {
    let document = yaml::parse(text).map_err(|error| {
        let place = Place { line: Some(error.line), ..Place::new(file, "") };
        Diagnostics::one(Diagnostic::new(Code::BadContract, place, error.message))
    })?;
    let mut found = Diagnostics::new();
    let mut check = Check { found: &mut found, root: Place::new(file, "") };
    check.document(&document);
    let release = document.pointer("/info/version").and_then(Value::as_str).unwrap_or_default();
    let contract = Contract { release: release.to_owned(), sha256: super::sha256(text.as_bytes()), document };
    found.ok(contract)
}

struct Check<'f> {
    found: &'f mut Diagnostics,
    root: Place,
}

impl Check<'_> {
    fn bad(&mut self, place: Place, message: impl Into<String>) {
        self.found.push(Diagnostic::new(Code::BadContract, place, message));
    }

    fn document(&mut self, document: &Value) {
        if document.get("openapi").and_then(Value::as_str) != Some("3.0.3") {
            return self.bad(self.root.child("openapi"), "expected `openapi: 3.0.3`");
        }
        // The model of `openapiv3` says what is wrong with the form of the document as a whole.
        if let Err(error) = serde_path_to_error::deserialize::<_, OpenAPI>(document) {
            let mut place = self.root.clone();
            for segment in error.path() {
                use serde_path_to_error::Segment;
                match segment {
                    Segment::Seq { index } => place = place.child(index),
                    Segment::Map { key } => place = place.child(key),
                    Segment::Enum { .. } | Segment::Unknown => {}
                }
            }
            let message = format!("not an OpenAPI 3.0.3 document: {}", error.inner());
            return self.bad(place, message);
        }
        let release = document.pointer("/info/version").and_then(Value::as_str).unwrap_or_default();
        let version = release.strip_prefix('v').map(semver::Version::parse);
        if !matches!(version, Some(Ok(_))) {
            let message = format!("`{release}` is no release of upstream, like `v1.3.45`");
            self.bad(self.root.child("info").child("version"), message);
        }
        let products = self.products(document);
        self.permissions(document);
        let paths = self.root.child("paths");
        for (path, item) in members(document.get("paths")) {
            for (method, operation) in members(Some(item)) {
                let place = paths.child(path).child(method);
                if METHODS.contains(&method.as_str()) {
                    self.operation(operation, &products, &place);
                } else {
                    self.bad(place, "the contract has nothing but operations here");
                }
            }
        }
        self.references(document);
    }

    fn products(&mut self, document: &Value) -> Vec<String> {
        let place = self.root.child("x-products");
        let products = members(document.get("x-products"));
        for (name, product) in products.clone() {
            if !product.get("title").is_some_and(Value::is_string) {
                self.bad(place.child(name), "a product needs a `title`");
            }
            if !is_names(product.get("servers")) {
                self.bad(place.child(name), "a product needs a list of `servers`");
            }
        }
        let names: Vec<String> = products.map(|(name, _)| name.clone()).collect();
        if names.is_empty() {
            self.bad(place, "expected at least one product");
        }
        names
    }

    fn permissions(&mut self, document: &Value) {
        let place = self.root.child(MEMBER);
        match document.get(MEMBER) {
            None | Some(Value::Object(_)) => {}
            Some(_) => self.bad(place.clone(), "expected an object, by the id of each key"),
        }
        for (id, key) in members(document.get(MEMBER)) {
            if let Some(wrong) = permissions::wrong(id, key) {
                self.bad(place.child(id), wrong);
            }
        }
    }

    fn operation(&mut self, operation: &Value, products: &[String], place: &Place) {
        for name in ["operationId", "x-construct"] {
            if operation.get(name).and_then(Value::as_str).is_none_or(str::is_empty) {
                self.bad(place.clone(), format!("an operation needs `{name}`"));
            }
        }
        let own = operation.get("x-internal");
        let known = |name: &Value| name.as_str().is_some_and(|name| products.iter().any(|p| p == name));
        if !own.and_then(Value::as_array).is_some_and(|own| !own.is_empty() && own.iter().all(known)) {
            let message = "an operation needs `x-internal`: at least one of the products, and no other";
            self.bad(place.child("x-internal"), message);
        }
    }

    fn references(&mut self, document: &Value) {
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
        let mut names = Vec::new();
        references(document, &mut names);
        names.sort();
        names.dedup();
        for name in names {
            if !schemas.is_some_and(|schemas| schemas.contains_key(&name)) {
                let message = format!("`{SCHEMAS}{name}` is referred to and not there");
                self.bad(self.root.child("components").child("schemas"), message);
            }
        }
    }
}

fn members(value: Option<&Value>) -> serde_json::map::Iter<'_> {
    static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    value.and_then(Value::as_object).unwrap_or(&NONE).iter()
}

fn is_names(value: Option<&Value>) -> bool {
    value.and_then(Value::as_array).is_some_and(|list| list.iter().all(Value::is_string))
}
