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
    Uri = "uri", |text: &str| is_plain_uri(text) || fluent_uri::Uri::parse(text).is_ok();
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
    civil(text.as_bytes())
}

/// RFC 3339 and nothing else of what jiff reads (ISO 8601 has many forms more). Digits beyond
/// nanoseconds are cut off; the instants that the offset pushes out of the years 0 to 9999 minus a
/// day, where jiff ends, are not valid.
pub(super) fn date_time(text: &str) -> Option<jiff::Timestamp> {
    let (day, rest) = text.as_bytes().split_at_checked(10)?;
    let (time, rest) = rest.split_at_checked(9)?;
    let [b'T' | b't', h1, h2, b':', m1, m2, b':', s1, s2] = *time else { return None };
    let (hour, minute, second) = (two(h1, h2)?, two(m1, m2)?, two(s1, s2)?);
    let day = civil(day)?;
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (nanos, rest) = fraction(rest)?;
    let offset = offset(rest)?;
    let minutes = i64::from(hour) * 60 + i64::from(minute) - i64::from(offset);
    // A leap second comes at the end of a day in UTC, and is taken for the second before.
    let nanos = if second < 60 { nanos } else { 999_999_999 };
    if second == 60 && minutes.rem_euclid(1440) != 1439 {
        return None;
    }
    let seconds = days(day) * 86_400 + minutes * 60 + i64::from(second.min(59));
    jiff::Timestamp::new(seconds, nanos).ok()
}

/// The nanoseconds of a fraction of a second, if there is one, and what follows.
fn fraction(bytes: &[u8]) -> Option<(i32, &[u8])> {
    let Some((b'.', fraction)) = bytes.split_first() else { return Some((0, bytes)) };
    let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = fraction.split_at(digits);
    let padded = digits.iter().copied().chain(std::iter::repeat(b'0')).take(9);
    let nanos = padded.fold(0, |nanos, digit| nanos * 10 + i32::from(digit - b'0'));
    (!digits.is_empty()).then_some((nanos, rest))
}

/// The days since 1970-01-01: years are counted from March, so that a leap day ends one.
fn days(date: jiff::civil::Date) -> i64 {
    let month = i64::from(date.month());
    let year = i64::from(date.year()) - i64::from(month <= 2);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(date.day()) - 1;
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leaps + of_year - 719_468
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
fn civil(bytes: &[u8]) -> Option<jiff::civil::Date> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *bytes else { return None };
    let year = i16::from(two(y1, y2)?) * 100 + i16::from(two(y3, y4)?);
    jiff::civil::Date::new(year, two(m1, m2)?, two(d1, d2)?).ok()
}

fn two(tens: u8, ones: u8) -> Option<i8> {
    let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
    // At most 99.
    digits.then(|| ((tens - b'0') * 10 + (ones - b'0')) as i8)
}

fn email(text: &str) -> bool {
    if text.split_once('@').is_some_and(|(local, domain)| is_plain_local(local) && hostname(domain)) {
        return true;
    }
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

/// Whether a text is of the form nearly every URI has: a name and a path, all of them plain.
fn is_plain_uri(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~/?=&".contains(&b)))
}

/// Whether the part before the `@` is of the form nearly every address has, words with dots between.
fn is_plain_local(local: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty()
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    local.len() <= 64 && local.split('.').all(word)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_that_jiff_reads() {
        for text in [
            "0000-01-01T00:00:00Z",
            "0001-02-28T23:59:59.5Z",
            "1600-02-29T00:00:00+23:59",
            "1900-03-01T12:00:00-11:30",
            "1969-12-31T23:59:59.999999999Z",
            "2000-02-29T00:00:00.000000001z",
            "2026-11-23t20:15:00.12+05:45",
            "9999-12-30T21:59:59Z",
        ] {
            let expected = text.to_uppercase().parse::<jiff::Timestamp>().unwrap();
            assert_eq!(date_time(text), Some(expected), "{text}");
        }
        assert_eq!(date_time("2016-12-31T23:59:60Z"), date_time("2016-12-31T23:59:59.999999999Z"));
        assert_eq!(date_time("2016-12-31T23:59:59.1234567899Z"), date_time("2016-12-31T23:59:59.123456789Z"));
        assert_eq!(date_time("9999-12-31T23:59:59-23:59"), None);
    }

    #[test]
    fn addresses_have_a_short_way_and_a_long_one() {
        for text in
            ["a@b", "a.b+c@x-y.example", "\"a b\"@example.com", "\"\"@b.c", "a@[127.0.0.1]", "a@[IPv6:::1]"]
        {
            assert!(Format::Email.is_valid(text), "{text}");
        }
        for text in
            ["", "@", "a@", "@b", "a@b@c", ".a@b", "a..b@c", "a@-b", "a@b..c", "a b@c", "ä@b", "a@[1.2.3]"]
        {
            assert!(!Format::Email.is_valid(text), "{text}");
        }
    }

    #[test]
    fn hosts_and_references() {
        assert!(Format::Hostname.is_valid("a-1.example"));
        assert!(!Format::Hostname.is_valid("a_1"));
        assert!(!Format::Hostname.is_valid(&"a".repeat(64)));
        assert!(Format::UriReference.is_valid("../x?y#z"));
        assert!(!Format::Uri.is_valid("../x"));
        assert!(Format::Uri.is_valid("http://[::1]:80/%20"));
        assert!(!Format::Uri.is_valid("http://x/%2"));
        assert!(Format::Ipv4.is_valid("127.0.0.1") && !Format::Ipv4.is_valid("127.0.0.01"));
        assert!(Format::Ipv6.is_valid("::1") && !Format::Ipv6.is_valid("1::2::3"));
    }
}
