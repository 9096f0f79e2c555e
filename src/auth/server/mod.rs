//! Who is called: whose token counts, and which provider a request is about.
//!
//! | what | what it decides |
//! |---|---|
//! | [`Verifier`] | whether an access token was issued by a provider, is meant for here, and still counts |
//! | [`KeySet`] | which keys a provider signs with, fetched when they are needed |
//! | [`Providers`] | which provider a request is about: cookie, header, query, default; or pinned |
//! | [`Gate`] | both: the authenticator of a server |
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use meshery_runtime::auth::Issuer;
//! use meshery_runtime::auth::server::{Gate, Provider, Providers, Verifier};
//!
//! let issuer = Issuer::new("https://cloud.example.org")?;
//! let provider = Provider::remote("Meshery", Verifier::new(issuer).audience("meshery"));
//! let gate = Gate::new(Providers::new([provider]));
//! let router = meshery_server::meshery::Api::new(gate).into_router();
//! # drop(router);
//! # Ok(())
//! # }
//! ```
//!
//! What always holds: every way to fail ends in a refusal; what a token says of itself (its
//! algorithm, its key, its issuer) chooses among what is allowed here and adds nothing to it; no
//! request makes this server ask a provider more often than [`KeySet`] and [`Verifier`] say.

mod algorithm;
mod cookies;
mod gate;
mod identity;
mod keyset;
mod memo;
#[cfg(feature = "remote")]
mod permissions;
mod providers;
mod refreshed;
mod routes;
mod verifier;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use gate::Gate;
pub use identity::{Identity, LOCAL_USER};
pub use keyset::{KeyFault, KeySet};
#[cfg(feature = "remote")]
pub use permissions::{
    BESIDE, ByKeys, EVERYBODY, HeldKeys, Keys, OfOrganization, PERMISSIONS, Permission, UNMAPPED, permissions,
};
pub use providers::{Provider, Providers, UnknownProvider};
pub use refreshed::set_refreshed_cookie;
pub use routes::Routes;
pub use verifier::{Untrusted, Verifier};
