//! `mesheryd serve`.

mod app;
mod events;
mod metrics;
mod settings;
mod tls;

use super::stop::interrupted;
use super::talk::{print, say};
use anyhow::{Context, Result, bail};
use app::App;
use meshery_server::Serve;
use settings::{Resolved, Settings};
use std::path::PathBuf;
use std::time::Duration;
use tokio::net::TcpListener;

/// Connections at once, and handshakes.
const CONNECTIONS: usize = 20_000;

#[derive(clap::Args)]
pub(super) struct Args {
    /// A file with settings, in TOML, named as the options are.
    #[arg(long, env = "MESHERYD_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print the settings that come of options, environment and file, and stop.
    #[arg(long)]
    print_config: bool,
    #[command(flatten)]
    settings: Settings,
}

pub(super) async fn run(args: Args) -> Result<()> {
    let settings = match &args.config {
        Some(path) => args.settings.over(Settings::read(path)?)?,
        None => args.settings,
    };
    let settings = Resolved::new(settings)?;
    if args.print_config {
        return Ok(print(&settings.to_toml()?)?);
    }
    guard(&settings)?;
    start_log();
    let app = App::new(&settings).await?;
    let listener = TcpListener::bind(settings.listen).await;
    let listener = listener.with_context(|| format!("cannot listen at {}", settings.listen))?;
    announce(&settings, &listener)?;
    app.warm().await;
    let stop = {
        let app = app.clone();
        async move {
            interrupted().await;
            app.drain();
            say("stopping: requests in progress are finished");
        }
    };
    let serve = Serve::new(app.router(&settings))
        .connections(CONNECTIONS)
        .drain_time(Duration::from_secs(settings.drain));
    let cut = match &settings.tls {
        Some(files) => serve.run(tls::Listener::new(listener, files, CONNECTIONS)?, stop).await,
        None => serve.run(listener, stop).await,
    };
    if cut > 0 {
        bail!("{cut} connections were still being answered, and were cut off");
    }
    say("stopped");
    Ok(())
}

/// The local provider lets everybody in who reaches it: that is for this machine.
fn guard(settings: &Resolved) -> Result<()> {
    let everywhere = !settings.listen.ip().is_loopback();
    if settings.tokens.is_none() && everywhere && !settings.i_know_this_is_insecure {
        bail!(
            "the local provider lets in everybody who reaches {}; listen at 127.0.0.1, name with \
             --provider-url whose users are let in, or say --i-know-this-is-insecure",
            settings.listen
        );
    }
    Ok(())
}

fn announce(settings: &Resolved, listener: &TcpListener) -> Result<()> {
    let address = listener.local_addr()?;
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    say(&format!("{} of {} at {scheme}://{address}", settings.product, crate::contract::RELEASE));
    say(&format!("provider: {}", settings.described()));
    if settings.tls.is_none() && !address.ip().is_loopback() {
        say("warning: tokens come here in clear; give --tls-cert and --tls-key, or put a proxy in front");
    }
    if settings.tokens.is_some()
        && settings.listen.ip().is_unspecified()
        && settings.public_url.contains(&settings.listen.to_string())
    {
        say(&format!(
            "warning: browsers are sent to {} after a login; say with --public-url what they know this server by",
            settings.public_url
        ));
    }
    Ok(())
}

/// The log goes to stderr, as `RUST_LOG` asks for: warnings unless it says otherwise.
fn start_log() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    // A log that is there already (in a test, say) is as good.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}
