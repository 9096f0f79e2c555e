//! Numbers as documents state them: integers exactly, whatever floating point would make of them.

use serde::{Serialize, Serializer};
use serde_json::Value;
use std::cmp::Ordering;
use std::fmt;

/// 2^96: beyond it, floats are left as they are.
const WHOLE: f64 = 79_228_162_514_264_337_593_543_950_336.0;

/// A number. Every integer that JSON holds exactly is [`Self::Integer`], however it is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A number without a fraction.
    Integer(i128),
    /// Any other; never infinite, and no `NaN`.
    Float(f64),
}

impl Number {
    /// The number that a value is, if it is one.
    #[must_use]
    pub fn of(value: &Value) -> Option<Self> {
        let number = value.as_number()?;
        let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
        whole.map(Self::Integer).or_else(|| number.as_f64().filter(|n| n.is_finite()).map(Self::from))
    }

    /// The nearest float.
    #[must_use]
    pub fn float(self) -> f64 {
        match self {
            Self::Integer(whole) => whole as f64,
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
            Self::Integer(whole) if whole < 0 => i64::try_from(whole).unwrap_or(i64::MIN),
            Self::Integer(whole) => i64::try_from(whole).unwrap_or(i64::MAX),
            // In range or clamped: that is what the cast does.
            Self::Float(float) => round(float) as i64,
        }
    }

    /// Whether an integer of 64 bits with its sign holds it.
    #[must_use]
    pub fn is_of_64_bits(self) -> bool {
        matches!(self, Self::Integer(whole) if i64::try_from(whole).is_ok())
    }

    /// Whether it has no fraction.
    #[must_use]
    pub fn is_whole(self) -> bool {
        match self {
            Self::Integer(_) => true,
            Self::Float(float) => float.fract() == 0.0,
        }
    }

    /// The same number as a float, if there is one.
    #[must_use]
    pub fn as_exact_float(self) -> Option<f64> {
        match self {
            // A float that is too great for the cast back is no number of 128 bits.
            Self::Integer(whole) => Some(whole as f64).filter(|float| *float as i128 == whole),
            Self::Float(float) => Some(float),
        }
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
        let text = match self {
            Self::Integer(whole) => return Some((whole, 0)),
            Self::Float(float) => float.to_string(),
        };
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        Some((format!("{whole}{fraction}").parse().ok()?, u32::try_from(fraction.len()).ok()?))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (*self, *other) {
            (Self::Integer(a), Self::Integer(b)) => Some(a.cmp(&b)),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(&b),
            (Self::Integer(a), Self::Float(b)) => Some(compared(a, b)),
            (Self::Float(a), Self::Integer(b)) => Some(compared(b, a).reverse()),
        }
    }
}

/// The order of an integer and a float, which is finite.
fn compared(whole: i128, float: f64) -> Ordering {
    if float.abs() >= WHOLE {
        return 0.0.partial_cmp(&float).unwrap_or(Ordering::Equal);
    }
    let floor = float.floor();
    // In range by the test above.
    whole.cmp(&(floor as i128)).then(if floor < float { Ordering::Less } else { Ordering::Equal })
}

impl From<f64> for Number {
    fn from(float: f64) -> Self {
        if float.fract() == 0.0 && float.abs() < WHOLE {
            Self::Integer(float as i128)
        } else {
            Self::Float(float)
        }
    }
}

impl From<i64> for Number {
    fn from(whole: i64) -> Self {
        Self::Integer(whole.into())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(whole) => whole.fmt(f),
            Self::Float(float) => float.fmt(f),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Integer(whole) => match (i64::try_from(whole), u64::try_from(whole)) {
                (Ok(whole), _) => serializer.serialize_i64(whole),
                (_, Ok(whole)) => serializer.serialize_u64(whole),
                _ => serializer.serialize_f64(self.float()),
            },
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
        assert_eq!(of(json!(BIG)), Number::Integer(BIG.into()));
        assert_eq!(of(json!(u64::MAX)), Number::Integer(u64::MAX.into()));
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
