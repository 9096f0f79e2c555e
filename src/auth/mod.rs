//! The hooks of authentication, implemented: `client` for who calls, `server` for who is called.
//!
//! What always holds: a token is shown by no `Debug`, no error and no log of this crate, and goes to
//! nobody but the server it is for and the provider that issued it.

#[cfg(feature = "client")]
pub mod client;
mod encoding;
mod issuer;
mod provider_name;
#[cfg(feature = "server")]
pub mod server;

pub use encoding::TokenValue;
#[cfg(feature = "remote")]
pub(crate) use issuer::trusted;
pub use issuer::{Issuer, IssuerFault};
pub use provider_name::{LOCAL, is_local};
