//! A small API of every kind of type: what is emitted for it stands in the tests of
//! `meshery-types`, where it is compiled and exercised (`cargo test -p meshery-types --test golden`).
//!
//! `BLESS=1 cargo test -p meshery-generator --test suite golden_types` writes it anew.

use meshery_generator::emit::types;
use meshery_generator::ir::{
    Additional, Api, Discriminator, Enum, EnumVariant, Field, Kind, Presence, Product, Rules, Struct, Ty,
    TypeDef, TypeId, Union, UnionVariant, Use,
};
use serde_json::json;
use std::path::Path;

fn product(name: &str) -> Product {
    Product { name: name.into(), title: name.into(), ..Product::default() }
}

fn plain(ty: Ty) -> Use {
    Use { ty, ..Use::default() }
}

fn ruled(ty: Ty, rules: Rules) -> Use {
    Use { ty, rules, nullable: false }
}

fn nullable(ty: Ty) -> Use {
    Use { ty, nullable: true, ..Use::default() }
}

fn named(name: &str) -> Ty {
    Ty::Named(TypeId(format!("v1.shop.{name}")))
}

fn array(items: Use) -> Ty {
    Ty::Array(Box::new(items))
}

fn field(wire: &str, value: Use) -> Field {
    let name = wire.replace("At", "_at").replace("Of", "_of");
    Field {
        wire: wire.into(),
        name: if wire == "type" { "r#type".into() } else { name },
        required: false,
        may_omit: false,
        value,
        boxed: false,
        default: None,
        deprecated: false,
        read_only: false,
        write_only: false,
        docs: None,
    }
}

fn required(wire: &str, value: Use) -> Field {
    Field { required: true, ..field(wire, value) }
}

fn structure(fields: Vec<Field>, additional: Additional) -> Kind {
    Kind::Struct(Struct { fields, additional, ..Struct::default() })
}

fn def(name: &str, kind: Kind) -> (TypeId, TypeDef) {
    let def = TypeDef {
        module: vec!["v1".into(), "shop".into()],
        name: name.into(),
        products: ["meshery", "cloud"].map(String::from).into(),
        eq: true,
        kind,
        ..TypeDef::default()
    };
    (TypeId(format!("v1.shop.{name}")), def)
}

fn text(min: u64, max: u64) -> Rules {
    Rules { min_length: Some(min), max_length: Some(max), ..Rules::default() }
}

fn format(format: &str) -> Rules {
    Rules { format: Some(format.into()), ..Rules::default() }
}

fn order() -> Kind {
    let tags = Rules { min_items: Some(1), max_items: Some(3), unique_items: true, ..Rules::default() };
    structure(
        vec![
            required("id", plain(Ty::Uuid)),
            required("createdAt", plain(Ty::DateTime)),
            Field { may_omit: true, ..required("status", plain(named("Status"))) },
            required("tags", ruled(array(ruled(Ty::String, text(1, 5))), tags)),
            required("parent", nullable(Ty::Uuid)),
            field("email", ruled(Ty::String, format("email"))),
            field("site", ruled(Ty::String, format("uri"))),
            field("labels", plain(named("Labels"))),
            Field {
                docs: Some("See [note] at https://example.com/x.".into()),
                ..field("note", nullable(Ty::String))
            },
            Field { boxed: true, ..field("partOf", plain(named("Order"))) },
            field("payload", plain(Ty::Json)),
            field("extra", plain(Ty::Object)),
            field("day", plain(Ty::Date)),
            field("blob", plain(Ty::Base64)),
            Field { default: Some(json!("none")), deprecated: true, ..field("type", plain(Ty::String)) },
            field("gift", plain(Ty::Boolean)),
        ],
        Additional::Closed,
    )
}

fn limits() -> Kind {
    let bounds = |min: f64, max: f64| Rules {
        minimum: Some(min.into()),
        maximum: Some(max.into()),
        ..Rules::default()
    };
    let open = Rules {
        minimum: Some(0.0.into()),
        exclusive_minimum: true,
        maximum: Some(1.0.into()),
        exclusive_maximum: true,
        ..Rules::default()
    };
    let slug = Rules { pattern: Some("^[a-z][a-z0-9-]*$".into()), ..Rules::default() };
    let choice = |list: [&str; 2]| Rules { one_of: list.map(String::from).into(), ..Rules::default() };
    let either = Rules { exactly_one: vec![format("uuid"), text(0, 36)], ..Rules::default() };
    let any = Rules { at_least_one: vec![choice(["any", "none"]), slug.clone()], ..Rules::default() };
    structure(
        vec![
            field("small", ruled(Ty::Int32, bounds(-1.0, 10.0))),
            field("large", ruled(Ty::Int64, Rules { multiple_of: Some(5.0.into()), ..Rules::default() })),
            field("share", ruled(Ty::Number, open)),
            field("price", ruled(Ty::Number, Rules { multiple_of: Some(0.01.into()), ..Rules::default() })),
            field("slug", ruled(Ty::String, slug)),
            field("either", ruled(Ty::String, either)),
            field("any", ruled(Ty::String, any)),
            field("matrix", plain(array(plain(array(ruled(Ty::Int64, bounds(0.0, 9.0))))))),
            field("maybe", plain(array(nullable(Ty::Int64)))),
        ],
        Additional::Open,
    )
}

fn members() -> Kind {
    let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    Kind::Struct(Struct {
        fields: ["a", "b", "c"].map(|name| field(name, plain(Ty::Boolean))).into(),
        additional: Additional::Open,
        min_properties: Some(1),
        max_properties: Some(3),
        presence: vec![
            Presence::NotAll(names(&["a", "b"])),
            Presence::AnyOf(vec![names(&["a"]), names(&["b"]), names(&["x"])]),
            Presence::OneOf(vec![names(&["c"]), names(&["a", "x"])]),
        ],
    })
}

fn union(exclusive: bool, variants: Vec<(&str, Use)>, discriminator: Option<Discriminator>) -> Kind {
    let order = (0..variants.len()).collect();
    let variants =
        variants.into_iter().map(|(name, value)| UnionVariant { name: name.into(), value, boxed: false });
    Kind::Union(Union { exclusive, discriminator, variants: variants.collect(), order })
}

fn api() -> Api {
    let labels = Ty::Map(Box::new(ruled(Ty::String, text(0, 63))));
    let labels = ruled(labels, Rules { max_properties: Some(2), ..Rules::default() });
    let variants = [("active", "Active"), ("in-progress", "InProgress")];
    let variants = variants.map(|(wire, name)| EnumVariant { wire: wire.into(), name: name.into() });
    let shape = |extra: &str| {
        structure(
            vec![required("kind", plain(Ty::String)), required(extra, plain(Ty::Int64))],
            Additional::Closed,
        )
    };
    let discriminator = Discriminator {
        property: "kind".into(),
        mapping: [("circle".into(), 0), ("square".into(), 1)].into(),
    };
    let shapes = vec![("Circle", plain(named("Circle"))), ("Square", plain(named("Square")))];
    let scalars = vec![("Text", ruled(Ty::String, text(2, 4))), ("Number", plain(Ty::Int64))];
    let typed = Additional::Typed(Box::new(ruled(
        Ty::Int64,
        Rules { minimum: Some(0.0.into()), ..Rules::default() },
    )));
    let mut types = vec![
        def("Circle", shape("radius")),
        def("Cloudy", structure(vec![field("additional", plain(Ty::String))], Additional::Open)),
        def("Counts", structure(vec![field("total", plain(Ty::Int64))], typed)),
        def("Empty", structure(vec![], Additional::Closed)),
        def("Labels", Kind::Alias(labels)),
        def("Limits", limits()),
        def("Loose", union(false, scalars, None)),
        def("Members", members()),
        def("Order", order()),
        def("Shape", union(true, shapes, Some(discriminator))),
        def("Square", shape("side")),
        def("Status", Kind::Enum(Enum { variants: variants.into() })),
    ];
    for (id, def) in &mut types {
        def.eq = id.0 != "v1.shop.Limits";
        def.default =
            ["v1.shop.Limits", "v1.shop.Members", "v1.shop.Empty", "v1.shop.Counts", "v1.shop.Cloudy"]
                .contains(&id.0.as_str());
        def.usage.body = ["Cloudy", "Counts", "Order"].contains(&def.name.as_str());
        if def.name == "Cloudy" {
            def.products.remove("meshery");
        }
    }
    Api {
        release: "v0.0.0".into(),
        digest: String::new(),
        products: vec![product("meshery"), product("cloud")],
        types: types.into_iter().collect(),
        operations: vec![],
        ..Api::default()
    }
}

#[test]
fn every_kind_of_type_is_emitted_as_the_golden_has_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated-types/tests/golden/generated");
    let files = types::emit(&api()).unwrap();
    assert_eq!(
        files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(),
        ["mod.rs", "v1/mod.rs", "v1/shop.rs"]
    );
    for file in &files {
        let path = folder.join(&file.path);
        if std::env::var_os("BLESS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &file.text).unwrap();
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(golden == file.text, "{} is not what is emitted: see the head of this test", file.path);
    }
    assert_eq!(types::emit(&api()).unwrap(), files);
}
