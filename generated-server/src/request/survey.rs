//! What the headers of every request are looked at for.

use super::Accept;
use crate::{RequestId, auth, request_id};
use http::HeaderMap;
use http::header::ACCEPT;

/// What every operation asks of the headers, from one walk through them: a walk costs less than to look
/// up a few names of which most are not there.
pub(crate) struct Survey {
    /// How many bytes names and values have together.
    pub(crate) size: usize,
    pub(crate) accept: Accept,
    pub(crate) id: RequestId,
}

impl Survey {
    /// Marks headers that credentials come in as sensitive on the way: they are not printed.
    pub(crate) fn of(headers: &mut HeaderMap) -> Self {
        let (mut size, mut accepts, mut named) = (0, false, false);
        for (name, value) in headers.iter_mut() {
            size += name.as_str().len() + value.len();
            if auth::is_credential(name) {
                value.set_sensitive(true);
            }
            accepts |= *name == ACCEPT;
            named |= *name == request_id::HEADER;
        }
        Self {
            size,
            accept: if accepts { Accept::of(headers) } else { Accept::Anything },
            id: if named { RequestId::of(headers) } else { RequestId::new() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Survey;
    use http::{HeaderMap, HeaderValue};

    #[test]
    fn headers_are_looked_at_once() {
        let mut headers = HeaderMap::new();
        let survey = Survey::of(&mut headers);
        assert_eq!((survey.size, survey.accept.allows("image/png")), (0, true));
        for (name, value) in [("accept", "text/plain"), ("accept", "text/html"), ("x-request-id", "one")] {
            headers.append(name, HeaderValue::from_static(value));
        }
        let survey = Survey::of(&mut headers);
        assert_eq!(survey.size, 2 * "accept".len() + 10 + 9 + "x-request-id".len() + 3);
        assert_eq!(survey.id.as_str(), "one");
        assert!(survey.accept.allows("text/html") && !survey.accept.allows("image/png"));
    }

    #[test]
    fn credentials_are_not_printed() {
        let names = ["authorization", "cookie", "meshery-token", "proxy-authorization", "x-other"];
        let mut headers: HeaderMap = names
            .iter()
            .map(|name| (http::HeaderName::from_static(name), HeaderValue::from_static("hush")))
            .collect();
        headers.append("cookie", HeaderValue::from_static("hush"));
        Survey::of(&mut headers);
        let plain: Vec<_> = headers.iter().filter(|(_, v)| !v.is_sensitive()).map(|(n, _)| n).collect();
        assert_eq!(plain, ["x-other"]);
    }
}
