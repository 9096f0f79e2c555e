//! Events as they are told, for who waits for them.

use super::kind::EVENT;
use super::{Caller, Local};
use crate::provider::places::Place;
use crate::store::{Column, LARGEST_PAGE, Order, Query, Scope, now};
use futures_util::{Stream, StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::time::Duration;
use uuid::Uuid;

/// How often the store is asked: another process may have been told an event.
const PAUSE: Duration = Duration::from_secs(1);
/// How much later than it was made an event may get into the store.
const LATE: SignedDuration = SignedDuration::from_secs(5);

/// Event streams that a caller may have open at once: each of them asks the store.
pub(super) const MOST_STREAMS: usize = 32;

/// Where a reader is: what was made before `from` was told, and of what was made since, `told`.
struct Reader {
    local: Local,
    caller: Caller,
    from: Timestamp,
    told: HashMap<Uuid, Timestamp>,
    waiting: std::vec::IntoIter<String>,
    _place: Place<Uuid>,
}

impl Local {
    /// The events of a caller from now on, as the JSON documents that they are kept as. It ends only
    /// with who reads it: while the store does not answer, it waits. For a caller who has 32 of these
    /// open it ends at once; [`try_subscribe`](Self::try_subscribe) says so beforehand.
    pub fn subscribe(&self, caller: Caller) -> impl Stream<Item = String> + Send + 'static {
        stream::iter(self.try_subscribe(caller)).flatten()
    }

    /// The same; `None` for a caller who has 32 of these open, which is to be answered with 429.
    pub fn try_subscribe(
        &self,
        caller: Caller,
    ) -> Option<impl Stream<Item = String> + Send + 'static + use<>> {
        let place = self.inner.streams.take(caller.id())?;
        let (local, told, waiting) = (self.clone(), HashMap::new(), Vec::new().into_iter());
        let reader = Reader { local, caller, from: now(), told, waiting, _place: place };
        Some(stream::unfold(reader, |mut reader| async move {
            loop {
                if let Some(event) = reader.waiting.next() {
                    return Some((event, reader));
                }
                if !reader.ask().await {
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }))
    }
}

impl Reader {
    /// Asks the store for more; whether there is some.
    async fn ask(&mut self) -> bool {
        let mut query = Query::new(EVENT.name, Scope::Owner(Some(self.caller.id())));
        query.since = Some(self.from);
        query.order = Order { column: Column::CreatedAt, descending: false };
        query.size = LARGEST_PAGE;
        let records = match self.local.store().list(&query).await {
            Ok(page) => page.records,
            Err(error) => {
                tracing::warn!(%error, "events cannot be read");
                return false;
            }
        };
        let full = records.len() as i64 >= LARGEST_PAGE;
        let newest = records.last().map_or(self.from, |record| record.created_at);
        let mut events = Vec::new();
        for record in records {
            if self.told.insert(record.id, record.created_at).is_none() {
                let mut event = String::new();
                EVENT.shape.write(&record, &mut event);
                events.push(event);
            }
        }
        // What comes late has a place to come to, unless there is more than a page of what came.
        let late = newest.checked_sub(LATE).unwrap_or(newest);
        self.from = if full { newest } else { late.max(self.from) };
        self.told.retain(|_, made| *made >= self.from);
        self.waiting = events.into_iter();
        self.waiting.len() > 0
    }
}
