//! The rules of single values, judged as `jsonschema` judges them, on values close to the border.
//!
//! The schemas of the contract are held against the same oracle in `meshery-evidence`.

#![allow(clippy::unwrap_used, clippy::panic)]

use jsonschema::Validator;
use meshery_types::wire::{self, Decode, Format, Options, Rules, Value};
use proptest::prelude::*;
use serde_json::json;
use std::sync::LazyLock;

fn oracle(schema: &Value) -> Validator {
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(schema)
        .unwrap()
}

fn verdict<T: Decode>(value: &Value, rules: &'static Rules) -> bool {
    wire::from_slice::<T>(value.to_string().as_bytes(), rules, &Options::STRICT).is_ok()
}

fn time() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{4}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-5][0-9]:[0-6][0-9](\\.[0-9]{0,11})?(Z|z|[+-][0-2][0-9]:[0-6][0-9])",
        "(2016-12-31|2017-06-30)T(23:59|22:59|15:59|00:29):60(\\.5)?(Z|[+-](01|08|00):(00|30))",
        "[0-9:TZ.+-]{0,25}",
    ]
}

fn address() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z.+\" ]{0,4}@[a-z0-9.-]{0,6}",
        "[!-~]{1,6}@[a-z]{1,3}(\\.[a-z-]{1,3}){0,2}",
        "a@\\[(IPv6:)?[0-9a-f:.]{0,9}\\]",
        "[ -~ä]{0,8}",
    ]
}

fn uri() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z+.-]{0,3}:(//)?[a-z0-9:@.\\[\\]%-]{0,6}(/[a-z%2 ]{0,3})?(\\?[ -~]{0,3})?(#[ -~]{0,3})?",
        "(https?|urn):[ -~ä]{0,8}",
        "[ -~]{0,6}",
    ]
}

fn agree(format: Format, text: &str, oracle: &Validator) -> Result<(), TestCaseError> {
    prop_assert_eq!(format.is_valid(text), oracle.is_valid(&json!(text)), "{} as {:?}", text, format);
    Ok(())
}

macro_rules! oracles {
    ($($name:ident = $schema:tt;)+) => {
        $(static $name: LazyLock<Validator> = LazyLock::new(|| oracle(&json!($schema)));)+
    };
}

oracles! {
    UUID = {"type": "string", "format": "uuid"};
    DATE_TIME = {"type": "string", "format": "date-time"};
    DATE = {"type": "string", "format": "date"};
    EMAIL = {"type": "string", "format": "email"};
    URI = {"type": "string", "format": "uri"};
    URI_REFERENCE = {"type": "string", "format": "uri-reference"};
    IPV4 = {"type": "string", "format": "ipv4"};
    IPV6 = {"type": "string", "format": "ipv6"};
    LENGTHS = {"type": "string", "minLength": 2, "maxLength": 4};
    TENTHS = {"type": "number", "multipleOf": 0.1};
    FIVES = {"type": "integer", "multipleOf": 5, "minimum": -10, "exclusiveMaximum": 9_007_199_254_740_993_i64};
    DISTINCT = {"type": "array", "uniqueItems": true, "minItems": 1, "maxItems": 5};
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    #[test]
    fn times_and_days(text in time(), day in "[0-9]{4}-[01][0-9]-[0-3][0-9]|[0-9-]{8,10}") {
        // Instants that jiff cannot hold are the documented exception.
        if !text.starts_with("9999-12-3") && !text.starts_with("0000-01-01") {
            agree(Format::DateTime, &text, &DATE_TIME)?;
        }
        agree(Format::Date, &day, &DATE)?;
    }

    #[test]
    fn uuids(text in "[0-9a-fA-F]{8}(-[0-9a-fg]{4}){3}-[0-9a-f]{12}|[0-9a-f-]{36}|[0-9a-f]{32}") {
        agree(Format::Uuid, &text, &UUID)?;
    }

    #[test]
    fn addresses(text in address()) {
        // The oracle checks what Punycode encodes, which is none of our business.
        if !text.to_lowercase().contains("--") {
            agree(Format::Email, &text, &EMAIL)?;
        }
    }

    #[test]
    fn uris(text in uri()) {
        agree(Format::Uri, &text, &URI)?;
        agree(Format::UriReference, &text, &URI_REFERENCE)?;
    }

    #[test]
    fn hosts(text in "[0-9.]{1,15}|([0-9]{1,3}\\.){3}[0-9]{1,3}|[0-9a-f:.]{0,12}") {
        agree(Format::Ipv4, &text, &IPV4)?;
        agree(Format::Ipv6, &text, &IPV6)?;
    }

    #[test]
    fn lengths(text in "[a-zäß€𝄞\\n\"]{0,6}") {
        let rules = wire::rules!(.min_length(2).max_length(4));
        prop_assert_eq!(verdict::<String>(&json!(text), rules), LENGTHS.is_valid(&json!(text)));
    }

    #[test]
    fn numbers(whole in -1000..1000_i64, digits in 0..4_i32, any in any::<f64>(), large in any::<i64>()) {
        let decimal: f64 = format!("{whole}e-{digits}").parse().unwrap();
        for value in [json!(decimal), json!(whole), json!(any), json!(large), json!(large as f64)] {
            let tenths = wire::rules!(.multiple_of(0.1));
            if value.as_f64().unwrap().abs() < 1e15 {
                prop_assert_eq!(verdict::<f64>(&value, tenths), TENTHS.is_valid(&value), "{}", value);
            }
            let fives = wire::rules!(.multiple_of(5.0).minimum(-10.0, false).maximum(9_007_199_254_740_992.0, false));
            if value.as_f64().unwrap().abs() < 1e15 {
                prop_assert_eq!(verdict::<i64>(&value, fives), FIVES.is_valid(&value), "{}", value);
            }
        }
    }

    #[test]
    fn distinct_elements(list in prop::collection::vec(
        prop_oneof![
            (-1..2_i64).prop_map(|n| json!(n)), (-1..2_i64).prop_map(|n| json!(n as f64)), Just(json!("1")),
            Just(json!(null)), Just(json!({"a": 1, "b": []})), Just(json!({"b": [], "a": 1.0})), Just(json!([1])),
        ],
        0..7,
    )) {
        let rules = wire::rules!(.unique_items(true).min_items(1).max_items(5));
        let value = Value::Array(list);
        prop_assert_eq!(verdict::<Vec<Value>>(&value, rules), DISTINCT.is_valid(&value), "{}", value);
    }
}
