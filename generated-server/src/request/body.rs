//! Reading a request body: is it of a kind that the operation takes, and is it small enough?

use super::Arrival;
use super::accept::kind_of;
use super::multipart::{self, Parts};
use crate::rejection::{BadRequest, BodyTooLarge, UnsupportedMediaType};
use crate::{BodyInfo, ByteStream, Limits, MediaInfo, MediaKind, OperationInfo, Rejection};
use bytes::{Bytes, BytesMut};
use futures_util::stream::{BoxStream, StreamExt, TryStreamExt};
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, ORIGIN};
use meshery_types::wire::media::{agreement, essence};

/// The bytes of a request as they arrive.
pub(crate) type Incoming = BoxStream<'static, Result<Bytes, Box<dyn std::error::Error + Send + Sync>>>;

/// A body: read, or ready to be.
#[derive(Debug, Default)]
#[allow(dead_code, reason = "which of these are used depends on the contract")]
pub(crate) enum BodyInput {
    /// There is none.
    #[default]
    Absent,
    /// A body of the media type with this index in the operation's list.
    Whole(usize, Bytes),
    /// Bytes that the handler reads while they arrive, with the same index.
    Arriving(usize, ByteStream, Arrival),
    /// The parts of a multipart body, with the same index.
    Parts(usize, Parts),
}

/// Reads the body that `operation` takes, unless it is for the handler to read. One that it does not
/// take is not read at all.
///
/// `body` is `None` when the request has none.
pub(crate) async fn read(
    operation: &OperationInfo,
    headers: &HeaderMap,
    body: Option<Incoming>,
    limits: &Limits,
) -> Result<BodyInput, Rejection> {
    let Some(info) = &operation.body else { return Ok(BodyInput::Absent) };
    if body.is_none() && !headers.contains_key(CONTENT_TYPE) {
        return Ok(BodyInput::Absent);
    }
    let (index, media) = choose(info, headers).ok_or_else(|| UnsupportedMediaType::of(operation))?;
    let limit = limits.of(media.kind);
    if declared_length(headers).is_some_and(|length| length > limit as u64) {
        return Err(BodyTooLarge { limit }.into());
    }
    let body = body.unwrap_or_else(|| futures_util::stream::empty().boxed());
    if media.kind == MediaKind::Multipart {
        let content_type = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        // Boxed: it is large, and what few requests wait for every request would have room for.
        return Ok(BodyInput::Parts(index, Box::pin(multipart::read(content_type, body, limits)).await?));
    }
    if media.kind == MediaKind::Bytes {
        let arrival = Arrival::default();
        return Ok(BodyInput::Arriving(index, arrival.of(body, limit), arrival));
    }
    let bytes = collect(body, limit).await?;
    Ok(if bytes.is_empty() && media.kind == MediaKind::Json {
        // Nothing is a text, but no JSON document: it is no body.
        BodyInput::Absent
    } else {
        BodyInput::Whole(index, bytes)
    })
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The media type of the operation's list that the body is of.
///
/// A body without `Content-Type` is bytes (RFC 9110, 8.3), or else the JSON that mesheryctl sends so.
/// From a browser it is not taken for JSON: a page of another origin may send such a request with the
/// user's cookies, without asking first.
fn choose(info: &BodyInfo, headers: &HeaderMap) -> Option<(usize, MediaInfo)> {
    let accepts = || info.accepts.iter().copied().enumerate();
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let given = match values.next() {
        Some(value) => value.to_str().ok()?,
        None if accepts().all(|(_, media)| media.kind != MediaKind::Bytes) && !is_of_a_page(headers) => {
            return accepts().find(|(_, media)| media.kind == MediaKind::Json);
        }
        None => "application/octet-stream",
    };
    if values.next().is_some() {
        return None;
    }
    let chosen = named(info, given);
    chosen.filter(|(_, media)| media.kind == MediaKind::Bytes || charset_is_utf8(given))
}

/// The closest of those that are called as the media type of the body is; where there is none, a range.
fn named(info: &BodyInfo, given: &str) -> Option<(usize, MediaInfo)> {
    let accepts = || info.accepts.iter().copied().enumerate();
    let stated = essence(given);
    let is_called = |media: &MediaInfo| essence(media.media_type).eq_ignore_ascii_case(stated);
    let mut called = accepts().filter(|(_, media)| is_called(media)).peekable();
    if called.peek().is_none() {
        return accepts().find(|(_, media)| in_range(stated, media.media_type));
    }
    let closest = called.filter_map(|choice| Some((agreement(given, choice.1.media_type)?, choice)));
    let best = closest.reduce(|best, other| if other.0 > best.0 { other } else { best });
    best.map(|(_, choice)| choice)
}

/// Whether a page may have sent it: browsers say so with whatever can write.
fn is_of_a_page(headers: &HeaderMap) -> bool {
    headers.contains_key(ORIGIN) || headers.contains_key("sec-fetch-site")
}

/// Whether a media type is one of `image/*`, say.
fn in_range(media_type: &str, range: &str) -> bool {
    match range.split_once("/*") {
        Some(("*", "")) => true,
        Some((kind, "")) => kind_of(media_type).eq_ignore_ascii_case(kind),
        _ => false,
    }
}

fn charset_is_utf8(content_type: &str) -> bool {
    let charsets = content_type.split(';').skip(1).filter_map(|p| p.trim().split_once('='));
    let mut charsets = charsets.filter(|(name, _)| name.eq_ignore_ascii_case("charset"));
    charsets.all(|(_, charset)| {
        let charset = charset.trim_matches('"');
        charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("us-ascii")
    })
}

async fn collect(mut body: Incoming, limit: usize) -> Result<Bytes, Rejection> {
    // Most bodies come in one piece, which need not be copied.
    let mut only = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(chunk) = body.try_next().await.map_err(|_| broken())? {
        if only.len() + all.len() + chunk.len() > limit {
            return Err(BodyTooLarge { limit }.into());
        }
        if only.is_empty() && all.is_empty() {
            only = chunk;
        } else {
            all.extend_from_slice(&std::mem::take(&mut only));
            all.extend_from_slice(&chunk);
        }
    }
    Ok(if all.is_empty() { only } else { all.freeze() })
}

/// The connection broke, or its framing did.
pub(super) fn broken() -> Rejection {
    BadRequest::unreadable("the request body cannot be read").into()
}

#[cfg(test)]
mod tests {
    use super::{BodyInput, Incoming, read};
    use crate::{BodyInfo, Limits, MediaInfo, MediaKind, OperationInfo};
    use bytes::Bytes;
    use futures_util::StreamExt;
    use http::{HeaderMap, HeaderName, HeaderValue, Method};
    use std::sync::LazyLock;

    static JSON: LazyLock<OperationInfo> = LazyLock::new(|| OperationInfo {
        body: Some(BodyInfo {
            required: true,
            accepts: &[MediaInfo { media_type: "application/json", kind: MediaKind::Json }],
        }),
        ..OperationInfo::new("putThing", Method::PUT, "/thing")
    });
    static BYTES: LazyLock<OperationInfo> = LazyLock::new(|| OperationInfo {
        body: Some(BodyInfo {
            required: true,
            accepts: &[MediaInfo { media_type: "application/octet-stream", kind: MediaKind::Bytes }],
        }),
        ..OperationInfo::new("putBytes", Method::PUT, "/bytes")
    });

    async fn status(
        operation: &'static OperationInfo,
        headers: &[(&'static str, &'static str)],
        chunks: &'static [&'static str],
    ) -> Result<BodyInput, u16> {
        let headers: HeaderMap =
            headers.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect();
        let chunks = chunks.iter().map(|c| Ok(Bytes::from_static(c.as_bytes())));
        let body: Option<Incoming> = (chunks.len() > 0).then(|| futures_util::stream::iter(chunks).boxed());
        let limits = Limits { json: 4, bytes: 4, ..Limits::default() };
        read(operation, &headers, body, &limits).await.map_err(|r| r.status().as_u16())
    }

    #[tokio::test]
    async fn the_media_type_decides() {
        let json = ("content-type", "Application/JSON; charset=UTF-8");
        assert!(matches!(status(&JSON, &[json], &["{}"]).await, Ok(BodyInput::Whole(0, _))));
        let latin = ("content-type", "application/json; charset=latin1");
        assert_eq!(status(&JSON, &[latin], &["{}"]).await.unwrap_err(), 415);
        let text = ("content-type", "text/plain");
        assert_eq!(status(&JSON, &[text], &["{}"]).await.unwrap_err(), 415);
    }

    #[test]
    fn parameters_of_the_contract_decide() {
        const ACCEPTS: &[MediaInfo] = &[
            MediaInfo { media_type: "application/json", kind: MediaKind::Json },
            MediaInfo { media_type: "application/json; v=1", kind: MediaKind::Json },
            MediaInfo { media_type: "application/x+json; v=1", kind: MediaKind::Json },
        ];
        let info = BodyInfo { required: true, accepts: ACCEPTS };
        let chosen = |given: &str| super::named(&info, given).map(|(index, _)| index);
        assert_eq!(chosen("application/json"), Some(0));
        assert_eq!(chosen("application/json; v=2; charset=utf-8"), Some(0));
        assert_eq!(chosen("Application/JSON; charset=utf-8; V=1"), Some(1));
        assert_eq!(chosen("application/x+json; other=2"), Some(2));
        assert_eq!(chosen("application/x+json; v=2"), None);
    }

    #[tokio::test]
    async fn without_a_media_type_it_is_bytes_or_json_of_no_page() {
        assert!(matches!(status(&JSON, &[], &["{}"]).await, Ok(BodyInput::Whole(0, _))));
        for page in [("origin", "http://evil.test"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
            assert_eq!(status(&JSON, &[page], &["{}"]).await.unwrap_err(), 415, "{page:?}");
        }
        assert!(matches!(status(&BYTES, &[], &["ab"]).await, Ok(BodyInput::Arriving(0, ..))));
    }

    #[tokio::test]
    async fn what_is_too_large_is_refused_announced_or_not() {
        let json = ("content-type", "application/json");
        let long = ("content-length", "5");
        assert_eq!(status(&JSON, &[json, long], &[]).await.unwrap_err(), 413);
        assert_eq!(status(&JSON, &[json], &["[1,", "2]"]).await.unwrap_err(), 413);
    }

    #[tokio::test]
    async fn no_body_needs_no_media_type() {
        assert!(matches!(status(&JSON, &[], &[]).await, Ok(BodyInput::Absent)));
        let json = ("content-type", "application/json");
        assert!(matches!(status(&JSON, &[json], &[]).await, Ok(BodyInput::Absent)));
        let bytes = ("content-type", "application/octet-stream");
        assert!(matches!(status(&BYTES, &[bytes], &[]).await, Ok(BodyInput::Arriving(0, ..))));
    }
}
