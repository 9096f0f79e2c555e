//! A tolerant reader takes what can be understood, and says where it cannot go on.

use crate::v1::shop::{Limits, Loose, Order, Shape, Status};
use crate::wire::{Bytes, Map, Nullable, Uuid, excerpt};
use crate::{order, strict, tolerant, with};
use serde_json::json;

#[test]
fn what_a_go_server_leaves_out_or_nulls_is_empty() {
    let absent = with(order(), json!({"status": "absent", "tags": "absent"}));
    let null = with(order(), json!({"tags": null, "labels": null, "gift": null, "extra": null, "day": null}));
    let read = tolerant::<Order>(&absent).unwrap();
    assert_eq!(read.status, Status::Unknown(String::new()));
    assert_eq!(read.tags, [""; 0]);
    let read = tolerant::<Order>(&null).unwrap();
    assert_eq!((read.tags.len(), read.labels, read.gift), (0, None, None));
    assert_eq!((read.extra, read.day), (None, None));
}

#[test]
fn three_states_stay_apart() {
    let note = |members| tolerant::<Order>(&with(order(), members)).unwrap().note;
    assert_eq!(note(json!({})), None);
    assert_eq!(note(json!({"note": null})), Some(Nullable::Null));
    assert_eq!(note(json!({"note": "x"})), Some(Nullable::Value("x".into())));
}

#[test]
fn constraints_and_newer_values_pass() {
    let value = with(
        order(),
        json!({
            "status": "paused", "tags": ["far too long", "far too long"], "email": "?",
            "parent": "", "blob": "__8", "newer": [1], "payload": null, "id": "{9b2f6f2e6a0e4f4a8d7e2f1c5a3b4c5d}",
        }),
    );
    let value = with(value, json!({"id": "9b2f6f2e6a0e4f4a8d7e2f1c5a3b4c5d"}));
    let read = tolerant::<Order>(&value).unwrap();
    assert_eq!(read.status, Status::Unknown("paused".into()));
    assert_eq!(read.status.to_string(), "paused");
    assert_eq!(read.parent, Nullable::Value(Uuid::nil()));
    assert_eq!(read.blob, Some(Bytes(vec![255, 255])));
    assert_eq!(read.payload, Some(json!(null)));
    let read = tolerant::<Limits>(&json!({"small": 99, "more": "kept"})).unwrap();
    assert_eq!(read.additional, Map::from_iter([("more".into(), json!("kept"))]));
}

#[test]
fn unions_take_the_variant_that_is_named_or_fits() {
    let newer = json!({"kind": "square", "side": 3, "color": "red"});
    assert!(matches!(tolerant(&newer), Ok(Shape::Square(square)) if square.side == 3));
    assert_eq!(tolerant::<Loose>(&json!("seven")), Ok(Loose::Text("seven".into())));
    assert_eq!(tolerant::<Loose>(&json!(null)).unwrap_err(), ["anyOf"]);
    assert_eq!(tolerant::<Loose>(&json!([1])), Ok(Loose::Unknown(json!([1]))));
    let newer = json!({"kind": "triangle", "sides": [3, 4, 5]});
    assert_eq!(tolerant::<Shape>(&newer), Ok(Shape::Unknown(newer.clone())));
    assert_eq!(serde_json::to_value(Shape::Unknown(newer.clone())).unwrap(), newer);
    assert!(strict::<Shape>(&newer).is_err());
}

#[test]
fn what_cannot_be_understood_says_where() {
    let value = with(order(), json!({"id": "no id", "createdAt": "absent", "tags": ["a", 7]}));
    let mut found = tolerant::<Order>(&value).unwrap_err();
    found.sort();
    assert_eq!(found, ["/createdAt: required", "/id: format uuid", "/tags/1: type string"]);
    let text = value.to_string();
    assert_eq!(excerpt(text.as_bytes(), "/tags").as_deref(), Some(r#"["a",7]"#));
    assert_eq!(excerpt(text.as_bytes(), "/nowhere"), None);
    let long = json!(["ä".repeat(100)]).to_string();
    assert_eq!(excerpt(long.as_bytes(), "/0").unwrap().chars().count(), 81);
}

#[test]
fn serde_reads_as_a_client_does() {
    let read: Vec<Order> = serde_json::from_value(json!([with(order(), json!({"newer": 1}))])).unwrap();
    assert_eq!(read.len(), 1);
    let error = serde_json::from_str::<Order>("{}").unwrap_err().to_string();
    assert!(error.starts_with("/id: required; /createdAt: required"), "{error}");
    assert_eq!(serde_json::from_str::<Status>("\"new\"").unwrap(), Status::Unknown("new".into()));
}
