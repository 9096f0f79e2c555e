//! The keys that a caller holds, as a server with a remote provider knows them.

use super::{Identity, Keys};
use crate::auth::server::memo::Memo;
use http::StatusCode;
use meshery_client::{Core, OperationInfo, PassedRequest};
use meshery_server::{Denied, Token};
use serde::Deserialize;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How many keys are asked for at once, and how often at most.
const PAGE: usize = 500;
const PAGES: usize = 20;

/// More than a page of keys holds.
const LIMIT: usize = 4 << 20;

/// Asks a server for the keys of its callers (`getUserKeys`), with the caller's token, and remembers
/// them for a minute.
#[derive(Debug)]
pub struct HeldKeys {
    core: Core,
    operation: &'static OperationInfo,
    known: Memo<Result<Arc<HashSet<Uuid>>, Untold>>,
}

/// Why the keys are not known.
#[derive(Clone, Debug)]
enum Untold {
    /// The server does not tell them to this caller.
    Refused,
    /// It cannot be asked, or answers something else.
    Unavailable(String),
}

#[derive(Deserialize)]
struct Page {
    // Go writes `null` for an empty list.
    keys: Option<Vec<Held>>,
}

#[derive(Deserialize)]
struct Held {
    id: Uuid,
}

impl HeldKeys {
    /// The keys that the server at this base URL knows of.
    ///
    /// # Errors
    /// A token must not go there: it is neither HTTPS nor of this machine.
    pub fn new(server: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        crate::auth::trusted(server).map_err(|what| format!("the URL of the server {what}"))?;
        let core = Core::builder(server)?.timeout(Duration::from_secs(10)).build()?;
        let operation = meshery_client::OPERATIONS.iter().find(|operation| operation.id == "getUserKeys");
        let operation = operation.ok_or("the client is built without `getUserKeys`")?;
        Ok(Self { core, operation, known: Memo::new(Duration::from_secs(60), 10_000) })
    }
}

impl Keys for HeldKeys {
    async fn held(
        &self,
        identity: &Identity,
        token: Option<&Token>,
        organization: Uuid,
    ) -> Result<Arc<HashSet<Uuid>>, Denied> {
        let token = token.ok_or_else(|| Denied::unauthenticated("a token is needed"))?;
        let about = format!("{organization} {} {}", identity.provider, token.secret());
        let (core, operation) = (self.core.clone(), self.operation);
        let sent = meshery_client::Token::new(token.secret()).provider(identity.provider.as_str());
        let asked = async move || all(core, operation, sent, organization).await.map(Arc::new);
        match self.known.get(&about, asked).await {
            Some(Ok(keys)) => Ok(keys),
            Some(Err(Untold::Refused)) => Err(Denied::forbidden("the keys are not told")),
            Some(Err(Untold::Unavailable(why))) => {
                self.known.forget(&about);
                tracing::warn!(%why, "the keys of a caller cannot be had");
                Err(Denied::unavailable("permissions cannot be checked now"))
            }
            None => Err(Denied::unavailable("permissions cannot be checked now")),
        }
    }
}

async fn all(
    core: Core,
    operation: &'static OperationInfo,
    token: meshery_client::Token,
    organization: Uuid,
) -> Result<HashSet<Uuid>, Untold> {
    let mut all = HashSet::new();
    let path = operation.path.replace("{orgId}", &organization.to_string());
    for page in 0..PAGES {
        let target = format!("{path}?page={page}&pageSize={PAGE}&pagesize={PAGE}");
        let keys = one(&core, operation, PassedRequest::new(target).token(Some(token.clone()))).await?;
        let before = all.len();
        all.extend(keys.into_iter().map(|key| key.id));
        // A server that does not know pages says the same again.
        if all.len() == before {
            break;
        }
    }
    Ok(all)
}

async fn one(
    core: &Core,
    operation: &'static OperationInfo,
    request: PassedRequest,
) -> Result<Vec<Held>, Untold> {
    let unavailable = |why: &dyn fmt::Display| Untold::Unavailable(why.to_string());
    let mut response = core.pass(operation, request).await.map_err(|e| unavailable(&e))?;
    match response.status {
        StatusCode::OK => {}
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => {
            return Err(Untold::Refused);
        }
        status => return Err(unavailable(&status)),
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| unavailable(&e))? {
        if body.len() + chunk.len() > LIMIT {
            return Err(unavailable(&"the answer is too large"));
        }
        body.extend_from_slice(&chunk);
    }
    // The parser's error might show what is in it.
    let page: Page =
        serde_json::from_slice(&body).map_err(|_| unavailable(&"the answer is no page of keys"))?;
    Ok(page.keys.unwrap_or_default())
}
