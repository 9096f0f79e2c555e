//! Where schemas stand in an operation.

use super::dag::{Dag, Id};
use serde_json::{Map, Value};

/// Where a schema stands in an operation, so that the same place is found in another document.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Spot {
    /// In a parameter, by place and name, and by media type if it has one.
    Parameter(String, String, String),
    /// In the body, by media type.
    Body(String),
    /// In a response, by status and media type.
    Response(String, String),
    /// In a header of a response, by status and name, and by media type if it has one.
    Header(String, String, String),
}

/// The value of an operation, with `each` schema replaced.
pub(super) fn rebuilt(dag: &Dag, operation: Id, each: &mut dyn FnMut(&Spot, Id) -> Value) -> Value {
    let mut rebuild = Rebuild { dag, each };
    rebuild.object(operation, |rebuild, name, value| match name {
        "parameters" => rebuild.parameters(value),
        "requestBody" => rebuild.object(value, |rebuild, name, value| match name {
            "content" => rebuild.content(value, &|media| Spot::Body(media)),
            _ => dag.value(value),
        }),
        "responses" => rebuild.object(value, |rebuild, status, response| rebuild.response(status, response)),
        _ => dag.value(value),
    })
}

/// The value of a list of parameters, with `each` schema replaced.
pub(super) fn rebuilt_parameters(dag: &Dag, list: Id, each: &mut dyn FnMut(&Spot, Id) -> Value) -> Value {
    Rebuild { dag, each }.parameters(list)
}

struct Rebuild<'r> {
    dag: &'r Dag,
    each: &'r mut dyn FnMut(&Spot, Id) -> Value,
}

impl Rebuild<'_> {
    fn object(&mut self, id: Id, mut member: impl FnMut(&mut Self, &str, Id) -> Value) -> Value {
        if !self.dag.is_object(id) {
            return self.dag.value(id);
        }
        let dag = self.dag;
        let members = dag.members(id).map(|(name, value)| (name.to_owned(), member(self, name, value)));
        Value::Object(members.collect::<Map<_, _>>())
    }

    fn parameters(&mut self, list: Id) -> Value {
        let dag = self.dag;
        let each = dag.elements(list).iter().map(|id| {
            let text = |name: &str| dag.get_text(*id, name).unwrap_or_default().to_owned();
            let (place, name) = (text("in"), text("name"));
            self.described(*id, &|media| Spot::Parameter(place.clone(), name.clone(), media))
        });
        Value::Array(each.collect())
    }

    fn response(&mut self, status: &str, response: Id) -> Value {
        self.object(response, |rebuild, name, value| match name {
            "content" => rebuild.content(value, &|media| Spot::Response(status.to_owned(), media)),
            "headers" => rebuild.object(value, |rebuild, name, header| {
                rebuild.described(header, &|media| Spot::Header(status.to_owned(), name.to_owned(), media))
            }),
            _ => rebuild.dag.value(value),
        })
    }

    /// What a parameter or a header is described by: a schema, or content.
    fn described(&mut self, id: Id, spot: &dyn Fn(String) -> Spot) -> Value {
        self.object(id, |rebuild, name, value| match name {
            "schema" => (rebuild.each)(&spot(String::new()), value),
            "content" => rebuild.content(value, spot),
            _ => rebuild.dag.value(value),
        })
    }

    fn content(&mut self, id: Id, spot: &dyn Fn(String) -> Spot) -> Value {
        self.object(id, |rebuild, media, value| {
            let spot = spot(media.trim().to_ascii_lowercase());
            rebuild.object(value, |rebuild, name, value| match name {
                "schema" => (rebuild.each)(&spot, value),
                _ => rebuild.dag.value(value),
            })
        })
    }
}
