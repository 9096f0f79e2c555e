//! Performance profiles and the results of their runs.

use super::kind::{PROFILE, RESULT};
use super::listing::{Ask, Layout};
use super::objects::{ATTEMPTS, contended, draft, failed, merge, missing, named, object, read, set};
use super::{Caller, Local};
use crate::store::{Change, Query, Record, Scope, StoreError};
use jiff::{Timestamp, ToSpan, civil::Date};
use meshery_server::meshery::performance::*;
use meshery_server::{Context, Failure};
use meshery_types::v1beta3::performance_profile::PerformanceProfilePayload;

impl Performance<Caller> for Local {
    async fn get_performance_profiles(
        &self,
        cx: Context<Caller>,
        query: GetPerformanceProfilesQuery,
    ) -> Result<GetPerformanceProfilesResponse, Failure> {
        let ask = Ask::spelt(query.page, query.pagesize).search(query.search).order(query.order);
        let wanted = ask.of(&PROFILE, Scope::Owner(Some(cx.identity.id())));
        Ok(GetPerformanceProfilesResponse::Ok(
            self.page(wanted, Layout::new("profiles", &PROFILE.shape)).await?,
        ))
    }

    async fn upsert_performance_profile(
        &self,
        cx: Context<Caller>,
        body: PerformanceProfilePayload,
    ) -> Result<UpsertPerformanceProfileResponse, Failure> {
        for _ in 0..ATTEMPTS {
            // Looked for before it is changed: one that is added in between is nobody else's.
            if let Some(id) = body.id
                && self.store().get(PROFILE.name, id).await.map_err(failed)?.is_some()
            {
                return Ok(match self.rewrite(cx.identity, id, &body).await? {
                    Some(record) => UpsertPerformanceProfileResponse::Ok(read(&PROFILE, &record)?),
                    None => UpsertPerformanceProfileResponse::BadRequest("this id is taken".into()),
                });
            }
            let record = profile(cx.identity, &body)?;
            let answer = read(&PROFILE, &record)?;
            match self.store().commit(vec![Change::Insert(record)]).await {
                Ok(()) => return Ok(UpsertPerformanceProfileResponse::Ok(answer)),
                // Somebody else added it meanwhile: then it is to be changed.
                Err(StoreError::Exists) => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Err(contended(&PROFILE))
    }

    async fn delete_performance_profile(
        &self,
        cx: Context<Caller>,
        path: DeletePerformanceProfilePath,
    ) -> Result<DeletePerformanceProfileResponse, Failure> {
        let id = path.performance_profile_id;
        if !self.remove(cx.identity, &PROFILE, id).await? {
            return Ok(DeletePerformanceProfileResponse::NotFound(missing(&PROFILE)));
        }
        self.remove_all(Query::new(RESULT.name, Scope::Parent(id.to_string()))).await?;
        Ok(DeletePerformanceProfileResponse::NoContent)
    }

    async fn get_performance_profile(
        &self,
        cx: Context<Caller>,
        path: GetPerformanceProfilePath,
    ) -> Result<GetPerformanceProfileResponse, Failure> {
        Ok(match self.find(cx.identity, &PROFILE, path.performance_profile_id).await? {
            Some(record) => GetPerformanceProfileResponse::Ok(read(&PROFILE, &record)?),
            None => GetPerformanceProfileResponse::NotFound(missing(&PROFILE)),
        })
    }

    async fn update_performance_profile(
        &self,
        cx: Context<Caller>,
        path: UpdatePerformanceProfilePath,
        body: PerformanceProfilePayload,
    ) -> Result<UpdatePerformanceProfileResponse, Failure> {
        Ok(match self.rewrite(cx.identity, path.performance_profile_id, &body).await? {
            Some(record) => UpdatePerformanceProfileResponse::Ok(read(&PROFILE, &record)?),
            None => UpdatePerformanceProfileResponse::NotFound(missing(&PROFILE)),
        })
    }

    async fn get_performance_profile_results(
        &self,
        cx: Context<Caller>,
        path: GetPerformanceProfileResultsPath,
        query: GetPerformanceProfileResultsQuery,
    ) -> Result<GetPerformanceProfileResultsResponse, Failure> {
        let id = path.performance_profile_id;
        if self.find(cx.identity, &PROFILE, id).await?.is_none() {
            return Ok(GetPerformanceProfileResultsResponse::NotFound(missing(&PROFILE)));
        }
        let ask = Ask::spelt(query.page, query.pagesize).search(query.search).order(query.order);
        let wanted = ask.of(&RESULT, Scope::Parent(id.to_string()));
        Ok(GetPerformanceProfileResultsResponse::Ok(
            self.page(wanted, Layout::new("results", &RESULT.shape)).await?,
        ))
    }

    async fn get_performance_results(
        &self,
        cx: Context<Caller>,
        query: GetPerformanceResultsQuery,
    ) -> Result<GetPerformanceResultsResponse, Failure> {
        let ask = Ask::spelt(query.page, query.pagesize).search(query.search).order(query.order);
        let mut wanted = ask.of(&RESULT, Scope::Owner(Some(cx.identity.id())));
        wanted.since = query.from.and_then(midnight);
        // The last day counts to its end.
        wanted.before = query.to.and_then(|day| day.checked_add(1.day()).ok()).and_then(midnight);
        Ok(GetPerformanceResultsResponse::Ok(self.page(wanted, Layout::new("results", &RESULT.shape)).await?))
    }
}

impl Local {
    async fn rewrite(
        &self,
        caller: Caller,
        id: uuid::Uuid,
        body: &PerformanceProfilePayload,
    ) -> Result<Option<Record>, Failure> {
        let payload = object(body)?;
        self.change(caller, &PROFILE, id, |record, document| {
            named(record, &body.name);
            merge(document, payload.clone());
        })
        .await
    }
}

/// A new profile.
fn profile(caller: Caller, body: &PerformanceProfilePayload) -> Result<Record, Failure> {
    let (mut record, document) = draft(caller, &PROFILE, body)?;
    record.id = body.id.unwrap_or(record.id);
    named(&mut record, &body.name);
    set(&PROFILE, &mut record, document);
    Ok(record)
}

fn midnight(day: Date) -> Option<Timestamp> {
    format!("{day}T00:00:00Z").parse().ok()
}
