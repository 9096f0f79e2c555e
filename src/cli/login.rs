//! `mesheryd login`.

use super::say;
use crate::auth::client::login::Login;
use crate::auth::client::{AuthFile, Session};
use anyhow::{Result, bail};
use std::path::PathBuf;
use std::time::Duration;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The server; that of the current context unless named.
    #[arg(long, env = "MESHERY_ENDPOINT", value_name = "URL")]
    endpoint: Option<String>,
    /// The provider, if the server has several.
    #[arg(long, env = "MESHERY_PROVIDER", value_name = "NAME")]
    provider: Option<String>,
    /// Print the URL instead of opening a browser.
    #[arg(long)]
    no_browser: bool,
    /// The file to write, where it is not that of the current context.
    #[arg(long, value_name = "FILE")]
    auth_file: Option<PathBuf>,
    /// How long to wait for the login, in seconds.
    #[arg(long, default_value_t = 300, value_name = "SECONDS")]
    timeout: u64,
}

pub(super) async fn run(args: Args) -> Result<()> {
    let session = Session::discover()?;
    let endpoint = args.endpoint.as_deref().unwrap_or(session.endpoint());
    let file = match (args.auth_file, session.auth_file()) {
        (Some(path), _) => AuthFile::at(path),
        (None, Some(_)) if !session.keeps_for(endpoint) => bail!(
            "{} is not for {endpoint}, and a token of one server must not go to another: name a file with \
             --auth-file",
            session.origin()
        ),
        (None, Some(file)) => AuthFile::at(file.path()),
        (None, None) => AuthFile::discover()?,
    };
    let mut login = Login::new(endpoint)?.patience(Duration::from_secs(args.timeout));
    if let Some(provider) = args.provider {
        login = login.provider(provider);
    }
    let token = login
        .run(|url| {
            if args.no_browser || open::that_detached(url).is_err() {
                say(&format!("Open this page to log in:\n{url}"));
            } else {
                say(&format!("A browser opens to log in. If it does not, open\n{url}"));
            }
        })
        .await?;
    file.write(&token)?;
    let provider = token.provider_name().unwrap_or("an unnamed provider");
    say(&format!("Logged in with {provider}; the token is in {}", file.path().display()));
    Ok(())
}
