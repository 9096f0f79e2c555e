//! A strict reader finds every rule that is broken, all of them at once, and nothing else.

use crate::v1::shop::{Counts, Empty, Limits, Loose, Members, Order, Shape, Status};
use crate::wire::{self, Decode, Nullable, Options};
use crate::{order, strict, with};
use serde_json::{Value, json};

/// Each of the values is read; each of the broken ones has exactly the violations beside it.
fn judge<T: Decode>(base: &Value, good: &[Value], bad: &[(Value, &[&str])]) {
    for members in good {
        let value = with(base.clone(), members.clone());
        if let Err(found) = strict::<T>(&value) {
            panic!("{value}: {found:?}");
        }
    }
    for (members, expected) in bad {
        let value = with(base.clone(), members.clone());
        match strict::<T>(&value) {
            Err(mut found) => {
                // Members come in the order of the map, which serde_json's features decide.
                let mut expected = expected.to_vec();
                expected.sort_unstable();
                found.sort_unstable();
                assert_eq!(found, expected, "{value}");
            }
            Ok(_) => panic!("{value} is read, and should not be"),
        }
    }
}

#[test]
fn types_and_formats() {
    let good = [
        json!({}),
        json!({"parent": "9B2F6F2E-6A0E-4F4A-8D7E-2F1C5A3B4C5D"}),
        json!({"createdAt": "2024-02-29t23:59:60z", "day": "2024-02-29"}),
        json!({"createdAt": "2024-02-29T23:59:59.1234567890123+05:30"}),
        json!({"email": "a.b+c@example.com", "site": "urn:x:y"}),
        json!({"note": null}),
        json!({"note": "", "payload": null, "extra": {"a": [1]}, "blob": "AP8=", "gift": false}),
    ];
    let bad: [(Value, &[&str]); 22] = [
        (json!({"id": 1}), &["/id: type string"]),
        (json!({"id": "9b2f6f2e6a0e4f4a8d7e2f1c5a3b4c5d"}), &["/id: format uuid"]),
        (json!({"createdAt": "2026-03-01 12:30:00Z"}), &["/createdAt: format date-time"]),
        (json!({"createdAt": "2026-03-01T12:30:00"}), &["/createdAt: format date-time"]),
        (json!({"createdAt": "2026-03-01T12:30:60Z"}), &["/createdAt: format date-time"]),
        (json!({"createdAt": "2026-03-01T12:30:00.Z"}), &["/createdAt: format date-time"]),
        (json!({"createdAt": "2026-03-01T12:30:00+24:00"}), &["/createdAt: format date-time"]),
        (json!({"day": "2023-02-29"}), &["/day: format date"]),
        (json!({"day": "20230228"}), &["/day: format date"]),
        (json!({"email": "nobody"}), &["/email: format email"]),
        (json!({"email": "a@-b.c"}), &["/email: format email"]),
        (json!({"site": "/relative"}), &["/site: format uri"]),
        (json!({"site": "http://a b"}), &["/site: format uri"]),
        (json!({"blob": "AP8"}), &["/blob: format byte"]),
        (json!({"blob": "A_8="}), &["/blob: format byte"]),
        (json!({"gift": "yes"}), &["/gift: type boolean"]),
        (json!({"gift": null}), &["/gift: type boolean"]),
        (json!({"extra": []}), &["/extra: type object"]),
        (json!({"tags": {"a": 1}}), &["/tags: type array"]),
        (json!({"note": {"deep": [[1]]}}), &["/note: type string"]),
        (json!({"partOf": [1]}), &["/partOf: type object"]),
        (json!({"status": "gone"}), &["/status: enum active, in-progress"]),
    ];
    judge::<Order>(&order(), &good, &bad);
}

#[test]
fn members_that_must_or_may_not_be_there() {
    let bad: [(Value, &[&str]); 4] = [
        (json!({"id": "absent", "status": "absent"}), &["/id: required", "/status: required"]),
        (json!({"no/such~": 1}), &["/no~1such~0: additionalProperties"]),
        (
            json!({"partOf": {}}),
            &[
                "/partOf/id: required",
                "/partOf/createdAt: required",
                "/partOf/status: required",
                "/partOf/tags: required",
                "/partOf/parent: required",
            ],
        ),
        (
            json!({"partOf": with(order(), json!({"id": "x", "tags": [7]})), "gift": 1}),
            &["/gift: type boolean", "/partOf/id: format uuid", "/partOf/tags/0: type string"],
        ),
    ];
    judge::<Order>(&order(), &[json!({"partOf": order()})], &bad);
    judge::<Empty>(&json!({}), &[json!({})], &[(json!({"a": 1}), &["/a: additionalProperties"])]);
}

#[test]
fn unknown_members_pass_where_that_is_asked() {
    let options = Options { reject_unknown_members: false, ..Options::STRICT };
    let value = with(order(), json!({"surprise": 1}));
    assert!(crate::read::<Order>(&value, &options).is_ok());
}

#[test]
fn arrays_and_maps() {
    let good = [
        json!({"tags": ["ä€𝄞xy"]}),
        json!({"labels": {}}),
        json!({"labels": {"a": "", "b": "x".repeat(63)}}),
    ];
    let bad: [(Value, &[&str]); 6] = [
        (json!({"tags": []}), &["/tags: minItems 1"]),
        (json!({"tags": ["a", "b", "c", "d"]}), &["/tags: maxItems 3"]),
        (json!({"tags": ["a", "a"]}), &["/tags: uniqueItems true"]),
        (json!({"tags": ["", "ok", "äääääx"]}), &["/tags/0: minLength 1", "/tags/2: maxLength 5"]),
        (json!({"labels": {"a": "", "b": "", "c": ""}}), &["/labels: maxProperties 2"]),
        (json!({"labels": {"a/b": "x".repeat(64)}}), &["/labels/a~1b: maxLength 63"]),
    ];
    judge::<Order>(&order(), &good, &bad);
}

#[test]
fn numbers() {
    let good = [
        json!({"small": -1, "large": 10, "share": 0.5, "price": 0.03}),
        json!({"small": 10.0, "large": -0.0, "share": 1e-300, "price": 5}),
        json!({"large": 1e18, "maybe": [null, 1], "matrix": [[], [0, 9]]}),
    ];
    let bad: [(Value, &[&str]); 14] = [
        (json!({"small": -2}), &["/small: minimum -1"]),
        (json!({"small": 11}), &["/small: maximum 10"]),
        (json!({"small": 1.5}), &["/small: type integer"]),
        (json!({"small": 2_147_483_648_u64}), &["/small: format int32"]),
        (json!({"large": 7}), &["/large: multipleOf 5"]),
        (json!({"large": u64::MAX}), &["/large: format int64"]),
        (json!({"large": 1e300}), &["/large: format int64"]),
        (json!({"large": "5"}), &["/large: type integer"]),
        (json!({"share": 0}), &["/share: exclusiveMinimum 0"]),
        (json!({"share": 1.0}), &["/share: exclusiveMaximum 1"]),
        (json!({"share": true}), &["/share: type number"]),
        (json!({"price": 0.035}), &["/price: multipleOf 0.01"]),
        (json!({"matrix": [[0], [1, 10]]}), &["/matrix/1/1: maximum 9"]),
        (json!({"matrix": [null], "maybe": ["x"]}), &["/matrix/0: type array", "/maybe/0: type integer"]),
    ];
    judge::<Limits>(&json!({}), &good, &bad);
}

#[test]
fn patterns_and_alternatives() {
    let uuid = "9b2f6f2e-6a0e-4f4a-8d7e-2f1c5a3b4c5d";
    let good = [
        json!({"slug": "a-1", "any": "none", "either": "short"}),
        json!({"any": "slug-like", "unknown": {"kept": true}}),
    ];
    let bad: [(Value, &[&str]); 4] = [
        (json!({"slug": "A"}), &["/slug: pattern ^[a-z][a-z0-9-]*$"]),
        (json!({"slug": "a\n"}), &["/slug: pattern ^[a-z][a-z0-9-]*$"]),
        (json!({"either": uuid}), &["/either: oneOf"]),
        (json!({"any": "NOT"}), &["/any: anyOf"]),
    ];
    judge::<Limits>(&json!({}), &good, &bad);
}

#[test]
fn which_members_go_together() {
    let good = [json!({"a": true, "c": true}), json!({"b": false, "c": true}), json!({"a": true, "x": 1})];
    let bad: [(Value, &[&str]); 5] = [
        (json!({}), &["anyOf", "oneOf", "minProperties 1"]),
        (json!({"a": true, "b": true, "c": true}), &["not"]),
        (json!({"a": true, "x": 1, "c": true}), &["oneOf"]),
        (json!({"c": true}), &["anyOf"]),
        (json!({"b": true, "c": true, "y": 1, "z": 1}), &["maxProperties 3"]),
    ];
    judge::<Members>(&json!({}), &good, &bad);
}

#[test]
fn members_without_a_name_have_a_type() {
    judge::<Counts>(
        &json!({}),
        &[json!({"total": -1, "more": 0})],
        &[(json!({"more": -1, "other": "x"}), &["/more: minimum 0", "/other: type integer"])],
    );
}

#[test]
fn unions() {
    let circle = json!({"kind": "circle", "radius": 2});
    assert!(matches!(strict(&circle), Ok(Shape::Circle(circle)) if circle.radius == 2));
    assert!(matches!(strict(&json!({"kind": "square", "side": 2})), Ok(Shape::Square(_))));
    // The discriminator is a hint for people: the schemas themselves decide.
    assert!(matches!(strict(&json!({"kind": "circle", "side": 2})), Ok(Shape::Square(_))));
    let found = strict::<Shape>(&json!({"kind": "circle", "radius": "two"})).unwrap_err();
    assert_eq!(found, ["/radius: type integer"]);
    assert_eq!(strict::<Shape>(&json!({"kind": "cube"})).unwrap_err(), ["oneOf"]);
    assert_eq!(strict::<Shape>(&json!(7)).unwrap_err(), ["oneOf"]);
    assert_eq!(strict::<Loose>(&json!(7)), Ok(Loose::Number(7)));
    assert_eq!(strict::<Loose>(&json!("seven")).unwrap_err(), ["anyOf"]);
}

#[test]
fn rules_of_a_whole_document() {
    let rules = wire::rules!(.min_items(1).items(wire::rules!(.maximum(3.0, false))));
    let read = |text: &str| wire::from_slice::<Vec<Nullable<i64>>>(text.as_bytes(), rules, &Options::STRICT);
    assert_eq!(read("[1, null]").unwrap(), [Nullable::Value(1), Nullable::Null]);
    assert_eq!(read("[]").unwrap_err().to_string(), "minItems 1");
    assert_eq!(read("[0, 9]").unwrap_err().to_string(), "/1: maximum 3");
    assert_eq!(strict::<Status>(&json!("in-progress")), Ok(Status::InProgress));
}
