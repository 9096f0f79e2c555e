//! The lines that all generated types of a kind have in common.
//!
//! They are exported for the generated code and its tests; nothing else should name them.

/// `rules!(.min_length(1))`: rules in a static of their own.
#[doc(hidden)]
#[macro_export]
macro_rules! __rules {
    ($($calls:tt)*) => {{
        static RULES: $crate::wire::Rules = $crate::wire::Rules::ANY $($calls)*;
        &RULES
    }};
}

/// `pattern!("^a$")`: a pattern in a static of its own, which holds it compiled.
#[doc(hidden)]
#[macro_export]
macro_rules! __pattern {
    ($pattern:literal) => {{
        static PATTERN: $crate::wire::Pattern = $crate::wire::Pattern::new($pattern);
        &PATTERN
    }};
}

/// Implements `Decode` and `Deserialize` for a struct that implements `Object`.
#[doc(hidden)]
#[macro_export]
macro_rules! __object {
    ($ty:ty) => {
        $crate::__decode!($ty, object, <Self as $crate::wire::Object>::zero());
    };
}

/// Implements `Decode` and `Deserialize` for an enum that implements `Union`.
#[doc(hidden)]
#[macro_export]
macro_rules! __union {
    ($ty:ty) => {
        $crate::__decode!($ty, union, None);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __decode {
    ($ty:ty, $how:ident, $zero:expr) => {
        impl $crate::wire::Decode for $ty {
            fn decode<'de, D: $crate::wire::Deserializer<'de>>(
                deserializer: D,
                _rules: &'static $crate::wire::Rules,
                cx: &mut $crate::wire::Context,
            ) -> Result<Option<Self>, D::Error> {
                $crate::wire::$how(deserializer, cx)
            }
            fn zero() -> Option<Self> {
                $zero
            }
        }

        impl<'de> $crate::wire::Deserialize<'de> for $ty {
            fn deserialize<D: $crate::wire::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::tolerant(deserializer)
            }
        }
    };
}

/// Implements all there is to a string enumeration that has `as_str`, `known` and `Unknown`.
#[doc(hidden)]
#[macro_export]
macro_rules! __string_enum {
    ($ty:ty) => {
        impl $crate::wire::Text for $ty {
            fn from_text(text: &str, strict: bool) -> Result<Self, ($crate::wire::Rule, &'static str)> {
                match Self::known(text) {
                    Some(value) => Ok(value),
                    None if strict => Err(($crate::wire::Rule::Enum, Self::LISTED)),
                    None => Ok(Self::Unknown(text.to_owned())),
                }
            }
            fn zero() -> Option<Self> {
                Some(Self::from(""))
            }
        }

        impl $crate::wire::Decode for $ty {
            fn decode<'de, D: $crate::wire::Deserializer<'de>>(
                deserializer: D,
                rules: &'static $crate::wire::Rules,
                cx: &mut $crate::wire::Context,
            ) -> Result<Option<Self>, D::Error> {
                $crate::wire::text(deserializer, rules, cx)
            }
            fn zero() -> Option<Self> {
                <Self as $crate::wire::Text>::zero()
            }
            const EXACT: bool = true;

            fn all_distinct(values: &[Self]) -> bool {
                $crate::wire::all_distinct(values)
            }
        }

        impl<'de> $crate::wire::Deserialize<'de> for $ty {
            fn deserialize<D: $crate::wire::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::tolerant(deserializer)
            }
        }

        impl $crate::wire::Serialize for $ty {
            fn serialize<S: $crate::wire::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl $crate::wire::Param for $ty {
            fn parse(
                text: &str,
                rules: &'static $crate::wire::Rules,
            ) -> Result<Self, $crate::wire::Violation> {
                $crate::wire::parse_text(text, rules)
            }
            fn render(&self) -> std::borrow::Cow<'_, str> {
                self.as_str().into()
            }
        }

        impl From<&str> for $ty {
            fn from(text: &str) -> Self {
                Self::known(text).unwrap_or_else(|| Self::Unknown(text.to_owned()))
            }
        }

        impl std::str::FromStr for $ty {
            type Err = std::convert::Infallible;

            // Not `Self::Err`, which a variant may be.
            fn from_str(text: &str) -> Result<Self, std::convert::Infallible> {
                Ok(text.into())
            }
        }

        impl std::fmt::Display for $ty {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl AsRef<str> for $ty {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }
    };
}
