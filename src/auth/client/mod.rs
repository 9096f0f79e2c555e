//! Who calls: where the token of a client comes from.
//!
//! | what | where it looks |
//! |---|---|
//! | [`meshery_client::Token`] | a fixed token |
//! | [`AuthFile`] | `auth.json` as mesheryctl writes it, read again when it changes |
//! | [`Config`] | the contexts of mesheryctl's `config.yaml` |
//! | [`Session`] | environment, then the current context, then `~/.meshery/auth.json` |
//! | [`Refreshing`] | any of these, refreshed by the provider before it expires |
//! | [`login`] | the user, by browser |
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use meshery_client::meshery::Client;
//! use meshery_runtime::auth::client::Session;
//!
//! let session = Session::discover()?;
//! let client = Client::builder(session.endpoint())?.credentials(session).build()?;
//! let page = client.workspaces().get_workspaces().send().await?;
//! # drop(page);
//! # Ok(())
//! # }
//! ```

mod auth_file;
mod callback;
mod config;
mod fault;
pub mod login;
mod refreshing;
mod session;
#[cfg(test)]
mod tests;

pub use auth_file::AuthFile;
pub use config::{Config, Context};
pub use fault::Fault;
pub use refreshing::{Keeper, Refreshing};
pub use session::{Origin, Session};

use std::path::PathBuf;

/// Where Meshery Server listens unless it is told otherwise.
pub const DEFAULT_ENDPOINT: &str = "http://localhost:9081";

/// `~/.meshery`, where mesheryctl keeps its files.
///
/// # Errors
/// The home folder of the user is not known.
pub fn meshery_folder() -> Result<PathBuf, Fault> {
    let home = std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
    home.map(|home| home.join(".meshery")).ok_or(Fault::NoHome)
}
