//! The event stream format (`text/event-stream`), from bytes to events, within a size limit.

use bytes::{Buf, Bytes};
use std::time::Duration;

/// An event as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// Its name; empty for unnamed events.
    pub name: String,
    /// Its data, lines joined by newlines.
    pub data: String,
    /// The last id that the stream has given, if it has 4096 bytes at most: what is longer is refused by most
    /// servers when it is sent back.
    pub id: String,
}

/// The longest id that is kept, in bytes.
const LONGEST_ID: usize = 4096;

/// An event, or a line of one, that is larger than allowed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

/// Takes bytes in pieces of any size and gives events, one at a time: what a piece holds beyond the next event
/// stays as it is until it is asked for.
pub(crate) struct Parser {
    rest: Bytes,
    line: Vec<u8>,
    /// The last byte was a carriage return: a line feed now belongs to it.
    after_return: bool,
    first_line: bool,
    name: String,
    data: String,
    has_data: bool,
    /// What the next event is going to be.
    next_id: String,
    /// What the last event is that has come to its end.
    id: String,
    retry: Option<Duration>,
    limit: usize,
}

impl Parser {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            rest: Bytes::new(),
            line: Vec::new(),
            after_return: false,
            first_line: true,
            name: String::new(),
            data: String::new(),
            has_data: false,
            next_id: String::new(),
            id: String::new(),
            retry: None,
            limit,
        }
    }

    /// A parser for the next connection: the last id is kept, and the wait. An event that has not come to its
    /// end is none, and its id is not that of the last one.
    pub(crate) fn again(&mut self) -> Self {
        let id = std::mem::take(&mut self.id);
        Self { next_id: id.clone(), id, retry: self.retry, ..Self::new(self.limit) }
    }

    /// The id of the last event; empty if the stream has given none.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The wait before a new connection that the stream asks for.
    pub(crate) fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// Takes the next bytes of the stream, once there is no event in those before.
    pub(crate) fn push(&mut self, bytes: Bytes) {
        debug_assert!(self.rest.is_empty(), "what was there is lost");
        self.rest = bytes;
    }

    /// The next event that is complete; none if more bytes are needed.
    pub(crate) fn next(&mut self) -> Result<Option<Event>, TooLong> {
        let mut event = None;
        while event.is_none() && !self.rest.is_empty() {
            if std::mem::take(&mut self.after_return) && self.rest[0] == b'\n' {
                self.rest.advance(1);
                continue;
            }
            let Some(end) = self.rest.iter().position(|b| matches!(b, b'\n' | b'\r')) else {
                let rest = std::mem::take(&mut self.rest);
                self.extend(&rest)?;
                break;
            };
            let ended = self.rest.split_to(end);
            self.extend(&ended)?;
            self.after_return = self.rest[0] == b'\r';
            self.rest.advance(1);
            let line = std::mem::take(&mut self.line);
            event = self.line(&line)?;
            // The buffer is used again for the next line.
            self.line = line;
            self.line.clear();
        }
        Ok(event)
    }

    fn extend(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        if self.line.len() + self.data.len() + bytes.len() > self.limit {
            return Err(TooLong);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn line(&mut self, line: &[u8]) -> Result<Option<Event>, TooLong> {
        let text = String::from_utf8_lossy(line);
        let mut text = &*text;
        if std::mem::take(&mut self.first_line) {
            text = text.strip_prefix('\u{feff}').unwrap_or(text);
        }
        if text.is_empty() {
            return Ok(self.dispatch());
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
            // One that is too long is forgotten, as it would not be sent back.
            "id" if value.len() > LONGEST_ID => self.next_id.clear(),
            "id" if !value.contains('\0') => value.clone_into(&mut self.next_id),
            "retry" if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) => {
                self.retry = value.parse().ok().map(Duration::from_millis);
            }
            // Comments (an empty field), and what nobody knows.
            _ => {}
        }
        Ok(None)
    }

    /// A block has come to its end. Without data it is no event, but its id counts.
    fn dispatch(&mut self) -> Option<Event> {
        self.next_id.clone_into(&mut self.id);
        let (name, data) = (std::mem::take(&mut self.name), std::mem::take(&mut self.data));
        std::mem::take(&mut self.has_data).then(|| Event { name, data, id: self.id.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, LONGEST_ID, Parser, TooLong};
    use bytes::Bytes;

    fn events(pieces: &[&[u8]]) -> Vec<Event> {
        let mut parser = Parser::new(1024);
        let mut events = Vec::new();
        for piece in pieces {
            parser.push(Bytes::copy_from_slice(piece));
            events.extend(std::iter::from_fn(|| parser.next().unwrap()));
        }
        events
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
                let spaced: Vec<&[u8]> = pieces.iter().flat_map(|piece| [piece, &b""[..]]).collect();
                assert_eq!(events(&spaced), expected, "{text:?} with empty pieces between");
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
        parser.push(Bytes::from_static(b"data: 0123456789abcdef"));
        assert_eq!(parser.next(), Err(TooLong));
        let mut parser = Parser::new(16);
        let mut push = |line| {
            parser.push(Bytes::from_static(line));
            parser.next().map(drop)
        };
        assert_eq!((0..8).try_for_each(|_| push(b"data: abc\n")), Err(TooLong));
    }

    #[test]
    fn an_id_counts_once_its_event_has_come_to_its_end() {
        let mut parser = Parser::new(1024);
        parser.push(Bytes::from_static(b"id: 7\ndata: one\n\nid: 8\ndata: cut o"));
        assert_eq!(parser.next(), Ok(Some(event("", "one", "7"))));
        assert_eq!((parser.next(), parser.id()), (Ok(None), "7"));
        let mut parser = parser.again();
        parser.push(Bytes::from_static(b"data: two\n\nid: 9\n\ndata: three\n\n"));
        assert_eq!(parser.next(), Ok(Some(event("", "two", "7"))), "what was cut off is forgotten");
        assert_eq!(parser.next(), Ok(Some(event("", "three", "9"))), "it needs no data");
    }

    #[test]
    fn an_id_that_is_never_sent_back_is_not_kept() {
        let (longest, longer) = ("x".repeat(LONGEST_ID), "y".repeat(LONGEST_ID + 1));
        let mut parser = Parser::new(1 << 20);
        parser.push(format!("id: {longest}\ndata\n\nid: {longer}\ndata\n\n").into());
        assert_eq!(parser.next(), Ok(Some(event("", "", &longest))));
        assert_eq!(parser.next(), Ok(Some(event("", "", ""))));
    }
}
