//! Is everything compared that a contract may hold? Every field of every structure of `openapiv3` is
//! named here, without `..`: one that its next version adds does not compile until somebody says
//! what is done about it. Each is compared, which is tried, or waived with a reason.

use meshery_generator::contract::{self, Contract};
use meshery_generator::drift;
use openapiv3::*;
use serde_json::{Value, json};

/// What is done about a field.
enum Standing {
    /// It is compared: at this pointer of the contract, these two values differ.
    Compared(String, Value, Value),
    /// It is not, for a reason.
    Waived(&'static str),
}
use Standing::Waived;

const PROSE: &str = "prose: it says nothing about values, and the contract has none";
const IN_PLACE: &str = "the contract writes it where it is used, and refuses references to it";
const REFUSED: &str = "the reader of contracts refuses anything but operations in a path item";
const INSIDE: &str = "what is in it is compared by its own fields";

/// The fields of a structure, all of them, with what is done about each.
macro_rules! fields {
    ($ty:ident { $($field:ident: $standing:expr),* $(,)? }) => {{
        #[allow(dead_code, reason = "it is compiled, and never called")]
        fn all($ty { $($field: _),* }: $ty) {}
        vec![$((concat!(stringify!($ty), ".", stringify!($field)), $standing)),*]
    }};
}

const OPERATION: &str = "/paths/~1api~1trees/get";
const POST: &str = "/paths/~1api~1trees/post";
const PROPERTY: &str = "/components/schemas/v1.tree.Tree/properties/label";
const OBJECT: &str = "/components/schemas/v1.tree.Tree";

fn at(pointer: &str, old: Value, new: Value) -> Standing {
    Standing::Compared(pointer.to_owned(), old, new)
}

/// A keyword of a property, from nothing to a value.
fn keyword(name: &str, value: Value) -> Standing {
    at(&format!("{PROPERTY}/{name}"), Value::Null, value)
}

fn of_operation(name: &str, value: Value) -> Standing {
    at(&format!("{OPERATION}/{name}"), Value::Null, value)
}

fn documents() -> Vec<(&'static str, Standing)> {
    let extension = || at("/x-other", json!(1), json!(2));
    let mut all = fields!(OpenAPI {
        openapi: Waived("a contract is 3.0.3 or no contract"),
        info: Waived("the release is what tells the sides apart"),
        servers: at("/servers", Value::Null, json!([{"url": "https://example.com"}])),
        paths: Waived(INSIDE),
        components: Waived(INSIDE),
        security: at("/security", json!([{"jwt": []}]), json!([{"key": []}])),
        tags: Waived("tags are compared where operations have them"),
        external_docs: Waived(PROSE),
        extensions: extension(),
    });
    all.extend(fields!(Components {
        schemas: Waived("compared where operations lead to them"),
        responses: Waived(IN_PLACE),
        parameters: Waived(IN_PLACE),
        examples: Waived(PROSE),
        request_bodies: Waived(IN_PLACE),
        headers: Waived(IN_PLACE),
        security_schemes: at("/components/securitySchemes/key/name", json!("x-key"), json!("x-other")),
        links: Waived(IN_PLACE),
        callbacks: Waived(IN_PLACE),
        extensions: Waived("the contract has none"),
    }));
    all.extend(fields!(PathItem {
        summary: Waived(REFUSED),
        description: Waived(REFUSED),
        get: at(OPERATION, Value::Null, operation()),
        put: at("/paths/~1api~1trees/put", Value::Null, operation()),
        post: at("/paths/~1api~1new/post", Value::Null, operation()),
        delete: at("/paths/~1api~1trees/delete", Value::Null, operation()),
        options: at("/paths/~1api~1trees/options", Value::Null, operation()),
        head: at("/paths/~1api~1trees/head", Value::Null, operation()),
        patch: at("/paths/~1api~1trees/patch", Value::Null, operation()),
        trace: at("/paths/~1api~1trees/trace", Value::Null, operation()),
        servers: Waived(REFUSED),
        parameters: Waived(REFUSED),
        extensions: Waived(REFUSED),
    }));
    all.extend(fields!(Paths { paths: Waived(INSIDE), extensions: Waived("the contract has none") }));
    all
}

fn operation() -> Value {
    json!({"operationId": "drawTree", "x-internal": ["forest"], "x-construct": "v1.tree",
           "responses": {"204": {"description": "No Content"}}})
}

fn operations() -> Vec<(&'static str, Standing)> {
    let response = format!("{OPERATION}/responses/200");
    let media = format!("{response}/content/application~1json");
    let body = format!("{POST}/requestBody");
    let mut all = fields!(Operation {
        tags: at(&format!("{OPERATION}/tags"), json!(["Trees"]), json!(["Woods"])),
        summary: Waived(PROSE),
        description: Waived(PROSE),
        external_docs: Waived(PROSE),
        operation_id: at(&format!("{OPERATION}/operationId"), json!("getTrees"), json!("listTrees")),
        parameters: of_operation("parameters", json!([{"name": "n", "in": "query", "schema": {}}])),
        request_body: of_operation("requestBody", json!({"content": {}})),
        responses: Waived(INSIDE),
        callbacks: of_operation("callbacks", json!({"grown": {}})),
        deprecated: of_operation("deprecated", json!(true)),
        security: of_operation("security", json!([{"jwt": ["read"]}])),
        servers: of_operation("servers", json!([{"url": "https://example.com"}])),
        extensions: of_operation("x-other", json!(1)),
    });
    all.extend(fields!(RequestBody {
        description: Waived(PROSE),
        content: at(&format!("{body}/content/text~1plain"), Value::Null, json!({})),
        required: at(&format!("{body}/required"), json!(true), json!(false)),
        extensions: at(&format!("{body}/x-other"), json!(1), json!(2)),
    }));
    all.extend(fields!(Responses {
        default: at(&format!("{OPERATION}/responses/default"), Value::Null, json!({"description": "else"})),
        responses: at(&format!("{OPERATION}/responses/203"), Value::Null, json!({"description": "else"})),
        extensions: at(&format!("{OPERATION}/responses/x-other"), Value::Null, json!({})),
    }));
    all.extend(fields!(Response {
        description: Waived("the contract has the reason phrase of the status"),
        headers: at(&format!("{response}/headers"), Value::Null, json!({"x-count": {"schema": {}}})),
        content: at(&format!("{response}/content/text~1plain"), Value::Null, json!({})),
        links: at(&format!("{response}/links"), Value::Null, json!({"next": {}})),
        extensions: at(&format!("{response}/x-other"), json!(1), json!(2)),
    }));
    all.extend(fields!(MediaType {
        schema: at(&format!("{media}/schema"), Value::Null, json!({"type": "string"})),
        example: Waived(PROSE),
        examples: Waived(PROSE),
        encoding: at(&format!("{media}/encoding"), Value::Null, json!({"a": {"style": "form"}})),
        extensions: at(&format!("{media}/x-other"), json!(1), json!(2)),
    }));
    let whole = || at(&format!("{media}/encoding"), json!({}), json!({"a": {"contentType": "text/plain"}}));
    all.extend(fields!(Encoding {
        content_type: whole(),
        headers: whole(),
        style: whole(),
        explode: whole(),
        allow_reserved: whole(),
        extensions: whole(),
    }));
    all
}

fn parameters() -> Vec<(&'static str, Standing)> {
    let of = |name: &str, old: Value, new: Value| at(&format!("{OPERATION}/parameters/0/{name}"), old, new);
    let header = |name: &str, value: Value| {
        let mut with = json!({"schema": {}});
        with[name] = value;
        at(
            &format!("{OPERATION}/responses/200/headers"),
            json!({"x-count": {"schema": {}}}),
            json!({"x-count": with}),
        )
    };
    let mut all = fields!(ParameterData {
        name: of("name", json!("kind"), json!("sort")),
        description: Waived(PROSE),
        required: of("required", json!(false), json!(true)),
        deprecated: of("deprecated", json!(false), json!(true)),
        format: of("schema", json!({"type": "string"}), json!({"type": "integer"})),
        example: Waived(PROSE),
        examples: Waived(PROSE),
        explode: of("explode", json!(true), json!(false)),
        extensions: of("x-other", json!(1), json!(2)),
    });
    all.extend([
        ("Parameter.style", of("style", json!("form"), json!("pipeDelimited"))),
        ("Parameter.allowReserved", of("allowReserved", json!(false), json!(true))),
        ("Parameter.allowEmptyValue", of("allowEmptyValue", json!(false), json!(true))),
        ("Parameter.in", of("in", json!("query"), json!("header"))),
    ]);
    // The variants of a parameter, and their fields.
    #[allow(dead_code, reason = "it is compiled, and never called")]
    fn variants(parameter: Parameter) {
        match parameter {
            Parameter::Query { parameter_data: _, allow_reserved: _, style: _, allow_empty_value: _ } => {}
            Parameter::Header { parameter_data: _, style: _ } => {}
            Parameter::Path { parameter_data: _, style: _ } => {}
            Parameter::Cookie { parameter_data: _, style: _ } => {}
        }
    }
    all.extend(fields!(Header {
        description: Waived(PROSE),
        style: Waived("a header has one style"),
        required: header("required", json!(true)),
        deprecated: header("deprecated", json!(true)),
        format: header("schema", json!({"type": "string"})),
        example: Waived(PROSE),
        examples: Waived(PROSE),
        extensions: header("x-other", json!(1)),
    }));
    all
}

fn schemas() -> Vec<(&'static str, Standing)> {
    let object = |name: &str, value: Value| at(&format!("{OBJECT}/{name}"), Value::Null, value);
    let discriminator = || object("discriminator", json!({"propertyName": "kind"}));
    let mut all = fields!(SchemaData {
        nullable: keyword("nullable", json!(true)),
        read_only: at("/components/schemas/v1.tree.Seed/properties/label/readOnly", Value::Null, json!(true)),
        write_only: keyword("writeOnly", json!(true)),
        deprecated: keyword("deprecated", json!(true)),
        external_docs: Waived(PROSE),
        example: Waived(PROSE),
        title: Waived(PROSE),
        description: Waived(PROSE),
        discriminator: discriminator(),
        default: keyword("default", json!("x")),
        extensions: keyword("x-other", json!(1)),
    });
    all.extend(fields!(AnySchema {
        typ: at(&format!("{PROPERTY}/type"), json!("string"), json!("integer")),
        pattern: keyword("pattern", json!("a")),
        multiple_of: keyword("multipleOf", json!(2)),
        exclusive_minimum: at(
            PROPERTY,
            json!({"minimum": 1}),
            json!({"minimum": 1, "exclusiveMinimum": true})
        ),
        exclusive_maximum: at(
            PROPERTY,
            json!({"maximum": 1}),
            json!({"maximum": 1, "exclusiveMaximum": true})
        ),
        minimum: keyword("minimum", json!(1)),
        maximum: keyword("maximum", json!(1)),
        properties: object("properties", json!({"name": {}})),
        required: object("required", json!(["label"])),
        additional_properties: object("additionalProperties", json!(false)),
        min_properties: keyword("minProperties", json!(1)),
        max_properties: keyword("maxProperties", json!(1)),
        items: keyword("items", json!({"type": "string"})),
        min_items: keyword("minItems", json!(1)),
        max_items: keyword("maxItems", json!(1)),
        unique_items: keyword("uniqueItems", json!(true)),
        enumeration: keyword("enum", json!(["a"])),
        format: keyword("format", json!("uuid")),
        min_length: keyword("minLength", json!(1)),
        max_length: keyword("maxLength", json!(1)),
        one_of: keyword("oneOf", json!([{"type": "string"}])),
        all_of: keyword("allOf", json!([{"minLength": 3}])),
        any_of: keyword("anyOf", json!([{"type": "string"}])),
        not: keyword("not", json!({"type": "string"})),
    }));
    let mapping = |value: &str| json!({"propertyName": "kind", "mapping": {value: "#/components/schemas/v1.tree.Problem"}});
    all.extend(fields!(Discriminator {
        property_name: discriminator(),
        mapping: at(PROPERTY,
            json!({"oneOf": [{"$ref": "#/components/schemas/v1.tree.Problem"}], "discriminator": mapping("a")}),
            json!({"oneOf": [{"$ref": "#/components/schemas/v1.tree.Problem"}], "discriminator": mapping("b")})),
        extensions: Waived("the contract has none"),
    }));
    // The same keywords again, by type: each is a field of `AnySchema` above.
    all.extend(fields!(StringType {
        format: Waived(INSIDE),
        pattern: Waived(INSIDE),
        enumeration: Waived(INSIDE),
        min_length: Waived(INSIDE),
        max_length: Waived(INSIDE)
    }));
    all.extend(fields!(NumberType {
        format: Waived(INSIDE),
        multiple_of: Waived(INSIDE),
        exclusive_minimum: Waived(INSIDE),
        exclusive_maximum: Waived(INSIDE),
        minimum: Waived(INSIDE),
        maximum: Waived(INSIDE),
        enumeration: Waived(INSIDE)
    }));
    all.extend(fields!(IntegerType {
        format: Waived(INSIDE),
        multiple_of: Waived(INSIDE),
        exclusive_minimum: Waived(INSIDE),
        exclusive_maximum: Waived(INSIDE),
        minimum: Waived(INSIDE),
        maximum: Waived(INSIDE),
        enumeration: Waived(INSIDE)
    }));
    all.extend(fields!(ObjectType {
        properties: Waived(INSIDE),
        required: Waived(INSIDE),
        additional_properties: Waived(INSIDE),
        min_properties: Waived(INSIDE),
        max_properties: Waived(INSIDE)
    }));
    all.extend(fields!(ArrayType {
        items: Waived(INSIDE),
        min_items: Waived(INSIDE),
        max_items: Waived(INSIDE),
        unique_items: Waived(INSIDE)
    }));
    all.extend(fields!(BooleanType { enumeration: Waived(INSIDE) }));
    all.extend(fields!(Schema { schema_data: Waived(INSIDE), schema_kind: Waived(INSIDE) }));
    all
}

fn security() -> Vec<(&'static str, Standing)> {
    // A scheme is compared as a whole, but for its description.
    let whole = |other: Value| {
        at(
            "/components/securitySchemes/key",
            json!({"type": "apiKey", "in": "header", "name": "x-key"}),
            other,
        )
    };
    let other = || whole(json!({"type": "http", "scheme": "basic"}));
    #[allow(dead_code, reason = "it is compiled, and never called")]
    fn variants(scheme: SecurityScheme) {
        match scheme {
            SecurityScheme::APIKey { location: _, name: _, description: _, extensions: _ } => {}
            SecurityScheme::HTTP { scheme: _, bearer_format: _, description: _, extensions: _ } => {}
            SecurityScheme::OAuth2 { flows: _, description: _, extensions: _ } => {}
            SecurityScheme::OpenIDConnect { open_id_connect_url: _, description: _, extensions: _ } => {}
        }
    }
    let mut all = fields!(OAuth2Flows {
        implicit: other(),
        password: other(),
        client_credentials: other(),
        authorization_code: other(),
        extensions: other(),
    });
    all.extend(fields!(ImplicitOAuth2Flow {
        authorization_url: other(),
        refresh_url: other(),
        scopes: other(),
        extensions: other()
    }));
    all.extend(fields!(PasswordOAuth2Flow {
        refresh_url: other(),
        token_url: other(),
        scopes: other(),
        extensions: other()
    }));
    all.extend(fields!(ClientCredentialsOAuth2Flow {
        refresh_url: other(),
        token_url: other(),
        scopes: other(),
        extensions: other()
    }));
    all.extend(fields!(AuthorizationCodeOAuth2Flow {
        authorization_url: other(),
        token_url: other(),
        refresh_url: other(),
        scopes: other(),
        extensions: other()
    }));
    all
}

/// The contract of the cases with a value at a pointer, or without one.
fn with(pointer: &str, value: &Value) -> Contract {
    let text = std::fs::read_to_string("tests/drift/base.yml").unwrap();
    let mut contract = contract::read(&text, "base.yml").unwrap();
    let mut place = &mut contract.document;
    let tokens: Vec<String> =
        pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~")).collect();
    let (last, above) = tokens.split_last().unwrap();
    for token in above {
        place = match place {
            Value::Array(list) => &mut list[token.parse::<usize>().unwrap()],
            other => &mut other[token.as_str()],
        };
    }
    match (value, place.as_object_mut()) {
        (Value::Null, Some(members)) => drop(members.shift_remove(last)),
        _ => place[last.as_str()] = value.clone(),
    }
    contract
}

#[test]
fn every_field_is_compared_or_waived() {
    let all = [documents(), operations(), parameters(), schemas(), security()].concat_all();
    let (mut compared, mut waived) = (0, 0);
    let mut missed = Vec::new();
    for (field, standing) in all {
        match standing {
            Waived(reason) => {
                waived += 1;
                assert!(!reason.is_empty());
            }
            Standing::Compared(pointer, old, new) => {
                compared += 1;
                let (old, new) = (with(&pointer, &old), with(&pointer, &new));
                if drift::compare_wire(&old, &new).is_empty() || drift::compare_wire(&new, &old).is_empty() {
                    missed.push(format!("{field} at {pointer}"));
                }
            }
        }
    }
    assert!(missed.is_empty(), "nothing is found: {missed:#?}");
    assert!(compared > 80 && waived > 40, "{compared} compared, {waived} waived");
}

/// All of several lists.
trait ConcatAll<T> {
    fn concat_all(self) -> Vec<T>;
}

impl<T, const N: usize> ConcatAll<T> for [Vec<T>; N] {
    fn concat_all(self) -> Vec<T> {
        self.into_iter().flatten().collect()
    }
}
