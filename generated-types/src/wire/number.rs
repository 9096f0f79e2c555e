//! Arithmetic on JSON numbers that does not lose what binary floating point would.

use std::cmp::Ordering;
use std::fmt;

/// 2^63: the first number that is too great for `i64`.
const I64_END: f64 = 9_223_372_036_854_775_808.0;

/// What a number is compared with. An integer that no float holds is stated as one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Limit {
    Float(f64),
    Integer(i128),
}

impl Limit {
    /// The order of an integer and the limit.
    pub(super) fn order_of_integer(self, value: i64) -> Ordering {
        match self {
            Self::Float(limit) => compare(value, limit),
            Self::Integer(limit) => i128::from(value).cmp(&limit),
        }
    }

    /// The order of a number and the limit.
    pub(super) fn order_of(self, value: f64) -> Ordering {
        match self {
            // Not `total_cmp`: -0 is no smaller than 0.
            Self::Float(limit) => value.partial_cmp(&limit).unwrap_or(Ordering::Equal),
            // The cast keeps within what 128 bits hold, which no limit is beyond.
            Self::Integer(limit) => (value as i128).cmp(&limit),
        }
    }

    /// Whether an integer is a multiple of it.
    pub(super) fn divides_integer(self, value: i64) -> bool {
        match self {
            Self::Float(divisor) => is_multiple_integer(value, divisor),
            Self::Integer(divisor) => i128::from(value).checked_rem(divisor) == Some(0),
        }
    }

    /// Whether a number is a multiple of it.
    pub(super) fn divides(self, value: f64) -> bool {
        match self {
            Self::Float(divisor) => is_multiple(value, divisor),
            Self::Integer(divisor) => value.fract() == 0.0 && (value as i128).checked_rem(divisor) == Some(0),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Float(limit) => limit.fmt(f),
            Self::Integer(limit) => limit.fmt(f),
        }
    }
}

/// The order of an integer and a limit, exact beyond 2^53 too.
pub(super) fn compare(value: i64, limit: f64) -> Ordering {
    if limit.is_nan() {
        Ordering::Equal
    } else if limit >= I64_END {
        Ordering::Less
    } else if limit < -I64_END {
        Ordering::Greater
    } else {
        let whole = limit.trunc();
        // In range by the two tests above.
        value.cmp(&(whole as i64)).then_with(|| whole.partial_cmp(&limit).unwrap_or(Ordering::Equal))
    }
}

/// The integer that a JSON number is, if it is one: JSON Schema counts `1.0` and `1e3`. The least `i64`
/// is none as a float, which may as well be what is left of a number below it.
pub(super) fn to_integer(value: f64) -> Option<i64> {
    (value.fract() == 0.0 && value.abs() < I64_END).then_some(value as i64)
}

/// Whether an integer is a multiple of a divisor.
pub(super) fn is_multiple_integer(value: i64, divisor: f64) -> bool {
    match to_integer(divisor) {
        Some(divisor) if divisor != 0 => value.checked_rem(divisor).is_none_or(|rest| rest == 0),
        _ => is_multiple(value as f64, divisor),
    }
}

/// Whether a number is a multiple of a divisor, by their decimal notation: 0.3 is one of 0.1.
pub(super) fn is_multiple(value: f64, divisor: f64) -> bool {
    if value == 0.0 {
        return true;
    }
    if divisor == 0.0 || value.abs() < divisor.abs() {
        return false;
    }
    let exact = || {
        let (value, value_scale) = decimal(value)?;
        let (divisor, divisor_scale) = decimal(divisor)?;
        let scale = value_scale.max(divisor_scale);
        let value = value.checked_mul(10_i128.checked_pow(scale - value_scale)?)?;
        let divisor = divisor.checked_mul(10_i128.checked_pow(scale - divisor_scale)?)?;
        value.checked_rem(divisor)
    };
    exact().map_or_else(|| value % divisor == 0.0, |rest| rest == 0)
}

/// A number as digits and how many of them stand behind the point.
fn decimal(value: f64) -> Option<(i128, u32)> {
    let text = value.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits = format!("{whole}{fraction}").parse().ok()?;
    Some((digits, u32::try_from(fraction.len()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_compare_exactly() {
        assert_eq!(compare(9_007_199_254_740_993, 9_007_199_254_740_992.0), Ordering::Greater);
        assert_eq!(compare(i64::MAX, I64_END), Ordering::Less);
        assert_eq!(compare(i64::MIN, -I64_END), Ordering::Equal);
        assert_eq!(compare(1, 1.5), Ordering::Less);
        assert_eq!(compare(-1, -1.5), Ordering::Greater);
        assert_eq!(compare(0, f64::NEG_INFINITY), Ordering::Greater);
    }

    #[test]
    fn integers_that_no_float_holds_are_limits() {
        let limit = Limit::Integer(9_007_199_254_740_993);
        assert_eq!(limit.order_of_integer(9_007_199_254_740_992), Ordering::Less);
        assert_eq!(limit.order_of_integer(9_007_199_254_740_993), Ordering::Equal);
        assert_eq!(limit.order_of(9_007_199_254_740_992.0), Ordering::Less);
        assert_eq!(limit.order_of(9_007_199_254_740_994.0), Ordering::Greater);
        assert_eq!(limit.order_of(f64::MAX), Ordering::Greater);
        assert!(limit.divides_integer(9_007_199_254_740_993) && !limit.divides_integer(3));
        assert!(limit.divides(0.0) && !limit.divides(0.5));
        assert_eq!(Limit::Integer(u64::MAX.into()).order_of_integer(i64::MAX), Ordering::Less);
        assert_eq!(limit.to_string(), "9007199254740993");
    }

    #[test]
    fn whole_numbers_are_integers_however_they_are_written() {
        assert_eq!(to_integer(1.0), Some(1));
        assert_eq!(to_integer(-0.0), Some(0));
        assert_eq!(to_integer(1.5), None);
        assert_eq!(to_integer(1e300), None);
        assert_eq!(to_integer(-I64_END), None, "it may have been -9223372036854775809");
        assert_eq!(to_integer(I64_END), None);
    }

    #[test]
    fn multiples_are_decimal() {
        assert!(is_multiple(0.3, 0.1));
        assert!(is_multiple(1e300, 2.0));
        assert!(!is_multiple(0.35, 0.1));
        assert!(!is_multiple(1.0, 0.0));
        assert!(is_multiple_integer(i64::MIN, -1.0));
        assert!(is_multiple_integer(9, 1.5));
        assert!(!is_multiple_integer(9, 2.0));
    }
}
