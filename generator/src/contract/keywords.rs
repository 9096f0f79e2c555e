//! The keywords that a schema of the contract can hold, in their canonical order, and what is
//! known about the others.

/// What the value of a keyword must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A string.
    Text,
    /// `true` or `false`.
    Flag,
    /// An integer that is not negative.
    Count,
    /// A number.
    Number,
    /// An array of names.
    Names,
    /// An array of values, at least one.
    Values,
    /// Any value.
    Any,
    /// A schema.
    Schema,
    /// An array of schemas, at least one.
    Schemas,
    /// An object of schemas.
    Properties,
    /// A schema or a flag.
    SchemaOrFlag,
    /// A discriminator object.
    Discriminator,
}

/// Every keyword of the contract, in canonical order.
pub(crate) const KEYWORDS: &[(&str, Kind)] = &[
    ("type", Kind::Text),
    ("format", Kind::Text),
    ("nullable", Kind::Flag),
    ("readOnly", Kind::Flag),
    ("writeOnly", Kind::Flag),
    ("deprecated", Kind::Flag),
    ("enum", Kind::Values),
    ("default", Kind::Any),
    ("minLength", Kind::Count),
    ("maxLength", Kind::Count),
    ("pattern", Kind::Text),
    ("minimum", Kind::Number),
    ("exclusiveMinimum", Kind::Flag),
    ("maximum", Kind::Number),
    ("exclusiveMaximum", Kind::Flag),
    ("multipleOf", Kind::Number),
    ("minItems", Kind::Count),
    ("maxItems", Kind::Count),
    ("uniqueItems", Kind::Flag),
    ("minProperties", Kind::Count),
    ("maxProperties", Kind::Count),
    ("required", Kind::Names),
    ("properties", Kind::Properties),
    ("additionalProperties", Kind::SchemaOrFlag),
    ("items", Kind::Schema),
    ("allOf", Kind::Schemas),
    ("oneOf", Kind::Schemas),
    ("anyOf", Kind::Schemas),
    ("not", Kind::Schema),
    ("discriminator", Kind::Discriminator),
];

/// Extensions of our own that a schema of the contract can hold, after its keywords.
pub(crate) const EXTENSIONS: &[&str] = &["x-default-sha256", "x-may-omit"];

/// Where upstream states a schema: `file#pointer`. Only until the contract is canonical.
pub(crate) const PLACE: &str = "x-place";

/// Keywords of OpenAPI and JSON Schema that say nothing about which values are valid.
const ANNOTATIONS: &[&str] = &[
    "$schema",
    "$id",
    "$comment",
    "$defs",
    "definitions",
    "id",
    "title",
    "description",
    "example",
    "examples",
    "externalDocs",
    "xml",
    "contentEncoding",
    "contentMediaType",
];

/// Keywords of JSON Schema that constrain values in ways OpenAPI 3.0 has no word for.
const UNSUPPORTED: &[&str] = &[
    "$anchor",
    "$dynamicAnchor",
    "$dynamicRef",
    "$recursiveRef",
    "additionalItems",
    "contains",
    "contentSchema",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "maxContains",
    "minContains",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// What is known about a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The contract holds it, or what it is translated to.
    Fact,
    /// It says nothing about values.
    Annotation,
    /// It says something that the contract cannot hold.
    Unsupported,
    /// Nobody knows it; validators ignore such keywords, and so do we, aloud.
    Unknown,
}

/// Whether whoever compares schemas reads `name`, or it says nothing about values.
pub(crate) fn is_read(name: &str) -> bool {
    name == "$ref" || kind(name).is_some() || EXTENSIONS.contains(&name) || ANNOTATIONS.contains(&name)
}

/// What is known about `keyword`; `annotations` are the names that upstream made up.
pub(crate) fn standing(keyword: &str, annotations: &[String]) -> Standing {
    if kind(keyword).is_some() || keyword == "const" {
        Standing::Fact
    } else if keyword.starts_with("x-")
        || ANNOTATIONS.contains(&keyword)
        || annotations.iter().any(|a| a == keyword)
    {
        Standing::Annotation
    } else if UNSUPPORTED.contains(&keyword) {
        Standing::Unsupported
    } else {
        Standing::Unknown
    }
}

/// What the value of `keyword` must be, if the contract can hold it.
pub(crate) fn kind(keyword: &str) -> Option<Kind> {
    KEYWORDS.iter().find(|(name, _)| *name == keyword).map(|(_, kind)| *kind)
}
