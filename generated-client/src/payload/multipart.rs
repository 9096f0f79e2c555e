//! `multipart/form-data` (RFC 7578), streamed part by part.

use super::{Chunks, FilePart, Part, Sendable, Unfit, Upload};
use crate::body::Body;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::HeaderValue;
use std::hash::{BuildHasher, RandomState};

/// A body of these parts.
pub(super) fn sendable(parts: Vec<(&'static str, Part)>) -> Result<Sendable, Unfit> {
    let boundary = boundary();
    let mut pieces: Vec<Upload> = Vec::with_capacity(3 * parts.len() + 1);
    for (name, part) in parts {
        let (head, content) = head(name, part).map_err(|why| (name, why))?;
        pieces.push(format!("--{boundary}\r\n{head}\r\n").into());
        pieces.push(content);
        pieces.push("\r\n".into());
    }
    pieces.push(format!("--{boundary}--\r\n").into());

    let media_type = HeaderValue::from_str(&format!("multipart/form-data; boundary={boundary}"))
        .map_err(|_| ("body", "has a boundary that no header can carry"))?;
    let length = pieces.iter().map(Upload::size).sum::<Option<u64>>();
    if pieces.iter().any(Upload::is_streamed) {
        let chunks: Chunks = stream::iter(pieces).flat_map(Upload::into_chunks).boxed();
        return Ok(Sendable { media_type, length, body: Body::stream(chunks) });
    }
    let mut whole = Vec::with_capacity(length.unwrap_or_default() as usize);
    for piece in pieces {
        if let super::Source::Bytes(bytes) = piece.source {
            whole.extend_from_slice(&bytes);
        }
    }
    Ok(Sendable { media_type, length: None, body: Bytes::from(whole).into() })
}

/// What a boundary is made of must not be in any part: nobody guesses 128 bits.
fn boundary() -> String {
    let drawn = || RandomState::new().hash_one(());
    format!("part-{:016x}{:016x}", drawn(), drawn())
}

/// The headers of a part, each ended by CRLF, and what is in it.
fn head(name: &str, part: Part) -> Result<(String, Upload), &'static str> {
    let disposition = format!("Content-Disposition: form-data; name={}", quoted(name)?);
    Ok(match part {
        Part::Text(text) => (format!("{disposition}\r\n"), text.into()),
        Part::Json(json) => (format!("{disposition}\r\nContent-Type: application/json\r\n"), json.into()),
        Part::File(FilePart { upload, file_name, media_type }) => {
            let file_name = quoted(file_name.as_deref().unwrap_or(name))
                .map_err(|_| "must not have a control character in its file name")?;
            let media_type = media_type.as_deref().unwrap_or("application/octet-stream");
            if !is_media_type(media_type) {
                return Err("has a media type that is none");
            }
            let head = format!("{disposition}; filename={file_name}\r\nContent-Type: {media_type}\r\n");
            (head, upload)
        }
    })
}

/// A quoted string, which what is in it cannot end.
fn quoted(text: &str) -> Result<String, &'static str> {
    if text.chars().any(char::is_control) {
        return Err("must not have a control character in its name");
    }
    Ok(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// Whether it is `type/subtype`, maybe with parameters.
fn is_media_type(text: &str) -> bool {
    let token = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
    };
    let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
    let printable = parameters.bytes().all(|b| matches!(b, b' '..=b'~'));
    printable && essence.trim().split_once('/').is_some_and(|(kind, sub)| token(kind) && token(sub))
}

#[cfg(test)]
mod tests {
    use super::super::{FilePart, Part, Upload};
    use super::sendable;

    #[test]
    fn what_would_break_the_frame_of_a_part_is_refused() {
        let named = |name: &str| sendable(vec![("file", Part::File(FilePart::new("x").file_name(name)))]);
        assert!(named("a \"b\".txt").is_ok());
        assert_eq!(named("a\r\nX: y").err().unwrap().0, "file");
        for media_type in ["no media type", "text", "text/", "a/b\r\nX: y", "a/b; c=\r\n", "é/b"] {
            let typed = FilePart::new("x").media_type(media_type);
            assert!(sendable(vec![("file", Part::File(typed))]).is_err(), "{media_type}");
        }
        let typed = FilePart::new("x").media_type("text/plain; charset=utf-8");
        assert!(sendable(vec![("file", Part::File(typed))]).is_ok());
    }

    #[test]
    fn the_length_is_known_when_that_of_every_part_is() {
        let part = |upload: Upload| sendable(vec![("file", Part::File(FilePart::new(upload)))]).unwrap();
        let chunks = || futures_util::stream::iter([Ok::<_, std::io::Error>("four")]);
        let in_memory = part(Upload::from("four"));
        let length = in_memory.body.as_bytes().unwrap().len() as u64;
        assert_eq!(part(Upload::stream(chunks()).length(4)).length, Some(length));
        assert_eq!(part(Upload::stream(chunks())).length, None);
    }
}
