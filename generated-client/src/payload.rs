//! What a request carries: bytes, streams, forms and files.

use bytes::Bytes;
use futures_util::Stream;
use reqwest::multipart;
use std::fmt;

/// Bytes to send, in memory or as they come.
///
/// ```
/// # use meshery_client::Upload;
/// let in_memory = Upload::from("apiVersion: v1\n");
/// let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>("first "), Ok("second")]);
/// let streamed = Upload::stream(chunks);
/// ```
///
/// The time limit of a call does not count for one that is streamed.
pub struct Upload {
    body: reqwest::Body,
    length: Option<u64>,
    pub(crate) streamed: bool,
}

impl Upload {
    /// What a stream yields, sent in chunks as it comes.
    pub fn stream<S, B, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: 'static,
        Bytes: From<B>,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
    {
        Self { body: reqwest::Body::wrap_stream(stream), length: None, streamed: true }
    }

    /// The same with its length known, which some servers need.
    #[must_use]
    pub fn length(mut self, bytes: u64) -> Self {
        self.length = Some(bytes);
        self
    }

    pub(crate) fn into_body(self) -> (reqwest::Body, Option<u64>) {
        (self.body, self.length)
    }
}

impl<B: Into<Bytes>> From<B> for Upload {
    fn from(bytes: B) -> Self {
        Self { body: reqwest::Body::from(bytes.into()), length: None, streamed: false }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("streamed", &self.streamed).finish_non_exhaustive()
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

    fn into_part(self, name: &str) -> Result<multipart::Part, &'static str> {
        let file_name = self.file_name.unwrap_or_else(|| name.to_owned());
        if file_name.chars().any(char::is_control) {
            return Err("must not have a control character in its file name");
        }
        let part = match self.upload.into_body() {
            (body, Some(length)) => multipart::Part::stream_with_length(body, length),
            (body, None) => multipart::Part::stream(body),
        };
        part.file_name(file_name)
            .mime_str(self.media_type.as_deref().unwrap_or("application/octet-stream"))
            .map_err(|_| "has a media type that is none")
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
    Json(Vec<u8>),
    File(FilePart),
}

/// The body of a request.
pub(crate) enum Payload {
    Empty,
    Bytes(&'static str, Bytes),
    Upload(&'static str, Upload),
    /// Pairs; written when it is sent, so that one can be set twice.
    Form(Vec<(&'static str, String)>),
    Parts(Vec<(&'static str, Part)>),
}

impl Payload {
    /// Whether it takes as long as its source does.
    pub(crate) fn is_streamed(&self) -> bool {
        match self {
            Self::Upload(_, upload) => upload.streamed,
            Self::Parts(parts) => {
                parts.iter().any(|(_, part)| matches!(part, Part::File(f) if f.upload.streamed))
            }
            Self::Empty | Self::Bytes(..) | Self::Form(_) => false,
        }
    }
}

/// The parts as `reqwest` sends them, or the name of the one that cannot be sent and why.
pub(crate) fn form(
    parts: Vec<(&'static str, Part)>,
) -> Result<multipart::Form, (&'static str, &'static str)> {
    let mut form = multipart::Form::new().percent_encode_noop();
    for (name, part) in parts {
        let part = match part {
            Part::Text(text) => multipart::Part::text(text),
            Part::Json(json) => multipart::Part::bytes(json)
                .mime_str("application/json")
                .map_err(|_| (name, "cannot be sent as JSON"))?,
            Part::File(file) => file.into_part(name).map_err(|why| (name, why))?,
        };
        form = form.part(name, part);
    }
    Ok(form)
}

#[cfg(test)]
mod tests {
    use super::{FilePart, Part, form};

    #[test]
    fn what_would_break_the_frame_of_a_part_is_refused() {
        let named = |name: &str| form(vec![("file", Part::File(FilePart::new("x").file_name(name)))]);
        assert!(named("a \"b\".txt").is_ok());
        assert_eq!(named("a\r\nX: y").unwrap_err().0, "file");
        let typed = FilePart::new("x").media_type("no media type");
        assert!(form(vec![("file", Part::File(typed))]).is_err());
    }
}
