//! `multipart/form-data` bodies.

mod source;

use super::body::{Incoming, broken};
use super::held::{Held, Holder};
use crate::rejection::{BadRequest, BodyTooLarge, Internal};
use crate::{ByteStream, Limits, Rejection};
use bytes::Bytes;
use futures_util::TryStreamExt;
use multer::{Constraints, Field, Multipart, SizeLimit};
use source::{LongHead, Source};
use std::io;

/// A file of a multipart body.
///
/// What is in it is in memory while it is small ([`Limits::part_memory`](crate::Limits)), and in a
/// temporary file without a name from then on, which is gone when this and its clones are.
///
/// ```
/// # use meshery_server::FilePart;
/// # async fn store(file: FilePart) -> std::io::Result<()> {
/// use futures_util::TryStreamExt;
///
/// println!("{} bytes", file.len());
/// let mut chunks = file.into_stream();
/// while let Some(chunk) = chunks.try_next().await? {
///     println!("{} of them", chunk.len());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FilePart {
    /// The name that the caller gave it. It is the caller's word: never a path to write to.
    pub file_name: Option<String>,
    /// The media type that the caller gave it.
    pub content_type: Option<String>,
    held: Held,
}

impl FilePart {
    /// A file as a test of a handler needs it.
    pub fn new(content: impl Into<Bytes>) -> Self {
        Self { file_name: None, content_type: None, held: Held::Memory(content.into()) }
    }

    /// How many bytes are in it.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.held.length()
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All that is in it, in memory.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub async fn bytes(self) -> io::Result<Bytes> {
        self.held.whole().await
    }

    /// What is in it, piece by piece.
    #[must_use]
    pub fn into_stream(self) -> ByteStream {
        self.held.into_stream()
    }

    /// What is in a part that is a value, not a file.
    pub(super) fn value(&self) -> io::Result<Bytes> {
        self.held.whole_now()
    }
}

/// The named parts of a body, in the order they came.
#[derive(Clone, Debug, Default)]
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

/// Reads all parts. The limit of the whole bounds each of them, too.
///
/// What comes after the last part is read as well, to the end of the body: a connection whose request
/// was not read to its end is closed, and whoever sends the next one over it at that moment loses it.
pub(super) async fn read(content_type: &str, body: Incoming, limits: &Limits) -> Result<Parts, Rejection> {
    let size = SizeLimit::new().whole_stream(limits.multipart as u64);
    let constraints = Constraints::new().size_limit(size);
    let source = Source::new(body);
    let mut multipart = Multipart::with_constraints(source.clone(), boundary(content_type)?, constraints);
    let mut parts = Vec::new();
    let mut count = 0;
    while let Some(field) = multipart.next_field().await.map_err(|e| rejection(&e, limits))? {
        if count == limits.parts {
            let reason = format!("the request body is limited to {} parts", limits.parts);
            return Err(BadRequest::unreadable(reason).into());
        }
        count += 1;
        let name = field.name().map(str::to_owned);
        // What has no name is read, too: multer would look for the next head in it.
        let part = part(field, &source, limits).await?;
        parts.extend(name.map(|name| (name, part)));
    }
    skip_rest(source, limits).await?;
    Ok(Parts(parts))
}

fn boundary(content_type: &str) -> Result<String, Rejection> {
    /// By RFC 2046, 5.1.1. It is looked for in each chunk that comes, so it must not be long.
    const LONGEST: usize = 70;
    match multer::parse_boundary(content_type) {
        Ok(boundary) if boundary.len() <= LONGEST => Ok(boundary),
        Ok(_) => Err(BadRequest::unreadable("the boundary is longer than 70 characters").into()),
        Err(_) => Err(BadRequest::unreadable("the content type names no boundary").into()),
    }
}

async fn part(mut field: Field<'_>, source: &Source, limits: &Limits) -> Result<FilePart, Rejection> {
    let file_name = field.file_name().map(str::to_owned);
    let content_type = field.content_type().map(ToString::to_string);
    let mut holder = Holder::new(limits.part_memory);
    source.progress();
    while let Some(chunk) = field.chunk().await.map_err(|e| rejection(&e, limits))? {
        holder.push(&chunk).await.map_err(|e| not_kept(&e))?;
        source.progress();
    }
    let held = holder.finish().await.map_err(|e| not_kept(&e))?;
    Ok(FilePart { file_name, content_type, held })
}

async fn skip_rest(mut source: Source, limits: &Limits) -> Result<(), Rejection> {
    let mut more = 0;
    source.progress();
    while let Some(piece) = source.try_next().await.map_err(|_| broken())? {
        more += piece.len();
        if more > limits.multipart {
            return Err(BodyTooLarge { limit: limits.multipart }.into());
        }
        source.progress();
    }
    Ok(())
}

fn rejection(error: &multer::Error, limits: &Limits) -> Rejection {
    match error {
        multer::Error::StreamSizeExceeded { .. } | multer::Error::FieldSizeExceeded { .. } => {
            BodyTooLarge { limit: limits.multipart }.into()
        }
        multer::Error::StreamReadFailed(error) if error.is::<LongHead>() => {
            BadRequest::unreadable(LongHead.to_string()).into()
        }
        _ => broken(),
    }
}

/// That there is no temporary file is nobody's fault but the server's.
fn not_kept(error: &io::Error) -> Rejection {
    tracing::error!(%error, "a part of a request cannot be kept on disk");
    Internal.into()
}
