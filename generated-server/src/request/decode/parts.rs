//! The parts of a multipart body.

use super::Decoder;
use crate::RequestPart;
use crate::request::body::BodyInput;
use crate::request::multipart::{FilePart, Parts};
use bytes::Bytes;
use meshery_types::wire::{self, Decode, Param, Rule, Rules, Violation};

#[allow(dead_code, reason = "which of these are used depends on the contract")]
impl Decoder<'_> {
    /// The parts of a multipart body.
    pub(crate) fn parts(&mut self) -> Option<Option<Parts>> {
        match std::mem::take(&mut self.body) {
            BodyInput::Parts(_, parts) => Some(Some(parts)),
            _ => self.no_body(),
        }
    }

    /// A part that is a file.
    pub(crate) fn file(
        &mut self,
        parts: &mut Parts,
        name: &'static str,
        rules: &'static Rules,
    ) -> Option<Option<FilePart>> {
        let Some(file) = self.part(parts, name)? else { return Some(None) };
        let broken = rules.broken_by_file(file.len());
        self.judged(name, broken, Some(file))
    }

    /// Parts that are files.
    pub(crate) fn files(
        &mut self,
        parts: &mut Parts,
        name: &'static str,
        rules: &'static Rules,
    ) -> Option<Option<Vec<FilePart>>> {
        let files = parts.take(name);
        if files.is_empty() {
            return Some(None);
        }
        let sizes: Vec<_> = files.iter().map(|file| file.len()).collect();
        self.judged(name, rules.broken_by_files(&sizes), Some(files))
    }

    /// A part that is text.
    pub(crate) fn text_part<T: Param>(
        &mut self,
        parts: &mut Parts,
        name: &'static str,
        rules: &'static Rules,
    ) -> Option<Option<T>> {
        let Some(value) = self.value(parts, name)? else { return Some(None) };
        let Ok(text) = std::str::from_utf8(&value) else {
            return self.not_text(RequestPart::Body, name);
        };
        self.parsed(RequestPart::Body, name, T::parse(text, rules)).map(Some)
    }

    /// Parts that are text.
    pub(crate) fn text_parts<T: Param>(
        &mut self,
        parts: &mut Parts,
        name: &'static str,
        rules: &'static Rules,
    ) -> Option<Option<Vec<T>>> {
        let parts = parts.take(name);
        if parts.is_empty() {
            return Some(None);
        }
        let values: Vec<_> = parts.iter().map(|part| self.value_of(part, name)).collect::<Option<_>>()?;
        let Ok(texts) = values.iter().map(|value| std::str::from_utf8(value)).collect::<Result<Vec<_>, _>>()
        else {
            return self.not_text(RequestPart::Body, name);
        };
        match wire::parse_all(texts, rules) {
            Ok(items) => Some(Some(items)),
            Err(violations) => self.judged(name, violations.into_vec(), None),
        }
    }

    /// A value with what was found wrong with it, if that is nothing.
    fn judged<T>(&mut self, name: &'static str, broken: Vec<Violation>, value: T) -> Option<T> {
        let whole = broken.is_empty();
        for violation in broken {
            self.record(RequestPart::Body, name, violation);
        }
        whole.then_some(value)
    }

    /// The one part of a name.
    fn part(&mut self, parts: &mut Parts, name: &'static str) -> Option<Option<FilePart>> {
        let mut found = parts.take(name);
        match found.len() {
            0 | 1 => Some(found.pop()),
            _ => self.repeated(RequestPart::Body, name),
        }
    }

    /// A part that is a JSON document.
    pub(crate) fn json_part<T: Decode>(
        &mut self,
        parts: &mut Parts,
        name: &'static str,
        rules: &'static Rules,
    ) -> Option<Option<T>> {
        let Some(value) = self.value(parts, name)? else { return Some(None) };
        let decoded = wire::from_slice::<T>(&value, rules, &self.options);
        self.decoded(decoded, Some(name)).map(Some)
    }

    /// The bytes of the one part of a name that is a value.
    fn value(&mut self, parts: &mut Parts, name: &'static str) -> Option<Option<Bytes>> {
        let Some(part) = self.part(parts, name)? else { return Some(None) };
        self.value_of(&part, name).map(Some)
    }

    /// The bytes of a part that is a value.
    fn value_of(&mut self, part: &FilePart, name: &'static str) -> Option<Bytes> {
        if part.len() > self.longest_value as u64 {
            let violation = Violation::new(Rule::MaxLength, Some(self.longest_value.to_string()));
            self.record(RequestPart::Body, name, violation);
            return None;
        }
        match part.value() {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                tracing::error!(%error, "a part of a request cannot be read from disk");
                self.unreadable("the request body cannot be read")
            }
        }
    }

    /// Says that parts which were not taken should not be there.
    pub(crate) fn nothing_else(&mut self, parts: Parts) {
        if self.options.reject_unknown_members {
            for name in parts.into_names() {
                let violation = Violation::new(Rule::AdditionalProperties, None);
                let _: Option<()> = self.breach_in_body(Some(&name), violation);
            }
        }
    }

    /// A part that must be there.
    pub(crate) fn needed<T>(&mut self, name: &'static str, found: Option<Option<T>>) -> Option<T> {
        match found? {
            Some(value) => Some(value),
            None => self.missing(RequestPart::Body, name),
        }
    }
}
