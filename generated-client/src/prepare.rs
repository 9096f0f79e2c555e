//! From a call to the request of an attempt.

use crate::Error;
use crate::body::Body;
use crate::call::Call;
use crate::credentials::{Carried, Token};
use crate::error::BoxError;
use crate::transport::Outgoing;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue};

impl Call<'_> {
    /// The request of the next attempt. What can be sent again stays in the call.
    pub(crate) fn prepare(&mut self, token: Option<&Token>) -> Result<Outgoing, Error> {
        let operation = self.operation;
        let invalid =
            |message: &str| Error::InvalidRequest { operation: Some(operation), message: message.to_owned() };
        self.complete()?;
        let settings = self.core.settings();
        let url = settings.base.join(&self.path, &self.query_string());
        let url = url.ok_or_else(|| invalid("the path would be read as another one"))?;

        let mut headers = if self.headers.is_empty() { HeaderMap::new() } else { self.headers.clone() };
        let accept = HeaderValue::from_maybe_shared(Bytes::from_static(operation.accept.as_bytes()));
        let accept = accept.map_err(|_| invalid("a media type is not fit for a header"))?;
        set(&mut headers, ACCEPT, accept);
        set(&mut headers, USER_AGENT, settings.user_agent.clone());
        identify(&mut headers, &self.cookies, token).map_err(|source| Error::Credentials {
            operation,
            source,
            status: None,
        })?;

        let sendable = self.payload.take().into_sendable();
        let mut body = Body::default();
        if let Some(sendable) = sendable.map_err(|(name, why)| invalid(&format!("`{name}` {why}")))? {
            set(&mut headers, CONTENT_TYPE, sendable.media_type);
            if let Some(length) = sendable.length {
                set(&mut headers, CONTENT_LENGTH, length.into());
            }
            body = sendable.body;
        }
        Ok(Outgoing { method: operation.method.clone(), url, headers, body })
    }
}

/// Sets a header. One function for all of them: inlined, each would be as much code again.
#[inline(never)]
fn set(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.insert(name, value);
}

/// Writes the headers that say who is calling.
pub(crate) fn identify(
    headers: &mut HeaderMap,
    cookies: &[(&'static str, String)],
    token: Option<&Token>,
) -> Result<(), BoxError> {
    if let Some(token) = token {
        let Carried { cookie, bearer } = token.carried()?;
        if let Some(bearer) = bearer {
            set(headers, AUTHORIZATION, bearer.clone());
        }
        if cookies.is_empty() {
            if let Some(cookie) = cookie {
                set(headers, COOKIE, cookie.clone());
            }
            return Ok(());
        }
    }
    let mut all = token.map(Token::cookies).transpose()?.unwrap_or_default();
    for (name, value) in cookies {
        // The identity comes from the hook only: nobody overrides it by a parameter.
        if token.is_some() && matches!(*name, "token" | "meshery-provider") {
            continue;
        }
        let separator = if all.is_empty() { "" } else { "; " };
        all.push_str(&format!("{separator}{name}={value}"));
    }
    if !all.is_empty() {
        let mut value = HeaderValue::try_from(all)?;
        value.set_sensitive(true);
        set(headers, COOKIE, value);
    }
    Ok(())
}
