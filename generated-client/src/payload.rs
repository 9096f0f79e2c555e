//! What a request carries: bytes, streams, forms and files.

use bytes::Bytes;
#[cfg(feature = "net")]
use futures_util::TryStreamExt;
use futures_util::{Stream, StreamExt, stream};
use http::HeaderValue;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
#[cfg(feature = "net")]
use std::{io, path::Path};

mod multipart;

use crate::body::Body;
use crate::error::BoxError;
pub(crate) type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send>>;

/// How much of a file is read at once.
#[cfg(feature = "net")]
const CHUNK: usize = 64 << 10;

/// Bytes to send, in memory or as they come.
///
/// ```
/// # use meshery_client::Upload;
/// let in_memory = Upload::from("apiVersion: v1\n");
/// let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>("first "), Ok("second")]);
/// let streamed = Upload::stream(chunks);
/// ```
///
/// What is streamed is asked for as fast as the server takes it, and no faster. The time limit of a
/// call does not count for it, [`idle_timeout`](crate::ClientBuilder::idle_timeout) does. A call with a
/// [stream](Self::stream) is sent once: it cannot be had again. One with bytes, a file, or a stream that
/// can be [begun again](Self::stream_with) may be.
pub struct Upload {
    source: Source,
    length: Option<u64>,
}

enum Source {
    Bytes(Bytes),
    Once(Chunks),
    Again(Arc<dyn Fn() -> Chunks + Send + Sync>),
}

impl Upload {
    /// What a stream yields, sent in chunks as it comes.
    pub fn stream<S, B, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: 'static,
        Bytes: From<B>,
        E: Into<BoxError> + 'static,
    {
        Self { source: Source::Once(chunks(stream)), length: None }
    }

    /// The same for a stream that can be had again, should the request have to be sent again.
    pub fn stream_with<F, S, B, E>(begin: F) -> Self
    where
        F: Fn() -> S + Send + Sync + 'static,
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: 'static,
        Bytes: From<B>,
        E: Into<BoxError> + 'static,
    {
        Self { source: Source::Again(Arc::new(move || chunks(begin()))), length: None }
    }

    /// The contents of a file, which is read while it is sent.
    ///
    /// # Errors
    /// What is there cannot be looked at, or is no regular file. That it cannot be read is an error of the
    /// call.
    #[cfg(feature = "net")]
    pub async fn file(path: impl AsRef<Path>) -> io::Result<Self> {
        let path: Arc<Path> = path.as_ref().into();
        let facts = tokio::fs::metadata(&path).await?;
        if !facts.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file"));
        }
        let upload = Self::stream_with(move || {
            let open = tokio::fs::File::open(Arc::clone(&path));
            stream::once(open).map_ok(file_chunks).try_flatten()
        });
        Ok(upload.length(facts.len()))
    }

    /// The same with its length known, in bytes, which some servers need. It has to be what the stream comes
    /// to; of bytes and files it is known without.
    #[must_use]
    pub fn length(mut self, bytes: u64) -> Self {
        self.length = Some(bytes);
        self
    }

    pub(crate) fn is_streamed(&self) -> bool {
        !matches!(self.source, Source::Bytes(_))
    }

    /// How many bytes it is, where that is known.
    pub(crate) fn size(&self) -> Option<u64> {
        match &self.source {
            Source::Bytes(bytes) => Some(bytes.len() as u64),
            Source::Once(_) | Source::Again(_) => self.length,
        }
    }

    /// The same once more, if it can be had again.
    fn again(&self) -> Option<Self> {
        let source = match &self.source {
            Source::Bytes(bytes) => Source::Bytes(bytes.clone()),
            Source::Again(begin) => Source::Again(Arc::clone(begin)),
            Source::Once(_) => return None,
        };
        Some(Self { source, length: self.length })
    }

    fn into_chunks(self) -> Chunks {
        match self.source {
            Source::Bytes(bytes) => stream::once(async { Ok(bytes) }).boxed(),
            Source::Once(chunks) => chunks,
            Source::Again(begin) => begin(),
        }
    }

    pub(crate) fn into_body(self) -> Body {
        match self.source {
            Source::Bytes(bytes) => Body::from(bytes),
            _ => Body::stream(self.into_chunks()),
        }
    }
}

fn chunks<S, B, E>(stream: S) -> Chunks
where
    S: Stream<Item = Result<B, E>> + Send + 'static,
    Bytes: From<B>,
    E: Into<BoxError>,
{
    stream.map(|item| item.map(Bytes::from).map_err(Into::into)).boxed()
}

/// What is in a file, until its end.
#[cfg(feature = "net")]
fn file_chunks(file: tokio::fs::File) -> impl Stream<Item = io::Result<Bytes>> + Send {
    use tokio::io::AsyncReadExt;
    stream::try_unfold(file, |mut file| async move {
        let mut chunk = Vec::with_capacity(CHUNK);
        let read = file.read_buf(&mut chunk).await?;
        Ok((read > 0).then(|| (Bytes::from(chunk), file)))
    })
}

impl<B: Into<Bytes>> From<B> for Upload {
    fn from(bytes: B) -> Self {
        Self { source: Source::Bytes(bytes.into()), length: None }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("streamed", &self.is_streamed())
            .field("length", &self.size())
            .finish_non_exhaustive()
    }
}

/// A file as a part of a multipart body.
///
/// ```
/// # use meshery_client::FilePart;
/// let part = FilePart::new(vec![0x1f, 0x8b]).file_name("model.tar.gz").media_type("application/gzip");
/// ```
#[derive(Debug)]
pub struct FilePart {
    upload: Upload,
    file_name: Option<String>,
    media_type: Option<String>,
}

impl FilePart {
    /// The contents of a file.
    pub fn new(contents: impl Into<Upload>) -> Self {
        Self { upload: contents.into(), file_name: None, media_type: None }
    }

    /// A file, called as it is on disk, which is read while it is sent.
    ///
    /// # Errors
    /// What is there cannot be looked at, or is no regular file. That it cannot be read is an error of the
    /// call.
    #[cfg(feature = "net")]
    pub async fn file(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        let part = Self::new(Upload::file(path).await?);
        Ok(match path.file_name() {
            Some(name) => part.file_name(name.to_string_lossy()),
            None => part,
        })
    }

    /// Its name; without one it is called as the part is.
    #[must_use]
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// Its media type; without one it is `application/octet-stream`.
    #[must_use]
    pub fn media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }

    fn again(&self) -> Option<Self> {
        let upload = self.upload.again()?;
        Some(Self { upload, file_name: self.file_name.clone(), media_type: self.media_type.clone() })
    }
}

impl<U: Into<Upload>> From<U> for FilePart {
    fn from(contents: U) -> Self {
        Self::new(contents)
    }
}

/// One part of a multipart body.
pub(crate) enum Part {
    Text(String),
    Json(Bytes),
    File(FilePart),
}

impl Part {
    fn again(&self) -> Option<Self> {
        Some(match self {
            Self::Text(text) => Self::Text(text.clone()),
            Self::Json(json) => Self::Json(json.clone()),
            Self::File(file) => Self::File(file.again()?),
        })
    }
}

/// The body of a request.
pub(crate) enum Payload {
    Empty,
    Bytes(&'static str, Bytes),
    Upload(&'static str, Upload),
    /// Pairs; written when it is sent, so that one can be set twice.
    Form(Vec<(&'static str, String)>),
    Parts(Vec<(&'static str, Part)>),
    /// It was sent, and cannot be had again.
    Spent,
}

/// A body as it is sent: with its media type, and its length where that is known and not seen
/// from the body.
pub(crate) struct Sendable {
    pub(crate) media_type: HeaderValue,
    pub(crate) length: Option<u64>,
    pub(crate) body: Body,
}

/// The name of what cannot be sent, and why.
pub(crate) type Unfit = (&'static str, &'static str);

impl Payload {
    /// Whether it takes as long as its source does.
    pub(crate) fn is_streamed(&self) -> bool {
        match self {
            Self::Upload(_, upload) => upload.is_streamed(),
            Self::Parts(parts) => {
                parts.iter().any(|(_, part)| matches!(part, Part::File(f) if f.upload.is_streamed()))
            }
            Self::Empty | Self::Bytes(..) | Self::Form(_) | Self::Spent => false,
        }
    }

    /// Takes it to be sent, leaving it there where it can be sent again.
    pub(crate) fn take(&mut self) -> Self {
        match self.again() {
            Some(same) => same,
            None => std::mem::replace(self, Self::Spent),
        }
    }

    fn again(&self) -> Option<Self> {
        Some(match self {
            Self::Empty => Self::Empty,
            Self::Bytes(media_type, bytes) => Self::Bytes(media_type, bytes.clone()),
            Self::Upload(media_type, upload) => Self::Upload(media_type, upload.again()?),
            Self::Form(pairs) => Self::Form(pairs.clone()),
            Self::Parts(parts) => {
                let same = |(name, part): &(&'static str, Part)| Some((*name, part.again()?));
                Self::Parts(parts.iter().map(same).collect::<Option<_>>()?)
            }
            Self::Spent => return None,
        })
    }

    /// The body, if there is one.
    pub(crate) fn into_sendable(self) -> Result<Option<Sendable>, Unfit> {
        let of = |media_type: &str, length, body| {
            let media_type =
                HeaderValue::from_str(media_type).map_err(|_| ("body", "has a media type that is none"))?;
            Ok(Some(Sendable { media_type, length, body }))
        };
        match self {
            Self::Empty => Ok(None),
            Self::Spent => Err(("body", "was sent, and cannot be had again")),
            Self::Bytes(media_type, bytes) => of(media_type, None, bytes.into()),
            Self::Upload(media_type, upload) => {
                let length = upload.length;
                of(media_type, length, upload.into_body())
            }
            Self::Form(pairs) => {
                let mut text = String::new();
                pairs.iter().for_each(|(name, value)| crate::encode::pair(&mut text, name, value));
                of("application/x-www-form-urlencoded", None, Bytes::from(text).into())
            }
            Self::Parts(parts) => multipart::sendable(parts).map(Some),
        }
    }
}
