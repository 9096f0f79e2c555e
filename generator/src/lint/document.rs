//! The objects of OpenAPI: what they hold, and what they should not.

use super::meta::{Holds, Object};
use super::walk::Walk;
use super::words::nearest;
use super::{By, Raw, Repair};
use crate::contract::gather::METHODS;
use crate::contract::resolve::{At, Layers, reference_of};
use crate::diagnostic::Code;
use crate::load::Documents;
use crate::load::sources::Sources;
use serde_json::Value;
use std::collections::BTreeSet;

impl<'a> Walk<'a> {
    /// Looks at an object that is no schema.
    pub(super) fn object(&mut self, at: &At<'a>, object: Object) {
        let Some(members) = at.object() else {
            return self.wrong(at, &format!("{} must be an object", object.name()));
        };
        if object.may_be_reference()
            && let Some(reference) = reference_of(at.node)
        {
            if members.len() > 1 && object != Object::PathItem {
                self.siblings(at);
            }
            if let Some(target) = self.followed(at, reference) {
                self.look(&target, object, false);
            }
            return;
        }
        for (name, member) in at.members() {
            match object.members().iter().find(|(known, ..)| *known == name) {
                // Components are looked at by themselves, once it is known what operations reach.
                Some(_) if object == Object::Root && name == "components" => {}
                Some((_, holds, _)) => self.holds(&member, name, *holds),
                None if name.starts_with("x-") => {}
                None => self.unknown(&member, name, object),
            }
        }
        for (name, ..) in
            object.members().iter().filter(|(name, _, asked)| *asked && !members.contains_key(*name))
        {
            let message = format!("{} needs `{name}`", object.name());
            self.say(Code::MissingMember, at, message, missing(object, name));
        }
        match object {
            Object::Root => self.paths(at),
            Object::Operation => self.operation(at),
            Object::Parameter
                if members.get("in").is_some_and(|place| place == "path")
                    && members.get("required") != Some(&Value::Bool(true)) =>
            {
                let message = "a path parameter must say `required: true`";
                self.say(
                    Code::PathParameters,
                    at,
                    message,
                    Repair::new(By::Contract, "it is taken as required"),
                );
            }
            Object::Media if !members.contains_key("schema") => {
                let repair = Repair::new(By::Code, "the body is taken as it comes");
                self.say(Code::UndescribedBody, at, "a media type without `schema`", repair);
            }
            _ => {}
        }
    }

    fn holds(&mut self, at: &At<'a>, name: &str, holds: Holds) {
        let expected = match holds {
            Holds::Any => return,
            Holds::One(object) => return self.look(at, object, false),
            Holds::Text if !at.node.is_string() => "a string",
            Holds::Flag if !at.node.is_boolean() => "true or false",
            Holds::Names if !at.node.as_array().is_some_and(|l| l.iter().all(Value::is_string)) => {
                "a list of strings"
            }
            Holds::List | Holds::Each(_) if !at.node.is_array() => "a list",
            Holds::Object | Holds::Map(_) if !at.node.is_object() => "an object",
            Holds::Each(object) => {
                return at.elements().for_each(|element| self.look(&element, object, false));
            }
            Holds::Map(object) => {
                let members = at.members().filter(|(name, _)| !name.starts_with("x-"));
                return members.for_each(|(_, member)| self.look(&member, object, false));
            }
            _ => return,
        };
        self.wrong(at, &format!("`{name}` must be {expected}"));
    }

    /// A value of the wrong kind.
    pub(super) fn wrong(&mut self, at: &At<'a>, message: &str) {
        let repair = Repair::new(By::Refusal, "a contract is not made where an operation needs it");
        self.say(Code::WrongValue, at, message, repair);
    }

    fn unknown(&mut self, at: &At<'a>, name: &str, object: Object) {
        let known = object.members().iter().map(|(known, ..)| *known);
        let hint =
            nearest(name, known).map(|near| format!(", perhaps `{near}` is meant")).unwrap_or_default();
        let message = format!("`{name}` is no member of {}{hint}", object.name());
        self.say(Code::UnknownMember, at, message, Repair::new(By::Omission, "it is left out"));
    }

    /// Members beside a reference, put together by what they are.
    pub(super) fn siblings(&mut self, at: &At<'a>) {
        let mut names: BTreeSet<&str> = at.members().map(|(name, _)| name).collect();
        names.remove("$ref");
        let (notes, facts): (Vec<&str>, Vec<&str>) =
            names.into_iter().partition(|name| is_note(name, &self.sources.contract.annotations));
        let repair = Repair::new(By::Contract, "they are laid over what is referred to, as upstream does");
        if facts.is_empty() && notes.iter().any(|name| !name.starts_with("x-")) {
            let message = "a description or the like beside `$ref`, which OpenAPI 3.0 ignores";
            self.say(Code::ReferenceSiblings, at, message, repair);
        } else if !facts.is_empty() {
            let message = format!("`{}` beside `$ref`, which OpenAPI 3.0 ignores", facts.join("`, `"));
            self.say(Code::ReferenceSiblings, at, message, repair);
        }
    }

    /// What is said of the operations of a merged document by their path, and by what it says as a
    /// whole.
    fn paths(&mut self, root: &At<'a>) {
        if !self.merged {
            return;
        }
        let stated = root.get("security").is_some();
        for (path, item) in root.get("paths").iter().flat_map(At::members) {
            let Ok(layers) = Layers::of(self.documents, &item) else { continue };
            self.path_parameters(path, &layers);
            let operations = METHODS.iter().filter_map(|method| layers.get(method));
            for operation in operations.filter(|operation| operation.get("security").is_none()) {
                self.unsaid_security(&operation, stated);
            }
        }
    }

    /// An operation that does not say itself who may call it.
    fn unsaid_security(&mut self, operation: &At<'a>, stated: bool) {
        if stated && self.merging {
            let message = "the operation relies on the `security` of its document, which the merge of documents \
                           drops: it looks public and is not";
            let repair = Repair::new(By::Contract, "each operation keeps the security of its document");
            self.say(Code::LostSecurity, operation, message, repair);
        } else if !stated {
            let message = "neither the operation nor its document says who may call it";
            let repair = match &self.sources.contract.security {
                Some(scheme) => Repair::new(By::Default, format!("`{scheme}` is asked for")),
                None => Repair::new(By::Nothing, "the operation is public"),
            };
            self.say(Code::UnstatedSecurity, operation, message, repair);
        }
    }
}

/// Whether a member says nothing about values or the wire.
fn is_note(name: &str, annotations: &[String]) -> bool {
    use crate::contract::keywords::{Standing, standing};
    name.starts_with("x-") || name == "summary" || standing(name, annotations) == Standing::Annotation
}

fn missing(object: Object, name: &str) -> Repair {
    match (object, name) {
        (Object::Response, "description") => {
            Repair::new(By::Contract, "the reason phrase of the status stands there")
        }
        (Object::Info, _) => Repair::new(By::Nothing, "the contract has an `info` of its own"),
        (Object::Root, "paths") => Repair::new(By::Nothing, "the document only lends schemas"),
        _ => Repair::new(By::Refusal, "a contract is not made where an operation needs it"),
    }
}

/// The base documents of products that name another release than that of the source.
pub(super) fn releases(documents: &Documents, sources: &Sources) -> Vec<Raw> {
    let Some(release) = &documents.tree().release else { return Vec::new() };
    let bases: BTreeSet<&String> = sources.products.iter().map(|product| &product.base).collect();
    let stated = bases.into_iter().filter_map(|file| {
        let at = At::root(file, documents.get(file)?.ok()?).get("info")?.get("version")?;
        let version = at.node.as_str()?;
        let other = version.trim_start_matches('v') != release.trim_start_matches('v');
        other.then(|| Raw {
            code: Code::OtherRelease,
            place: at.place(),
            message: format!("the document says `{version}` and is published in {release}"),
            repair: Repair::new(By::Contract, "the contract names the release of its source"),
            reached: true,
        })
    });
    stated.collect()
}
