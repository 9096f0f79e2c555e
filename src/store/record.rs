//! What a store holds.

use jiff::Timestamp;
use uuid::Uuid;

/// An object: a JSON document beside the columns that it is found by.
///
/// What the columns other than `id`, `owner` and the times mean is up to the kind. Texts are empty
/// where there is nothing to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Which construct it is.
    pub kind: &'static str,
    /// Its id, unique within the kind.
    pub id: Uuid,
    /// Whose it is; `None` for what belongs to everybody.
    pub owner: Option<Uuid>,
    /// What it is part of: the organization of a workspace, the model of a component.
    pub parent: String,
    /// Its name.
    pub name: String,
    /// What sort of its kind it is: the kind of a connection, the category of a model.
    pub class: String,
    /// A finer sort.
    pub variant: String,
    /// Its status.
    pub status: String,
    /// Its version, for what has versions.
    pub version: String,
    /// What it is marked as, so that lists can leave it out.
    pub mark: String,
    /// Who it came from: the registrant of an entity of the registry.
    pub source: String,
    /// What a search looks into, in lower case.
    pub search: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was deleted; only [`super::Query::deleted`] shows such a record.
    pub deleted_at: Option<Timestamp>,
    /// Counted up by each change; 0 before the first is committed.
    pub revision: i64,
    /// The document: a JSON object.
    pub body: String,
    /// What nobody may read without the key, sealed by a [`super::Keyring`].
    pub sealed: String,
}

impl Record {
    /// A record that says nothing yet.
    #[must_use]
    pub fn new(kind: &'static str, id: Uuid) -> Self {
        let now = now();
        Self {
            kind,
            id,
            owner: None,
            parent: String::new(),
            name: String::new(),
            class: String::new(),
            variant: String::new(),
            status: String::new(),
            version: String::new(),
            mark: String::new(),
            source: String::new(),
            search: String::new(),
            created_at: now,
            updated_at: now,
            deleted_at: None,
            revision: 0,
            body: "{}".to_owned(),
            sealed: String::new(),
        }
    }
}

/// A mapping from one object to another.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Link {
    /// The name of the mapping.
    pub link: &'static str,
    /// The object it starts from.
    pub from: Uuid,
    /// The object it leads to.
    pub to: Uuid,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Link {
    /// A link that is made now.
    #[must_use]
    pub fn new(link: &'static str, from: Uuid, to: Uuid) -> Self {
        Self { link, from, to, created_at: now() }
    }

    /// An id for what has none of its own: the same for the same ends.
    #[must_use]
    pub fn id(&self) -> Uuid {
        let name = format!("{}/{}/{}", self.link, self.from, self.to);
        Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())
    }
}

/// The time as stores keep it: in microseconds.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}
