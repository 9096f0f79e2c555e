//! `mesheryd token`.

use super::session::{refresh, session};
use super::talk::print;
use crate::auth::TokenValue;
use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use std::fmt::Write;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The context of mesheryctl to look at, if not the current one.
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
    /// Print the token itself, and nothing else.
    #[arg(long)]
    show: bool,
    /// Have the provider refresh it first.
    #[arg(long)]
    refresh: bool,
}

pub(super) async fn run(args: &Args) -> Result<()> {
    let session = session(args.context.as_deref())?;
    if args.refresh {
        let file = session.auth_file().context("the token comes from the environment, and is not kept")?;
        refresh(&session, file).await?;
    }
    let Some(token) = session.token()? else {
        bail!("there is no token in {}; run `mesheryd login`", session.origin());
    };
    if args.show {
        return Ok(print(&format!("{}\n", token.expose_secret()))?);
    }
    let mut text = String::new();
    let provider = token.provider_name().unwrap_or("not named");
    writeln!(text, "server:    {}", session.endpoint())?;
    writeln!(text, "from:      {}", session.origin())?;
    if let Some(file) = session.auth_file() {
        writeln!(text, "file:      {}", file.path().display())?;
    }
    writeln!(text, "provider:  {provider}")?;
    writeln!(text, "expires:   {}", expiry(token.expose_secret()))?;
    Ok(print(&text)?)
}

fn expiry(secret: &str) -> String {
    if secret.is_empty() {
        return "never (a local provider needs no token)".to_owned();
    }
    let value = TokenValue::parse(secret);
    let refresh = if value.can_refresh() { "" } else { ", and cannot be refreshed" };
    match value.expires() {
        None => "not stated".to_owned(),
        Some(at) if at <= Timestamp::now() => format!("{at}: it has expired{refresh}"),
        Some(at) => format!("{at}{refresh}"),
    }
}
