//! Do builders make what was said, and nothing else?

use super::v1::shop::{Cloudy, Counts, Order, Status};
use meshery_types::wire::{Nullable, Timestamp, Uuid};
use serde_json::json;

#[test]
fn what_is_required_can_be_set_in_any_order_and_again() {
    let at: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
    let order = Order::builder()
        .tags(vec!["first".to_owned()])
        .email("a@example.com")
        .parent(Nullable::Null)
        .status(Status::Active)
        .id(Uuid::nil())
        .created_at(at)
        .tags(vec!["again".to_owned()])
        .note("by value")
        .build();
    assert_eq!(order.tags, ["again"]);
    assert_eq!(order.email.as_deref(), Some("a@example.com"));
    assert_eq!(order.note, Some(Nullable::Value("by value".to_owned())));
    assert_eq!((order.site, order.part_of, order.gift), (None, None, None));
    let inner = Order::builder().id(Uuid::nil()).created_at(at).status(Status::InProgress);
    let inner = inner.tags(Vec::new()).parent(Uuid::nil()).build();
    let outer = Order::builder().id(Uuid::nil()).created_at(at).status(Status::Active).parent(Uuid::nil());
    let outer = outer.tags(Vec::new()).part_of(inner.clone()).build();
    assert_eq!(outer.part_of.as_deref(), Some(&inner));
}

#[test]
fn members_that_are_not_named_are_added() {
    let cloudy = Cloudy::builder().additional("named").additional_members("more", 1).build();
    assert_eq!(serde_json::to_value(&cloudy).unwrap(), json!({"additional": "named", "more": 1}));
    let counts = Counts::builder().total(2).additional("a", 1).additional("b", 1).build();
    assert_eq!(serde_json::to_value(&counts).unwrap(), json!({"total": 2, "a": 1, "b": 1}));
    assert_eq!(serde_json::to_value(Counts::builder().build()).unwrap(), json!({}));
}
