//! Connections: what Meshery knows of the systems around it.

use super::environments::CONNECTIONS;
use super::kind::{CONNECTION, ENVIRONMENT};
use super::listing::{Ask, Layout, Spelling, page_of_values};
use super::objects::{Document, draft, failed, merge, missing, named, object, read, set};
use super::{Caller, Local, cluster};
use crate::store::{Change, Query, Record, Scope};
use meshery_server::meshery::connections::*;
use meshery_server::{Context, Failure};
use meshery_types::v1beta3::connection::{
    ConnectionActionRequest, ConnectionPage, ConnectionPayload, ConnectionRegistrationBootstrap,
    ConnectionRegistrationEvent, ConnectionRegistrationEventStatus as Event, ConnectionStatusValue as Status,
};
use meshery_types::wire::{ANY, Param};
use uuid::Uuid;

/// What a connection says of its own form.
const SCHEMA_VERSION: &str = "connections.meshery.io/v1beta3";

impl Connections<Caller> for Local {
    async fn remove_connection_from_environment(
        &self,
        cx: Context<Caller>,
        path: RemoveConnectionFromEnvironmentPath,
    ) -> Result<RemoveConnectionFromEnvironmentResponse, Failure> {
        let (from, to) = (path.environment_id, path.connection_id);
        Ok(match self.unassign(cx.identity, &CONNECTIONS, from, to).await? {
            true => RemoveConnectionFromEnvironmentResponse::NoContent,
            false => RemoveConnectionFromEnvironmentResponse::NotFound("it is not in the environment".into()),
        })
    }

    async fn add_connection_to_environment(
        &self,
        cx: Context<Caller>,
        path: AddConnectionToEnvironmentPath,
    ) -> Result<AddConnectionToEnvironmentResponse, Failure> {
        let (from, to) = (path.environment_id, path.connection_id);
        Ok(match self.assign(cx.identity, &CONNECTIONS, from, to).await? {
            Some(_) => AddConnectionToEnvironmentResponse::Created,
            None => AddConnectionToEnvironmentResponse::NotFound(
                missing(&ENVIRONMENT).detail("or no such connection"),
            ),
        })
    }

    async fn get_connections(
        &self,
        cx: Context<Caller>,
        query: GetConnectionsQuery,
    ) -> Result<GetConnectionsResponse, Failure> {
        let scope = Scope::Owner(Some(cx.identity.id()));
        let summary = self.store().tally(CONNECTION.name, &scope).await.map_err(failed)?;
        let ask = Ask::new(query.page, query.page_size).search(query.search).order(query.order);
        let mut wanted = ask.of(&CONNECTION, scope);
        wanted.name = query.name;
        wanted.classes = query.kind;
        wanted.variants = query.r#type;
        wanted.statuses = query.status.iter().map(|status| status.render().into_owned()).collect();
        let layout = Layout::new("connections", &CONNECTION.shape);
        let mut page: ConnectionPage = self.page(wanted, layout).await?;
        page.status_summary = Some(summary);
        Ok(GetConnectionsResponse::Ok(page))
    }

    async fn register_connection(
        &self,
        cx: Context<Caller>,
        body: ConnectionPayload,
    ) -> Result<RegisterConnectionResponse, Failure> {
        if !is_status(&body.status) {
            return Ok(RegisterConnectionResponse::BadRequest(
                "there is no such status of a connection".into(),
            ));
        }
        let (mut record, mut document) = draft(cx.identity, &CONNECTION, &body)?;
        if let Some(id) = body.id {
            if self.store().get(CONNECTION.name, id).await.map_err(failed)?.is_some() {
                return Ok(RegisterConnectionResponse::BadRequest(
                    "there is a connection with this id already".into(),
                ));
            }
            record.id = id;
        }
        let mut changes = Vec::new();
        if let Some(secret) = &body.credential_secret {
            let credential = self.credential(cx.identity, &body.name, &body.kind, secret)?;
            document.insert("credentialId".to_owned(), credential.id.to_string().into());
            changes.push(Change::Insert(credential));
        }
        fill(&mut record, &body);
        settle(&mut record, document);
        let answer = read(&CONNECTION, &record)?;
        changes.push(Change::Insert(record));
        self.commit(changes).await?;
        Ok(RegisterConnectionResponse::Created(answer))
    }

    async fn get_kubernetes_context(
        &self,
        cx: Context<Caller>,
        path: GetKubernetesContextPath,
    ) -> Result<GetKubernetesContextResponse, Failure> {
        let found = self.find(cx.identity, &CONNECTION, path.connection_id).await?;
        let Some(record) = found.filter(|record| record.class == super::kubernetes::CLASS) else {
            return Ok(GetKubernetesContextResponse::NotFound(missing(&CONNECTION)));
        };
        let context = super::kubernetes::context_of(&record)?;
        let page = page_of_values("contexts", &[context], (0, 1, 1), Spelling::Camel)?;
        Ok(GetKubernetesContextResponse::Ok(page))
    }

    async fn delete_meshery_connection(
        &self,
        cx: Context<Caller>,
        path: DeleteMesheryConnectionPath,
    ) -> Result<DeleteMesheryConnectionResponse, Failure> {
        let mut servers = Query::new(CONNECTION.name, Scope::Owner(Some(cx.identity.id())));
        servers.classes = vec!["meshery".to_owned()];
        servers.version = Some(path.meshery_server_id.to_string());
        let page = self.store().list(&servers).await.map_err(failed)?;
        let Some(record) = page.records.first() else {
            return Ok(DeleteMesheryConnectionResponse::NotFound(missing(&CONNECTION)));
        };
        self.remove(cx.identity, &CONNECTION, record.id).await?;
        Ok(DeleteMesheryConnectionResponse::NoContent)
    }

    async fn process_connection_registration(
        &self,
        cx: Context<Caller>,
        body: ConnectionRegistrationEvent,
    ) -> Result<ProcessConnectionRegistrationResponse, Failure> {
        let id = body.id.unwrap_or_else(Uuid::now_v7);
        let held = self.store().get(CONNECTION.name, id).await.map_err(failed)?;
        if held.is_some() && self.find(cx.identity, &CONNECTION, id).await?.is_none() {
            return Ok(ProcessConnectionRegistrationResponse::BadRequest);
        }
        let Some(status) = after(&body.status, held.as_ref()) else {
            return Ok(ProcessConnectionRegistrationResponse::BadRequest);
        };
        let mut credential = None;
        if let Some(secret) = &body.credential_secret {
            let name = body.name.as_deref().unwrap_or(&body.kind);
            credential = Some(self.credential(cx.identity, name, &body.kind, secret)?);
        }
        let credential_id = credential.as_ref().map(|record| record.id).or(body.credential_id);
        let payload = registration(&body, &status, credential_id)?;
        let mut changes: Vec<_> = credential.into_iter().map(Change::Insert).collect();
        let record = if held.is_some() {
            self.commit(changes).await?;
            let edited = self.change(cx.identity, &CONNECTION, id, |record, document| {
                merge(document, payload.clone());
                advance(record, &body, &status);
            });
            match edited.await? {
                Some(record) => record,
                None => return Ok(ProcessConnectionRegistrationResponse::BadRequest),
            }
        } else {
            let mut record = Record::new(CONNECTION.name, id);
            record.owner = Some(cx.identity.id());
            advance(&mut record, &body, &status);
            settle(&mut record, payload);
            changes.push(Change::Insert(record.clone()));
            self.commit(changes).await?;
            record
        };
        let bootstrap = bootstrap(&record)?;
        Ok(ProcessConnectionRegistrationResponse::Ok(bootstrap))
    }

    async fn cancel_connection_register(
        &self,
        cx: Context<Caller>,
        path: CancelConnectionRegisterPath,
    ) -> Result<CancelConnectionRegisterResponse, Failure> {
        Ok(match self.remove(cx.identity, &CONNECTION, path.registration_id).await? {
            true => CancelConnectionRegisterResponse::NoContent,
            false => CancelConnectionRegisterResponse::BadRequest,
        })
    }

    async fn delete_connection(
        &self,
        cx: Context<Caller>,
        path: DeleteConnectionPath,
    ) -> Result<DeleteConnectionResponse, Failure> {
        Ok(match self.remove(cx.identity, &CONNECTION, path.connection_id).await? {
            true => DeleteConnectionResponse::NoContent,
            false => DeleteConnectionResponse::NotFound(missing(&CONNECTION)),
        })
    }

    async fn get_connection_by_id(
        &self,
        cx: Context<Caller>,
        path: GetConnectionByIdPath,
    ) -> Result<GetConnectionByIdResponse, Failure> {
        Ok(match self.find(cx.identity, &CONNECTION, path.connection_id).await? {
            Some(record) => GetConnectionByIdResponse::Ok(read(&CONNECTION, &record)?),
            None => GetConnectionByIdResponse::NotFound(missing(&CONNECTION)),
        })
    }

    async fn update_connection(
        &self,
        cx: Context<Caller>,
        path: UpdateConnectionPath,
        body: ConnectionPayload,
    ) -> Result<UpdateConnectionResponse, Failure> {
        if !is_status(&body.status) {
            return Ok(UpdateConnectionResponse::BadRequest(
                "there is no such status of a connection".into(),
            ));
        }
        if self.find(cx.identity, &CONNECTION, path.connection_id).await?.is_none() {
            return Ok(UpdateConnectionResponse::NotFound(missing(&CONNECTION)));
        }
        let mut payload = object(&body)?;
        payload.remove("credentialSecret");
        if let Some(secret) = &body.credential_secret {
            let credential = self.credential(cx.identity, &body.name, &body.kind, secret)?;
            payload.insert("credentialId".to_owned(), credential.id.to_string().into());
            self.commit(vec![Change::Insert(credential)]).await?;
        }
        let edited = self.change(cx.identity, &CONNECTION, path.connection_id, |record, document| {
            fill(record, &body);
            merge(document, payload.clone());
        });
        Ok(match edited.await? {
            Some(record) => UpdateConnectionResponse::Ok(read(&CONNECTION, &record)?),
            None => UpdateConnectionResponse::NotFound(missing(&CONNECTION)),
        })
    }

    async fn perform_connection_action(
        &self,
        _: Context<Caller>,
        _: PerformConnectionActionPath,
        _: ConnectionActionRequest,
    ) -> Result<PerformConnectionActionResponse, Failure> {
        Err(cluster::needed("how MeshSync is deployed is changed in the cluster"))
    }
}

/// The columns of a connection.
fn fill(record: &mut Record, body: &ConnectionPayload) {
    named(record, &body.name);
    record.class.clone_from(&body.kind);
    record.variant.clone_from(&body.r#type);
    record.status.clone_from(&body.status);
    let server = body.metadata.as_ref().and_then(|metadata| metadata.get("server_id"));
    record.version = server.and_then(|id| id.as_str()).unwrap_or_default().to_lowercase();
}

/// Gives a connection its document.
pub(super) fn settle(record: &mut Record, mut document: Document) {
    document.entry("schemaVersion").or_insert_with(|| SCHEMA_VERSION.into());
    // A secret is kept sealed, with a credential, and nowhere else.
    document.remove("credentialSecret");
    set(&CONNECTION, record, document);
}

/// Whether the contract has such a status.
fn is_status(status: &str) -> bool {
    Status::parse(status, &ANY).is_ok()
}

/// The status of a connection after a step of its registration.
fn after(step: &Event, held: Option<&Record>) -> Option<String> {
    let status = match step {
        Event::Initialize | Event::Discovery => "discovered",
        Event::Register => "registered",
        Event::Connect => "connected",
        Event::Disconnect => "disconnected",
        Event::Ignore => "ignored",
        Event::Delete => "deleted",
        Event::NotFound => "not found",
        Event::Noop | Event::Exit => held.map_or("discovered", |record| &record.status),
        _ => return None,
    };
    Some(status.to_owned())
}

/// The members of a connection that a step of its registration says.
fn registration(
    body: &ConnectionRegistrationEvent,
    status: &str,
    credential: Option<Uuid>,
) -> Result<Document, Failure> {
    let mut document = object(body)?;
    for name in ["credentialSecret", "skipCredentialVerification", "model", "id"] {
        document.remove(name);
    }
    document.insert("status".to_owned(), status.into());
    document.entry("name").or_insert_with(|| body.kind.clone().into());
    document.entry("type").or_insert_with(|| "platform".into());
    document.entry("subType").or_insert_with(|| "".into());
    if let Some(id) = credential {
        document.insert("credentialId".to_owned(), id.to_string().into());
    }
    Ok(document)
}

/// The columns of a connection after a step of its registration.
fn advance(record: &mut Record, body: &ConnectionRegistrationEvent, status: &str) {
    named(record, body.name.as_deref().unwrap_or(&body.kind));
    record.class.clone_from(&body.kind);
    record.variant = body.r#type.clone().unwrap_or_else(|| "platform".to_owned());
    record.status = status.to_owned();
}

fn bootstrap(record: &Record) -> Result<ConnectionRegistrationBootstrap, Failure> {
    let mut connection = String::new();
    CONNECTION.shape.write(record, &mut connection);
    super::objects::decode(&format!("{{\"id\":\"{}\",\"connection\":{connection}}}", record.id))
}
