//! The contract of a single document, which anybody may have written.
//!
//! It goes the same way as that of upstream's documents, without overlay and lock. Later phases find
//! things in the contract, which nobody has before their eyes here: [`Origins`] leads back.

use super::gather::METHODS;
use super::keywords::PLACE;
use super::{Contract, canonical, gathered, sha256, to_yaml};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, Severity};
use crate::load::reference::{escape, tokens};
use crate::load::{Documents, document, sources::Sources};
use crate::overlay::Overlay;
use serde_json::Value;
use std::collections::BTreeMap;

mod users;

use users::{Operation, Users};

/// What [`single`] makes.
#[derive(Clone, Debug)]
pub struct Single {
    /// The contract.
    pub contract: Contract,
    /// Its text.
    pub text: String,
    /// Where the document states what is in it.
    pub origins: Origins,
    /// What is odd or wrong in the document. What is wrong is left out of the contract, which later
    /// phases read nevertheless, so that one run tells all.
    pub found: Diagnostics,
}

/// The facts before they were canonical, which note where they are stated.
#[derive(Clone, Debug)]
pub struct Origins {
    placed: Value,
    /// The document itself, for what nothing in particular states.
    file: String,
}

/// Makes the contract of the document that [`Sources::single`] names.
///
/// # Errors
/// What is no OpenAPI 3.0 document at all. All else is in [`Single::found`].
pub fn single(documents: &Documents, sources: &Sources) -> Result<Single, Diagnostics> {
    let mut found = Diagnostics::new();
    let file = sources.single.as_ref().map(|single| single.file.clone()).unwrap_or_default();
    let root = document(documents, &file, &mut found);
    let root = found.ok(root)?;
    let version = root.and_then(|root| root.pointer("/info/version")).and_then(Value::as_str);
    let release = version.map(|v| v.split_whitespace().collect::<Vec<_>>().join(" ")).unwrap_or_default();
    let placed = gathered(documents, sources, &Overlay::none(), &release, &mut found);
    let document = canonical::document(placed.clone());
    let text = to_yaml(&document)?;
    found.sort();
    Ok(Single {
        contract: Contract { sha256: sha256(text.as_bytes()), release, document },
        text,
        origins: Origins { placed, file },
        found,
    })
}

impl Single {
    /// Takes out the operations that `errors` of a later phase are about, and says so. Whether there
    /// was one.
    pub(crate) fn leave_out(&mut self, errors: &Diagnostics) -> bool {
        let mut users = Users::of(&self.contract.document);
        let mut blamed: BTreeMap<Operation, Diagnostic> = BTreeMap::new();
        for error in errors.iter().filter(|error| error.severity() == Severity::Error) {
            let tokens = tokens(&error.place.pointer).unwrap_or_default();
            let names: Vec<&str> = tokens.iter().map(String::as_str).collect();
            match names[..] {
                ["paths", path, method, ..] => {
                    blamed.entry((path.to_owned(), method.to_owned())).or_insert_with(|| error.clone());
                }
                ["paths", path] => {
                    for method in METHODS {
                        blamed
                            .entry((path.to_owned(), (*method).to_owned()))
                            .or_insert_with(|| error.clone());
                    }
                }
                ["components", "schemas", name, ..] => {
                    for operation in users.more_of(name) {
                        blamed.entry(operation).or_insert_with(|| error.clone());
                    }
                }
                _ => {}
            }
        }
        let mut any = false;
        for ((path, method), error) in blamed {
            let item = self.contract.document["paths"].get_mut(&path).and_then(Value::as_object_mut);
            if item.and_then(|item| item.shift_remove(&method)).is_some() {
                any = true;
                let place = Place::new("", "/paths").child(&path).child(&method);
                let place = self.origins.origin(&place.pointer);
                let message = format!(
                    "{} {path} is left out, since it is not supported: {}",
                    method.to_uppercase(),
                    error.message
                );
                self.found.push(Diagnostic::new(Code::LeftOut, place, message));
            }
        }
        self.contract.document = canonical::document(std::mem::take(&mut self.contract.document));
        if let Ok(text) = to_yaml(&self.contract.document) {
            self.contract.sha256 = sha256(text.as_bytes());
            self.text = text;
        }
        any
    }
}

impl Origins {
    /// Gives findings in the contract the places where the document states what they are about.
    pub fn locate(&self, findings: &mut Diagnostics) {
        for finding in findings.iter_mut().filter(|f| f.place.file.is_empty() && f.code != Code::BadEmission)
        {
            finding.place = self.origin(&finding.place.pointer);
        }
        for finding in findings.iter_mut() {
            // Advice on the files of this repository is none for others.
            finding.help = finding.help.take().filter(|help| !help.contains("schemas/"));
        }
        findings.sort();
    }

    /// The place of the nearest thing above a pointer that has one, and the rest of the pointer.
    fn origin(&self, pointer: &str) -> Place {
        let tokens = tokens(pointer).unwrap_or_default();
        let mut at = &self.placed;
        let mut best = (self.file.as_str(), "", 0);
        for (depth, token) in tokens.iter().enumerate() {
            let next = match at {
                Value::Array(elements) => token.parse::<usize>().ok().and_then(|i| elements.get(i)),
                value => value.get(token),
            };
            let Some(next) = next else { break };
            at = next;
            if let Some((file, pointer)) =
                at.get(PLACE).and_then(Value::as_str).and_then(|p| p.split_once('#'))
            {
                best = (file, pointer, depth + 1);
            }
        }
        let (file, above, depth) = best;
        let rest = tokens.iter().skip(depth).map(|token| format!("/{}", escape(token)));
        Place::new(file, format!("{above}{}", rest.collect::<String>()))
    }
}
