//! Operations: what a request carries and what may come back.

use super::{Field, TypeId, Use};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// One operation: a method on a path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Operation {
    /// The operation id, as upstream spells it or as it was derived.
    pub id: String,
    /// The name of its method in traits and clients: `get_workspaces`.
    pub name: String,
    /// The stem of its types: `GetWorkspaces`.
    pub type_name: String,
    /// The construct that declares it: `v1beta3.workspace`.
    pub construct: String,
    /// The products it belongs to.
    pub products: BTreeSet<String>,
    /// The tag it is grouped under: its first.
    pub tag: String,
    /// The method, in lower case.
    pub method: Method,
    /// The path as the contract has it: `/api/workspaces/{workspaceId}`.
    pub path: String,
    /// The same path in segments.
    pub segments: Vec<Segment>,
    /// Path parameters, in the order of the template.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub path_params: Vec<Param>,
    /// Query parameters, in the order of the contract.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub query_params: Vec<Param>,
    /// Header parameters, in the order of the contract.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub header_params: Vec<Param>,
    /// Cookie parameters, in the order of the contract.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cookie_params: Vec<Param>,
    /// The request body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// Every documented response, by status, in ascending order.
    pub responses: Vec<Response>,
    /// Who may call it.
    pub security: Security,
    /// How the list that it gives comes in pages, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paging: Option<Paging>,
    /// Whether the contract marks it deprecated.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
    /// Upstream's summary and description, only when docs were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
}

impl Operation {
    /// Whether it upgrades to a WebSocket: a documented 101.
    #[must_use]
    pub fn is_websocket(&self) -> bool {
        self.responses.iter().any(|r| r.status == Status::One(101))
    }

    /// The responses that the caller hopes for: those that are successes; where there is none,
    /// the one for all other statuses.
    pub fn successes(&self) -> impl Iterator<Item = &Response> {
        let any = self.responses.iter().any(Response::is_success);
        self.responses.iter().filter(move |r| r.is_success() || (!any && r.status == Status::Other))
    }

    /// Every parameter, path, then query, header, cookie.
    pub fn params(&self) -> impl Iterator<Item = &Param> {
        self.path_params
            .iter()
            .chain(&self.query_params)
            .chain(&self.header_params)
            .chain(&self.cookie_params)
    }
}

/// A list that comes in pages. All names are those on the wire.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Paging {
    /// The query parameter that says which page is asked for.
    pub page: String,
    /// Query parameters that say how many items a page may have, the one to use first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sizes: Vec<String>,
    /// The number of the first page, where the contract tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<i64>,
    /// The member of the response that has the items; none where the response is the list itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<String>,
    /// Members of the response that say which page it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stated_pages: Vec<String>,
    /// Members of the response that say how many items a page has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stated_sizes: Vec<String>,
    /// Members of the response that say how many items there are in all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub totals: Vec<String>,
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Method {
    /// `GET`: read.
    Get,
    /// `PUT`: put in the place of what is there.
    Put,
    /// `POST`: add, or do.
    Post,
    /// `DELETE`: remove.
    Delete,
    /// `OPTIONS`: ask what can be done.
    Options,
    /// `HEAD`: `GET` without its body.
    Head,
    /// `PATCH`: change a part.
    Patch,
    /// `TRACE`: send the request back.
    Trace,
}

impl Method {
    /// As it is sent: `GET`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Head => "HEAD",
            Self::Patch => "PATCH",
            Self::Trace => "TRACE",
        }
    }
}

/// A piece of a path between slashes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Segment {
    /// Text that is matched as it is.
    Literal(String),
    /// The wire name of the path parameter that fills the whole segment.
    Param(String),
    /// Text and parameters in turn, no two parameters side by side: `{id}.json`.
    Mixed(Vec<Segment>),
}

impl Segment {
    /// What it consists of: itself, unless it is mixed.
    #[must_use]
    pub fn pieces(&self) -> &[Self] {
        match self {
            Self::Mixed(pieces) => pieces,
            Self::Literal(_) | Self::Param(_) => std::slice::from_ref(self),
        }
    }
}

/// How a parameter is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Writing {
    /// A scalar as its text; an array repeated, or joined by commas.
    #[default]
    Plain,
    /// An array joined by spaces.
    Spaces,
    /// An array joined by vertical bars.
    Bars,
    /// An object of scalars and lists of them, each member by itself: `name[member]=value`.
    Deep,
    /// An object of scalars and lists of them, each member by itself: `member=value`.
    Spread,
    /// A JSON document.
    Json,
}

impl Writing {
    fn is_plain(&self) -> bool {
        *self == Self::Plain
    }
}

/// A parameter.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Param {
    /// The name on the wire.
    pub wire: String,
    /// The Rust name.
    pub name: String,
    /// Whether it must be there.
    pub required: bool,
    /// Its value: a scalar, an enumeration, or an array of those (in a query: repeated), unless
    /// it is written otherwise.
    pub value: Use,
    /// Whether an array is written as repeated pairs (`explode`) or joined by commas.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub explode: bool,
    /// How else it is written.
    #[serde(skip_serializing_if = "Writing::is_plain")]
    pub writing: Writing,
    /// The default that the contract states, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<serde_json::Value>,
    /// Whether the contract marks it deprecated.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
    /// Upstream's description, only when docs were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
}

/// A request body.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Body {
    /// Whether it must be there.
    pub required: bool,
    /// The media types that are accepted, JSON first, then sorted; at least one.
    pub content: Vec<Media>,
}

/// A media type and what is in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Media {
    /// `application/json`.
    pub media_type: String,
    /// The name of its variant where there are several: `Json`.
    pub name: String,
    /// What it holds.
    pub payload: Payload,
    /// The type that describes a form as an object, to which no edge of `payload` leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub described_by: Option<TypeId>,
}

/// The closed list of what a body can be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Payload {
    /// A JSON document (`application/json` and `+json`).
    Json(Use),
    /// Text in UTF-8 (`text/*`, and YAML, whose schema is a string).
    Text(Use),
    /// Bytes as they are.
    Bytes,
    /// `multipart/form-data`.
    Multipart(Vec<Part>),
    /// `application/x-www-form-urlencoded`: pairs named as the members.
    Form(Vec<Param>),
    /// `text/event-stream`: each event's data is a JSON document of this schema, or text.
    EventStream(Use),
}

/// A part of a multipart body.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// The member it is described by.
    pub field: Field,
    /// How the part is written.
    pub kind: PartKind,
}

/// How a part of a multipart body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum PartKind {
    /// A scalar, as text; a list of them as a part for each.
    Text,
    /// A file: bytes with a file name and a media type (`format: binary`, or `byte`); a list of them
    /// as a part for each.
    File,
    /// Anything else, and what is said to be, as a JSON document.
    Json,
}

/// A documented response.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Response {
    /// The status, or which it is for.
    pub status: Status,
    /// The name of its variant: the reason phrase in Pascal case: `NotFound`.
    pub name: String,
    /// Its media types; none when it has no body.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub content: Vec<Media>,
    /// Its headers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<Param>,
}

impl Response {
    /// Whether it is a 2xx (or the 101 of an upgrade).
    #[must_use]
    pub fn is_success(&self) -> bool {
        match self.status {
            Status::One(status) => (200..300).contains(&status) || status == 101,
            Status::Class(class) => class == 2,
            Status::Other => false,
        }
    }
}

/// Which statuses a response is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Status {
    /// One.
    One(u16),
    /// Those with this first digit that have no response of their own: `4XX`.
    Class(u16),
    /// Those that no other response is for: `default`.
    Other,
}

impl Status {
    /// The least and the greatest.
    #[must_use]
    pub fn range(self) -> (u16, u16) {
        match self {
            Self::One(status) => (status, status),
            Self::Class(class) => (class * 100, class * 100 + 99),
            Self::Other => (100, 599),
        }
    }

    /// A status that it is for; of several one that hardly has a response of its own.
    #[must_use]
    pub fn example(self) -> u16 {
        match self {
            Self::One(status) => status,
            Self::Class(_) | Self::Other => self.range().1,
        }
    }

    /// The status, if it is one.
    #[must_use]
    pub fn one(self) -> Option<u16> {
        match self {
            Self::One(status) => Some(status),
            Self::Class(_) | Self::Other => None,
        }
    }

    /// Whether all of them say that something went wrong.
    #[must_use]
    pub fn is_error(self) -> bool {
        self.range().0 >= 400
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(status) => status.fmt(f),
            Self::Class(class) => write!(f, "{class}XX"),
            Self::Other => f.write_str("default"),
        }
    }
}

/// Who may call an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Security {
    /// `security: []`, said by upstream in so many words.
    Public,
    /// A token; the alternatives, each with the scheme names and scopes it asks for.
    Required(Vec<Vec<(String, Vec<String>)>>),
}
