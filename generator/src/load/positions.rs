//! Lines of JSON pointers in YAML texts, found only for what is reported.

use super::reference::escape;
use crate::diagnostic::{Diagnostics, Place};
use saphyr_parser::{Event, Parser, ScalarStyle};
use std::collections::HashMap;

/// Completes the lines of findings; `text` gives the text of a file.
///
/// A pointer that is not in its file gets the line of the nearest place above it that is.
pub fn complete<'a>(findings: &mut Diagnostics, text: impl Fn(&str) -> Option<&'a str>) {
    complete_places(findings.iter_mut().map(|finding| &mut finding.place), text);
    findings.sort();
}

/// The same for places.
pub fn complete_places<'a, 'p>(
    places: impl Iterator<Item = &'p mut Place>,
    text: impl Fn(&str) -> Option<&'a str>,
) {
    let mut known: HashMap<String, Option<HashMap<String, usize>>> = HashMap::new();
    for place in places.filter(|place| place.line.is_none()) {
        let found = known.entry(place.file.clone()).or_insert_with(|| text(&place.file).map(lines));
        let Some(lines) = found else { continue };
        let mut pointer = place.pointer.as_str();
        place.line = loop {
            match (lines.get(pointer), pointer.rfind('/')) {
                (Some(line), _) => break Some(*line),
                (None, Some(at)) => pointer = &pointer[..at],
                (None, None) => break None,
            }
        };
    }
}

enum Frame {
    /// The pointer of a sequence, and the index of its next element.
    Items(String, usize),
    /// The pointer of a mapping, and the pointer of the value that comes next, once its key is read.
    Members(String, Option<String>),
}

/// The line of every value of a document, by pointer; a member's is the line of its key.
///
/// What stands after a mistake in the text has no line.
fn lines(text: &str) -> HashMap<String, usize> {
    let mut lines = HashMap::new();
    each(text, &mut |pointer, line, _| _ = lines.entry(pointer.to_owned()).or_insert(line));
    lines
}

/// Calls `seen` with pointer, line and text of every scalar of a document that is written without
/// quotes, keys aside.
pub(crate) fn plain_scalars(text: &str, mut seen: impl FnMut(&str, usize, &str)) {
    each(text, &mut |pointer, line, plain| {
        if let Some(plain) = plain {
            seen(pointer, line, plain);
        }
    });
}

/// Calls `seen` with pointer and line of every key and value, and the text of plain scalars.
fn each(text: &str, seen: &mut dyn FnMut(&str, usize, Option<&str>)) {
    let mut stack: Vec<Frame> = Vec::new();
    let mut parser = Parser::new_from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    while let Some(Ok((event, span))) = parser.next_event() {
        let line = span.start.line();
        let (text, opens) = match &event {
            Event::Scalar(text, style, ..) => (Some((text.as_ref(), *style)), None),
            Event::Alias(_) => (None, None),
            Event::SequenceStart(..) => (None, Some(false)),
            Event::MappingStart(..) => (None, Some(true)),
            Event::SequenceEnd | Event::MappingEnd => {
                stack.pop();
                continue;
            }
            _ => continue,
        };
        let pointer = match stack.last_mut() {
            None => String::new(),
            Some(Frame::Items(at, next)) => {
                *next += 1;
                format!("{at}/{}", *next - 1)
            }
            Some(Frame::Members(at, value)) => match value.take() {
                Some(pointer) => pointer,
                None => {
                    let key = text.map(|(text, _)| text).unwrap_or_default();
                    let pointer = format!("{at}/{}", escape(key));
                    seen(&pointer, line, None);
                    *value = Some(pointer);
                    // A compound key: its own content is walked past, under its line.
                    if opens.is_none() {
                        continue;
                    }
                    at.clone()
                }
            },
        };
        let plain = text.filter(|(_, style)| *style == ScalarStyle::Plain).map(|(text, _)| text);
        seen(&pointer, line, plain);
        match opens {
            Some(true) => stack.push(Frame::Members(pointer, None)),
            Some(false) => stack.push(Frame::Items(pointer, 0)),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::complete;
    use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};

    #[test]
    fn pointers_have_lines() {
        let text = "openapi: 3.0.0\npaths:\n  /a/b:\n    get:\n      tags:\n        - x\n        - y: 1\n  200: {z: 1}\n";
        let line = |pointer: &str| {
            let mut findings =
                Diagnostics::one(Diagnostic::new(Code::BadSchema, Place::new("f", pointer), "m"));
            complete(&mut findings, |file| (file == "f").then_some(text));
            findings.iter().next().and_then(|d| d.place.line)
        };
        assert_eq!(line(""), Some(1));
        assert_eq!(line("/paths"), Some(2));
        assert_eq!(line("/paths/~1a~1b/get"), Some(4));
        assert_eq!(line("/paths/~1a~1b/get/tags/1/y"), Some(7));
        assert_eq!(line("/paths/~1a~1b/get/missing/deep"), Some(4));
        assert_eq!(line("/paths/200/z"), Some(8));
    }
}
