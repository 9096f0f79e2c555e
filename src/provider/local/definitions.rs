//! Connection definitions: what kinds of connections there are. They belong to everybody.

use super::kind::DEFINITION;
use super::listing::{Ask, Layout};
use super::objects::{Document, failed, missing, named, object, read, set};
use super::{Caller, Local};
use crate::store::{Change, Record, Scope, StoreError};
use meshery_server::meshery::connection_definitions::*;
use meshery_server::{Context, Failure};
use meshery_types::v1beta3::connection::ConnectionDefinitionPayload;
use meshery_types::wire::Param;
use uuid::Uuid;

/// What a definition says of its own form.
const SCHEMA_VERSION: &str = "connections.meshery.io/v1beta3";

impl ConnectionDefinitions<Caller> for Local {
    async fn list_connection_definitions(
        &self,
        _: Context<Caller>,
        query: ListConnectionDefinitionsQuery,
    ) -> Result<ListConnectionDefinitionsResponse, Failure> {
        let ask = Ask::new(query.page, query.page_size).search(query.search).order(query.order);
        let scope = query.model.map_or(Scope::Owner(None), Scope::Parent);
        let mut wanted = ask.by_name(&DEFINITION, scope);
        wanted.classes = query.kind;
        let layout = Layout::new("connectionDefinitions", &DEFINITION.shape);
        Ok(ListConnectionDefinitionsResponse::Ok(self.page(wanted, layout).await?))
    }

    async fn register_connection_definition(
        &self,
        _: Context<Caller>,
        body: ConnectionDefinitionPayload,
    ) -> Result<RegisterConnectionDefinitionResponse, Failure> {
        let mut record = Record::new(DEFINITION.name, body.id.unwrap_or_else(Uuid::now_v7));
        fill(&mut record, &body);
        set(&DEFINITION, &mut record, complete(&body)?);
        let answer = read(&DEFINITION, &record)?;
        match self.store().commit(vec![Change::Insert(record)]).await {
            Ok(()) => Ok(RegisterConnectionDefinitionResponse::Created(answer)),
            Err(StoreError::Exists) => Ok(RegisterConnectionDefinitionResponse::BadRequest(
                "there is a connection definition with this id already".into(),
            )),
            Err(error) => Err(failed(error)),
        }
    }

    async fn delete_connection_definition(
        &self,
        cx: Context<Caller>,
        path: DeleteConnectionDefinitionPath,
    ) -> Result<DeleteConnectionDefinitionResponse, Failure> {
        Ok(match self.remove(cx.identity, &DEFINITION, path.connection_definition_id).await? {
            true => DeleteConnectionDefinitionResponse::NoContent,
            false => DeleteConnectionDefinitionResponse::NotFound(missing(&DEFINITION)),
        })
    }

    async fn get_connection_definition(
        &self,
        cx: Context<Caller>,
        path: GetConnectionDefinitionPath,
    ) -> Result<GetConnectionDefinitionResponse, Failure> {
        Ok(match self.find(cx.identity, &DEFINITION, path.connection_definition_id).await? {
            Some(record) => GetConnectionDefinitionResponse::Ok(read(&DEFINITION, &record)?),
            None => GetConnectionDefinitionResponse::NotFound(missing(&DEFINITION)),
        })
    }

    async fn update_connection_definition(
        &self,
        cx: Context<Caller>,
        path: UpdateConnectionDefinitionPath,
        body: ConnectionDefinitionPayload,
    ) -> Result<UpdateConnectionDefinitionResponse, Failure> {
        let payload = complete(&body)?;
        let edited =
            self.change(cx.identity, &DEFINITION, path.connection_definition_id, |record, document| {
                fill(record, &body);
                document.clone_from(&payload);
            });
        Ok(match edited.await? {
            Some(record) => UpdateConnectionDefinitionResponse::Ok(read(&DEFINITION, &record)?),
            None => UpdateConnectionDefinitionResponse::NotFound(missing(&DEFINITION)),
        })
    }
}

fn fill(record: &mut Record, body: &ConnectionDefinitionPayload) {
    named(record, &body.name);
    record.class.clone_from(&body.kind);
    record.variant.clone_from(&body.r#type);
    record.status = body.status.render().into_owned();
    record.parent = body.model_reference.as_ref().map(|model| model.name.clone()).unwrap_or_default();
}

fn complete(body: &ConnectionDefinitionPayload) -> Result<Document, Failure> {
    let mut document = object(body)?;
    document.entry("schemaVersion").or_insert_with(|| SCHEMA_VERSION.into());
    Ok(document)
}
