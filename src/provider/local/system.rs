//! The server itself: its version, its database, and the contexts it was given.

use super::kind::CONNECTION;
use super::kubernetes::{CLASS, Found, context_of, uploaded};
use super::objects::{Document, decode, failed};
use super::{Caller, Local, cluster};
use crate::store::{LARGEST_PAGE, Query, Scope};
use meshery_server::meshery::system::*;
use meshery_server::{Context, Failure};
use meshery_types::v1beta1::system::{
    AddKubernetesConfigResponse as Added, GetSystemDatabaseOrder, SystemDatabaseSummary, SystemDatabaseTable,
    SystemMessageResponse, SystemSessionSync, SystemVersion,
};
use serde_json::{Value, json};

impl System<Caller> for Local {
    async fn get_broker_controller_status(
        &self,
        _: Context<Caller>,
        _: GetBrokerControllerStatusQuery,
    ) -> Result<GetBrokerControllerStatusResponse, Failure> {
        Err(cluster::needed("the broker runs in it"))
    }

    async fn get_controller_diagnostics(
        &self,
        _: Context<Caller>,
        _: GetControllerDiagnosticsQuery,
    ) -> Result<GetControllerDiagnosticsResponse, Failure> {
        Err(cluster::needed("controllers run in it"))
    }

    async fn get_meshsync_controller_status(
        &self,
        _: Context<Caller>,
        _: GetMeshsyncControllerStatusQuery,
    ) -> Result<GetMeshsyncControllerStatusResponse, Failure> {
        Err(cluster::needed("MeshSync runs in it"))
    }

    async fn get_operator_controller_status(
        &self,
        _: Context<Caller>,
        _: GetOperatorControllerStatusQuery,
    ) -> Result<GetOperatorControllerStatusResponse, Failure> {
        Err(cluster::needed("the operator runs in it"))
    }

    async fn subscribe_controllers_status(
        &self,
        _: Context<Caller>,
        _: SubscribeControllersStatusQuery,
    ) -> Result<SubscribeControllersStatusResponse, Failure> {
        Err(cluster::needed("controllers run in it"))
    }

    async fn get_system_database(
        &self,
        _: Context<Caller>,
        query: GetSystemDatabaseQuery,
    ) -> Result<GetSystemDatabaseResponse, Failure> {
        let census = self.store().census().await.map_err(failed)?;
        let search = query.search.unwrap_or_default().to_lowercase();
        let mut tables: Vec<_> = census
            .into_iter()
            .filter(|(name, _)| name.contains(&search))
            .map(|(name, count)| SystemDatabaseTable { name, count, r#type: "kind".to_owned() })
            .collect();
        if query.order == Some(GetSystemDatabaseOrder::Desc) {
            tables.reverse();
        }
        let page = query.page.unwrap_or(0).max(0);
        let size = query.page_size.filter(|size| *size > 0).unwrap_or(25).min(LARGEST_PAGE);
        let total_tables = i64::try_from(tables.len()).unwrap_or(i64::MAX);
        let record_count = tables.iter().map(|table| table.count).sum();
        let skip = usize::try_from(page.saturating_mul(size)).unwrap_or(usize::MAX);
        let tables =
            tables.into_iter().skip(skip).take(usize::try_from(size).unwrap_or(usize::MAX)).collect();
        let summary = SystemDatabaseSummary { page, page_size: size, record_count, tables, total_tables };
        Ok(GetSystemDatabaseResponse::Ok(summary))
    }

    async fn reset_system_database(
        &self,
        cx: Context<Caller>,
    ) -> Result<ResetSystemDatabaseResponse, Failure> {
        if !cx.identity.is_local() {
            return Err(Failure::unsupported("a store that is shared is not emptied by one of its users"));
        }
        self.store().reset().await.map_err(failed)?;
        let message = "the database is empty".to_owned();
        Ok(ResetSystemDatabaseResponse::Ok(SystemMessageResponse { message }))
    }

    async fn add_kubernetes_config(
        &self,
        cx: Context<Caller>,
        body: AddKubernetesConfigBody,
    ) -> Result<AddKubernetesConfigResponse, Failure> {
        let Some(found) = uploaded(body.k8sfile).await? else {
            return Ok(AddKubernetesConfigResponse::BadRequest);
        };
        let options = options(body.contexts.as_deref());
        let wanted = match &options {
            Some(_) => selection(body.selected_contexts.as_deref()),
            None => selection(body.selected_contexts.or(body.contexts).as_deref()),
        };
        let options = options.unwrap_or_default();
        let is_wanted = |found: &Found| {
            let id = found.id().simple().to_string();
            wanted.is_empty() || wanted.iter().any(|name| name == found.name() || *name == id)
        };
        let (mut registered, mut ignored) = (Vec::new(), Vec::new());
        for found in &found {
            if is_wanted(found) {
                let option = options.get(&found.id().simple().to_string()).or(options.get(found.name()));
                registered.push(self.keep(cx.identity, found, option).await?);
            } else {
                ignored.push(found.describe());
            }
        }
        let answer = json!({
            "registeredContexts": registered, "ignoredContexts": ignored,
            "connectedContexts": [], "erroredContexts": [],
        });
        Ok(AddKubernetesConfigResponse::Ok(decode::<Added>(&answer.to_string())?))
    }

    async fn discover_kubernetes_contexts(
        &self,
        _: Context<Caller>,
        body: DiscoverKubernetesContextsBody,
    ) -> Result<DiscoverKubernetesContextsResponse, Failure> {
        let Some(found) = uploaded(body.k8sfile).await? else {
            return Ok(DiscoverKubernetesContextsResponse::BadRequest);
        };
        let described =
            found.iter().map(|found| decode(&found.describe().to_string())).collect::<Result<_, _>>()?;
        Ok(DiscoverKubernetesContextsResponse::Ok(described))
    }

    async fn ping_kubernetes(
        &self,
        _: Context<Caller>,
        _: PingKubernetesQuery,
    ) -> Result<PingKubernetesResponse, Failure> {
        Err(cluster::needed("there is nothing to ping"))
    }

    async fn get_system_sync(&self, cx: Context<Caller>) -> Result<GetSystemSyncResponse, Failure> {
        let mut wanted = Query::new(CONNECTION.name, Scope::Owner(Some(cx.identity.id())));
        wanted.classes = vec![CLASS.to_owned()];
        wanted.size = LARGEST_PAGE;
        let page = self.store().list(&wanted).await.map_err(failed)?;
        let contexts = page.records.iter().map(context_of).collect::<Result<Vec<_>, _>>()?;
        let answer = json!({"k8sConfig": contexts});
        Ok(GetSystemSyncResponse::Ok(decode::<SystemSessionSync>(&answer.to_string())?))
    }

    async fn get_system_version(
        &self,
        _: Context<Option<Caller>>,
    ) -> Result<GetSystemVersionResponse, Failure> {
        let version = concat!("v", env!("CARGO_PKG_VERSION")).to_owned();
        Ok(GetSystemVersionResponse::Ok(SystemVersion {
            build: Some(version.clone()),
            latest: None,
            outdated: Some(false),
            commitsha: None,
            release_channel: Some("meshery-rust".to_owned()),
            version: Some(version),
        }))
    }
}

/// What a caller says of contexts: an object of options by their ids.
fn options(text: Option<&str>) -> Option<Document> {
    serde_json::from_str(text?).ok()
}

/// The contexts that a caller chose: a JSON array of names or ids, or a list with commas.
fn selection(text: Option<&str>) -> Vec<String> {
    let text = text.unwrap_or_default().trim();
    let all: Vec<Value> = match serde_json::from_str(text) {
        Ok(Value::Array(all)) => all,
        _ => text.split(',').map(|name| name.trim().into()).collect(),
    };
    all.iter().filter_map(Value::as_str).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
