//! The `Accept` header, and media types compared.

use http::HeaderMap;
use http::header::ACCEPT;

/// The media ranges that a request accepts; none when it does not say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Accept(Vec<Range>);

#[derive(Clone, Debug)]
struct Range {
    /// `type/subtype`, in lower case, without parameters.
    essence: String,
    /// Whether its weight is zero.
    refused: bool,
}

impl Accept {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let values = headers.get_all(ACCEPT).iter().filter_map(|v| v.to_str().ok());
        Self(values.flat_map(|v| v.split(',')).filter_map(Range::parse).collect())
    }

    /// Whether `media_type` may be sent. Everything may, to who does not say.
    pub(crate) fn allows(&self, media_type: &str) -> bool {
        let media_type = essence(media_type);
        let best = self.0.iter().filter_map(|r| r.specificity(&media_type).map(|s| (s, !r.refused)));
        self.0.is_empty() || best.max().is_some_and(|(_, allowed)| allowed)
    }

    /// Whether `media_type` is asked for in so many words, not by a wildcard.
    pub(crate) fn names(&self, media_type: &str) -> bool {
        self.0.iter().any(|r| r.essence == media_type && !r.refused)
    }
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let mut pieces = text.split(';').map(str::trim);
        let essence = pieces.next().filter(|e| e.contains('/'))?.to_ascii_lowercase();
        let weight = pieces.find_map(|p| p.strip_prefix("q=").or_else(|| p.strip_prefix("Q=")));
        let refused = weight.is_some_and(|q| q.trim().parse::<f32>().is_ok_and(|q| q <= 0.0));
        Some(Self { essence, refused })
    }

    /// How closely it names `media_type`: 2 for itself, 1 for its type, 0 for anything.
    fn specificity(&self, media_type: &str) -> Option<u8> {
        if self.essence == media_type {
            return Some(2);
        }
        match self.essence.split_once("/*") {
            Some(("*", "")) => Some(0),
            Some((kind, "")) if media_type.split('/').next() == Some(kind) => Some(1),
            _ => None,
        }
    }
}

/// A media type without its parameters, in lower case.
pub(crate) fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
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
    fn naming_is_more_than_allowing() {
        assert!(accept("text/plain, Application/JSON;q=0.1").names("application/json"));
        assert!(!accept("*/*, application/*").names("application/json"));
    }
}
