//! What is registered, changed and removed.

use super::entity::{Sort, records, text};
use super::import::documents;
use crate::provider::local::kind::{COMPONENT, MODEL, POLICY, RELATIONSHIP};
use crate::provider::local::objects::{Document, failed, object};
use crate::provider::local::{Caller, Local};
use crate::store::{Change, Query, Record, Scope, StoreError};
use meshery_server::Failure;
use meshery_types::v1beta1::registry::{RegistrantData, RegistryImportEntityCount, RegistryImportResponse};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// How often an entity is written again that somebody else wrote meanwhile.
const ATTEMPTS: usize = 8;
/// How many records of an import are written at once.
const BATCH: usize = 500;

impl Local {
    /// Registers what a registrant sends. The error is for the caller.
    pub(super) async fn register(
        &self,
        data: RegistrantData,
        expected: Sort,
    ) -> Result<Result<(), String>, Failure> {
        if Sort::parse(&data.entity_type) != Some(expected) {
            return Ok(Err(format!("`{}` are not registered here", data.entity_type)));
        }
        let Ok(Value::Object(document)) = serde_json::from_slice(data.entity.as_ref()) else {
            return Ok(Err("the entity is no JSON object".to_owned()));
        };
        let registrant = object(&data.connection)?;
        match records(expected, document, &registrant) {
            Ok(records) => self.put(records).await.map(Ok),
            Err(message) => Ok(Err(message)),
        }
    }

    /// Registers the entities in a file, and counts them.
    pub(super) async fn import(
        &self,
        file: &str,
        register: bool,
    ) -> Result<Result<RegistryImportResponse, String>, Failure> {
        let mut found = match documents(file) {
            Ok(found) => found,
            Err(message) => return Ok(Err(message)),
        };
        found.retain(|document| Sort::of(document).is_some());
        if found.is_empty() {
            return Ok(Err("the file holds no model, component or relationship".to_owned()));
        }
        // Models before what is part of them.
        found.sort_by_key(|document| Sort::of(document) != Some(Sort::Model));
        let (mut done, mut broken) = ([0_i64; 4], [0_i64; 4]);
        let (mut models, mut errors) = (BTreeSet::new(), Vec::new());
        // Each record once: the model that many components hold is written with the first of them.
        let mut batch = BTreeMap::new();
        for document in found {
            let Some(sort) = Sort::of(&document) else { continue };
            let name = if sort == Sort::Model {
                text(&document, &["name"])
            } else {
                text(&document, &["model", "name"])
            };
            match records(sort, document, &Document::new()) {
                Ok(records) => {
                    batch.extend(records.into_iter().map(|record| ((record.kind, record.id), record)));
                    if register && batch.len() >= BATCH {
                        self.put(std::mem::take(&mut batch).into_values().collect()).await?;
                    }
                    done[sort as usize] += 1;
                    models.insert(name);
                }
                Err(message) => {
                    broken[sort as usize] += 1;
                    errors.push(format!("{name}: {message}"));
                }
            }
        }
        if register {
            self.put(batch.into_values().collect()).await?;
        }
        errors.truncate(100);
        Ok(Ok(RegistryImportResponse {
            entity_count: Some(counted(done, broken)),
            err_msg: Some(errors.join("\n")),
            model_name: Some(models.into_iter().collect()),
            ..Default::default()
        }))
    }

    /// Writes records over what there is of them.
    async fn put(&self, records: Vec<Record>) -> Result<(), Failure> {
        for _ in 0..ATTEMPTS {
            let mut changes = Vec::new();
            for record in &records {
                let held = self.store().get(record.kind, record.id).await.map_err(failed)?;
                changes.push(match held {
                    None => Change::Insert(record.clone()),
                    Some(held) if same(&held, record) => continue,
                    Some(held) => Change::Replace(Record { revision: held.revision, ..record.clone() }),
                });
            }
            match self.store().commit(changes).await {
                Err(StoreError::Exists | StoreError::Stale) => {}
                outcome => return outcome.map_err(failed),
            }
        }
        Err(Failure::unavailable("the registry is changed by too many at once"))
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

/// Whether there is nothing to write.
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

fn same(held: &Record, record: &Record) -> bool {
    let columns = |record: &Record| {
        let Record { body, status, class, mark, source, .. } = record.clone();
        (body, status, class, mark, source)
    };
    columns(held) == columns(record)
}
