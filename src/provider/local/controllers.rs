//! What is configured for Meshery's controllers, for all connections and for one. It is kept here;
//! there is no cluster that it would be put into effect in.

use super::kind::{CONNECTION, CONTROLLERS};
use super::objects::{Document, decode, document, failed, missing, object, set};
use super::{Caller, Local};
use crate::store::{Change, Record, StoreError};
use meshery_server::meshery::controllers::*;
use meshery_server::{Context, Failure};
use meshery_types::v1alpha1::controllers_config::{
    ConnectionControllersConfig, MesheryControllersConfigPayload,
};
use serde_json::{Value, json};
use uuid::Uuid;

/// What a configuration says of its own form.
const SCHEMA_VERSION: &str = "controllers.meshery.io/v1alpha1";

impl Controllers<Caller> for Local {
    async fn get_connection_controllers_config(
        &self,
        cx: Context<Caller>,
        path: GetConnectionControllersConfigPath,
    ) -> Result<GetConnectionControllersConfigResponse, Failure> {
        if self.find(cx.identity, &CONNECTION, path.connection_id).await?.is_none() {
            return Ok(GetConnectionControllersConfigResponse::NotFound(missing(&CONNECTION)));
        }
        let config = self.effective(cx.identity, path.connection_id).await?;
        Ok(GetConnectionControllersConfigResponse::Ok(config))
    }

    async fn update_connection_controllers_config(
        &self,
        cx: Context<Caller>,
        path: UpdateConnectionControllersConfigPath,
        body: MesheryControllersConfigPayload,
    ) -> Result<UpdateConnectionControllersConfigResponse, Failure> {
        if self.find(cx.identity, &CONNECTION, path.connection_id).await?.is_none() {
            return Ok(UpdateConnectionControllersConfigResponse::NotFound(missing(&CONNECTION)));
        }
        self.configure(cx.identity, path.connection_id, object(&body)?).await?;
        let config = self.effective(cx.identity, path.connection_id).await?;
        Ok(UpdateConnectionControllersConfigResponse::Ok(config))
    }

    async fn get_controllers_default_config(
        &self,
        cx: Context<Caller>,
    ) -> Result<GetControllersDefaultConfigResponse, Failure> {
        let config = self.configured(cx.identity, Uuid::nil()).await?.unwrap_or_default();
        Ok(GetControllersDefaultConfigResponse::Ok(decode(&stated(config).to_string())?))
    }

    async fn update_controllers_default_config(
        &self,
        cx: Context<Caller>,
        body: MesheryControllersConfigPayload,
    ) -> Result<UpdateControllersDefaultConfigResponse, Failure> {
        let config = object(&body)?;
        self.configure(cx.identity, Uuid::nil(), config.clone()).await?;
        Ok(UpdateControllersDefaultConfigResponse::Ok(decode(&stated(config).to_string())?))
    }
}

impl Local {
    /// What a caller configured for a connection; the nil id stands for all of them.
    async fn configured(&self, caller: Caller, connection: Uuid) -> Result<Option<Document>, Failure> {
        let id = Uuid::new_v5(&caller.id(), connection.as_bytes());
        let record = self.store().get(CONTROLLERS.name, id).await.map_err(failed)?;
        record.map(|record| document(&record)).transpose()
    }

    /// Keeps a configuration. One that says nothing of a connection takes back what was said of it.
    async fn configure(&self, caller: Caller, connection: Uuid, config: Document) -> Result<(), Failure> {
        let id = Uuid::new_v5(&caller.id(), connection.as_bytes());
        if config.is_empty() && !connection.is_nil() {
            return self.remove(caller, &CONTROLLERS, id).await.map(drop);
        }
        let replaced = self.change(caller, &CONTROLLERS, id, |_, document| document.clone_from(&config));
        if replaced.await?.is_some() {
            return Ok(());
        }
        let mut record = Record::new(CONTROLLERS.name, id);
        record.owner = Some(caller.id());
        set(&CONTROLLERS, &mut record, config.clone());
        match self.store().commit(vec![Change::Insert(record)]).await {
            // Somebody else was first, and this comes after.
            Err(StoreError::Exists) => self
                .change(caller, &CONTROLLERS, id, |_, document| document.clone_from(&config))
                .await
                .map(drop),
            outcome => outcome.map_err(failed),
        }
    }

    async fn effective(
        &self,
        caller: Caller,
        connection: Uuid,
    ) -> Result<ConnectionControllersConfig, Failure> {
        let all = self.configured(caller, Uuid::nil()).await?;
        let one = self.configured(caller, connection).await?;
        let mut effective = Value::Object(all.clone().unwrap_or_default());
        if let Some(one) = &one {
            overlay(&mut effective, &Value::Object(one.clone()));
        }
        let Value::Object(effective) = effective else { return Err(Failure::internal("no object")) };
        let mut answer = json!({"effective": stated(effective)});
        for (name, config) in [("default", all), ("override", one)] {
            if let Some(config) = config {
                answer[name] = stated(config);
            }
        }
        decode(&answer.to_string())
    }
}

/// A configuration with the version of its form.
fn stated(mut config: Document) -> Value {
    config.entry("schemaVersion").or_insert_with(|| SCHEMA_VERSION.into());
    Value::Object(config)
}

/// What is said of one connection counts before what is said of all.
fn overlay(base: &mut Value, over: &Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (name, value) in over {
                overlay(base.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (base, over) => base.clone_from(over),
    }
}
