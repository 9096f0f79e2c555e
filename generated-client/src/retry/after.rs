//! `Retry-After` (RFC 9110, 10.2.3): seconds, or a date.

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};
use jiff::Timestamp;
use jiff::fmt::{rfc2822, strtime};
use jiff::tz::Offset;
use std::time::Duration;

/// How long to wait; none if nothing is said, or nothing that can be read.
pub(super) fn parse(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than fit are longer than anybody waits.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::from(u32::MAX))));
    }
    let then = date(text)?;
    let now = headers.get(DATE).and_then(|value| date(value.to_str().ok()?)).or_else(clock)?;
    Some(Duration::try_from(then.duration_since(now)).unwrap_or(Duration::ZERO))
}

/// The clock of this machine. Not everywhere without the feature `net` there is one.
fn clock() -> Option<Timestamp> {
    cfg!(feature = "net").then(Timestamp::now)
}

/// A date as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`. Two older forms have to be read, too
/// (RFC 9110, 5.6.7): `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`.
fn date(text: &str) -> Option<Timestamp> {
    let older = |form| {
        let read = strtime::parse(form, text).and_then(|date| date.to_datetime());
        read.and_then(|date| Offset::UTC.to_timestamp(date)).ok()
    };
    let usual = rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text).ok();
    usual.or_else(|| older("%A, %d-%b-%y %H:%M:%S GMT")).or_else(|| older("%a %b %e %H:%M:%S %Y"))
}

#[cfg(test)]
mod tests {
    use super::parse;
    use http::HeaderMap;
    use std::time::Duration;

    fn after(retry_after: &str, date: Option<&str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", retry_after.parse().unwrap());
        if let Some(date) = date {
            headers.insert("date", date.parse().unwrap());
        }
        parse(&headers).as_ref().map(Duration::as_secs)
    }

    #[test]
    fn seconds_and_dates() {
        assert_eq!(after("120", None), Some(120));
        assert_eq!(after("0", None), Some(0));
        let now = Some("Tue, 01 Dec 2026 23:59:50 GMT");
        assert_eq!(after("Wed, 02 Dec 2026 00:00:20 GMT", now), Some(30));
        assert_eq!(after("Tue, 01 Dec 2026 23:00:00 GMT", now), Some(0));
        for older in ["Wednesday, 02-Dec-26 00:00:20 GMT", "Wed Dec  2 00:00:20 2026"] {
            assert_eq!(after(older, now), Some(30), "{older}");
        }
        let far = after("Fri, 31 Dec 2999 23:59:59 GMT", None);
        assert_eq!(far > Some(1_000_000), cfg!(feature = "net"), "there is no clock to count from");
        assert_eq!(after("99999999999999999999999", None), Some(u64::from(u32::MAX)));
    }

    #[test]
    fn anything_else_says_nothing() {
        for text in ["", "soon", "-1", "1.5", "+5", "Wed, 02 Dec 2026", "\u{e9}"] {
            assert_eq!(after(text, None), None, "{text}");
        }
        assert_eq!(parse(&HeaderMap::new()), None);
    }
}
