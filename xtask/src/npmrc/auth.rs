//! Credentials of the npm configuration: for which URLs they are, and the header they make.
//!
//! As for npm, credentials belong to a host and a path (`//host/path/:_authToken`), and the longest
//! that begins a URL counts. A URL without any of its own gets those of the registry if it is on
//! the registry's host, and none otherwise.

use super::Npmrc;
use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use reqwest::Url;
use reqwest::header::HeaderValue;

/// Reads base64 as node does, with padding or without.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What the configuration has for a URL.
#[derive(Debug, PartialEq)]
pub(crate) enum Auth {
    /// Nothing.
    Nothing,
    /// The value of an `Authorization` header.
    Header(HeaderValue),
    /// What is wrong with the setting of that name; what it holds is not told.
    Unusable(String),
}

impl Npmrc {
    /// The credentials for a URL, of which `registry` is the registry.
    pub(crate) fn auth(&self, url: &Url, registry: &Url) -> Auth {
        match self.own_auth(url) {
            Auth::Nothing if authority(url) == authority(registry) => self.own_auth(registry),
            own => own,
        }
    }

    fn own_auth(&self, url: &Url) -> Auth {
        let mut key = format!("//{}{}", authority(url), url.path());
        while key.len() > 2 {
            if let Some(found) = self.at(&key) {
                return found;
            }
            // Credentials may be written with the last slash or without.
            if key.ends_with('/') {
                key.pop();
            } else {
                key.truncate(key.rfind('/').map_or(0, |slash| slash + 1));
            }
        }
        Auth::Nothing
    }

    /// The credentials that are written for exactly this beginning of a URL.
    fn at(&self, key: &str) -> Option<Auth> {
        let setting = |name: &str| {
            let name = format!("{key}:{name}");
            let value = self.text(&name)?;
            Some((name, value))
        };
        let (name, header) = if let Some((name, token)) = setting("_authToken") {
            (name, unset(token).map_or_else(|| Ok(format!("Bearer {token}")), Err))
        } else if let Some((name, basic)) = setting("_auth") {
            (name, unset(basic).map_or_else(|| Ok(format!("Basic {basic}")), Err))
        } else {
            let ((_, user), (name, password)) = (setting("username")?, setting("_password")?);
            let header = match (unset(password).or_else(|| unset(user)), LENIENT.decode(password)) {
                (Some(problem), _) => Err(problem),
                (None, Err(_)) => Err("is not base64".to_owned()),
                (None, Ok(password)) => {
                    let both = [user.as_bytes(), b":", &password].concat();
                    Ok(format!("Basic {}", STANDARD.encode(both)))
                }
            };
            (name, header)
        };
        let value = header.and_then(|header| {
            HeaderValue::from_str(&header).map_err(|_| "holds characters that no header can".to_owned())
        });
        Some(match value {
            Ok(mut value) => {
                value.set_sensitive(true);
                Auth::Header(value)
            }
            Err(problem) => Auth::Unusable(format!("`{name}` in the npm configuration {problem}")),
        })
    }
}

/// What to say of a value that still names a variable.
fn unset(value: &str) -> Option<String> {
    let (_, rest) = value.split_once("${")?;
    let (name, _) = rest.split_once('}')?;
    Some(format!("names the variable {name}, which is not set"))
}

/// Host and port of a URL, without a port that goes without saying.
fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
