//! The login that mesheryctl does, step by step: providers of the server, the user in a browser, the
//! token object of the server.

use super::Fault;
use super::callback::Callback;
use crate::auth::{Issuer, is_local, issuer};
use meshery_client::Token;
use reqwest::header::{COOKIE, HeaderValue};
use reqwest::{StatusCode, Url};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// More than these answers hold.
const LIMIT: usize = 1 << 20;

/// A login at a server.
///
/// ```no_run
/// # async fn run() -> Result<(), meshery_runtime::auth::client::Fault> {
/// use meshery_runtime::auth::client::{AuthFile, login::Login};
///
/// let login = Login::new("http://localhost:9081")?.provider("Meshery");
/// let token = login.run(|url| println!("open {url}")).await?;
/// AuthFile::discover()?.write(&token)?;
/// # Ok(())
/// # }
/// ```
pub struct Login {
    endpoint: Url,
    provider: Option<String>,
    patience: Duration,
    http: reqwest::Client,
}

/// A provider, as `GET /api/providers` tells of it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProviderInfo {
    /// Its name, by which it is chosen.
    #[serde(default, rename = "providerName")]
    pub name: String,
    /// Where its users log in; empty for the local one.
    #[serde(default, rename = "providerUrl")]
    pub url: String,
}

#[derive(Deserialize)]
struct TokenObject {
    #[serde(rename = "meshery-provider")]
    provider: String,
    token: String,
}

impl Login {
    /// A login at the server with this base URL.
    ///
    /// # Errors
    /// A token must not be sent to that URL: it is neither HTTPS nor of this machine.
    pub fn new(endpoint: &str) -> Result<Self, Fault> {
        let of = || "the server".to_owned();
        let endpoint =
            issuer::trusted(endpoint).map_err(|what| Fault::Url { of: of(), what: what.to_owned() })?;
        let http = issuer::direct(&endpoint)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(30))
            .build()
            .map_err(|e| Fault::answer("login", e.to_string()))?;
        Ok(Self { endpoint, provider: None, patience: Duration::from_secs(300), http })
    }

    /// The provider to log in with; without one, the only one that the server has.
    #[must_use]
    pub fn provider(mut self, name: impl Into<String>) -> Self {
        self.provider = Some(name.into());
        self
    }

    /// How long the user may take: 5 minutes unless set.
    #[must_use]
    pub fn patience(mut self, limit: Duration) -> Self {
        self.patience = limit;
        self
    }

    /// Logs in. `show` is given the URL for the browser, unless the provider needs none.
    ///
    /// # Errors
    /// The server has no such provider, nobody logs in in time, or the server does not take what the
    /// provider gave.
    pub async fn run(self, show: impl FnOnce(&str)) -> Result<Token, Fault> {
        let provider = self.choose(self.providers().await?)?;
        let token = if provider.url.is_empty() {
            Token::new("").provider(provider.name)
        } else {
            let callback = Callback::listen().await?;
            show(self.browser_url(&provider, &callback.url())?.as_str());
            let secret = tokio::time::timeout(self.patience, callback.token()).await;
            Token::new(secret.map_err(|_| Fault::Late)?).provider(provider.name)
        };
        self.confirmed(&token).await
    }

    /// The providers of the server.
    ///
    /// # Errors
    /// It cannot be asked, or answers something else.
    pub async fn providers(&self) -> Result<Vec<ProviderInfo>, Fault> {
        let asked = "GET /api/providers";
        let body = self.get(asked, "/api/providers", None).await?;
        let by_name: BTreeMap<String, ProviderInfo> = serde_json::from_slice(&body)
            .map_err(|_| Fault::answer(asked, "the answer lists no providers"))?;
        let named = by_name.into_iter().map(|(name, info)| match info.name.is_empty() {
            true => ProviderInfo { name, ..info },
            false => info,
        });
        Ok(named.collect())
    }

    fn choose(&self, mut providers: Vec<ProviderInfo>) -> Result<ProviderInfo, Fault> {
        let fits = |info: &ProviderInfo| match &self.provider {
            Some(name) => info.name == *name || (is_local(name) && is_local(&info.name)),
            None => true,
        };
        let found = providers.iter().position(fits);
        match found {
            Some(at) if self.provider.is_some() || providers.len() == 1 => Ok(providers.swap_remove(at)),
            _ => Err(Fault::Provider {
                name: self.provider.clone(),
                known: providers.into_iter().map(|info| info.name).collect(),
            }),
        }
    }

    /// Where the browser goes.
    fn browser_url(&self, provider: &ProviderInfo, callback: &str) -> Result<Url, Fault> {
        let fault =
            |what: &str| Fault::Url { of: format!("the provider {}", provider.name), what: what.to_owned() };
        Ok(Issuer::new(&provider.url).map_err(|e| fault(&e.to_string()))?.login_url(callback))
    }

    /// The token as the server confirms it: what mesheryctl writes to `auth.json`.
    async fn confirmed(&self, token: &Token) -> Result<Token, Fault> {
        let asked = "GET /api/token";
        let body = self.get(asked, "/api/token", Some(token)).await?;
        let TokenObject { provider, token } = serde_json::from_slice(&body)
            .map_err(|_| Fault::answer(asked, "the answer is no token object"))?;
        Ok(Token::new(token).provider(provider))
    }

    async fn get(&self, asked: &str, path: &str, token: Option<&Token>) -> Result<Vec<u8>, Fault> {
        let transport = |e: reqwest::Error| Fault::answer(asked, e.without_url().to_string());
        let mut url = self.endpoint.clone();
        url.set_path(&format!("{}{path}", self.endpoint.path().trim_end_matches('/')));
        let mut request = self.http.get(url).header("accept", "application/json");
        if let Some(token) = token {
            let provider = token.provider_name().unwrap_or_default();
            let cookies = format!("meshery-provider={provider}; token={}", token.expose_secret());
            let mut cookies = HeaderValue::try_from(cookies)
                .map_err(|_| Fault::answer(asked, "the token cannot be sent as a cookie"))?;
            cookies.set_sensitive(true);
            request = request.header(COOKIE, cookies);
        }
        let mut response = request.send().await.map_err(transport)?;
        if response.status() != StatusCode::OK {
            return Err(Fault::answer(asked, format!("status {}", response.status().as_u16())));
        }
        let mut all = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(transport)? {
            if all.len() + chunk.len() > LIMIT {
                return Err(Fault::answer(asked, format!("the answer is larger than {LIMIT} bytes")));
            }
            all.extend_from_slice(&chunk);
        }
        Ok(all)
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("endpoint", &self.endpoint.as_str())
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}
