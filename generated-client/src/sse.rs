//! The event stream format (`text/event-stream`), from bytes to events, within a size limit.

use std::collections::VecDeque;
use std::time::Duration;

/// An event as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// Its name; empty for unnamed events.
    pub name: String,
    /// Its data, lines joined by newlines.
    pub data: String,
    /// The last id that the stream has given.
    pub id: String,
}

/// An event, or a line of one, that is larger than allowed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

/// Takes bytes in pieces of any size and gives events.
pub(crate) struct Parser {
    line: Vec<u8>,
    /// The last byte was a carriage return: a line feed now belongs to it.
    after_return: bool,
    first_line: bool,
    name: String,
    data: String,
    has_data: bool,
    id: String,
    retry: Option<Duration>,
    events: VecDeque<Event>,
    limit: usize,
}

impl Parser {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            line: Vec::new(),
            after_return: false,
            first_line: true,
            name: String::new(),
            data: String::new(),
            has_data: false,
            id: String::new(),
            retry: None,
            events: VecDeque::new(),
            limit,
        }
    }

    /// A parser for the next connection: what is complete is kept, with the last id and the wait.
    pub(crate) fn again(&mut self) -> Self {
        let (id, events) = (std::mem::take(&mut self.id), std::mem::take(&mut self.events));
        Self { id, events, retry: self.retry, ..Self::new(self.limit) }
    }

    /// The last id that the stream has given; empty if none.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The wait before a new connection that the stream asks for.
    pub(crate) fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// The next event that is complete.
    pub(crate) fn pop(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Takes the next bytes of the stream.
    pub(crate) fn push(&mut self, mut bytes: &[u8]) -> Result<(), TooLong> {
        if self.after_return && bytes.first() == Some(&b'\n') {
            bytes = &bytes[1..];
        }
        self.after_return = false;
        while let Some(end) = bytes.iter().position(|b| matches!(b, b'\n' | b'\r')) {
            self.extend(&bytes[..end])?;
            let line = std::mem::take(&mut self.line);
            self.line(&line)?;
            // The buffer is used again for the next line.
            self.line = line;
            self.line.clear();
            let pair = bytes[end..].starts_with(b"\r\n");
            self.after_return = bytes[end] == b'\r' && end + 1 == bytes.len();
            bytes = &bytes[end + if pair { 2 } else { 1 }..];
        }
        self.extend(bytes)
    }

    fn extend(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        if self.line.len() + self.data.len() + bytes.len() > self.limit {
            return Err(TooLong);
        }
        self.line.extend_from_slice(bytes);
        if !bytes.is_empty() {
            self.after_return = false;
        }
        Ok(())
    }

    fn line(&mut self, line: &[u8]) -> Result<(), TooLong> {
        let text = String::from_utf8_lossy(line);
        let mut text = &*text;
        if std::mem::take(&mut self.first_line) {
            text = text.strip_prefix('\u{feff}').unwrap_or(text);
        }
        if text.is_empty() {
            self.dispatch();
            return Ok(());
        }
        let (field, value) = text.split_once(':').unwrap_or((text, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    self.data.push('\n');
                }
                self.data.push_str(value);
                if self.data.len() > self.limit {
                    return Err(TooLong);
                }
            }
            "event" => value.clone_into(&mut self.name),
            "id" if !value.contains('\0') => value.clone_into(&mut self.id),
            "retry" if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) => {
                self.retry = value.parse().ok().map(Duration::from_millis);
            }
            // Comments (an empty field), and what nobody knows.
            _ => {}
        }
        Ok(())
    }

    fn dispatch(&mut self) {
        let name = std::mem::take(&mut self.name);
        let data = std::mem::take(&mut self.data);
        if std::mem::take(&mut self.has_data) {
            self.events.push_back(Event { name, data, id: self.id.clone() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, Parser, TooLong};

    fn events(pieces: &[&[u8]]) -> Vec<Event> {
        let mut parser = Parser::new(1024);
        for piece in pieces {
            parser.push(piece).unwrap();
        }
        std::iter::from_fn(|| parser.pop()).collect()
    }

    fn event(name: &str, data: &str, id: &str) -> Event {
        Event { name: name.into(), data: data.into(), id: id.into() }
    }

    #[test]
    fn fields_comments_and_blank_lines() {
        let text = "\u{feff}: hello\n\ndata: one\nid: 7\n\nevent: add\ndata:two\ndata\ndata:  three\nretry: 5\nother: x\n\ndata: never ended\n";
        assert_eq!(events(&[text.as_bytes()]), [event("", "one", "7"), event("add", "two\n\n three", "7")]);
    }

    #[test]
    fn however_it_is_cut_and_whatever_ends_its_lines() {
        for text in ["data: é1\n\ndata: b\n\n", "data: é1\r\n\r\ndata: b\r\n\r\n", "data: é1\r\rdata: b\r\r"]
        {
            let expected = [event("", "é1", ""), event("", "b", "")];
            for size in 1..text.len() {
                let pieces: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
                assert_eq!(events(&pieces), expected, "{text:?} in pieces of {size}");
            }
        }
    }

    #[test]
    fn an_event_without_data_is_none_and_an_empty_one_is_one() {
        assert_eq!(events(&[b"event: x\n\n: keepalive\n\ndata\n\n"]), [event("", "", "")]);
    }

    #[test]
    fn memory_is_bounded() {
        let mut parser = Parser::new(16);
        assert_eq!(parser.push(b"data: 0123456789abcdef"), Err(TooLong));
        let mut parser = Parser::new(16);
        let lines = (0..8).try_for_each(|_| parser.push(b"data: abc\n"));
        assert_eq!(lines, Err(TooLong));
    }
}
