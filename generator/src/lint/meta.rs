//! What OpenAPI 3.0 has where: its objects, their members, and which must be there.

/// The objects of OpenAPI 3.0 that are looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Object {
    Root,
    Info,
    Server,
    Tag,
    PathItem,
    Operation,
    Parameter,
    Header,
    RequestBody,
    Media,
    Encoding,
    Response,
    Components,
    SecurityScheme,
    /// Looked into by other rules: its keywords are those of JSON Schema.
    Schema,
}

/// What a member holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Any,
    Text,
    Flag,
    /// A list of texts.
    Names,
    /// A list of anything.
    List,
    /// An object of anything.
    Object,
    One(Object),
    /// A list of them.
    Each(Object),
    /// An object of them.
    Map(Object),
}

/// A member, what it holds, and whether it must be there.
pub(super) type Member = (&'static str, Holds, bool);

use Holds::{Any, Each, Flag, List, Map, Names, One, Text};
use Object::{
    Components, Encoding, Header, Info, Media, Operation, Parameter, PathItem, RequestBody, Response, Schema,
    SecurityScheme, Server, Tag,
};

impl Object {
    /// As people call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Root => "a document",
            Info => "`info`",
            Server => "a server",
            Tag => "a tag",
            PathItem => "a path",
            Operation => "an operation",
            Parameter => "a parameter",
            Header => "a header",
            RequestBody => "a request body",
            Media => "a media type",
            Encoding => "an encoding",
            Response => "a response",
            Components => "`components`",
            SecurityScheme => "a security scheme",
            Schema => "a schema",
        }
    }

    /// Whether a reference may stand for it.
    pub(super) fn may_be_reference(self) -> bool {
        matches!(self, PathItem | Parameter | Header | RequestBody | Response | SecurityScheme | Schema)
    }

    /// Its members; of a schema none, they have a table of their own.
    pub(super) fn members(self) -> &'static [Member] {
        match self {
            Self::Root => &[
                ("openapi", Text, true),
                ("info", One(Info), true),
                ("servers", Each(Server), false),
                ("paths", Map(PathItem), true),
                ("components", One(Components), false),
                ("security", List, false),
                ("tags", Each(Tag), false),
                ("externalDocs", Holds::Object, false),
            ],
            Info => &[
                ("title", Text, true),
                ("version", Text, true),
                ("description", Text, false),
                ("termsOfService", Text, false),
                ("contact", Holds::Object, false),
                ("license", Holds::Object, false),
            ],
            Server => {
                &[("url", Text, true), ("description", Text, false), ("variables", Holds::Object, false)]
            }
            Tag => {
                &[("name", Text, true), ("description", Text, false), ("externalDocs", Holds::Object, false)]
            }
            PathItem => PATH_ITEM,
            Operation => OPERATION,
            Parameter => PARAMETER,
            // A parameter without the first two.
            Header => &PARAMETER[2..],
            RequestBody => {
                &[("content", Map(Media), true), ("description", Text, false), ("required", Flag, false)]
            }
            Media => MEDIA,
            Encoding => &[
                ("contentType", Text, false),
                ("headers", Map(Header), false),
                ("style", Text, false),
                ("explode", Flag, false),
                ("allowReserved", Flag, false),
            ],
            Response => &[
                ("description", Text, true),
                ("headers", Map(Header), false),
                ("content", Map(Media), false),
                ("links", Holds::Object, false),
            ],
            Components => COMPONENTS,
            SecurityScheme => SECURITY_SCHEME,
            Schema => &[],
        }
    }
}

const MEDIA: &[Member] = &[
    ("schema", One(Schema), false),
    ("example", Any, false),
    ("examples", Holds::Object, false),
    ("encoding", Map(Encoding), false),
];

const SECURITY_SCHEME: &[Member] = &[
    ("type", Text, true),
    ("description", Text, false),
    ("name", Text, false),
    ("in", Text, false),
    ("scheme", Text, false),
    ("bearerFormat", Text, false),
    ("flows", Holds::Object, false),
    ("openIdConnectUrl", Text, false),
];

const PATH_ITEM: &[Member] = &[
    ("$ref", Text, false),
    ("summary", Text, false),
    ("description", Text, false),
    ("get", One(Operation), false),
    ("put", One(Operation), false),
    ("post", One(Operation), false),
    ("delete", One(Operation), false),
    ("options", One(Operation), false),
    ("head", One(Operation), false),
    ("patch", One(Operation), false),
    ("trace", One(Operation), false),
    ("servers", Each(Server), false),
    ("parameters", Each(Parameter), false),
];

const OPERATION: &[Member] = &[
    ("tags", Names, false),
    ("summary", Text, false),
    ("description", Text, false),
    ("externalDocs", Holds::Object, false),
    ("operationId", Text, false),
    ("parameters", Each(Parameter), false),
    ("requestBody", One(RequestBody), false),
    ("responses", Map(Response), true),
    ("callbacks", Holds::Object, false),
    ("deprecated", Flag, false),
    ("security", List, false),
    ("servers", Each(Server), false),
];

const PARAMETER: &[Member] = &[
    ("name", Text, true),
    ("in", Text, true),
    ("description", Text, false),
    ("required", Flag, false),
    ("deprecated", Flag, false),
    ("allowEmptyValue", Flag, false),
    ("style", Text, false),
    ("explode", Flag, false),
    ("allowReserved", Flag, false),
    ("schema", One(Schema), false),
    ("example", Any, false),
    ("examples", Holds::Object, false),
    ("content", Map(Media), false),
];

const COMPONENTS: &[Member] = &[
    ("schemas", Map(Schema), false),
    ("responses", Map(Response), false),
    ("parameters", Map(Parameter), false),
    ("examples", Holds::Object, false),
    ("requestBodies", Map(RequestBody), false),
    ("headers", Map(Header), false),
    ("securitySchemes", Map(SecurityScheme), false),
    ("links", Holds::Object, false),
    ("callbacks", Holds::Object, false),
];
