//! A response on its way back: looked at, and passed on or refused.

use super::{Held, Remote, headers};
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use meshery_client::{Error, Expected, OperationInfo, PassedResponse, Violation};
use meshery_server::{AnyResponse, ByteStream};
use std::io;

impl Remote {
    /// What goes back to the caller.
    pub(super) async fn deliver(
        &self,
        operation: &'static OperationInfo,
        response: PassedResponse,
        head: bool,
        place: Held,
    ) -> Result<AnyResponse, Error> {
        self.0.drift.passed(operation);
        if is_login(operation, &response) {
            return Ok(not_authenticated());
        }
        let (status, passed) = (response.status, headers::incoming(&response.headers));
        let (mut found, expected) = operation.check(status, &response.headers);
        let empty = response.length() == Some(0);
        let body = match expected {
            Expected::Events(check) => {
                self.0.drift.found(operation, &found);
                if self.0.strict && !found.is_empty() {
                    return Ok(refused(&found));
                }
                let events = self.looked_at(operation, check, response.into_stream(), place);
                return Ok(answer(status, passed, Some(ByteStream::new(events))));
            }
            Expected::Whole(check) if !head => match self.whole(response).await? {
                Body::Whole(bytes) => {
                    found.extend(check.check(&bytes));
                    ByteStream::from(bytes)
                }
                Body::TooLarge(stream) => {
                    self.0.drift.unread(operation);
                    if self.0.strict {
                        return Ok(refused(&found));
                    }
                    stream
                }
            },
            _ => ByteStream::new(response.into_stream().map(|chunk| chunk.map_err(io::Error::other))),
        };
        self.0.drift.found(operation, &found);
        if self.0.strict && !found.is_empty() {
            return Ok(refused(&found));
        }
        Ok(answer(status, passed, (!empty).then_some(body)))
    }

    /// The body in memory, unless it is too large for that.
    async fn whole(&self, mut response: PassedResponse) -> Result<Body, Error> {
        let mut all = BytesMut::new();
        while let Some(chunk) = response.chunk().await? {
            all.extend_from_slice(&chunk);
            if all.len() > self.0.looked_at {
                let first = futures_util::stream::iter([Ok(all.freeze())]);
                let rest = response.into_stream().map(|chunk| chunk.map_err(io::Error::other));
                return Ok(Body::TooLarge(ByteStream::new(first.chain(rest))));
            }
        }
        Ok(Body::Whole(all.freeze()))
    }

    /// Events as they pass. One that breaks the contract ends the stream where that is asked for.
    fn looked_at(
        &self,
        operation: &'static OperationInfo,
        mut check: meshery_client::EventsCheck,
        stream: impl Stream<Item = Result<Bytes, Error>> + Send + Unpin + 'static,
        place: Held,
    ) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        let remote = self.clone();
        stream.map(move |chunk| {
            // It is counted as long as it lasts.
            let _ = &place;
            let chunk = chunk.map_err(io::Error::other)?;
            let found = check.push(&chunk);
            remote.0.drift.found(operation, &found);
            if remote.0.strict && !found.is_empty() {
                return Err(io::Error::other("an event breaks the contract"));
            }
            Ok(chunk)
        })
    }
}

enum Body {
    Whole(Bytes),
    TooLarge(ByteStream),
}

/// Whether a login is asked for in place of an answer: a redirect, or a page, that the contract does
/// not have.
fn is_login(operation: &OperationInfo, response: &PassedResponse) -> bool {
    let documented = operation.response(response.status);
    if documented.is_none() && matches!(response.status.as_u16(), 302 | 303 | 307) {
        return true;
    }
    let media_type = response.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let page = media_type.is_some_and(|m| m.to_ascii_lowercase().starts_with("text/html"));
    let due = documented.is_some_and(|d| d.media_types.iter().any(|m| m.starts_with("text/html")));
    response.status.is_success() && page && !due
}

/// The answer as it came.
fn answer(status: StatusCode, headers: HeaderMap, body: Option<ByteStream>) -> AnyResponse {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = media_type.unwrap_or("application/octet-stream").to_owned();
    let response = AnyResponse::new(status).headers(headers);
    match body {
        Some(body) => response.body(&media_type, body),
        None => response,
    }
}

fn not_authenticated() -> AnyResponse {
    let headers = HeaderMap::from_iter([(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))]);
    AnyResponse::error(StatusCode::UNAUTHORIZED, "the upstream server asks for a login").headers(headers)
}

fn refused(found: &[Violation]) -> AnyResponse {
    let mut text = "the answer of the upstream server is not what the contract says".to_owned();
    for violation in found.iter().take(16) {
        text.push_str(&format!("\n{violation}"));
    }
    AnyResponse::error(StatusCode::BAD_GATEWAY, text)
}
