//! Where the local provider keeps what it is told.
//!
//! One model for everything: an object is a [`Record`], a JSON document beside the few columns that
//! lists are filtered and ordered by; a mapping between two objects is a [`Link`]. A construct of
//! the contract is a kind of record, so a new construct needs no new table, and SQLite and
//! PostgreSQL run the same statements.
//!
//! What always holds:
//! - [`Store::commit`] is the one way to write. Its changes are made all together or not at all,
//!   and they are on disk when it returns.
//! - Nothing is overwritten unseen: a [`Change::Replace`] names the revision that was read.
//! - What is deleted stays as a row with a time of deletion, and no read shows it that does not ask
//!   for what was deleted.
//! - No text of a caller becomes SQL: columns to order by are an enumeration, values are bound.

mod query;
mod record;
mod secret;
mod sql;

pub(crate) use query::LARGEST_PAGE;
pub use query::{Column, End, Linked, Order, Page, Query, Scope};
pub(crate) use record::now;
pub use record::{Link, Record};
pub use secret::{Keyring, KeyringError};
pub use sql::SqlStore;

use futures_util::future::BoxFuture;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use uuid::Uuid;

/// What a [`Store`] answers with.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// A place for records and the links between them.
///
/// It is object-safe, so that what uses it is compiled once: `Arc<dyn Store>`.
pub trait Store: Send + Sync + 'static {
    /// The record of this kind and id, unless it is deleted.
    fn get(&self, kind: &'static str, id: Uuid) -> Answer<'_, Option<Record>>;

    /// A page of records, and how many there are in all.
    fn list<'a>(&'a self, query: &'a Query) -> Answer<'a, Page>;

    /// How many records a scope of a kind holds, by status. It costs the same for any number.
    fn tally<'a>(&'a self, kind: &'a str, scope: &'a Scope) -> Answer<'a, BTreeMap<String, i64>>;

    /// How many other records have the parent, name and version of each of these, which are of one
    /// kind; and the variant, if that counts.
    fn alike<'a>(&'a self, records: &'a [Record], variant: bool) -> Answer<'a, Vec<i64>>;

    /// The links of a mapping that lead to one of these objects.
    fn links_to<'a>(&'a self, link: &'static str, to: &'a [Uuid]) -> Answer<'a, Vec<Link>>;

    /// The link between two objects, if there is one.
    fn link(&self, link: &'static str, from: Uuid, to: Uuid) -> Answer<'_, Option<Link>>;

    /// Makes all of these changes, or none.
    fn commit(&self, changes: Vec<Change>) -> Answer<'_, ()>;

    /// How many records there are of each kind.
    fn census(&self) -> Answer<'_, BTreeMap<String, i64>>;

    /// Removes everything, for good.
    fn reset(&self) -> Answer<'_, ()>;

    /// Whether it can be asked at all.
    fn ready(&self) -> Answer<'_, ()>;
}

/// One thing to change, see [`Store::commit`].
#[derive(Clone, Debug)]
pub enum Change {
    /// A record that is not there yet, else [`StoreError::Exists`]. One that was deleted comes back.
    Insert(Record),
    /// A record instead of the revision that it was read as, else [`StoreError::Stale`].
    Replace(Record),
    /// Deletes a record and its links, else [`StoreError::Stale`] where it is not there.
    Delete {
        /// The kind of the record.
        kind: &'static str,
        /// Its id.
        id: Uuid,
    },
    /// A link; one that is there already stays as it is.
    Link(Link),
    /// No link; also where there is none.
    Unlink {
        /// The name of the mapping.
        link: &'static str,
        /// The object it starts from.
        from: Uuid,
        /// The object it leads to.
        to: Uuid,
    },
}

/// Why a store did not do as it was told.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// There is a record of this kind and id already.
    Exists,
    /// The record was changed or deleted since it was read.
    Stale,
    /// The store cannot be reached, or is too busy.
    Unavailable(Box<dyn Error + Send + Sync>),
    /// Anything else.
    Failed(Box<dyn Error + Send + Sync>),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exists => "there is such a record already",
            Self::Stale => "the record was changed in the meantime",
            Self::Unavailable(_) => "the store cannot be reached",
            Self::Failed(_) => "the store failed",
        })
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Exists | Self::Stale => None,
            Self::Unavailable(source) | Self::Failed(source) => Some(&**source),
        }
    }
}
