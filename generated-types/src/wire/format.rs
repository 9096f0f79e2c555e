//! The string formats that are checked.

use std::net::{Ipv4Addr, Ipv6Addr};

macro_rules! formats {
    ($($(#[doc = $doc:literal])+ $name:ident = $keyword:literal, $valid:expr;)+) => {
        /// A format of the contract that is checked; formats not listed here are only remarks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Format { $($(#[doc = $doc])+ $name,)+ }

        impl Format {
            /// The name the contract has for it: `date-time`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $keyword,)+ }
            }

            /// Whether a string is of the format.
            #[must_use]
            pub fn is_valid(self, text: &str) -> bool {
                match self { $(Self::$name => $valid(text),)+ }
            }
        }
    };
}

formats! {
    /// A UUID with its four hyphens, in either case.
    Uuid = "uuid", |text| uuid(text).is_some();
    /// A point in time, as RFC 3339 has it.
    DateTime = "date-time", |text| date_time(text).is_some();
    /// A day, as RFC 3339 has it.
    Date = "date", |text| date(text).is_some();
    /// Base64 with padding, in the standard alphabet.
    Byte = "byte", |text: &str| super::Bytes::from_base64(text).is_some();
    /// An e-mail address (RFC 5321) in ASCII.
    Email = "email", email;
    /// An absolute URI (RFC 3986).
    Uri = "uri", |text: &str| fluent_uri::Uri::parse(text).is_ok();
    /// A URI, or a reference relative to one.
    UriReference = "uri-reference", |text: &str| fluent_uri::UriRef::parse(text).is_ok();
    /// A host name (RFC 1034).
    Hostname = "hostname", hostname;
    /// An IPv4 address.
    Ipv4 = "ipv4", |text: &str| text.parse::<Ipv4Addr>().is_ok();
    /// An IPv6 address.
    Ipv6 = "ipv6", |text: &str| text.parse::<Ipv6Addr>().is_ok();
}

/// Only the hyphenated form: the other forms that the `uuid` crate reads are not 36 bytes long.
pub(super) fn uuid(text: &str) -> Option<uuid::Uuid> {
    if text.len() == 36 { uuid::Uuid::try_parse(text).ok() } else { None }
}

pub(super) fn date(text: &str) -> Option<jiff::civil::Date> {
    if is_date(text.as_bytes()) { text.parse().ok() } else { None }
}

/// RFC 3339 and nothing else of what jiff reads (ISO 8601 has many forms more). Digits beyond
/// nanoseconds are cut off; the instants that the offset pushes out of the years 0 to 9999 minus a
/// day, where jiff ends, are not valid.
pub(super) fn date_time(text: &str) -> Option<jiff::Timestamp> {
    let bytes = text.as_bytes();
    let (day, rest) = bytes.split_at_checked(10)?;
    let (time, rest) = rest.split_at_checked(9)?;
    let [b'T' | b't', h1, h2, b':', m1, m2, b':', s1, s2] = *time else { return None };
    let (hour, minute, second) = (two(h1, h2)?, two(m1, m2)?, two(s1, s2)?);
    if !is_date(day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let digits = match rest {
        [b'.', fraction @ ..] => fraction.iter().take_while(|b| b.is_ascii_digit()).count(),
        _ => 0,
    };
    let fraction = if digits > 0 { digits + 1 } else { 0 };
    let offset = offset(&rest[fraction..])?;
    if second == 60 && (i32::from(hour) * 60 + i32::from(minute) - offset).rem_euclid(1440) != 1439 {
        return None;
    }
    if digits > 9 {
        let cut = format!("{}{}", text.get(..29)?, text.get(19 + fraction..)?);
        return cut.parse().ok();
    }
    text.parse().ok()
}

/// The offset in minutes.
fn offset(bytes: &[u8]) -> Option<i32> {
    match *bytes {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hour, minute) = (two(h1, h2)?, two(m1, m2)?);
            let offset = i32::from(hour) * 60 + i32::from(minute);
            (hour <= 23 && minute <= 59).then_some(if sign == b'-' { -offset } else { offset })
        }
        _ => None,
    }
}

/// `YYYY-MM-DD`; whether there is such a day is for jiff to say.
fn is_date(bytes: &[u8]) -> bool {
    bytes.len() == 10
        && bytes.iter().enumerate().all(|(i, byte)| match i {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

fn two(tens: u8, ones: u8) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
}

fn email(text: &str) -> bool {
    // The crate does not know the empty quoted local part that RFC 5321 allows.
    if let Some(domain) = text.strip_prefix("\"\"@") {
        return email(&format!("\"a\"@{domain}"));
    }
    let Ok(address) = text.parse::<email_address::EmailAddress>() else { return false };
    let domain = address.domain();
    address.local_part().is_ascii()
        && match domain.strip_prefix('[').and_then(|domain| domain.strip_suffix(']')) {
            Some(literal) => match literal.get(..5) {
                Some(tag) if tag.eq_ignore_ascii_case("ipv6:") => literal[5..].parse::<Ipv6Addr>().is_ok(),
                _ => literal.parse::<Ipv4Addr>().is_ok(),
            },
            None => hostname(domain),
        }
}

fn hostname(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.len() <= 253 && text.split('.').all(label)
}
