//! Scalars, as the JSON schema of YAML has them.

use saphyr_parser::{ScalarStyle, Tag};
use serde_json::{Number, Value};
use std::borrow::Cow;

/// What a scalar stands for.
pub(super) fn scalar(text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, String> {
    match tag {
        Some(tag) if tag.is_yaml_core_schema() && tag.suffix == "str" => {
            return Ok(Value::String(text.into_owned()));
        }
        // `!` alone: a string, whatever it looks like.
        Some(tag) if tag.handle.is_empty() && tag.suffix == "!" => {
            return Ok(Value::String(text.into_owned()));
        }
        Some(tag)
            if tag.is_yaml_core_schema() && ["null", "bool", "int", "float"].contains(&&*tag.suffix) => {}
        Some(tag) => return Err(format!("the tag `{tag}` is not known")),
        None if style != ScalarStyle::Plain => return Ok(Value::String(text.into_owned())),
        None => {}
    }
    plain(&text).map(|value| value.unwrap_or_else(|| Value::String(text.into_owned())))
}

/// What a plain scalar stands for; `None` for a string.
fn plain(text: &str) -> Result<Option<Value>, String> {
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Some(Value::Null),
        "true" | "True" | "TRUE" => Some(Value::Bool(true)),
        "false" | "False" | "FALSE" => Some(Value::Bool(false)),
        _ => {
            let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
            match unsigned.as_bytes().first() {
                Some(b'0'..=b'9' | b'.') => {
                    if matches!(unsigned, ".inf" | ".Inf" | ".INF")
                        || matches!(text, ".nan" | ".NaN" | ".NAN")
                    {
                        return Err(format!("`{text}` is no JSON number"));
                    }
                    integer(text, unsigned).or_else(|| float(text, unsigned)).map(Value::Number)
                }
                _ => None,
            }
        }
    })
}

/// A decimal integer, or one with the prefix `0x`, `0o` or `0b`. Underscores may group digits.
fn integer(text: &str, unsigned: &str) -> Option<Number> {
    let (digits, radix) = match unsigned.get(..2) {
        Some("0x") => (&unsigned[2..], 16),
        Some("0o") => (&unsigned[2..], 8),
        Some("0b") => (&unsigned[2..], 2),
        _ => (unsigned, 10),
    };
    if digits.is_empty() || digits.ends_with('_') || digits.starts_with('_') {
        return None;
    }
    let digits = digits.replace('_', "");
    if !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    let number = format!("{sign}{digits}");
    if let Ok(value) = i64::from_str_radix(&number, radix) {
        return Some(value.into());
    }
    match u64::from_str_radix(&number, radix) {
        Ok(value) => Some(value.into()),
        Err(_) if radix == 10 => number.parse().ok().and_then(Number::from_f64),
        Err(_) => None,
    }
}

/// A decimal fraction. One without a fractional part is the integer it equals.
fn float(text: &str, unsigned: &str) -> Option<Number> {
    let (mantissa, exponent) =
        unsigned.split_once(['e', 'E']).map_or((unsigned, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let exponent_fits = exponent.is_none_or(|e| {
        let e = e.strip_prefix(['-', '+']).unwrap_or(e);
        !e.is_empty() && e.bytes().all(|b| b.is_ascii_digit())
    });
    let some = whole.bytes().chain(fraction.bytes()).any(|b| b.is_ascii_digit());
    if !some
        || !digits(whole)
        || whole.starts_with('_')
        || !digits(fraction)
        || !exponent_fits
        || text.ends_with('_')
    {
        return None;
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    if let Some(whole) = exactly(sign, &mantissa.replace('_', ""), exponent) {
        return Some(whole);
    }
    Number::from_f64(text.replace('_', "").parse().ok()?)
}

/// The integer of 64 bits that a decimal fraction is, if it is one, to its last digit.
fn exactly(sign: &str, mantissa: &str, exponent: Option<&str>) -> Option<Number> {
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i32 = exponent.unwrap_or("0").parse().ok()?;
    let digits = format!("{whole}{fraction}");
    let behind = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
    let short = digits.trim_end_matches('0');
    let zeros = i32::try_from(digits.len() - short.len()).ok()?.checked_sub(behind)?;
    if short.trim_start_matches('0').is_empty() {
        return Some(0.into());
    }
    let zeros = usize::try_from(zeros).ok().filter(|zeros| *zeros < 20)?;
    let number = format!("{sign}{short}{}", "0".repeat(zeros));
    number.parse::<i64>().map(Number::from).or_else(|_| number.parse::<u64>().map(Number::from)).ok()
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use serde_json::json;

    #[test]
    fn scalars_are_those_of_json() {
        let text = "- yes\n- on\n- 2024-01-01\n- 2024-01-01T00:00:00Z\n- 1.0\n- 1.50\n- 0x1F\n- -7\n- '7'\n- ~\n-\n\
                    - True\n- 1e3\n- 1_000\n- v1.2.3\n- 1.2.3\n- .5\n- +\n- '-'\n- 18446744073709551615\n- !!str 5\n- 1e\n- 0\n- ''";
        let value = parse(text).unwrap();
        let expected = json!([
            "yes",
            "on",
            "2024-01-01",
            "2024-01-01T00:00:00Z",
            1,
            1.5,
            31,
            -7,
            "7",
            null,
            null,
            true,
            1000,
            1000,
            "v1.2.3",
            "1.2.3",
            0.5,
            "+",
            "-",
            18446744073709551615_u64,
            "5",
            "1e",
            0,
            ""
        ]);
        assert_eq!(value, expected);
    }

    #[test]
    fn integers_are_exact_however_they_are_written() {
        let text = "[9007199254740993, -9007199254740993.0, 9007199254740993e0, 1e18, 1844674407370955161.5e1, \
                    -9.223372036854775808e18, 0.5e1, 0e9, 18446744073709551616, 1e400, 1e-3]";
        let expected = json!([
            9_007_199_254_740_993_i64,
            -9_007_199_254_740_993_i64,
            9_007_199_254_740_993_i64,
            1_000_000_000_000_000_000_i64,
            u64::MAX,
            i64::MIN,
            5,
            0,
            18_446_744_073_709_551_616.0,
            "1e400",
            0.001
        ]);
        assert_eq!(parse(text).unwrap(), expected);
    }
}
