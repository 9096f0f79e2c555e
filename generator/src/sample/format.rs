//! The formats that are checked: does a text have it, and texts that have it.

use regex::Regex;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

/// What the checks of this module are made of; a pattern that does not compile holds for nothing.
fn regex(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

static UUID: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex("^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"));
static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| regex("^([0-9]{4})-([0-9]{2})-([0-9]{2})$"));
static TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        "^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?([zZ]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
    )
});
static BASE64: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex("^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"));
static EMAIL: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex("^[A-Za-z0-9_+-]+([.][A-Za-z0-9_+-]+)*@[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$"));
static URI: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex("^[A-Za-z][A-Za-z0-9+.-]*:([A-Za-z0-9._~:/?#@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$"));
static REFERENCE: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex("^([A-Za-z0-9._~:/?#@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$"));
static HOSTNAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex("^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?([.][A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$")
});

/// Whether a text has a format; a format that is not checked is had by every text.
pub(super) fn holds(format: &str, text: &str) -> bool {
    let found = |regex: &LazyLock<Option<Regex>>| regex.as_ref().is_some_and(|r| r.is_match(text));
    match format {
        "uuid" => found(&UUID),
        "date" => date(text),
        "date-time" => date_time(text),
        "byte" => found(&BASE64),
        "email" => found(&EMAIL) && email_lengths(text),
        "uri" => found(&URI),
        "uri-reference" => found(&REFERENCE),
        "hostname" => text.len() <= 253 && found(&HOSTNAME),
        "ipv4" => text.parse::<Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<Ipv6Addr>().is_ok(),
        _ => true,
    }
}

/// RFC 5321: 64 characters before the sign, 63 in each label after it, 254 in all.
fn email_lengths(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    local.len() <= 64 && text.len() <= 254 && domain.split('.').all(|label| label.len() <= 63)
}

fn date_time(text: &str) -> bool {
    let Some((day, time)) = text.split_once(['T', 't']) else { return false };
    date(day) && TIME.as_ref().is_some_and(|r| r.is_match(time))
}

fn date(text: &str) -> bool {
    let Some(parts) = DATE.as_ref().and_then(|r| r.captures(text)) else { return false };
    let part = |i: usize| parts.get(i).and_then(|m| m.as_str().parse::<u32>().ok()).unwrap_or(0);
    let (year, month, day) = (part(1), part(2), part(3));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// Texts of a format that is not built digit by digit, shortest first.
pub(super) fn examples(format: &str) -> &'static [&'static str] {
    match format {
        "email" => &["a@b.co", "first.last+tag@mail.example.org", "someone_else@sub.domain.example.com"],
        "uri" => &["a:b", "https://example.com/path?q=1#part", "urn:example:animal:ferret:nose"],
        "uri-reference" => &["a", "../path?q=1#part", "https://example.com/path"],
        "hostname" => &["a", "host-1.example.com", "a.very.long.name.of.a.host.below.example.org"],
        "ipv4" => &["0.0.0.0", "192.0.2.1", "255.255.255.255"],
        "ipv6" => &["::", "2001:db8::1", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
        _ => &[],
    }
}

/// Texts that do not have a format.
pub(super) fn counterexamples(format: &str) -> &'static [&'static str] {
    match format {
        "uuid" => &["00000000-0000-0000-0000-00000000000g", "not-a-uuid", ""],
        "date" => &["2024-02-30", "2024-13-01", "yesterday", ""],
        "date-time" => &["2024-02-30T10:00:00Z", "2024-01-01 10:00", "yesterday at ten o'clock", ""],
        "byte" => &["a", "*not*base64*", "ab=c"],
        "email" => &["someone at example.com", "@example.com", "@", ""],
        "uri" => &["not a uri", "/relative/only", "://", ""],
        "uri-reference" => &["not a reference", "%zz"],
        "hostname" => &["under_score.example.com", "-.example.com", "a..b", ""],
        "ipv4" => &["192.0.2.256", "192.0.2", "2001:db8::1", ""],
        "ipv6" => &["2001:db8::1::2", "192.0.2.1", ":", ""],
        _ => &[],
    }
}
