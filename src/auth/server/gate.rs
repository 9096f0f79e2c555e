//! The authenticator: the provider of a request, then what that provider demands.

use super::providers::Kind;
use super::refreshed::Slot;
use super::{Identity, Provider, Providers};
use http::request::Parts;
use meshery_server::{Asked, Authenticate, Denied, Token};
use std::sync::Arc;

/// Lets in whom the provider of a request vouches for. Clones share everything.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Providers>);

impl Gate {
    /// A gate for these providers.
    #[must_use]
    pub fn new(providers: Providers) -> Self {
        Self(Arc::new(providers))
    }

    /// The providers.
    #[must_use]
    pub fn providers(&self) -> &Providers {
        &self.0
    }

    /// Who sent a request, which shows this token.
    ///
    /// # Errors
    /// The request is about no provider, or its provider does not vouch for who sent it.
    pub async fn identify(&self, token: Option<&Token>, parts: &Parts) -> Result<Identity, Denied> {
        self.let_in(self.0.of_request(&parts.headers, &parts.uri), token, parts).await
    }

    async fn let_in(
        &self,
        provider: Option<&Provider>,
        token: Option<&Token>,
        parts: &Parts,
    ) -> Result<Identity, Denied> {
        let provider = provider.ok_or_else(|| Denied::unauthenticated("no provider is chosen"))?;
        let identity = vouched(provider, token).await?;
        if let (Some(new), Some(slot)) = (&identity.refreshed, parts.extensions.get::<Slot>()) {
            slot.put(new.clone());
        }
        Ok(identity)
    }
}

/// Who shows a token, as far as a provider vouches for it.
pub(super) async fn vouched(provider: &Provider, token: Option<&Token>) -> Result<Identity, Denied> {
    let token = || token.ok_or_else(|| Denied::unauthenticated("a token is needed"));
    match &provider.kind {
        Kind::Local => Ok(Identity::local()),
        Kind::Remote(verifier) => {
            let verified = verifier.verify(token()?.secret()).await?;
            Ok(Identity {
                provider: provider.name().to_owned(),
                subject: verified.subject,
                claims: verified.claims,
                refreshed: verified.refreshed,
                local: false,
            })
        }
        Kind::Deferred => {
            token()?;
            Ok(Identity {
                provider: provider.name().to_owned(),
                subject: String::new(),
                claims: serde_json::Map::new(),
                refreshed: None,
                local: false,
            })
        }
    }
}

impl Authenticate for Gate {
    type Identity = Identity;

    async fn authenticate(&self, asked: Asked<'_>) -> Result<Identity, Denied> {
        let Asked { operation, token, parts, .. } = asked;
        let provider = self.0.of_operation(operation, &parts.headers, &parts.uri);
        self.let_in(provider, token, parts).await
    }
}
