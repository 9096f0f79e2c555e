//! As whom the command line calls: the session of mesheryctl, with a token that still counts.

use super::say;
use crate::auth::client::login::Login;
use crate::auth::client::{AuthFile, Refreshing, Session};
use crate::auth::{Issuer, TokenValue, is_local};
use anyhow::{Context, Result, bail};
use jiff::Timestamp;

/// The session of a context that is named, or that of environment and current context.
pub(super) fn session(context: Option<&str>) -> Result<Session> {
    Ok(match context {
        Some(name) => Session::of_context(name)?,
        None => Session::discover()?,
    })
}

/// Has the provider refresh a token that has expired, or is about to, if it can be refreshed and comes
/// from a file. What goes wrong is said: the server has the last word on the token at hand.
pub(super) async fn keep_alive(session: &Session) -> Result<()> {
    let Some(file) = session.auth_file() else { return Ok(()) };
    let Some(token) = session.token()? else { return Ok(()) };
    let value = TokenValue::parse(token.expose_secret());
    let soon = Timestamp::now() + jiff::SignedDuration::from_secs(60);
    if !value.can_refresh() || value.expires().is_none_or(|at| at > soon) {
        return Ok(());
    }
    if let Err(why) = refresh(session, file).await {
        say(&format!("warning: the token is not refreshed: {why:#}"));
    }
    Ok(())
}

/// Has the provider refresh the token in a file, and keeps what it gives. Which provider that is, and
/// where, the server tells.
pub(super) async fn refresh(session: &Session, file: &AuthFile) -> Result<()> {
    let token = session.token()?.context("there is no token; run `mesheryd login`")?;
    let named = token.provider_name();
    if named.is_some_and(is_local) {
        bail!("a local provider has no tokens to refresh");
    }
    let providers = Login::new(session.endpoint())?.providers().await?;
    let mut remote = providers.iter().filter(|info| !info.url.is_empty());
    let provider = match named {
        Some(name) => remote.find(|info| info.name == name),
        None => remote.next().filter(|_| remote.next().is_none()),
    };
    let provider = provider.with_context(|| {
        format!("{} has no provider {}", session.endpoint(), named.unwrap_or("that could be meant"))
    })?;
    let refreshing = Refreshing::new(AuthFile::at(file.path()), Issuer::new(&provider.url)?);
    match refreshing.refresh().await? {
        true => Ok(()),
        false => bail!("{} does not refresh it; run `mesheryd login`", provider.name),
    }
}
