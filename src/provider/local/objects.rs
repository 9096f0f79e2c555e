//! The steps that all operations are made of: find, add, change and remove one object.

use super::kind::{CREDENTIAL, Kind, ORGANIZATION};
use super::{Caller, Local};
use crate::store::{Change, LARGEST_PAGE, Query, Record, StoreError, now};
use meshery_server::{ErrorBody, Failure};
use meshery_types::wire::{self, Decode};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

/// The mapping from organizations to their members.
pub(super) const MEMBERS: &str = "organization-user";
/// How often a change is made again that somebody else came before.
pub(super) const ATTEMPTS: usize = 16;

/// A JSON object.
pub(super) type Document = Map<String, Value>;

impl Local {
    /// The object, if it is there for the caller.
    pub(super) async fn find(
        &self,
        caller: Caller,
        kind: &Kind,
        id: Uuid,
    ) -> Result<Option<Record>, Failure> {
        let Some(record) = self.store().get(kind.name, id).await.map_err(failed)? else { return Ok(None) };
        Ok(if self.shows(caller, kind, &record).await? { Some(record) } else { None })
    }

    /// Whether an object is there for a caller: what is part of an organization, and the
    /// organization itself, for its members; anything else for its owner.
    pub(super) async fn shows(&self, caller: Caller, kind: &Kind, record: &Record) -> Result<bool, Failure> {
        if kind.name == ORGANIZATION.name {
            return self.is_member(caller, record.id).await;
        }
        if kind.is_of_organization() {
            return match Uuid::parse_str(&record.parent) {
                Ok(organization) => self.is_member(caller, organization).await,
                Err(_) => Ok(false),
            };
        }
        Ok(record.owner.is_none() || record.owner == Some(caller.id()))
    }

    /// Whether a caller is a member of an organization.
    pub(super) async fn is_member(&self, caller: Caller, organization: Uuid) -> Result<bool, Failure> {
        let link = self.store().link(MEMBERS, organization, caller.id()).await.map_err(failed)?;
        Ok(link.is_some())
    }

    /// Makes changes, all or none.
    pub(super) async fn commit(&self, changes: Vec<Change>) -> Result<(), Failure> {
        self.store().commit(changes).await.map_err(failed)
    }

    /// Adds an object, and reads it as a caller gets it.
    pub(super) async fn add<T: Decode>(&self, kind: &Kind, record: Record) -> Result<T, Failure> {
        let answer = read(kind, &record)?;
        self.commit(vec![Change::Insert(record)]).await?;
        Ok(answer)
    }

    /// Changes an object as it is at that moment: what others change meanwhile is not lost.
    pub(super) async fn change(
        &self,
        caller: Caller,
        kind: &Kind,
        id: Uuid,
        edit: impl Fn(&mut Record, &mut Document) + Send + Sync,
    ) -> Result<Option<Record>, Failure> {
        self.change_with(caller, kind, id, &[], edit).await
    }

    /// The same, together with other changes.
    pub(super) async fn change_with(
        &self,
        caller: Caller,
        kind: &Kind,
        id: Uuid,
        others: &[Change],
        edit: impl Fn(&mut Record, &mut Document) + Send + Sync,
    ) -> Result<Option<Record>, Failure> {
        for _ in 0..ATTEMPTS {
            let Some(mut record) = self.find(caller, kind, id).await? else { return Ok(None) };
            let mut document = document(&record)?;
            edit(&mut record, &mut document);
            set(kind, &mut record, document);
            record.updated_at = now().max(record.updated_at);
            let changes = [others, &[Change::Replace(record.clone())]].concat();
            match self.store().commit(changes).await {
                Ok(()) => return Ok(Some(record)),
                Err(StoreError::Stale) => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Err(contended(kind))
    }

    /// Removes an object; `false` where there is none for the caller.
    pub(super) async fn remove(&self, caller: Caller, kind: &Kind, id: Uuid) -> Result<bool, Failure> {
        if self.find(caller, kind, id).await?.is_none() {
            return Ok(false);
        }
        match self.store().commit(vec![Change::Delete { kind: kind.name, id }]).await {
            Ok(()) => Ok(true),
            Err(StoreError::Stale) => Ok(false),
            Err(error) => Err(failed(error)),
        }
    }

    /// Removes all that a list holds, whoever it belongs to.
    pub(super) async fn remove_all(&self, mut query: Query) -> Result<(), Failure> {
        (query.page, query.size) = (0, LARGEST_PAGE);
        loop {
            let page = self.store().list(&query).await.map_err(failed)?;
            if page.records.is_empty() {
                return Ok(());
            }
            let delete = |record: &Record| Change::Delete { kind: record.kind, id: record.id };
            match self.store().commit(page.records.iter().map(delete).collect()).await {
                // Somebody else removed some of them: what is left is listed again.
                Ok(()) | Err(StoreError::Stale) => {}
                Err(error) => return Err(failed(error)),
            }
        }
    }

    /// Adds a credential of the caller's, its secret sealed.
    pub(super) fn credential(
        &self,
        caller: Caller,
        name: &str,
        sort: &str,
        secret: &Document,
    ) -> Result<Record, Failure> {
        let mut record = Record::new(CREDENTIAL.name, Uuid::now_v7());
        record.owner = Some(caller.id());
        record.class = sort.to_owned();
        self.seal(&mut record, secret)?;
        let mut document = Document::new();
        document.insert("name".to_owned(), name.into());
        document.insert("type".to_owned(), sort.into());
        named(&mut record, name);
        set(&CREDENTIAL, &mut record, document);
        Ok(record)
    }

    /// Keeps the secret of a connection: in the credential that it names, if that is the caller's,
    /// else in a new one, which is still to be committed.
    pub(super) async fn keep_secret(
        &self,
        caller: Caller,
        named: Option<Uuid>,
        (name, sort): (&str, &str),
        secret: &Document,
    ) -> Result<(Uuid, Vec<Change>), Failure> {
        if let Some(id) = named {
            let mut sealed = Record::new(CREDENTIAL.name, id);
            self.seal(&mut sealed, secret)?;
            let edited =
                self.change(caller, &CREDENTIAL, id, |record, _| record.sealed.clone_from(&sealed.sealed));
            if edited.await?.is_some() {
                return Ok((id, Vec::new()));
            }
        }
        let credential = self.credential(caller, name, sort, secret)?;
        Ok((credential.id, vec![Change::Insert(credential)]))
    }

    /// Seals a secret into its record.
    pub(super) fn seal(&self, record: &mut Record, secret: &Document) -> Result<(), Failure> {
        let text = serde_json::to_vec(secret)?;
        record.sealed = self.keyring().seal(&seal_name(record), &text)?;
        Ok(())
    }
}

/// What a sealed secret is bound to.
fn seal_name(record: &Record) -> String {
    format!("{} {}", record.kind, record.id)
}

/// A new record of the caller's, with a payload as its document.
pub(super) fn draft<T: Serialize>(
    caller: Caller,
    kind: &Kind,
    payload: &T,
) -> Result<(Record, Document), Failure> {
    let mut record = Record::new(kind.name, Uuid::now_v7());
    record.owner = Some(caller.id());
    Ok((record, object(payload)?))
}

/// A value as a JSON object.
pub(super) fn object<T: Serialize>(value: &T) -> Result<Document, Failure> {
    match serde_json::to_value(value)? {
        Value::Object(document) => Ok(document),
        _ => Err(Failure::internal("what should be an object is none")),
    }
}

/// Writes what a payload says over a document: what it does not say stays.
pub(super) fn merge(document: &mut Document, payload: Document) {
    document.extend(payload);
}

/// Gives a record its name.
pub(super) fn named(record: &mut Record, name: &str) {
    record.name = name.to_owned();
    record.search = name.to_lowercase();
}

/// Gives a record its document.
pub(super) fn set(kind: &Kind, record: &mut Record, mut document: Document) {
    kind.shape.strip(&mut document);
    record.body = Value::Object(document).to_string();
}

/// The document of a record.
pub(super) fn document(record: &Record) -> Result<Document, Failure> {
    Ok(serde_json::from_str(&record.body)?)
}

/// A record as the contract has it.
pub(super) fn read<T: Decode>(kind: &Kind, record: &Record) -> Result<T, Failure> {
    let mut text = String::new();
    kind.shape.write(record, &mut text);
    decode(&text)
}

/// A document of ours as a type of the contract.
pub(super) fn decode<T: Decode>(text: &str) -> Result<T, Failure> {
    wire::from_slice(text.as_bytes(), &wire::ANY, &wire::Options::TOLERANT)
        .map_err(|error| Failure::internal("what the store holds is not of the contract").caused_by(error))
}

/// What is said of an object that is not there.
pub(super) fn missing(kind: &Kind) -> ErrorBody {
    ErrorBody::new(format!("there is no such {}", kind.name))
}

/// What a store could not do, as an answer.
pub(super) fn failed(error: StoreError) -> Failure {
    match error {
        StoreError::Unavailable(_) => Failure::unavailable("the store is not available").caused_by(error),
        error => Failure::internal("the store failed").caused_by(error),
    }
}

/// What is said where others were faster each time.
pub(super) fn contended(kind: &Kind) -> Failure {
    Failure::unavailable(format!("the {} is changed by too many at once", kind.name))
}

/// A name that was given, unless there is nothing to see in it.
pub(super) fn blank(name: &str) -> bool {
    name.trim().is_empty()
}
