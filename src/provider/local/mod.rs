//! The local provider: the operations of Meshery Server over a [`Store`].
//!
//! It stands on its own: no login, no other server. Each group of operations is implemented in a
//! file of its own over the same few steps, which are in `objects` and `listing`.
//!
//! Whose an object is decides who gets to it: its owner, the members of the organization it is part
//! of, and everybody where it is nobody's (the registry). For all others it is not there.

mod caller;
#[cfg(feature = "server")]
mod callers;
mod cluster;
mod connections;
mod controllers;
mod credentials;
mod definitions;
mod designs;
mod environments;
mod events;
mod identity;
mod kind;
mod kubernetes;
mod listing;
mod mappings;
mod objects;
mod open;
mod organizations;
mod performance;
mod reading;
mod registration;
mod registry;
mod subscribe;
mod system;
mod users;
mod workspaces;

pub use caller::Caller;
#[cfg(feature = "server")]
pub use callers::{Callers, CallersOfMany};
pub use open::OpenError;

use crate::provider::places::Places;
use crate::store::{Keyring, Store};
use meshery_server::meshery::Api;
use meshery_server::{Authenticate, Router};
use std::sync::Arc;
use uuid::Uuid;

/// The local provider. Clones share everything.
///
/// ```no_run
/// # use meshery_runtime::provider::local::Local;
/// # use meshery_runtime::store::{Keyring, SqlStore};
/// # use std::path::Path;
/// # use std::sync::Arc;
/// # async fn f() -> Result<(), Box<dyn std::error::Error>> {
/// let store = Arc::new(SqlStore::open("sqlite:store.db").await?);
/// let keyring = Keyring::from_file(Path::new("store.key"))?;
/// let router = Local::new(store, keyring).router();
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Local {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn Store>,
    keyring: Keyring,
    /// The event streams that callers have open.
    streams: Places<Uuid>,
}

impl Local {
    /// A provider over a store, which seals secrets with a keyring.
    ///
    /// All processes that share a store need the same key.
    pub fn new(store: Arc<dyn Store>, keyring: Keyring) -> Self {
        let streams = Places::new(subscribe::MOST_STREAMS);
        Self { inner: Arc::new(Inner { store, keyring, streams }) }
    }

    /// A router that lets everybody in as the one local user, as Meshery's Local provider does: for
    /// a single user on their own machine.
    pub fn router(&self) -> Router {
        self.mount(Api::insecure(Caller::local())).into_router()
    }

    /// A router for many users, told apart by `authenticator`.
    pub fn router_for<A: Authenticate<Identity = Caller>>(&self, authenticator: A) -> Router {
        self.mount(Api::new(authenticator)).into_router()
    }

    /// Adds all groups of operations to an API.
    pub fn mount(&self, api: Api<Caller>) -> Api<Caller> {
        api.connection_definitions(self.clone())
            .connections(self.clone())
            .console(self.clone())
            .controllers(self.clone())
            .credentials(self.clone())
            .designs(self.clone())
            .environments(self.clone())
            .evaluation(self.clone())
            .events(self.clone())
            .organizations(self.clone())
            .performance(self.clone())
            .registry(self.clone())
            .system(self.clone())
            .users(self.clone())
            .workspaces(self.clone())
    }

    /// Whether the store answers.
    pub async fn ready(&self) -> bool {
        self.store().ready().await.is_ok()
    }

    fn store(&self) -> &dyn Store {
        &*self.inner.store
    }

    fn keyring(&self) -> &Keyring {
        &self.inner.keyring
    }
}

impl std::fmt::Debug for Local {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Local").finish_non_exhaustive()
    }
}
