//! Documents made to hurt: they end in an error, soon, and without a word of what they hold.

use crate::order;
use crate::v1::shop::{Limits, Loose, Order};
use crate::wire::{self, ANY, DecodeError, Options};
use proptest::prelude::*;

fn read(text: &str) -> Result<Order, DecodeError> {
    wire::from_slice(text.as_bytes(), &ANY, &Options::STRICT)
}

#[test]
fn what_is_not_json_says_where() {
    for (text, message) in [
        ("", "not JSON: EOF while parsing a value at line 1 column 0"),
        ("{\"id\": \n secret}", "not JSON: expected value at line 2 column 2"),
        ("{} {}", "not JSON: trailing characters at line 1 column 4"),
        ("{\"id\": \"\\x\"}", "not JSON: invalid escape at line 1 column 10"),
    ] {
        assert_eq!(read(text).unwrap_err().to_string(), message);
    }
    let bytes = b"{\"id\": \"\xff\"}";
    assert!(matches!(
        wire::from_slice::<Order>(bytes, &ANY, &Options::STRICT),
        Err(DecodeError::Syntax { .. })
    ));
}

#[test]
fn depth_is_bounded() {
    let deep = "[".repeat(100_000);
    for text in [deep.clone(), format!("{{\"payload\": {deep}"), "{\"partOf\": ".repeat(100_000)] {
        assert!(matches!(read(&text), Err(DecodeError::Syntax { .. })));
    }
    // What is passed over is read without recursion.
    let passed = format!("{{\"gift\": {deep}{}}}", "]".repeat(100_000));
    assert!(read(&passed).is_err());
}

#[test]
fn violations_are_bounded() {
    let list = vec!["1"; 10_000].join(",");
    let error = read(&format!("{{\"tags\": [{list}]}}")).unwrap_err();
    let DecodeError::Invalid(found) = error else { panic!() };
    assert_eq!(found.iter().count(), Options::STRICT.max_violations);
    assert!(found.more());
    let none = Options { max_violations: 0, ..Options::STRICT };
    let error = wire::from_slice::<Order>(b"{}", &ANY, &none).unwrap_err();
    assert_eq!(error.to_string(), "; and more");
}

#[test]
fn the_last_of_two_members_stays() {
    let text = order().to_string();
    let twice = text.replacen('{', "{\"tags\": [\"first\"], ", 1);
    assert_eq!(read(&twice).unwrap().tags, ["a"]);
    // Each of them is checked.
    let broken = text.replacen('{', "{\"tags\": 1, ", 1);
    assert_eq!(read(&broken).unwrap_err().to_string(), "/tags: type array");
}

#[test]
fn names_with_escapes_are_the_same_names() {
    let text = order().to_string().replace("\"tags\"", "\"t\\u0061gs\"");
    assert_eq!(read(&text).unwrap().tags, ["a"]);
}

#[test]
fn messages_hold_no_values() {
    let text = order().to_string().replace("active", "my-secret").replace("2026-03", "my-secret");
    let error = read(&text).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("my-secret"));
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        "[ -~ä]{0,6}".prop_map(Into::into),
        Just("2026-03-01T12:30:00Z".into()),
    ];
    let name = || {
        let known = ["id", "tags", "status", "small", "large", "maybe", "matrix", "slug", "labels", "partOf"];
        prop_oneof![prop::sample::select(known.to_vec()).prop_map(String::from), "[a-c/~]{0,2}"]
    };
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::hash_map(name(), inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_judged_and_never_a_syntax_error(value in json()) {
        let text = value.to_string();
        for options in [Options::STRICT, Options::TOLERANT] {
            macro_rules! judge {
                ($($ty:ty)+) => {$(
                    let from_text = wire::from_slice::<$ty>(text.as_bytes(), &ANY, &options);
                    let from_value = wire::from_value::<$ty>(&value, &ANY, &options);
                    let syntax = matches!(from_text, Err(DecodeError::Syntax { .. }));
                    prop_assert!(!syntax);
                    prop_assert_eq!(&from_text, &from_value);
                    if let Ok(read) = from_text {
                        // What was read is written and read again as the same.
                        let written = serde_json::to_vec(&read).unwrap();
                        prop_assert_eq!(wire::from_slice::<$ty>(&written, &ANY, &options), Ok(read));
                    }
                )+};
            }
            judge!(Order Limits Loose serde_json::Value Vec<f64>);
        }
    }

    #[test]
    fn any_bytes_end_in_a_verdict(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = wire::from_slice::<Limits>(&bytes, &ANY, &Options::STRICT);
    }

    #[test]
    fn integers_survive(value in any::<i64>()) {
        let text = value.to_string();
        prop_assert_eq!(wire::from_slice::<i64>(text.as_bytes(), &ANY, &Options::STRICT), Ok(value));
    }

    #[test]
    fn times_survive(second in -62_135_596_800_i64..253_402_207_200, nano in 0..1_000_000_000_i32) {
        let time = wire::Timestamp::new(second, nano).unwrap();
        let text = serde_json::to_string(&time).unwrap();
        prop_assert_eq!(wire::from_slice(text.as_bytes(), &ANY, &Options::STRICT), Ok(time));
    }
}
