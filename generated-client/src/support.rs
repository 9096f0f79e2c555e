//! What generated code uses: the one module of this crate that it names.
#![allow(unused_imports, reason = "which of it is used depends on the contract")]

pub(crate) use crate::builder::ClientBuilder;
pub(crate) use crate::call::Call;
#[cfg(feature = "checks")]
pub(crate) use crate::checks::{BodyCheck, ResponseCheck, checked};
pub(crate) use crate::client::Core;
pub(crate) use crate::error::Error;
pub(crate) use crate::events::EventStream;
pub(crate) use crate::operation::{OperationInfo, ResponseInfo, SchemeInfo};
pub(crate) use crate::pages::{Facts, Items, Listed, Pages, Paging};
pub(crate) use crate::payload::{FilePart, Upload};
pub(crate) use crate::response::{Download, Response};
#[cfg(feature = "net")]
pub(crate) use crate::websocket::WebSocket;
pub(crate) use bytes::Bytes;
pub(crate) use http::Method;
pub(crate) use std::borrow::Cow;

use meshery_types::wire::Param;

/// A value as it goes into a path, query, header, cookie, form or part.
pub(crate) fn render<T: Param>(value: &T) -> Cow<'_, str> {
    value.render()
}

/// The same for a list of values.
pub(crate) fn rendered<T: Param>(values: impl IntoIterator<Item = T>) -> Vec<String> {
    values.into_iter().map(|value| value.render().into_owned()).collect()
}

/// A list of texts.
pub(crate) fn texts(values: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<String> {
    values.into_iter().map(|value| value.as_ref().to_owned()).collect()
}
