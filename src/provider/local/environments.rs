//! Environments, and the connections in them.

use super::kind::{CONNECTION, ENVIRONMENT};
use super::listing::{Ask, Layout, page_of};
use super::mappings::Mapping;
use super::objects::{Document, blank, draft, merge, missing, named, object, set};
use super::{Caller, Local};
use crate::store::Record;
use meshery_server::meshery::environments::*;
use meshery_server::{Context, Failure};
use meshery_types::v1beta3::environment::{EnvironmentPage, EnvironmentPayload};

/// The connections of an environment.
pub(super) static CONNECTIONS: Mapping = Mapping {
    link: "environment-connection",
    from: &ENVIRONMENT,
    to: &CONNECTION,
    items: "environmentsConnectionsMapping",
    ends: ["environmentId", "connectionId"],
};

/// What an environment says of its own form.
const SCHEMA_VERSION: &str = "environments.meshery.io/v1beta3";

impl Environments<Caller> for Local {
    async fn get_environments(
        &self,
        cx: Context<Caller>,
        query: GetEnvironmentsQuery,
    ) -> Result<GetEnvironmentsResponse, Failure> {
        self.welcome(cx.identity).await?;
        let scope = self.scope(cx.identity, Some(query.org_id)).await?;
        let ask =
            Ask::new(query.page, query.page_size.or(query.pagesize)).search(query.search).order(query.order);
        let layout = Layout::new("environments", &ENVIRONMENT.shape);
        Ok(GetEnvironmentsResponse::Ok(self.page(ask.of(&ENVIRONMENT, scope), layout).await?))
    }

    async fn create_environment(
        &self,
        cx: Context<Caller>,
        body: EnvironmentPayload,
    ) -> Result<CreateEnvironmentResponse, Failure> {
        self.welcome(cx.identity).await?;
        if blank(&body.name) {
            return Ok(CreateEnvironmentResponse::BadRequest("an environment needs a name".into()));
        }
        if !self.is_member(cx.identity, body.organization_id).await? {
            return Ok(CreateEnvironmentResponse::BadRequest("there is no such organization".into()));
        }
        let (mut record, mut document) = draft(cx.identity, &ENVIRONMENT, &body)?;
        record.parent = body.organization_id.to_string();
        named(&mut record, &body.name);
        complete(&mut document);
        set(&ENVIRONMENT, &mut record, document);
        Ok(CreateEnvironmentResponse::Created(self.add(&ENVIRONMENT, record).await?))
    }

    async fn delete_environment(
        &self,
        cx: Context<Caller>,
        path: DeleteEnvironmentPath,
    ) -> Result<DeleteEnvironmentResponse, Failure> {
        Ok(match self.remove(cx.identity, &ENVIRONMENT, path.environment_id).await? {
            true => DeleteEnvironmentResponse::NoContent,
            false => DeleteEnvironmentResponse::NotFound(missing(&ENVIRONMENT)),
        })
    }

    async fn get_environment_by_id(
        &self,
        cx: Context<Caller>,
        path: GetEnvironmentByIdPath,
        query: GetEnvironmentByIdQuery,
    ) -> Result<GetEnvironmentByIdResponse, Failure> {
        let found = self.find(cx.identity, &ENVIRONMENT, path.environment_id).await?;
        Ok(match found.filter(|record| record.parent == query.org_id.to_string()) {
            Some(record) => GetEnvironmentByIdResponse::Ok(page_of_one(record)?),
            None => GetEnvironmentByIdResponse::NotFound(missing(&ENVIRONMENT)),
        })
    }

    async fn update_environment(
        &self,
        cx: Context<Caller>,
        path: UpdateEnvironmentPath,
        body: EnvironmentPayload,
    ) -> Result<UpdateEnvironmentResponse, Failure> {
        if blank(&body.name) {
            return Ok(UpdateEnvironmentResponse::BadRequest("an environment needs a name".into()));
        }
        if !self.is_member(cx.identity, body.organization_id).await? {
            return Ok(UpdateEnvironmentResponse::BadRequest("there is no such organization".into()));
        }
        let payload = object(&body)?;
        let edited = self.change(cx.identity, &ENVIRONMENT, path.environment_id, |record, document| {
            named(record, &body.name);
            record.parent = body.organization_id.to_string();
            merge(document, payload.clone());
        });
        Ok(match edited.await? {
            Some(record) => UpdateEnvironmentResponse::Ok(page_of_one(record)?),
            None => UpdateEnvironmentResponse::NotFound(missing(&ENVIRONMENT)),
        })
    }

    async fn get_environment_connections(
        &self,
        cx: Context<Caller>,
        path: GetEnvironmentConnectionsPath,
        query: GetEnvironmentConnectionsQuery,
    ) -> Result<GetEnvironmentConnectionsResponse, Failure> {
        let Some(environment) = self.find(cx.identity, &ENVIRONMENT, path.environment_id).await? else {
            return Ok(GetEnvironmentConnectionsResponse::NotFound(missing(&ENVIRONMENT)));
        };
        let ask =
            Ask::new(query.page, query.page_size.or(query.pagesize)).search(query.search).order(query.order);
        let layout = Layout::new("connections", &CONNECTION.shape);
        let page =
            self.assigned(cx.identity, &CONNECTIONS, &environment, (ask, query.filter), layout).await?;
        Ok(GetEnvironmentConnectionsResponse::Ok(page))
    }
}

/// What a payload may leave out and an environment may not.
fn complete(document: &mut Document) {
    document.entry("schemaVersion").or_insert_with(|| SCHEMA_VERSION.into());
    document.entry("description").or_insert_with(|| "".into());
}

fn page_of_one(record: Record) -> Result<EnvironmentPage, Failure> {
    page_of(&[record], (0, 1, 1), &Layout::new("environments", &ENVIRONMENT.shape))
}
