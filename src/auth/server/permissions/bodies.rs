//! Bodies that name an organization: they are read after a caller is let in, and looked at then.

use super::map::IN_BODY;
use super::organization::is_of;
use super::{ByKeys, Identity};
use bytes::Bytes;
use futures_util::TryStreamExt;
use http::StatusCode;
use meshery_server::{AnyContent, AnyOperation, AnyRequest, AnyResponse, ByteStream, Context, Failure};
use std::sync::Arc;
use uuid::Uuid;

/// Answers as another does, and refuses a body that names another organization than the one whose
/// keys count: see [`ByKeys::around`].
#[derive(Debug)]
pub struct OfOrganization<K, T> {
    pub(super) keys: Arc<ByKeys<K>>,
    pub(super) others: T,
}

impl<K: Send + Sync + 'static, T: AnyOperation<Identity>> AnyOperation<Identity> for OfOrganization<K, T> {
    async fn answer(
        &self,
        cx: Context<Option<Identity>>,
        mut request: AnyRequest,
    ) -> Result<AnyResponse, Failure> {
        if let Some(organization) = self.organization(&cx)
            && let Some(body) = &mut request.body
            && let AnyContent::Bytes(stream) = &mut body.content
        {
            let whole = whole(std::mem::replace(stream, Bytes::new().into())).await?;
            if !is_of(&whole, organization) {
                let why = "the body names another organization than the one whose keys count";
                return Ok(AnyResponse::error(StatusCode::FORBIDDEN, why));
            }
            *stream = whole.into();
        }
        self.others.answer(cx, request).await
    }
}

impl<K, T> OfOrganization<K, T> {
    /// The organization that a body has to be of, if it was a key that let the caller in.
    fn organization(&self, cx: &Context<Option<Identity>>) -> Option<Uuid> {
        let id = cx.operation.id;
        let free = self.keys.allowed.contains(id) || cx.identity.as_ref().is_some_and(Identity::is_local);
        // Without a default no key lets anybody in here.
        self.keys.organization.filter(|_| IN_BODY.contains(&id) && !free)
    }
}

impl<K, T: Clone> Clone for OfOrganization<K, T> {
    fn clone(&self) -> Self {
        Self { keys: Arc::clone(&self.keys), others: self.others.clone() }
    }
}

async fn whole(stream: ByteStream) -> Result<Bytes, Failure> {
    let chunks: Vec<Bytes> =
        stream.try_collect().await.map_err(|e| Failure::internal("the body broke off").caused_by(e))?;
    Ok(chunks.concat().into())
}
