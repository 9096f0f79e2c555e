//! How a connection comes to be, step by step: what describes its kind, then the connection itself.

use super::connections::{credential_of, settle};
use super::kind::{COMPONENT, CONNECTION, DEFINITION, Kind};
use super::objects::{Document, decode, document, failed, merge, named, object};
use super::{Caller, Local};
use crate::store::{Change, Query, Record, Scope, StoreError};
use meshery_server::Failure;
use meshery_types::v1beta3::connection::{
    ConnectionRegistrationBootstrap as Bootstrap, ConnectionRegistrationEvent as Step,
    ConnectionRegistrationEventStatus as Event,
};
use serde_json::{Value, json};
use uuid::Uuid;

/// The status of a connection whose registration is in progress.
const BEGUN: &str = "discovered";

impl Local {
    /// Begins a registration: what the registry has to describe connections of the kind, and an id
    /// for what follows. Nothing is kept yet. `None` where the registry has nothing of the kind.
    pub(super) async fn begin_registration(&self, step: &Step) -> Result<Option<Bootstrap>, Failure> {
        let Some(connection) = self.describing(&step.kind, "Connection").await? else { return Ok(None) };
        let mut answer = json!({"id": step.id.unwrap_or_else(Uuid::now_v7), "connection": connection});
        if let Some(credential) = self.describing(&step.kind, "Credential").await? {
            answer["credential"] = credential;
        }
        decode(&answer.to_string()).map(Some)
    }

    /// Takes a registration a step further. `None` where the step is not known, or not the caller's.
    pub(super) async fn advance_registration(
        &self,
        caller: Caller,
        step: Step,
    ) -> Result<Option<Bootstrap>, Failure> {
        let id = step.id.unwrap_or_else(Uuid::now_v7);
        let held = self.find(caller, &CONNECTION, id).await?;
        let Some(status) = after(&step.status, held.as_ref()) else { return Ok(None) };
        if held.is_none() && !begins(&step.status) {
            // There is nothing to end, to leave or to lose.
            return decode(&json!({"id": id, "connection": {}}).to_string()).map(Some);
        }
        let mut payload = said(&step, &status)?;
        let mut changes = Vec::new();
        if let Some(secret) = &step.credential_secret {
            let before = held.as_ref().map(document).transpose()?.as_ref().and_then(credential_of);
            let about = (step.name.as_deref().unwrap_or(&step.kind), &*step.kind);
            let (credential, more) =
                self.keep_secret(caller, step.credential_id.or(before), about, secret).await?;
            payload.insert("credentialId".to_owned(), credential.to_string().into());
            changes = more;
        }
        if held.is_some() {
            let edited = self.change_with(caller, &CONNECTION, id, &changes, |record, document| {
                merge(document, payload.clone());
                columns(record, &step, &status);
            });
            return edited.await?.as_ref().map(told).transpose();
        }
        let mut record = Record::new(CONNECTION.name, id);
        record.owner = Some(caller.id());
        columns(&mut record, &step, &status);
        complete(&mut payload, &step);
        settle(&mut record, payload);
        changes.push(Change::Insert(record.clone()));
        match self.store().commit(changes).await {
            Ok(()) => told(&record).map(Some),
            // The id is somebody else's.
            Err(StoreError::Exists) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Gives a registration up. One that was completed, or never was, stays as it is.
    pub(super) async fn cancel_registration(&self, caller: Caller, id: Uuid) -> Result<(), Failure> {
        let held = self.find(caller, &CONNECTION, id).await?;
        if held.is_some_and(|record| record.status == BEGUN) {
            self.remove(caller, &CONNECTION, id).await?;
        }
        Ok(())
    }

    /// What describes connections or credentials of a kind: the component that is called so, or the
    /// connection definition.
    async fn describing(&self, kind: &str, what: &str) -> Result<Option<Value>, Failure> {
        let name = format!("{kind}{what}");
        let mut components = Query::new(COMPONENT.name, Scope::Owner(None));
        components.search = vec![name.clone()];
        let found = self.store().list(&components).await.map_err(failed)?.records;
        if let Some(record) = found.iter().find(|record| record.name.eq_ignore_ascii_case(&name)) {
            return whole(&COMPONENT, record).map(Some);
        }
        if what != "Connection" {
            return Ok(None);
        }
        let mut definitions = Query::new(DEFINITION.name, Scope::Owner(None));
        definitions.classes = vec![kind.to_owned()];
        definitions.size = 1;
        let found = self.store().list(&definitions).await.map_err(failed)?.records;
        found.first().map(|record| whole(&DEFINITION, record)).transpose()
    }
}

fn whole(kind: &Kind, record: &Record) -> Result<Value, Failure> {
    let mut text = String::new();
    kind.shape.write(record, &mut text);
    Ok(serde_json::from_str(&text)?)
}

/// Whether a step makes a connection where there is none yet.
fn begins(step: &Event) -> bool {
    matches!(step, Event::Discovery | Event::Register | Event::Connect | Event::Ignore)
}

/// The status of a connection after a step of its registration.
fn after(step: &Event, held: Option<&Record>) -> Option<String> {
    let status = match step {
        Event::Initialize | Event::Discovery => BEGUN,
        Event::Register => "registered",
        Event::Connect => "connected",
        Event::Disconnect => "disconnected",
        Event::Ignore => "ignored",
        Event::Delete => "deleted",
        Event::NotFound => "not found",
        Event::Noop | Event::Exit => held.map_or(BEGUN, |record| &record.status),
        _ => return None,
    };
    Some(status.to_owned())
}

/// The members of a connection that a step says.
fn said(step: &Step, status: &str) -> Result<Document, Failure> {
    let mut document = object(step)?;
    for name in ["credentialSecret", "skipCredentialVerification", "model", "id"] {
        document.remove(name);
    }
    document.insert("status".to_owned(), status.into());
    Ok(document)
}

/// What a step may leave out, and a connection may not.
fn complete(document: &mut Document, step: &Step) {
    document.entry("name").or_insert_with(|| step.kind.clone().into());
    document.entry("type").or_insert_with(|| "platform".into());
    document.entry("subType").or_insert_with(|| "".into());
}

/// The columns of a connection after a step; what the step does not say stays.
fn columns(record: &mut Record, step: &Step, status: &str) {
    if let Some(name) = &step.name {
        named(record, name);
    } else if record.name.is_empty() {
        named(record, &step.kind);
    }
    record.class.clone_from(&step.kind);
    match &step.r#type {
        Some(sort) => record.variant.clone_from(sort),
        None if record.variant.is_empty() => "platform".clone_into(&mut record.variant),
        None => {}
    }
    record.status = status.to_owned();
}

fn told(record: &Record) -> Result<Bootstrap, Failure> {
    decode(&json!({"id": record.id, "connection": whole(&CONNECTION, record)?}).to_string())
}
