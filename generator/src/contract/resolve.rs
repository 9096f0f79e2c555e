//! Places in the source documents, and how a `$ref` leads from one to another.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::load::{Documents, reference};
use serde_json::{Map, Value};
use std::rc::Rc;

/// How many references a pointer may lead through.
const MAX_FOLLOWED: usize = 32;

/// A node of a source document, with the file and pointer it stands at.
#[derive(Clone, Debug)]
pub(crate) struct At<'a> {
    /// The file, relative to the root of the source.
    pub(crate) file: Rc<str>,
    /// The JSON pointer in that file.
    pub(crate) pointer: String,
    /// The node.
    pub(crate) node: &'a Value,
}

impl<'a> At<'a> {
    /// The root of a file whose document is at hand.
    pub(crate) fn root(file: &str, node: &'a Value) -> Self {
        Self { file: file.into(), pointer: String::new(), node }
    }

    /// The node as an object.
    pub(crate) fn object(&self) -> Option<&'a Map<String, Value>> {
        self.node.as_object()
    }

    /// The member `name` of this object.
    pub(crate) fn get(&self, name: &str) -> Option<Self> {
        self.object()?.get(name).map(|node| self.below(name, node))
    }

    /// The members of this object; none if it is not one.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&'a str, Self)> {
        self.object().into_iter().flatten().map(|(name, node)| (name.as_str(), self.below(name, node)))
    }

    /// The elements of this array; none if it is not one.
    pub(crate) fn elements(&self) -> impl Iterator<Item = Self> {
        let elements = self.node.as_array().into_iter().flatten();
        elements.enumerate().map(|(i, node)| self.below(&i.to_string(), node))
    }

    /// Where this is, for a diagnostic.
    pub(crate) fn place(&self) -> Place {
        Place::new(&*self.file, &self.pointer)
    }

    /// A finding here.
    pub(crate) fn finding(&self, code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, self.place(), message)
    }

    fn below(&self, token: &str, node: &'a Value) -> Self {
        let mut pointer = String::with_capacity(self.pointer.len() + token.len() + 1);
        pointer.push_str(&self.pointer);
        pointer.push('/');
        if token.contains(['~', '/']) {
            pointer.push_str(&token.replace('~', "~0").replace('/', "~1"));
        } else {
            pointer.push_str(token);
        }
        Self { file: self.file.clone(), pointer, node }
    }

    fn step(&self, token: &str) -> Option<Self> {
        let node = match self.node {
            Value::Array(elements) => elements.get(token.parse::<usize>().ok()?),
            node => node.get(token),
        };
        node.map(|node| self.below(token, node))
    }

    fn is(&self, other: &Self) -> bool {
        self.file == other.file && self.pointer == other.pointer
    }
}

/// A node with what its reference leads to: the node itself first, then its target, and so on to
/// the first node that is no reference.
///
/// Upstream merges the siblings of a `$ref` over its target, shallowly, siblings winning: a member
/// is that of the first layer that has it. Each layer keeps its own file, so that references in
/// its members are relative to where they were written.
#[derive(Clone, Debug)]
pub(crate) struct Layers<'a>(Vec<At<'a>>);

impl<'a> Layers<'a> {
    /// Follows the references of a node to their end.
    pub(crate) fn of(documents: &'a Documents, at: &At<'a>) -> Result<Self, Diagnostic> {
        let mut layers = vec![at.clone()];
        let mut last = at.clone();
        while let Some(reference) = reference_of(last.node) {
            let next = follow(documents, &last, reference)?;
            if layers.iter().any(|layer| layer.is(&next)) {
                let message = format!(
                    "the reference `{reference}` comes back to itself and never reaches a definition"
                );
                return Err(at.finding(Code::ReferenceCycle, message));
            }
            layers.push(next.clone());
            last = next;
        }
        Ok(Self(layers))
    }

    /// The member `name`.
    pub(crate) fn get(&self, name: &str) -> Option<At<'a>> {
        self.0.iter().find_map(|layer| layer.get(name))
    }

    /// The members of all layers but `$ref`, in the order of the layers.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&'a str, At<'a>)> {
        let shadowed = |upto: usize, name: &str| {
            self.0[..upto].iter().any(|l| l.object().is_some_and(|o| o.contains_key(name)))
        };
        let members = self.0.iter().enumerate().flat_map(|(i, l)| l.members().map(move |m| (i, m)));
        members.filter(move |(i, (name, _))| *name != "$ref" && !shadowed(*i, name)).map(|(_, m)| m)
    }

    /// These layers below one more.
    pub(crate) fn below(mut self, above: &At<'a>) -> Self {
        self.0.insert(0, above.clone());
        self
    }

    /// The layers, the node itself first.
    pub(crate) fn as_slice(&self) -> &[At<'a>] {
        &self.0
    }

    /// Where the chain ends: the definition itself.
    pub(crate) fn end(&self) -> &At<'a> {
        &self.0[self.0.len() - 1]
    }
}

/// The `$ref` of a node, if it has one.
pub(crate) fn reference_of(node: &Value) -> Option<&str> {
    node.get("$ref").and_then(Value::as_str)
}

/// Where `reference`, written at `from`, leads.
pub(crate) fn follow<'a>(
    documents: &'a Documents,
    from: &At<'a>,
    reference: &str,
) -> Result<At<'a>, Diagnostic> {
    follow_at(documents, from, reference, &mut 0)
}

fn follow_at<'a>(
    documents: &'a Documents,
    from: &At<'a>,
    reference: &str,
    followed: &mut usize,
) -> Result<At<'a>, Diagnostic> {
    let lost = |why: &str| {
        from.finding(Code::UnresolvedReference, format!("the reference `{reference}` leads nowhere: {why}"))
    };
    *followed += 1;
    if *followed > MAX_FOLLOWED {
        let message =
            format!("the reference `{reference}` leads through itself and never reaches a definition");
        return Err(from.finding(Code::ReferenceCycle, message));
    }
    let target = reference::resolve(&from.file, reference).ok_or_else(|| {
        lost("it points out of the source").help("refer to a file of the source by its relative path")
    })?;
    let mut at = match documents.get(&target.file) {
        Some(Ok(root)) => At::root(&target.file, root),
        Some(Err(finding)) => return Err(finding.clone()),
        None => return Err(lost(&format!("there is no file `{}`", target.file))),
    };
    let tokens = reference::tokens(&target.pointer);
    for token in tokens.ok_or_else(|| lost("what follows `#` is not a JSON pointer"))? {
        at = loop {
            match (at.step(&token), reference_of(at.node)) {
                (Some(next), _) => break next,
                // A pointer may lead through what is itself a reference.
                (None, Some(reference)) => at = follow_at(documents, &at, reference, followed)?,
                (None, None) => {
                    return Err(lost(&format!("`{}#{}` has no `{token}`", at.file, at.pointer)));
                }
            }
        };
    }
    Ok(at)
}
