//! Connections: what Meshery knows of the systems around it.

use super::environments::CONNECTIONS;
use super::kind::{CONNECTION, ENVIRONMENT};
use super::listing::{Ask, Layout, Spelling, page_of_values};
use super::objects::{Document, document, draft, failed, merge, missing, named, object, read, set};
use super::{Caller, Local, cluster};
use crate::store::{Change, Query, Record, Scope, StoreError};
use meshery_server::meshery::connections::*;
use meshery_server::{Context, Failure};
use meshery_types::v1beta3::connection::{
    Connection, ConnectionActionRequest, ConnectionPage, ConnectionPayload, ConnectionRegistrationEvent,
    ConnectionRegistrationEventStatus as Event, ConnectionStatusValue as Status,
};
use meshery_types::wire::{ANY, Param};
use std::collections::hash_map::{Entry, HashMap};
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
        // In an organization that they are not in, nobody has connections.
        let inside = match query.org_id {
            Some(id) => self.is_member(cx.identity, id).await?,
            None => true,
        };
        let scope = if inside { Scope::Owner(Some(cx.identity.id())) } else { Scope::Parents(Vec::new()) };
        let summary = self.store().tally(CONNECTION.name, &scope).await.map_err(failed)?;
        let ask = Ask::new(query.page, query.page_size).search(query.search).order(query.order);
        let ask = ask.search(query.name).filter(query.filter.as_deref());
        let mut wanted = ask.of(&CONNECTION, scope);
        wanted.classes = query.kind;
        wanted.variants = query.r#type;
        wanted.statuses = query.status.iter().map(|status| status.render().into_owned()).collect();
        let layout = Layout::new("connections", &CONNECTION.shape);
        let mut page: ConnectionPage = self.page(wanted, layout).await?;
        page.status_summary = Some(summary);
        self.place(cx.identity, &mut page.connections).await?;
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
        record.id = body.id.unwrap_or(record.id);
        let mut changes = Vec::new();
        if let Some(secret) = &body.credential_secret {
            let about = (&*body.name, &*body.kind);
            let (id, more) = self.keep_secret(cx.identity, credential_of(&document), about, secret).await?;
            document.insert("credentialId".to_owned(), id.to_string().into());
            changes = more;
        }
        fill(&mut record, &body);
        settle(&mut record, document);
        let answer = read(&CONNECTION, &record)?;
        changes.push(Change::Insert(record));
        match self.store().commit(changes).await {
            Ok(()) => Ok(RegisterConnectionResponse::Created(answer)),
            Err(StoreError::Exists) => Ok(RegisterConnectionResponse::BadRequest(
                "there is a connection with this id already".into(),
            )),
            Err(error) => Err(failed(error)),
        }
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
        let step = if body.status == Event::Initialize {
            self.begin_registration(&body).await?
        } else {
            self.advance_registration(cx.identity, body).await?
        };
        Ok(step.map_or(
            ProcessConnectionRegistrationResponse::BadRequest,
            ProcessConnectionRegistrationResponse::Ok,
        ))
    }

    async fn cancel_connection_register(
        &self,
        cx: Context<Caller>,
        path: CancelConnectionRegisterPath,
    ) -> Result<CancelConnectionRegisterResponse, Failure> {
        self.cancel_registration(cx.identity, path.registration_id).await?;
        Ok(CancelConnectionRegisterResponse::NoContent)
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
        let Some(record) = self.find(cx.identity, &CONNECTION, path.connection_id).await? else {
            return Ok(GetConnectionByIdResponse::NotFound(missing(&CONNECTION)));
        };
        let mut connection = [read(&CONNECTION, &record)?];
        self.place(cx.identity, &mut connection).await?;
        let [connection] = connection;
        Ok(GetConnectionByIdResponse::Ok(connection))
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
        let Some(held) = self.find(cx.identity, &CONNECTION, path.connection_id).await? else {
            return Ok(UpdateConnectionResponse::NotFound(missing(&CONNECTION)));
        };
        let mut payload = object(&body)?;
        payload.remove("credentialSecret");
        let mut others = Vec::new();
        if let Some(secret) = &body.credential_secret {
            let named = credential_of(&payload).or(credential_of(&document(&held)?));
            let about = (&*body.name, &*body.kind);
            let (id, more) = self.keep_secret(cx.identity, named, about, secret).await?;
            payload.insert("credentialId".to_owned(), id.to_string().into());
            others = more;
        }
        let id = path.connection_id;
        let edited = self.change_with(cx.identity, &CONNECTION, id, &others, |record, document| {
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

impl Local {
    /// Gives connections the environments that they are in, as far as the caller gets to see them.
    async fn place(&self, caller: Caller, connections: &mut [Connection]) -> Result<(), Failure> {
        let ids: Vec<_> = connections.iter().map(|connection| connection.id).collect();
        let links = self.store().links_to(CONNECTIONS.link, &ids).await.map_err(failed)?;
        let mut known = HashMap::new();
        for link in &links {
            if let Entry::Vacant(unknown) = known.entry(link.from) {
                unknown.insert(self.find(caller, &ENVIRONMENT, link.from).await?);
            }
        }
        for connection in connections {
            let inside = links.iter().filter(|link| link.to == connection.id);
            let inside = inside.filter_map(|link| known.get(&link.from)?.as_ref());
            let inside = inside.map(|record| read(&ENVIRONMENT, record)).collect::<Result<Vec<_>, _>>()?;
            connection.environments = Some(inside);
        }
        Ok(())
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

/// The credential that the document of a connection names.
pub(super) fn credential_of(document: &Document) -> Option<Uuid> {
    document.get("credentialId").and_then(|id| id.as_str()).and_then(|id| id.parse().ok())
}
