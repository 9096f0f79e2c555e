//! From a call to the request of an attempt.

use crate::Error;
use crate::body::Body;
use crate::call::{Call, Target};
use crate::credentials::{Carried, Token};
use crate::error::BoxError;
use crate::transport::Outgoing;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, USER_AGENT};
use http::{HeaderMap, HeaderValue};

impl Call<'_> {
    /// The request of the next attempt. What can be sent again stays in the call.
    pub(crate) fn prepare(&mut self, token: Option<&Token>) -> Result<Outgoing, Error> {
        let operation = self.operation;
        let invalid = |message: String| Error::InvalidRequest { operation: Some(operation), message };
        let core = self.core.clone();
        let settings = core.settings();
        let Target { path, query } = self.target()?;
        let url = settings.base.join(path, &query);
        let url = url.ok_or_else(|| invalid("the path would be read as another one".to_owned()))?;

        let mut headers = self.headers.clone();
        let accept = HeaderValue::from_str(operation.accept);
        headers
            .insert(ACCEPT, accept.map_err(|_| invalid("a media type is not fit for a header".to_owned()))?);
        headers.insert(USER_AGENT, settings.user_agent.clone());
        identify(&mut headers, &self.cookies, token).map_err(|source| Error::Credentials {
            operation,
            source,
            status: None,
        })?;

        let sendable = self.payload.take().into_sendable();
        let mut body = Body::default();
        if let Some(sendable) = sendable.map_err(|(name, why)| invalid(format!("`{name}` {why}")))? {
            headers.insert(CONTENT_TYPE, sendable.media_type);
            if let Some(length) = sendable.length {
                headers.insert(CONTENT_LENGTH, length.into());
            }
            body = sendable.body;
        }
        Ok(Outgoing { method: operation.method.clone(), url, headers, body })
    }
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
            headers.insert(AUTHORIZATION, bearer.clone());
        }
        if cookies.is_empty() {
            if let Some(cookie) = cookie {
                headers.insert(COOKIE, cookie.clone());
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
        headers.insert(COOKIE, value);
    }
    Ok(())
}
