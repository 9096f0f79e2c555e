//! What is registered, changed and removed.

use super::entity::{Sort, records, text};
use super::import::{Found, entities};
use crate::provider::local::kind::{COMPONENT, MODEL, POLICY, RELATIONSHIP};
use crate::provider::local::objects::{Document, failed, object};
use crate::provider::local::reading::{aside, json};
use crate::provider::local::{Caller, Local};
use crate::store::{Change, Link, Query, Record, Scope, StoreError};
use meshery_server::Failure;
use meshery_types::v1beta1::registry::{RegistrantData, RegistryImportEntityCount, RegistryImportResponse};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// How often an entity is written again that somebody else wrote meanwhile.
const ATTEMPTS: usize = 8;
/// The mapping from users to what of the registry they wrote.
const WRITTEN_BY: &str = "user-registered";
/// How many records of an import are written at once.
const BATCH: usize = 500;
/// How many entities of an import are made into records at once.
const CHUNK: usize = 64;

impl Local {
    /// Registers what a registrant sends. The error is for the caller.
    pub(super) async fn register(
        &self,
        caller: Option<Caller>,
        data: RegistrantData,
        expected: Sort,
    ) -> Result<Result<(), String>, Failure> {
        if Sort::parse(&data.entity_type) != Some(expected) {
            return Ok(Err(format!("`{}` are not registered here", data.entity_type)));
        }
        let Ok(Value::Object(document)) = json(data.entity.as_ref()) else {
            return Ok(Err("the entity is no JSON object".to_owned()));
        };
        let registrant = object(&data.connection)?;
        match records(expected, document, &registrant) {
            Ok(records) => Ok(match self.put(caller, records).await? {
                true => Ok(()),
                false => Err("what a user registered is not replaced by nobody".to_owned()),
            }),
            Err(message) => Ok(Err(message)),
        }
    }

    /// Registers the entities in a file, and counts them.
    pub(super) async fn import(
        &self,
        caller: Caller,
        file: String,
        register: bool,
    ) -> Result<Result<RegistryImportResponse, String>, Failure> {
        let mut found = match aside(move || entities(&file)).await? {
            Ok(found) => found,
            Err(message) => return Ok(Err(message)),
        };
        if found.is_empty() {
            return Ok(Err("the file holds no model, component or relationship".to_owned()));
        }
        // Models before what is part of them.
        found.sort_by_key(|found| found.sort != Sort::Model);
        let (mut done, mut broken) = ([0_i64; 4], [0_i64; 4]);
        let (mut models, mut errors) = (BTreeSet::new(), Vec::new());
        // Each record once: the model that many components hold is written with the first of them.
        let mut batch = BTreeMap::new();
        let mut found = found.into_iter();
        while found.len() > 0 {
            let chunk: Vec<_> = found.by_ref().take(CHUNK).collect();
            for entity in aside(move || chunk.into_iter().map(Entity::from).collect::<Vec<_>>()).await? {
                match entity.records {
                    Ok(records) => {
                        batch.extend(records.into_iter().map(|record| ((record.kind, record.id), record)));
                        done[entity.sort as usize] += 1;
                        models.insert(entity.model);
                    }
                    Err(message) => {
                        broken[entity.sort as usize] += 1;
                        errors.push(format!("{}: {message}", entity.model));
                    }
                }
            }
            if register && batch.len() >= BATCH {
                self.put(Some(caller), std::mem::take(&mut batch).into_values().collect()).await?;
            }
        }
        if register {
            self.put(Some(caller), batch.into_values().collect()).await?;
        }
        errors.truncate(100);
        Ok(Ok(RegistryImportResponse {
            entity_count: Some(counted(done, broken)),
            err_msg: Some(errors.join("\n")),
            model_name: Some(models.into_iter().collect()),
            ..Default::default()
        }))
    }

    /// Writes records over what there is of them. What a user wrote only users write over: without one
    /// it stays as it is, and the outcome is `false` where that is the last of the records.
    async fn put(&self, caller: Option<Caller>, records: Vec<Record>) -> Result<bool, Failure> {
        // Where everybody is the local user, who shows no token is, too.
        let user = caller.filter(|caller| !caller.is_local());
        for _ in 0..ATTEMPTS {
            let users = self.written_by_users(caller, &records).await?;
            let (mut changes, mut last) = (Vec::new(), true);
            for record in &records {
                let held = self.store().get(record.kind, record.id).await.map_err(failed)?;
                last = true;
                match held {
                    None => changes.push(Change::Insert(record.clone())),
                    Some(held) if same(&held, record) => {}
                    Some(_) if users.contains(&record.id) => last = false,
                    Some(held) => {
                        changes.push(Change::Replace(Record { revision: held.revision, ..record.clone() }));
                    }
                }
                let by = user.map(|caller| Link::new(WRITTEN_BY, caller.id(), record.id));
                changes.extend(by.map(Change::Link));
            }
            match self.store().commit(changes).await {
                Err(StoreError::Exists | StoreError::Stale) => {}
                outcome => return outcome.map(|()| last).map_err(failed),
            }
        }
        Err(Failure::unavailable("the registry is changed by too many at once"))
    }

    /// Which of these records a user wrote; none where it is a user who writes.
    async fn written_by_users(
        &self,
        caller: Option<Caller>,
        records: &[Record],
    ) -> Result<BTreeSet<Uuid>, Failure> {
        if caller.is_some() {
            return Ok(BTreeSet::new());
        }
        let ids: Vec<_> = records.iter().map(|record| record.id).collect();
        let links = self.store().links_to(WRITTEN_BY, &ids).await.map_err(failed)?;
        Ok(links.into_iter().map(|link| link.to).collect())
    }

    /// Sets the status of an entity. `false` where there is none such.
    pub(super) async fn set_status(
        &self,
        caller: Caller,
        sort: Sort,
        id: Uuid,
        status: &str,
    ) -> Result<bool, Failure> {
        let edited = self.change(caller, sort.kind(), id, |record, document| {
            record.status = status.to_owned();
            document.insert("status".to_owned(), status.into());
        });
        Ok(edited.await?.is_some())
    }

    /// Removes the model with this id, or all versions of the one with this name, and what is part
    /// of them.
    pub(super) async fn remove_model(&self, model: &str) -> Result<(), Failure> {
        let (name, version) = match Uuid::parse_str(model) {
            Ok(id) => {
                let Some(record) = self.store().get(MODEL.name, id).await.map_err(failed)? else {
                    return Ok(());
                };
                let delete = vec![Change::Delete { kind: MODEL.name, id }];
                match self.store().commit(delete).await {
                    Ok(()) | Err(StoreError::Stale) => {}
                    Err(error) => return Err(failed(error)),
                }
                (record.name, Some(record.version))
            }
            Err(_) => (model.to_owned(), None),
        };
        let mut models = Query::new(MODEL.name, Scope::Owner(None));
        (models.name, models.version) = (Some(name.clone()), version.clone());
        // What another entry of the same version needs stays.
        if version.is_some() && self.store().list(&models).await.map_err(failed)?.total > 0 {
            return Ok(());
        }
        self.remove_all(models).await?;
        for kind in [&COMPONENT, &RELATIONSHIP, &POLICY] {
            let mut parts = Query::new(kind.name, Scope::Parent(name.clone()));
            parts.version.clone_from(&version);
            self.remove_all(parts).await?;
        }
        Ok(())
    }
}

/// An entity of an import, as the records it comes to.
struct Entity {
    sort: Sort,
    /// The name of the model, or of the one it is part of.
    model: String,
    records: Result<Vec<Record>, String>,
}

impl From<Found> for Entity {
    fn from(found: Found) -> Self {
        let Found { sort, text: json } = found;
        let document: Document = match serde_json::from_str(&json) {
            Ok(document) => document,
            Err(error) => return Self { sort, model: String::new(), records: Err(error.to_string()) },
        };
        let path: &[&str] = if sort == Sort::Model { &["name"] } else { &["model", "name"] };
        let model = text(&document, path);
        Self { sort, model, records: records(sort, document, &Document::new()) }
    }
}

/// What was registered and what could not be, each by [`Sort`].
fn counted(done: [i64; 4], broken: [i64; 4]) -> RegistryImportEntityCount {
    RegistryImportEntityCount {
        model_count: Some(done[0]),
        comp_count: Some(done[1]),
        rel_count: Some(done[2]),
        err_model_count: Some(broken[0]),
        err_comp_count: Some(broken[1]),
        err_rel_count: Some(broken[2]),
        total_err_count: Some(broken.iter().sum()),
        ..Default::default()
    }
}

/// Whether there is nothing to write.
fn same(held: &Record, record: &Record) -> bool {
    let columns = |record: &Record| {
        let Record { body, status, class, mark, source, .. } = record.clone();
        (body, status, class, mark, source)
    };
    columns(held) == columns(record)
}
