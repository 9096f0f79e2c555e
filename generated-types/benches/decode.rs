//! What it costs to decode and to validate in one pass, beside decoding alone and beside a schema
//! that is interpreted.
//!
//! `cargo bench -p meshery-types --bench decode`. The figures to look at are ratios within a run:
//! `strict` to `derive` (at most 1.25), `interpreted` to `strict` (at least 5).

#![allow(clippy::unwrap_used)]

use divan::Bencher;
use meshery_types::wire::{self, Options};
use serde_json::{Value, json};

#[rustfmt::skip]
#[path = "../tests/golden/generated/v1/mod.rs"]
#[allow(dead_code, unreachable_pub)]
mod v1;

fn main() {
    divan::main();
}

/// The same as `v1::shop::Order`, as serde's derive has it: nothing is validated, all the same
/// types are made.
mod derived {
    use meshery_types::wire::{Date, Timestamp, Uuid, Value};
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    #[allow(dead_code)]
    pub(crate) struct Order {
        id: Uuid,
        created_at: Timestamp,
        status: Status,
        tags: Vec<String>,
        parent: Option<Uuid>,
        email: Option<String>,
        site: Option<String>,
        labels: Option<BTreeMap<String, String>>,
        note: Option<String>,
        part_of: Option<Box<Order>>,
        payload: Option<Value>,
        extra: Option<serde_json::Map<String, Value>>,
        day: Option<Date>,
        blob: Option<String>,
        r#type: Option<String>,
        gift: Option<bool>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub(crate) enum Status {
        Active,
        InProgress,
    }
}

/// Its schema.
fn schema() -> Value {
    let text = |min, max| json!({"type": "string", "minLength": min, "maxLength": max});
    let format = |format| json!({"type": "string", "format": format});
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": false,
        "required": ["id", "createdAt", "status", "tags", "parent"],
        "properties": {
            "id": format("uuid"),
            "createdAt": format("date-time"),
            "status": {"type": "string", "enum": ["active", "in-progress"]},
            "tags": {"type": "array", "minItems": 1, "maxItems": 3, "uniqueItems": true, "items": text(1, 5)},
            "parent": {"anyOf": [format("uuid"), {"type": "null"}]},
            "email": format("email"),
            "site": format("uri"),
            "labels": {"type": "object", "maxProperties": 2, "additionalProperties": text(0, 63)},
            "note": {"type": ["string", "null"]},
            "partOf": {"$ref": "#"},
            "payload": {},
            "extra": {"type": "object"},
            "day": format("date"),
            "blob": {"type": "string"},
            "type": {"type": "string"},
            "gift": {"type": "boolean"},
        },
    })
}

fn order() -> Value {
    json!({
        "id": "9b2f6f2e-6a0e-4f4a-8d7e-2f1c5a3b4c5d",
        "createdAt": "2026-03-01T12:30:00.123456789Z",
        "status": "in-progress",
        "tags": ["one", "two", "three"],
        "parent": "9b2f6f2e-6a0e-4f4a-8d7e-2f1c5a3b4c5e",
        "email": "someone@example.com",
        "site": "https://example.com/shop/orders?page=1",
        "labels": {"region": "north", "team": "blue"},
        "note": "Leave it with the neighbours, please: they are at home all day.",
        "day": "2026-03-04",
        "type": "parcel",
        "gift": true,
    })
}

fn one() -> Vec<u8> {
    let mut order = order();
    order["partOf"] = self::order();
    order.to_string().into_bytes()
}

fn many() -> Vec<u8> {
    Value::Array(vec![order(); 200]).to_string().into_bytes()
}

#[divan::bench_group]
mod order_in_order {
    use super::*;

    #[divan::bench]
    fn derive(bencher: Bencher<'_, '_>) {
        let body = one();
        bencher.bench(|| serde_json::from_slice::<derived::Order>(&body).unwrap());
    }

    #[divan::bench]
    fn strict(bencher: Bencher<'_, '_>) {
        let body = one();
        bencher.bench(|| wire::from_slice::<v1::shop::Order>(&body, &wire::ANY, &Options::STRICT).unwrap());
    }

    #[divan::bench]
    fn tolerant(bencher: Bencher<'_, '_>) {
        let body = one();
        bencher.bench(|| wire::from_slice::<v1::shop::Order>(&body, &wire::ANY, &Options::TOLERANT).unwrap());
    }

    #[divan::bench]
    fn interpreted(bencher: Bencher<'_, '_>) {
        let body = one();
        let schema = jsonschema::options().should_validate_formats(true).build(&schema()).unwrap();
        bencher.bench(|| {
            let value: Value = serde_json::from_slice(&body).unwrap();
            assert!(schema.iter_errors(&value).next().is_none());
            serde_json::from_value::<derived::Order>(value).unwrap()
        });
    }
}

#[divan::bench_group]
mod two_hundred_orders {
    use super::*;

    #[divan::bench]
    fn derive(bencher: Bencher<'_, '_>) {
        let body = many();
        bencher.bench(|| serde_json::from_slice::<Vec<derived::Order>>(&body).unwrap());
    }

    #[divan::bench]
    fn strict(bencher: Bencher<'_, '_>) {
        let body = many();
        bencher
            .bench(|| wire::from_slice::<Vec<v1::shop::Order>>(&body, &wire::ANY, &Options::STRICT).unwrap());
    }

    #[divan::bench]
    fn tolerant(bencher: Bencher<'_, '_>) {
        let body = many();
        bencher.bench(|| {
            wire::from_slice::<Vec<v1::shop::Order>>(&body, &wire::ANY, &Options::TOLERANT).unwrap()
        });
    }
}
