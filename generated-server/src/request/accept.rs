//! The `Accept` header, and media types compared.

use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue};
use meshery_types::wire::media::essence;

/// The media ranges that a request accepts. They are read when they are asked about: most requests are
/// asked about one media type only, and most say no more than the first two.
#[derive(Clone, Debug, Default)]
pub(crate) enum Accept {
    /// Anything: it does not say, or says `*/*`.
    #[default]
    Anything,
    /// JSON and nothing else.
    Json,
    /// What these fields say.
    Fields(Vec<HeaderValue>),
}

const JSON: &str = "application/json";

/// A media range: `type/subtype`, and whether its weight is zero.
struct Range<'a> {
    essence: &'a str,
    refused: bool,
}

impl Accept {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(ACCEPT).iter();
        match (values.next(), values.next()) {
            (None, _) => Self::Anything,
            (Some(only), None) if only == "*/*" => Self::Anything,
            (Some(only), None) if only == JSON => Self::Json,
            (first, second) => Self::Fields(first.into_iter().chain(second).chain(values).cloned().collect()),
        }
    }

    fn ranges(&self) -> impl Iterator<Item = Range<'_>> {
        let (known, fields): (_, &[_]) = match self {
            Self::Anything => (None, &[]),
            Self::Json => (Some(JSON), &[]),
            Self::Fields(fields) => (None, fields),
        };
        let texts = known.into_iter().chain(fields.iter().filter_map(|value| value.to_str().ok()));
        texts.flat_map(|text| text.split(',')).filter_map(Range::parse)
    }

    /// Whether `media_type` may be sent. Everything may, to who does not say.
    pub(crate) fn allows(&self, media_type: &str) -> bool {
        if matches!(self, Self::Anything) || (matches!(self, Self::Json) && media_type == JSON) {
            return true;
        }
        self.ranges().next().is_none() || self.verdict(media_type) == Some(true)
    }

    /// Whether it is said that `media_type` may not be sent, which is more than not to say that it may.
    pub(crate) fn refuses(&self, media_type: &str) -> bool {
        self.verdict(media_type) == Some(false)
    }

    /// What the closest range says of it, if one fits.
    fn verdict(&self, media_type: &str) -> Option<bool> {
        let media_type = essence(media_type);
        let fitting = self.ranges().filter_map(|r| r.specificity(media_type).map(|s| (s, !r.refused)));
        fitting.max().map(|(_, allowed)| allowed)
    }

    /// Whether `media_type` is asked for in so many words, not by a wildcard.
    pub(crate) fn names(&self, media_type: &str) -> bool {
        self.ranges().any(|r| r.essence.eq_ignore_ascii_case(media_type) && !r.refused)
    }
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut pieces = text.split(';').map(str::trim);
        let essence = pieces.next().filter(|e| e.contains('/'))?;
        let weight = pieces.find_map(|p| p.strip_prefix("q=").or_else(|| p.strip_prefix("Q=")));
        let refused = weight.is_some_and(|q| q.trim().parse::<f32>().is_ok_and(|q| q <= 0.0));
        Some(Self { essence, refused })
    }

    /// How closely it names `media_type`: 2 for itself, 1 for its type, 0 for anything.
    fn specificity(&self, media_type: &str) -> Option<u8> {
        if self.essence.eq_ignore_ascii_case(media_type) {
            return Some(2);
        }
        match self.essence.split_once("/*") {
            Some(("*", "")) => Some(0),
            Some((kind, "")) if kind_of(media_type).eq_ignore_ascii_case(kind) => Some(1),
            _ => None,
        }
    }
}

/// The part of a media type before the slash.
pub(crate) fn kind_of(media_type: &str) -> &str {
    media_type.split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Accept;
    use http::{HeaderMap, HeaderValue, header::ACCEPT};

    fn accept(value: &'static str) -> Accept {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(value));
        Accept::of(&headers)
    }

    #[test]
    fn who_does_not_say_gets_anything() {
        assert!(Accept::default().allows("application/wasm"));
        assert!(!Accept::default().names("application/json"));
    }

    #[test]
    fn ranges_match_from_the_most_specific() {
        let ours = accept("application/*, text/html;q=0.5, application/wasm;q=0");
        assert!(ours.allows("application/json"));
        assert!(ours.allows("text/html; charset=utf-8"));
        assert!(!ours.allows("application/wasm"));
        assert!(!ours.allows("text/plain"));
        assert!(accept("*/*").allows("text/plain"));
        assert!(!accept("image/png").allows("application/json"));
    }

    #[test]
    fn refusing_is_more_than_not_allowing() {
        let ours = accept("application/json, text/*;q=0");
        assert!(ours.refuses("text/plain") && !ours.allows("text/plain"));
        assert!(!ours.refuses("image/png") && !ours.allows("image/png"));
        assert!(!Accept::Json.refuses("image/png") && !Accept::Anything.refuses("image/png"));
    }

    #[test]
    fn naming_is_more_than_allowing() {
        assert!(accept("text/plain, Application/JSON;q=0.1").names("application/json"));
        assert!(!accept("*/*, application/*").names("application/json"));
    }
}
