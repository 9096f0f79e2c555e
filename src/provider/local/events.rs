//! Events of a caller: told, marked and removed, one by one or many at once.

use super::kind::EVENT;
use super::objects::{draft, missing, named, set};
use super::{Caller, Local};
use crate::store::Change;
use meshery_server::meshery::events::*;
use meshery_server::{Context, Failure};
use meshery_types::v1beta3::event::{
    BulkDeleteRequest, BulkDeleteResponse, BulkUpdateStatusRequest, BulkUpdateStatusResponse, EventPayload,
    UpdateEventStatusRequest, UpdateEventStatusResponse as Updated,
};
use uuid::Uuid;

/// The status of an event that nobody looked at.
const UNREAD: &str = "unread";
/// The longest status that is kept, in bytes.
const LONGEST_STATUS: usize = 64;

impl Events<Caller> for Local {
    async fn create_event(
        &self,
        cx: Context<Caller>,
        body: EventPayload,
    ) -> Result<CreateEventResponse, Failure> {
        let (mut record, mut document) = draft(cx.identity, &EVENT, &body)?;
        // Nobody speaks for somebody else.
        document.remove("owner");
        named(&mut record, body.description.as_deref().unwrap_or_default());
        record.class = body.category.unwrap_or_default();
        record.variant = body.action.unwrap_or_default();
        let said = body.additional.get("status").and_then(|status| status.as_str());
        record.status = said.filter(|status| is_status(status)).unwrap_or(UNREAD).to_owned();
        document.insert("status".to_owned(), record.status.clone().into());
        set(&EVENT, &mut record, document);
        self.commit(vec![Change::Insert(record)]).await?;
        Ok(CreateEventResponse::Created)
    }

    async fn bulk_delete_events(
        &self,
        cx: Context<Caller>,
        body: BulkDeleteRequest,
    ) -> Result<BulkDeleteEventsResponse, Failure> {
        let mut deleted = Vec::new();
        for id in distinct(body.ids) {
            if self.remove(cx.identity, &EVENT, id).await? {
                deleted.push(id);
            }
        }
        let answer = BulkDeleteResponse { deleted: Some(deleted), ..Default::default() };
        Ok(BulkDeleteEventsResponse::Ok(answer))
    }

    async fn bulk_update_event_status(
        &self,
        cx: Context<Caller>,
        body: BulkUpdateStatusRequest,
    ) -> Result<BulkUpdateEventStatusResponse, Failure> {
        if !is_status(&body.status) {
            return Ok(BulkUpdateEventStatusResponse::BadRequest("an event has no such status".into()));
        }
        let mut updated = Vec::new();
        for id in distinct(body.ids) {
            if self.mark(cx.identity, id, &body.status).await? {
                updated.push(id);
            }
        }
        let answer = BulkUpdateStatusResponse { updated: Some(updated), ..Default::default() };
        Ok(BulkUpdateEventStatusResponse::Ok(answer))
    }

    async fn delete_event(
        &self,
        cx: Context<Caller>,
        path: DeleteEventPath,
    ) -> Result<DeleteEventResponse, Failure> {
        Ok(match self.remove(cx.identity, &EVENT, path.event_id).await? {
            true => DeleteEventResponse::NoContent,
            false => DeleteEventResponse::NotFound(missing(&EVENT)),
        })
    }

    async fn update_event_status(
        &self,
        cx: Context<Caller>,
        path: UpdateEventStatusPath,
        body: UpdateEventStatusRequest,
    ) -> Result<UpdateEventStatusResponse, Failure> {
        if !is_status(&body.status) {
            return Ok(UpdateEventStatusResponse::BadRequest("an event has no such status".into()));
        }
        if !self.mark(cx.identity, path.event_id, &body.status).await? {
            return Ok(UpdateEventStatusResponse::NotFound(missing(&EVENT)));
        }
        let (event_id, status) = (Some(path.event_id), Some(body.status));
        let message = Some("the status is set".to_owned());
        Ok(UpdateEventStatusResponse::Ok(Updated { event_id, message, status, ..Default::default() }))
    }
}

impl Local {
    async fn mark(&self, caller: Caller, id: Uuid, status: &str) -> Result<bool, Failure> {
        let edited = self.change(caller, &EVENT, id, |record, document| {
            record.status = status.to_owned();
            document.insert("status".to_owned(), status.into());
        });
        Ok(edited.await?.is_some())
    }
}

fn is_status(status: &str) -> bool {
    !status.trim().is_empty() && status.len() <= LONGEST_STATUS
}

/// Each id once, in an order that all writers share.
fn distinct(mut ids: Vec<Uuid>) -> Vec<Uuid> {
    ids.sort_unstable();
    ids.dedup();
    ids
}
