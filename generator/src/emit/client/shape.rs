//! How an operation looks in the client: what its method takes, what is set by name, what comes
//! back. Whoever emits calls of the client reads it here too.

use crate::ir::{Api, Media, Operation, Param, Part, PartKind, Payload, Response, Rules, Ty, Use, Writing};
use heck::ToSnakeCase;
use std::collections::BTreeSet;

/// How an operation looks in the client.
#[derive(Clone, Debug)]
pub struct Shape<'a> {
    /// What must be there: the arguments of the method, in their order.
    pub arguments: Vec<Input<'a>>,
    /// What may be there: the setters of the builder.
    pub setters: Vec<Input<'a>>,
    /// What the body is begun with.
    pub body: BodyStart,
    /// What a success is.
    pub outcome: Outcome<'a>,
}

/// What the body of a call is before anything is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyStart {
    /// Nothing, or the argument that holds it.
    Nothing,
    /// Nothing, and sending without one is an error.
    Required,
    /// A multipart body without parts.
    Parts,
    /// A form without pairs.
    Form,
}

/// One value that goes into a request.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// The name of the argument or setter.
    pub name: String,
    /// The name on the wire; `body` for a whole body.
    pub wire: &'a str,
    /// Where it goes.
    pub place: Place<'a>,
    /// Its schema; none for bytes.
    pub value: Option<&'a Use>,
    /// How it is handed over.
    pub passing: Passing,
    /// The default that the contract states.
    pub default: Option<&'a serde_json::Value>,
    /// Whether the contract marks it deprecated.
    pub deprecated: bool,
    /// Upstream's description, only when docs were asked for.
    pub docs: Option<&'a str>,
}

/// Where a value goes.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// Into the path.
    Path,
    /// Into the query; an array repeated or joined.
    Query {
        /// Whether an array is repeated.
        explode: bool,
        /// How else it is written.
        writing: Writing,
    },
    /// Into a header.
    Header,
    /// Into a cookie.
    Cookie,
    /// It is the whole body.
    Body(&'a Media),
    /// Into a pair of a form; an array into several, or joined.
    Form {
        /// Whether an array is several pairs.
        explode: bool,
    },
    /// Into a part of a multipart body.
    Part(PartKind),
}

/// How a value is handed over.
#[derive(Clone, Debug, PartialEq)]
pub enum Passing {
    /// Text: `&str`.
    Text,
    /// A small scalar, by value.
    Copy(Ty),
    /// An enumeration, by value.
    Enum(Ty),
    /// A list of such: anything that iterates.
    List(Box<Passing>),
    /// Anything else, by reference.
    Reference,
    /// Bytes: anything that becomes an `Upload`.
    Upload,
    /// A file: anything that becomes a `FilePart`.
    File,
}

/// What a success is.
#[derive(Clone, Debug)]
pub enum Outcome<'a> {
    /// A WebSocket.
    WebSocket,
    /// Always the same.
    One(Success<'a>),
    /// One of several: the variants of an enumeration.
    Several(Vec<Success<'a>>),
}

/// One way to succeed.
#[derive(Clone, Debug)]
pub struct Success<'a> {
    /// The name of its variant where there are several.
    pub name: String,
    /// The response.
    pub response: &'a Response,
    /// The media type, unless there is no body.
    pub media: Option<&'a Media>,
}

/// The shape of an operation.
#[must_use]
pub fn shape<'a>(api: &'a Api, operation: &'a Operation) -> Shape<'a> {
    // What the code around them is called.
    let taken: &[&str] = match operation.paging {
        Some(_) => &["call", "core", "send", "pages", "stream"],
        None => &["call", "core", "send"],
    };
    let taken = taken.iter().map(|name| (*name).to_owned()).collect();
    let mut inputs = Inputs { api, taken, required: vec![], optional: vec![] };
    let lists = [
        (&operation.path_params, "path"),
        (&operation.query_params, "query"),
        (&operation.header_params, "header"),
        (&operation.cookie_params, "cookie"),
    ];
    for (params, place) in lists {
        params.iter().for_each(|param| inputs.param(param, place));
    }
    let body = inputs.body(operation);
    Shape { arguments: inputs.required, setters: inputs.optional, body, outcome: outcome(operation) }
}

struct Inputs<'a> {
    api: &'a Api,
    taken: BTreeSet<String>,
    required: Vec<Input<'a>>,
    optional: Vec<Input<'a>>,
}

impl<'a> Inputs<'a> {
    /// A name that nothing else has; what comes later says where it goes.
    fn name(&mut self, name: &str, place: &str) -> String {
        let mut name = name.to_owned();
        while !self.taken.insert(name.clone()) {
            name = format!("{}_{place}", name.trim_start_matches("r#"));
        }
        name
    }

    fn push(&mut self, required: bool, input: Input<'a>) {
        if required { self.required.push(input) } else { self.optional.push(input) }
    }

    fn param(&mut self, param: &'a Param, place: &str) {
        let name = self.name(&param.name, place);
        let place = match place {
            "path" => Place::Path,
            "query" => Place::Query { explode: param.explode, writing: param.writing },
            "header" => Place::Header,
            "cookie" => Place::Cookie,
            _ => Place::Form { explode: param.explode },
        };
        let input = Input {
            name,
            wire: &param.wire,
            place,
            value: Some(&param.value),
            passing: match param.writing {
                Writing::Deep | Writing::Spread | Writing::Json => Passing::Reference,
                Writing::Plain | Writing::Spaces | Writing::Bars => passing(self.api, &param.value),
            },
            default: param.default.as_ref(),
            deprecated: param.deprecated,
            docs: param.docs.as_deref(),
        };
        self.push(param.required, input);
    }

    fn body(&mut self, operation: &'a Operation) -> BodyStart {
        let Some(body) = &operation.body else { return BodyStart::Nothing };
        let single = body.content.len() == 1;
        for media in &body.content {
            match &media.payload {
                Payload::Form(pairs) => pairs.iter().for_each(|pair| {
                    self.param(pair, "form");
                    self.demote(single && body.required);
                }),
                Payload::Multipart(parts) => parts.iter().for_each(|part| {
                    self.part(part);
                    self.demote(single && body.required);
                }),
                _ => self.whole(media, single, single && body.required),
            }
        }
        match &body.content[..] {
            [Media { payload: Payload::Form(_), .. }] if body.required => BodyStart::Form,
            [Media { payload: Payload::Multipart(_), .. }] if body.required => BodyStart::Parts,
            [_] => BodyStart::Nothing,
            _ if body.required => BodyStart::Required,
            _ => BodyStart::Nothing,
        }
    }

    /// What was pushed last belongs to a body that need not be there: it is set by name.
    fn demote(&mut self, stays: bool) {
        let body = |input: &Input<'_>| matches!(input.place, Place::Form { .. } | Place::Part(_));
        if !stays && self.required.last().is_some_and(body) {
            self.optional.extend(self.required.pop());
        }
    }

    fn part(&mut self, part: &'a Part) {
        let field = &part.field;
        let name = self.name(&field.name, "part");
        let list = matches!(self.api.resolve(&field.value).ty, Ty::Array(_));
        let passing = match part.kind {
            PartKind::File if list => Passing::List(Box::new(Passing::File)),
            PartKind::File => Passing::File,
            PartKind::Text => passing(self.api, &field.value),
            PartKind::Json => Passing::Reference,
        };
        let input = Input {
            name,
            wire: &field.wire,
            place: Place::Part(part.kind),
            value: Some(&field.value),
            passing,
            default: field.default.as_ref(),
            deprecated: field.deprecated,
            docs: field.docs.as_deref(),
        };
        self.push(field.required, input);
    }

    fn whole(&mut self, media: &'a Media, single: bool, required: bool) {
        let (value, passing) = match &media.payload {
            Payload::Json(value) => (Some(value), Passing::Reference),
            Payload::Text(value) | Payload::EventStream(value) => (Some(value), Passing::Text),
            Payload::Bytes | Payload::Form(_) | Payload::Multipart(_) => (None, Passing::Upload),
        };
        let name = if single { "body".to_owned() } else { format!("body_{}", media.name.to_snake_case()) };
        let name = self.name(&name, "content");
        let place = Place::Body(media);
        let input =
            Input { name, wire: "body", place, value, passing, default: None, deprecated: false, docs: None };
        self.push(required, input);
    }
}

/// How a parameter is handed over.
fn passing(api: &Api, value: &Use) -> Passing {
    let resolved = api.resolve(value);
    match resolved.ty {
        Ty::String => Passing::Text,
        Ty::Boolean | Ty::Int32 | Ty::Int64 | Ty::Number | Ty::Uuid | Ty::DateTime | Ty::Date => {
            Passing::Copy(resolved.ty)
        }
        Ty::Named(_) => Passing::Enum(resolved.ty),
        Ty::Array(items) => Passing::List(Box::new(passing(api, &items))),
        Ty::Json | Ty::Object | Ty::Base64 | Ty::Map(_) => Passing::Reference,
    }
}

fn outcome(operation: &Operation) -> Outcome<'_> {
    if operation.is_websocket() {
        return Outcome::WebSocket;
    }
    let mut successes = Vec::new();
    for response in operation.successes() {
        let named = |media: &'_ str| format!("{}{media}", response.name);
        match &response.content[..] {
            [] => successes.push(Success { name: named(""), response, media: None }),
            [media] => successes.push(Success { name: named(""), response, media: Some(media) }),
            several => successes.extend(several.iter().map(|media| Success {
                name: named(&media.name),
                response,
                media: Some(media),
            })),
        }
    }
    match (successes.len(), operation.responses.first()) {
        (1, _) => Outcome::One(successes.remove(0)),
        // Nothing counts as a success: what comes back is always an error.
        (0, Some(response)) => Outcome::One(Success { name: String::new(), response, media: None }),
        _ => Outcome::Several(successes),
    }
}

/// A use without constraints, to print the type alone.
#[must_use]
pub fn plain(ty: &Ty) -> Use {
    Use { ty: ty.clone(), rules: Rules::default(), nullable: false }
}
