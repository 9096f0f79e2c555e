//! What is written is what was read.

use crate::v1::shop::{Counts, Limits, Loose, Members, Order, Shape, Status};
use crate::wire::{self, Nullable, Param as _, Rule, validate};
use crate::{order, strict, with};
use serde::Serialize;
use serde_json::{Value, json};

fn round_trip<T: wire::Decode + Serialize>(value: Value) {
    let read = strict::<T>(&value).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), value);
    assert_eq!(validate(&read), Ok(()));
}

#[test]
fn nothing_is_lost() {
    round_trip::<Order>(order());
    round_trip::<Order>(with(
        order(),
        json!({
            "parent": "9b2f6f2e-6a0e-4f4a-8d7e-2f1c5a3b4c5e", "note": null, "labels": {"a": "b"},
            "partOf": order(), "payload": null, "extra": {"x": [1, 2.5]}, "day": "2026-12-31",
            "blob": "AP8=", "type": "x", "gift": true, "email": "a@b.c", "site": "https://example.com/ä"
                .replace('ä', "%C3%A4"),
        }),
    ));
    round_trip::<Limits>(json!({"small": 1, "share": 0.1, "maybe": [null, 1], "other": {"deep": [null]}}));
    round_trip::<Counts>(json!({"total": 1, "more": 2}));
    round_trip::<Members>(json!({"a": true, "x": {"y": 1}}));
    round_trip::<Shape>(json!({"kind": "square", "side": 1}));
    round_trip::<Loose>(json!("abc"));
}

#[test]
fn members_keep_their_order_and_absent_ones_are_left_out() {
    let mut order = strict::<Order>(&order()).unwrap();
    order.note = Some(Nullable::Null);
    let text = serde_json::to_string(&order).unwrap();
    assert_eq!(
        text,
        concat!(
            r#"{"id":"9b2f6f2e-6a0e-4f4a-8d7e-2f1c5a3b4c5d","createdAt":"2026-03-01T12:30:00.123456789Z","#,
            r#""status":"active","tags":["a"],"parent":null,"note":null}"#
        )
    );
}

#[test]
fn no_member_is_written_twice() {
    let mut counts = Counts { total: Some(1), ..Counts::default() };
    counts.additional.insert("total".into(), 2);
    assert_eq!(serde_json::to_string(&counts).unwrap(), r#"{"total":1}"#);
}

#[test]
fn values_can_be_checked_before_they_are_sent() {
    let mut order = strict::<Order>(&order()).unwrap();
    order.status = "paused".into();
    order.tags.clear();
    let found = validate(&order).unwrap_err();
    let found: Vec<_> = found.iter().map(|v| (v.pointer.as_str(), v.rule)).collect();
    assert_eq!(found, [("/status", Rule::Enum), ("/tags", Rule::MinItems)]);
}

#[test]
fn constructors_ask_for_what_must_be_there() {
    let order = Order::new(
        wire::Uuid::nil(),
        wire::Timestamp::UNIX_EPOCH,
        Status::Active,
        vec!["a".to_owned()],
        Nullable::Null,
    );
    assert_eq!(validate(&order), Ok(()));
    assert_eq!(Shape::from(crate::v1::shop::Circle { kind: "circle".into(), radius: 1 }).clone(), {
        strict::<Shape>(&json!({"kind": "circle", "radius": 1})).unwrap()
    });
}

#[test]
fn parameters_are_strict() {
    assert_eq!(Status::parse("active", &wire::ANY).unwrap().render(), "active");
    assert_eq!(Status::parse("paused", &wire::ANY).unwrap_err().rule, Rule::Enum);
    let ten = wire::rules!(.maximum(10.0, false));
    assert_eq!(i64::parse("10", ten), Ok(10));
    assert_eq!(i64::parse("11", ten).unwrap_err().to_string(), "maximum 10");
    for text in ["", "+1", "1.0", "1e1", " 1", "٣", "0x1"] {
        assert_eq!(i64::parse(text, &wire::ANY).unwrap_err().rule, Rule::Type, "{text}");
    }
    assert_eq!(i32::parse("4294967296", &wire::ANY).unwrap_err().to_string(), "format int32");
    for text in ["", "NaN", "inf", "+1", "1.", ".5", "null", "\"1\""] {
        assert_eq!(f64::parse(text, &wire::ANY).unwrap_err().rule, Rule::Type, "{text}");
    }
    assert_eq!(f64::parse("-1.5e3", &wire::ANY).unwrap().render(), "-1500");
    assert!(bool::parse("True", &wire::ANY).is_err());
    let tags = wire::rules!(.max_items(2).unique_items(true).items(wire::rules!(.min_length(1))));
    assert_eq!(wire::parse_all::<String>(["a", "b"], tags).unwrap(), ["a", "b"]);
    let found = wire::parse_all::<String>(["a", "", "a"], tags).unwrap_err().to_string();
    assert_eq!(found, "/1: minLength 1; maxItems 2; uniqueItems true");
}
