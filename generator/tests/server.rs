//! The emitted server of a small API with one operation of each kind.
//!
//! What is emitted stands in `generated-server/src/tests/golden/`, where it is compiled and where
//! requests are sent to it. `BLESS=1 cargo test -p meshery-generator --test suite server::` writes it.

use meshery_generator::emit::server;
use meshery_generator::ir::*;
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn the_golden_server_is_what_is_emitted() {
    let files = server::emit(&small()).expect("the small API is supported");
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated-server/src/tests/golden");
    if std::env::var_os("BLESS").is_some() {
        for file in &files {
            let path = golden.join(&file.path);
            std::fs::create_dir_all(path.parent().expect("below golden")).expect("a folder");
            std::fs::write(path, &file.text).expect("a file");
        }
    }
    for file in &files {
        let text = std::fs::read_to_string(golden.join(&file.path)).unwrap_or_default();
        assert!(text == file.text, "{} is stale: see the head of this test", file.path);
    }
}

#[test]
fn emission_does_not_depend_on_the_run() {
    assert_eq!(server::emit(&small()), server::emit(&small()));
}

#[test]
fn a_response_that_is_a_form_is_an_error_with_the_operation() {
    let mut api = small();
    let media = media("multipart/form-data", "Multipart", Payload::Multipart(Vec::new()));
    api.operations[0].responses[0].content = vec![media];
    let found = server::emit(&api).expect_err("a server cannot write it").to_string();
    assert!(found.contains("M0502") && found.contains("getBoom"), "{found}");
}

/// Operations in the order of their paths, as the contract has them.
fn small() -> Api {
    let operations = vec![
        Operation {
            tag: "Things".to_owned(),
            responses: vec![ok(json(Ty::Json))],
            ..operation("getBoom", Method::Get, "/boom")
        },
        Operation {
            responses: vec![ok(media("text/event-stream", "Events", Payload::EventStream(of(Ty::String))))],
            ..operation("getEvents", Method::Get, "/events")
        },
        form(),
        alternatives(),
        Operation {
            responses: vec![ok(media("text/plain", "Text", Payload::Text(of(Ty::String))))],
            tag: "Things".to_owned(),
            security: Security::Public,
            ..operation("getPublic", Method::Get, "/public")
        },
        Operation {
            body: Some(body(true, vec![media("application/octet-stream", "Bytes", Payload::Bytes)])),
            responses: vec![ok(media("application/wasm", "Bytes", Payload::Bytes))],
            ..operation("putRaw", Method::Put, "/raw")
        },
        Operation {
            responses: vec![response(101, "SwitchingProtocols", None), error(404, "NotFound")],
            ..operation("getSocket", Method::Get, "/socket")
        },
        things(),
        thing(),
        part(),
        upload(),
    ];
    let closed = Struct { additional: Additional::Closed, ..Struct::default() };
    let upload = TypeDef { kind: Kind::Struct(closed), ..TypeDef::default() };
    Api {
        release: "v0.0.0".to_owned(),
        products: products(),
        operations,
        types: [(TypeId("v1.small.Upload".to_owned()), upload)].into_iter().collect(),
        ..Api::default()
    }
}

/// Groups hold indices into the operations.
fn products() -> Vec<Product> {
    let group = |feature: &str, tag: &str, module: &str, operations: &[usize]| Group {
        feature: feature.to_owned(),
        needs: Vec::new(),
        tag: tag.to_owned(),
        module: module.to_owned(),
        name: tag.replace(' ', ""),
        operations: operations.to_vec(),
    };
    let product = |name: &str, title: &str, groups| Product {
        name: name.to_owned(),
        feature: name.to_owned(),
        title: title.to_owned(),
        servers: Vec::new(),
        groups,
    };
    let odd = group("meshery", "Odd Bodies", "odd_bodies", &[1, 2, 3, 5, 6, 10]);
    vec![
        product("cloud", "Sky", vec![group("cloud", "Things", "things", &[7, 9])]),
        product("meshery", "Mesh", vec![odd, group("meshery", "Things", "things", &[0, 4, 7, 8])]),
    ]
}

fn things() -> Operation {
    let text = |max| Rules { max_length: Some(max), ..Rules::default() };
    let elements = Use { ty: Ty::String, rules: text(5), nullable: false };
    let kinds = Rules { max_items: Some(2), ..Rules::default() };
    Operation {
        products: set(&["cloud", "meshery"]),
        tag: "Things".to_owned(),
        query_params: vec![
            Param { default: Some(0.into()), ..param("page", "page", at_least(0.0)) },
            param("pageSize", "page_size", at_least(1.0)),
            Param {
                explode: true,
                ..param("kind", "kind", Use { rules: kinds, ..of(Ty::Array(Box::new(elements))) })
            },
            param("ids", "ids", of(Ty::Array(Box::new(of(Ty::Uuid))))),
            Param { required: true, ..param("type", "r#type", of(Ty::String)) },
        ],
        header_params: vec![param("X-Trace", "x_trace", Use { rules: text(4), ..of(Ty::String) })],
        cookie_params: vec![param("theme", "theme", of(Ty::String))],
        responses: vec![ok(json(Ty::Object)), error(400, "BadRequest")],
        ..operation("getThings", Method::Get, "/things")
    }
}

fn thing() -> Operation {
    let short = Rules { max_length: Some(3), ..Rules::default() };
    let values = Use { ty: Ty::String, rules: short, nullable: false };
    let headers = vec![
        Param { required: true, ..param("ETag", "etag", of(Ty::String)) },
        param("X-Count", "x_count", of(Ty::Int64)),
    ];
    Operation {
        tag: "Things".to_owned(),
        path_params: vec![Param { required: true, ..param("thingId", "thing_id", of(Ty::Uuid)) }],
        query_params: vec![param("dry", "dry", of(Ty::Boolean))],
        body: Some(body(true, vec![json(Ty::Map(Box::new(values)))])),
        responses: vec![
            Response { headers, ..ok(json(Ty::Object)) },
            response(204, "NoContent", None),
            error(409, "Conflict"),
        ],
        ..operation("putThing", Method::Put, "/things/{thingId}")
    }
}

/// Another path of the same shape begins as `thing`'s, with another name of the parameter.
fn part() -> Operation {
    let path = |wire, name| Param { required: true, ..param(wire, name, of(Ty::String)) };
    Operation {
        products: set(&["cloud"]),
        tag: "Things".to_owned(),
        path_params: vec![path("thing", "thing"), path("part", "part")],
        responses: vec![response(204, "NoContent", None)],
        deprecated: true,
        ..operation("deletePart", Method::Delete, "/things/{thing}/parts/{part}")
    }
}

fn form() -> Operation {
    let members = vec![
        Param { required: true, ..param("name", "name", of(Ty::String)) },
        param("count", "count", at_least(1.0)),
    ];
    let form = media("application/x-www-form-urlencoded", "Form", Payload::Form(members));
    Operation {
        body: Some(body(true, vec![form])),
        responses: vec![response(204, "NoContent", None)],
        ..operation("postForm", Method::Post, "/form")
    }
}

fn alternatives() -> Operation {
    let text = media("text/plain", "Text", Payload::Text(of(Ty::String)));
    Operation {
        body: Some(body(false, vec![json(Ty::Object), text.clone()])),
        responses: vec![Response { content: vec![json(Ty::Object), text], ..ok(json(Ty::Object)) }],
        ..operation("postMany", Method::Post, "/many")
    }
}

fn upload() -> Operation {
    let part = |wire: &str, ty, required, kind| Part {
        field: Field {
            wire: wire.to_owned(),
            name: wire.to_owned(),
            required,
            may_omit: false,
            value: of(ty),
            boxed: false,
            default: None,
            deprecated: false,
            read_only: false,
            write_only: false,
            docs: None,
        },
        kind,
    };
    let parts = vec![
        part("file", Ty::String, true, PartKind::File),
        part("more", Ty::Array(Box::new(of(Ty::String))), false, PartKind::File),
        part("count", Ty::Int64, true, PartKind::Text),
        part("labels", Ty::Array(Box::new(of(Ty::String))), false, PartKind::Text),
        part("extra", Ty::Object, false, PartKind::Json),
    ];
    let described_by = Some(TypeId("v1.small.Upload".to_owned()));
    let multipart =
        Media { described_by, ..media("multipart/form-data", "Multipart", Payload::Multipart(parts)) };
    Operation {
        body: Some(body(true, vec![multipart])),
        responses: vec![response(201, "Created", Some(json(Ty::Int64)))],
        ..operation("postUpload", Method::Post, "/upload")
    }
}

/// An operation of `meshery` alone, protected, with neither parameters nor bodies.
fn operation(id: &str, method: Method, path: &str) -> Operation {
    let mut name = String::new();
    for c in id.chars() {
        if c.is_uppercase() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    let mut type_name = id.to_owned();
    type_name[..1].make_ascii_uppercase();
    Operation {
        id: id.to_owned(),
        name,
        type_name,
        construct: "v1.small".to_owned(),
        products: set(&["meshery"]),
        tag: "Odd Bodies".to_owned(),
        method,
        path: path.to_owned(),
        segments: Vec::new(),
        path_params: Vec::new(),
        query_params: Vec::new(),
        header_params: Vec::new(),
        cookie_params: Vec::new(),
        body: None,
        responses: Vec::new(),
        security: Security::Required(vec![vec![("jwt".to_owned(), Vec::new())]]),
        paging: None,
        deprecated: false,
        docs: None,
    }
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

fn of(ty: Ty) -> Use {
    Use { ty, ..Use::default() }
}

fn at_least(minimum: f64) -> Use {
    Use { rules: Rules { minimum: Some(minimum.into()), ..Rules::default() }, ..of(Ty::Int64) }
}

fn param(wire: &str, name: &str, value: Use) -> Param {
    Param { wire: wire.to_owned(), name: name.to_owned(), required: false, value, ..Param::default() }
}

fn body(required: bool, content: Vec<Media>) -> Body {
    Body { required, content }
}

fn media(media_type: &str, name: &str, payload: Payload) -> Media {
    Media { media_type: media_type.to_owned(), name: name.to_owned(), payload, described_by: None }
}

fn json(ty: Ty) -> Media {
    media("application/json", "Json", Payload::Json(of(ty)))
}

fn response(status: u16, name: &str, content: Option<Media>) -> Response {
    Response {
        status: Status::One(status),
        name: name.to_owned(),
        content: content.into_iter().collect(),
        headers: Vec::new(),
    }
}

fn ok(content: Media) -> Response {
    response(200, "Ok", Some(content))
}

fn error(status: u16, name: &str) -> Response {
    response(status, name, Some(media("text/plain", "Text", Payload::Text(of(Ty::String)))))
}
