//! Numbers as documents state them: integers exactly, whatever floating point would make of them.

use serde::{Serialize, Serializer};
use serde_json::Value;
use std::cmp::Ordering;
use std::fmt;

/// 2^63 and 2^64: the first that are too great for integers of 64 bits, with a sign and without.
const SIGNED: f64 = 9_223_372_036_854_775_808.0;
const UNSIGNED: f64 = 2.0 * SIGNED;

/// A number. Each has one form, however it is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// An integer of 64 bits with its sign.
    Integer(i64),
    /// A greater one of 64 bits without.
    Unsigned(u64),
    /// Any other; never infinite, and no `NaN`.
    Float(f64),
}

impl Number {
    /// The number that a value is, if it is one.
    #[must_use]
    pub fn of(value: &Value) -> Option<Self> {
        let number = value.as_number()?;
        let whole = number.as_i64().map(Self::Integer).or_else(|| number.as_u64().map(Self::from));
        whole.or_else(|| number.as_f64().filter(|n| n.is_finite()).map(Self::from))
    }

    /// The integer that it is, if it is one of 64 bits.
    #[must_use]
    pub fn whole(self) -> Option<i128> {
        match self {
            Self::Integer(whole) => Some(whole.into()),
            Self::Unsigned(whole) => Some(whole.into()),
            Self::Float(_) => None,
        }
    }

    /// The nearest float.
    #[must_use]
    pub fn float(self) -> f64 {
        match self {
            Self::Integer(whole) => whole as f64,
            Self::Unsigned(whole) => whole as f64,
            Self::Float(float) => float,
        }
    }

    /// The nearest integer of 64 bits that is not below it.
    #[must_use]
    pub fn ceil(self) -> i64 {
        self.clamped(f64::ceil)
    }

    /// The nearest integer of 64 bits that is not above it.
    #[must_use]
    pub fn floor(self) -> i64 {
        self.clamped(f64::floor)
    }

    fn clamped(self, round: fn(f64) -> f64) -> i64 {
        match self {
            Self::Integer(whole) => whole,
            Self::Unsigned(_) => i64::MAX,
            // In range or clamped: that is what the cast does.
            Self::Float(float) => round(float) as i64,
        }
    }

    /// Whether an integer of 64 bits with its sign holds it.
    #[must_use]
    pub fn is_of_64_bits(self) -> bool {
        matches!(self, Self::Integer(_))
    }

    /// Whether it has no fraction.
    #[must_use]
    pub fn is_whole(self) -> bool {
        self.whole().is_some() || self.float().fract() == 0.0
    }

    /// The same number as a float, if there is one.
    #[must_use]
    pub fn as_exact_float(self) -> Option<f64> {
        // In range: the cast back is exact.
        Some(self.float()).filter(|float| self.whole().is_none_or(|whole| *float as i128 == whole))
    }

    /// Whether it is a multiple of `step`, by their decimal notation: 0.3 is one of 0.1.
    #[must_use]
    pub fn is_multiple_of(self, step: Self) -> bool {
        let exact = || {
            let ((value, scale), (step, step_scale)) = (self.decimal()?, step.decimal()?);
            let most = scale.max(step_scale);
            let value = value.checked_mul(10_i128.checked_pow(most - scale)?)?;
            value.checked_rem(step.checked_mul(10_i128.checked_pow(most - step_scale)?)?)
        };
        exact().map_or_else(|| self.float() % step.float() == 0.0, |rest| rest == 0)
    }

    /// Its digits, and how many of them stand behind the point.
    fn decimal(self) -> Option<(i128, u32)> {
        if let Some(whole) = self.whole() {
            return Some((whole, 0));
        }
        let text = self.float().to_string();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        Some((format!("{whole}{fraction}").parse().ok()?, u32::try_from(fraction.len()).ok()?))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self.whole(), other.whole()) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            (Some(a), None) => Some(compared(a, other.float())),
            (None, Some(b)) => Some(compared(b, self.float()).reverse()),
            (None, None) => self.float().partial_cmp(&other.float()),
        }
    }
}

/// The order of an integer and a float, which is finite.
fn compared(whole: i128, float: f64) -> Ordering {
    if float.abs() >= UNSIGNED {
        return 0.0.partial_cmp(&float).unwrap_or(Ordering::Equal);
    }
    let floor = float.floor();
    // In range by the test above.
    whole.cmp(&(floor as i128)).then(if floor < float { Ordering::Less } else { Ordering::Equal })
}

impl From<f64> for Number {
    fn from(float: f64) -> Self {
        // In range where they are made: the casts are exact.
        if float.fract() != 0.0 || !(-SIGNED..UNSIGNED).contains(&float) {
            Self::Float(float)
        } else if float < SIGNED {
            Self::Integer(float as i64)
        } else {
            Self::Unsigned(float as u64)
        }
    }
}

impl From<i64> for Number {
    fn from(whole: i64) -> Self {
        Self::Integer(whole)
    }
}

impl From<u64> for Number {
    fn from(whole: u64) -> Self {
        i64::try_from(whole).map_or(Self::Unsigned(whole), Self::Integer)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(whole) => whole.fmt(f),
            Self::Unsigned(whole) => whole.fmt(f),
            Self::Float(float) => float.fmt(f),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Integer(whole) => serializer.serialize_i64(whole),
            Self::Unsigned(whole) => serializer.serialize_u64(whole),
            Self::Float(float) => serializer.serialize_f64(float),
        }
    }
}

/// The order of two values as numbers; nothing where one is none.
#[must_use]
pub fn order(a: &Value, b: &Value) -> Option<Ordering> {
    Number::of(a)?.partial_cmp(&Number::of(b)?)
}

#[cfg(test)]
mod tests {
    use super::{Number, order};
    use serde_json::json;
    use std::cmp::Ordering;

    const BIG: i64 = 9_007_199_254_740_993;

    fn of(value: serde_json::Value) -> Number {
        Number::of(&value).unwrap()
    }

    #[test]
    fn integers_are_exact() {
        assert_eq!(of(json!(BIG)), Number::Integer(BIG));
        assert_eq!(of(json!(u64::MAX)), Number::Unsigned(u64::MAX));
        assert_eq!(of(json!(1.0)), of(json!(1)));
        assert_eq!(order(&json!(BIG), &json!(9_007_199_254_740_992.0)), Some(Ordering::Greater));
        assert_eq!(order(&json!(u64::MAX), &json!(1e300)), Some(Ordering::Less));
        assert_eq!(order(&json!(i64::MIN), &json!(-1e300)), Some(Ordering::Greater));
        assert_eq!(order(&json!(-1), &json!(-1.5)), Some(Ordering::Greater));
        assert_eq!(order(&json!(2.5), &json!(2)), Some(Ordering::Greater));
        assert_eq!(order(&json!("2"), &json!(2)), None);
        assert_eq!(of(json!(BIG)).to_string(), "9007199254740993");
        assert_eq!(json!(of(json!(u64::MAX))), json!(u64::MAX));
    }

    #[test]
    fn what_a_float_holds_is_known() {
        assert_eq!(of(json!(BIG)).as_exact_float(), None);
        assert_eq!(of(json!(u64::MAX)).as_exact_float(), None);
        assert_eq!(of(json!(i64::MIN)).as_exact_float(), Some(-9_223_372_036_854_775_808.0));
        assert_eq!(of(json!(u64::MAX)).floor(), i64::MAX);
        assert_eq!((of(json!(-1.5)).ceil(), of(json!(-1.5)).floor()), (-1, -2));
    }

    #[test]
    fn multiples_are_exact() {
        assert!(of(json!(0.3)).is_multiple_of(of(json!(0.1))));
        assert!(!of(json!(0.35)).is_multiple_of(of(json!(0.1))));
        assert!(of(json!(BIG)).is_multiple_of(of(json!(3))));
        assert!(!of(json!(BIG - 1)).is_multiple_of(of(json!(3))));
        assert!(!of(json!(1)).is_multiple_of(of(json!(0))));
    }
}
