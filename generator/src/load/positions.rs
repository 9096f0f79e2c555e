//! Lines of JSON pointers in YAML texts, found only for what is reported.

use super::reference::escape;
use crate::diagnostic::Diagnostics;
use saphyr_parser::{Event, Parser};
use std::collections::HashMap;

/// Completes the lines of findings; `text` gives the text of a file.
///
/// A pointer that is not in its file gets the line of the nearest place above it that is.
pub fn complete<'a>(findings: &mut Diagnostics, text: impl Fn(&str) -> Option<&'a str>) {
    let mut known: HashMap<String, Option<HashMap<String, usize>>> = HashMap::new();
    for finding in findings.iter_mut() {
        let place = &mut finding.place;
        if place.line.is_some() {
            continue;
        }
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
    findings.sort();
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
    let mut stack: Vec<Frame> = Vec::new();
    let mut parser = Parser::new_from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    while let Some(Ok((event, span))) = parser.next_event() {
        let line = span.start.line();
        let (text, opens) = match &event {
            Event::Scalar(text, ..) => (Some(text.as_ref()), None),
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
                    let pointer = format!("{at}/{}", escape(text.unwrap_or_default()));
                    lines.entry(pointer.clone()).or_insert(line);
                    *value = Some(pointer);
                    // A compound key: its own content is walked past, under its line.
                    if opens.is_none() {
                        continue;
                    }
                    at.clone()
                }
            },
        };
        lines.entry(pointer.clone()).or_insert(line);
        match opens {
            Some(true) => stack.push(Frame::Members(pointer, None)),
            Some(false) => stack.push(Frame::Items(pointer, 0)),
            None => {}
        }
    }
    lines
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
