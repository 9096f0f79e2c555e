//! `multipart/form-data` bodies.

use super::body::{Incoming, broken};
use crate::rejection::{BadRequest, BodyTooLarge};
use crate::{Limits, Rejection};
use bytes::Bytes;
use multer::{Constraints, Multipart, SizeLimit};

/// A file of a multipart body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePart {
    /// The name that the caller gave it. It is the caller's word: never a path to write to.
    pub file_name: Option<String>,
    /// The media type that the caller gave it.
    pub content_type: Option<String>,
    /// What is in it.
    pub bytes: Bytes,
}

/// The named parts of a body, in the order they came.
#[derive(Debug, Default)]
pub(crate) struct Parts(Vec<(String, FilePart)>);

impl Parts {
    /// Every part of a name.
    pub(crate) fn take(&mut self, name: &str) -> Vec<FilePart> {
        self.0.extract_if(.., |(n, _)| n == name).map(|(_, part)| part).collect()
    }

    /// All parts, by name.
    pub(crate) fn all(&self) -> Vec<(String, FilePart)> {
        self.0.clone()
    }

    /// The names of the parts that were not taken.
    #[allow(dead_code, reason = "not every contract has closed forms")]
    pub(crate) fn into_names(self) -> impl Iterator<Item = String> {
        self.0.into_iter().map(|(name, _)| name)
    }
}

/// Reads all parts into memory. The limit of the whole bounds each of them, too.
pub(super) async fn read(content_type: &str, body: Incoming, limits: &Limits) -> Result<Parts, Rejection> {
    let boundary = multer::parse_boundary(content_type)
        .map_err(|_| BadRequest::unreadable("the content type names no boundary"))?;
    let size = SizeLimit::new().whole_stream(limits.multipart as u64);
    let constraints = Constraints::new().size_limit(size);
    let mut multipart = Multipart::with_constraints(body, boundary, constraints);
    let mut parts = Vec::new();
    let mut count = 0;
    while let Some(field) = multipart.next_field().await.map_err(|e| rejection(&e, limits))? {
        if count == limits.parts {
            let reason = format!("the request body is limited to {} parts", limits.parts);
            return Err(BadRequest::unreadable(reason).into());
        }
        count += 1;
        let Some(name) = field.name().map(str::to_owned) else { continue };
        let file_name = field.file_name().map(str::to_owned);
        let content_type = field.content_type().map(ToString::to_string);
        let bytes = field.bytes().await.map_err(|e| rejection(&e, limits))?;
        parts.push((name, FilePart { file_name, content_type, bytes }));
    }
    Ok(Parts(parts))
}

fn rejection(error: &multer::Error, limits: &Limits) -> Rejection {
    match error {
        multer::Error::StreamSizeExceeded { .. } | multer::Error::FieldSizeExceeded { .. } => {
            BodyTooLarge { limit: limits.multipart }.into()
        }
        _ => broken(),
    }
}
