use super::*;
use crate::ir::Param;
use crate::ir::{Additional, Enum, EnumVariant, Field, Presence, Struct, TypeDef, Union, UnionVariant};

fn id(name: &str) -> TypeId {
    TypeId(format!("v1.zoo.{name}"))
}

fn named(name: &str) -> Use {
    plain(Ty::Named(id(name)))
}

fn ruled(ty: Ty, rules: Rules) -> Use {
    Use { ty, rules, nullable: false }
}

fn string(min: u64, max: u64) -> Use {
    ruled(Ty::String, Rules { min_length: Some(min), max_length: Some(max), ..Rules::default() })
}

fn field(wire: &str, required: bool, value: Use) -> Field {
    Field {
        wire: wire.into(),
        name: wire.into(),
        required,
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

fn define(api: &mut Api, name: &str, kind: Kind) {
    let module = vec!["v1".into(), "zoo".into()];
    let definition = TypeDef { module, name: name.into(), kind, ..TypeDef::default() };
    api.types.insert(id(name), definition);
}

fn closed(fields: Vec<Field>) -> Struct {
    Struct { fields, additional: Additional::Closed, ..Struct::default() }
}

/// An animal with a rule of every kind.
fn zoo() -> Api {
    let mut api = Api::default();
    let species = ["lynx", "owl"].map(|w| EnumVariant { wire: w.into(), name: w.into() });
    define(&mut api, "Species", Kind::Enum(Enum { variants: species.into() }));
    let tag = Rules { pattern: Some("^[a-z]+-[0-9]{2}$".into()), max_length: Some(12), ..Rules::default() };
    define(&mut api, "Tag", Kind::Alias(ruled(Ty::String, tag)));
    let age = Rules {
        minimum: Some(0.0.into()),
        maximum: Some(90.0.into()),
        exclusive_maximum: true,
        ..Rules::default()
    };
    let weight = Rules { minimum: Some(0.0.into()), multiple_of: Some(0.5.into()), ..Rules::default() };
    let tags = Rules { min_items: Some(1), max_items: Some(3), unique_items: true, ..Rules::default() };
    let notes = Rules { max_properties: Some(2), ..Rules::default() };
    let mail = Rules { format: Some("email".into()), ..Rules::default() };
    let mut animal = closed(vec![
        field("name", true, string(2, 5)),
        field("species", true, named("Species")),
        field("age", false, ruled(Ty::Int32, age)),
        field("weight", false, ruled(Ty::Number, weight)),
        field("tags", true, ruled(Ty::Array(Box::new(named("Tag"))), tags)),
        field("notes", false, ruled(Ty::Map(Box::new(plain(Ty::Boolean))), notes)),
        field("keeper", false, ruled(Ty::String, mail)),
        field("id", false, plain(Ty::Uuid)),
        field("born", false, plain(Ty::DateTime)),
        field("diet", false, named("Diet")),
        field("parent", false, named("Animal")),
        field("left", false, Use { nullable: true, ..plain(Ty::Date) }),
    ]);
    animal.presence = vec![Presence::OneOf(vec![vec!["id".into()], vec!["keeper".into()]])];
    define(&mut api, "Animal", Kind::Struct(animal));
    let meat = closed(vec![field("kilos", true, plain(Ty::Int64))]);
    define(&mut api, "Meat", Kind::Struct(meat));
    let seeds = Struct { fields: vec![field("sort", true, string(1, 9))], ..Struct::default() };
    define(&mut api, "Seeds", Kind::Struct(seeds));
    let variants = ["Meat", "Seeds"].map(|v| UnionVariant { name: v.into(), value: named(v), boxed: false });
    let diet = Union { exclusive: true, discriminator: None, variants: variants.into(), order: vec![0, 1] };
    define(&mut api, "Diet", Kind::Union(diet));
    let endless = closed(vec![field("again", true, named("Endless"))]);
    define(&mut api, "Endless", Kind::Struct(endless));
    api
}

#[test]
fn every_style_gives_values_without_violations() {
    let api = zoo();
    for seed in 0..200 {
        let mut sampler = Sampler::new(&api, seed);
        for style in [Style::Minimal, Style::Maximal, Style::Random] {
            let animal = sampler.valid_type(&id("Animal"), style).unwrap();
            let name = animal["name"].as_str().unwrap().chars().count();
            assert!((2..=5).contains(&name), "{animal}");
            assert!((1..=3).contains(&animal["tags"].as_array().unwrap().len()), "{animal}");
            assert_ne!(animal.get("id").is_some(), animal.get("keeper").is_some(), "{animal}");
        }
        assert!(sampler.unsatisfied().is_empty());
    }
}

#[test]
fn minimal_and_maximal_values_lie_on_the_bounds() {
    let api = zoo();
    let mut sampler = Sampler::new(&api, 1);
    let least = sampler.valid_type(&id("Animal"), Style::Minimal).unwrap();
    assert_eq!(least["name"].as_str().unwrap().chars().count(), 2);
    assert_eq!(least["tags"].as_array().unwrap().len(), 1);
    assert!(least.get("age").is_none());
    let most = sampler.valid_type(&id("Animal"), Style::Maximal).unwrap();
    assert_eq!(most["name"].as_str().unwrap().chars().count(), 5);
    assert_eq!(most["tags"].as_array().unwrap().len(), 3);
    assert_eq!(most["tags"][0].as_str().unwrap().len(), 12);
    assert_eq!(most["age"], 89);
    assert!(most["parent"].get("age").is_none(), "a recursion goes on with as little as it can");
}

#[test]
fn the_same_seed_draws_the_same_values() {
    let api = zoo();
    let draw = |seed| {
        let mut sampler = Sampler::new(&api, seed);
        let values: Vec<_> =
            (0..20).map(|_| sampler.valid_type(&id("Animal"), Style::Random).unwrap()).collect();
        values
    };
    assert_eq!(draw(7), draw(7));
    assert_ne!(draw(7), draw(8));
}

#[test]
fn every_constraint_is_broken_where_it_stands() {
    let api = zoo();
    let broken = Sampler::new(&api, 3).broken(&named("Animal"));
    let found: BTreeSet<(String, &str)> = broken
        .iter()
        .inspect(|b| assert!(violations(&api, &named("Animal"), &b.value).contains(&b.violation)))
        .map(|b| (b.violation.pointer.clone(), b.violation.rule))
        .collect();
    let expected = [
        ("", "type"),
        ("", "oneOf"),
        ("/not a member", "additionalProperties"),
        ("/name", "required"),
        ("/name", "type"),
        ("/name", "minLength"),
        ("/name", "maxLength"),
        ("/species", "enum"),
        ("/age", "minimum"),
        ("/age", "exclusiveMaximum"),
        ("/age", "type"),
        ("/weight", "minimum"),
        ("/weight", "multipleOf"),
        ("/tags", "minItems"),
        ("/tags", "maxItems"),
        ("/tags", "uniqueItems"),
        ("/tags/0", "pattern"),
        ("/tags/0", "maxLength"),
        ("/notes", "maxProperties"),
        ("/notes/key0", "type"),
        ("/born", "format"),
        ("/left", "format"),
        ("/diet", "oneOf"),
    ];
    for (pointer, rule) in expected {
        let same = |(p, r): &(String, &str)| *r == rule && (p == pointer || rule == "format");
        assert!(found.iter().any(same), "{pointer} {rule} is missing from {found:#?}");
    }
    assert!(found.iter().any(|(pointer, _)| pointer == "/keeper" || pointer == "/id"));
}

#[test]
fn schemas_without_values_are_said_to_be_so() {
    let api = zoo();
    let mut sampler = Sampler::new(&api, 1);
    assert_eq!(sampler.valid_type(&id("Endless"), Style::Maximal), Err(Unsatisfiable));
    assert_eq!(sampler.valid(&string(3, 2), Style::Random), Err(Unsatisfiable));
    let none = Rules { minimum: Some(0.2.into()), maximum: Some(0.8.into()), ..Rules::default() };
    assert_eq!(sampler.valid(&ruled(Ty::Int64, none), Style::Minimal), Err(Unsatisfiable));
    let mut api = zoo();
    let holder = closed(vec![field("endless", false, named("Endless"))]);
    define(&mut api, "Holder", Kind::Struct(holder));
    let mut sampler = Sampler::new(&api, 1);
    assert_eq!(sampler.valid_type(&id("Holder"), Style::Maximal), Ok(json!({})));
    assert_eq!(sampler.unsatisfied().iter().next().unwrap(), "v1.zoo.Holder#/endless");
}

#[test]
fn arguments_fit_their_carrier() {
    let api = zoo();
    let param = |value| Param {
        wire: "p".into(),
        name: "p".into(),
        required: true,
        value,
        explode: true,
        writing: crate::ir::Writing::Plain,
        default: None,
        deprecated: false,
        docs: None,
    };
    for seed in 0..100 {
        let mut sampler = Sampler::new(&api, seed);
        let text = param(string(0, 9));
        let segment = sampler.argument(&text, Carrier::Path, Style::Random).unwrap().unwrap();
        assert!(!["", ".", ".."].contains(&segment.as_str().unwrap()));
        let header = sampler.argument(&text, Carrier::Header, Style::Random).unwrap().unwrap();
        assert!(header.as_str().unwrap().is_ascii());
    }
    let rules = Rules { minimum: Some(1.0.into()), ..Rules::default() };
    let broken = Sampler::new(&api, 1).broken_argument(&param(ruled(Ty::Int64, rules)), Carrier::Query);
    let found: BTreeSet<_> = broken.iter().map(|b| (b.texts.clone(), b.violation.rule)).collect();
    let expected = [(vec![], "required"), (vec!["0".into()], "minimum"), (vec!["1.5".into()], "type")];
    assert_eq!(found, expected.into());
}

#[test]
fn patterns_are_met_whatever_they_are_anchored_to() {
    let api = zoo();
    for pattern in ["^[0-9]+$", "a/b", "^(x|[a-z]{3})\\b", "^[0-9.]+$", "colou?r", "^$", "^.{3}$"] {
        let rules = Rules { pattern: Some(pattern.into()), ..Rules::default() };
        let mut sampler = Sampler::new(&api, 5);
        for _ in 0..20 {
            let text = sampler.valid(&ruled(Ty::String, rules.clone()), Style::Random);
            assert!(text.is_ok(), "{pattern} has no value");
        }
    }
}
