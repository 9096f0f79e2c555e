//! What generated code decodes arguments with. Every call records what it finds wrong and goes on;
//! [`Decoder::finish`] rejects the request if anything was recorded.

mod parts;

use super::body::BodyInput;
use super::params::{Text, Texts};
use crate::rejection::BadRequest;
use crate::{Breach, ByteStream, OperationInfo, Problem, Rejection, RequestPart};
use http::request::Parts as Head;
use meshery_types::wire::{
    self, Decode, DecodeError, Mode, Options, Param, Rule, Rules, Violation, Violations,
};

/// What a request carries beyond its head.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) body: BodyInput,
    pub(crate) reject_unknown_members: bool,
    pub(crate) max_violations: usize,
    /// How long a part of a multipart body may be that is a value.
    pub(crate) longest_value: usize,
}

/// Decodes one request.
pub(crate) struct Decoder<'a> {
    texts: Texts<'a>,
    body: BodyInput,
    body_required: bool,
    options: Options,
    longest_value: usize,
    breaches: Vec<Breach>,
    /// Whether there are more than were recorded.
    more: bool,
    /// A body that is no document at all: said in words, not by a rule.
    unreadable: Option<String>,
}

#[allow(dead_code, reason = "which of these are used depends on the contract")]
impl<'a> Decoder<'a> {
    pub(crate) fn new(operation: &'static OperationInfo, head: &'a Head, input: Input) -> Self {
        let body_required = operation.body.is_some_and(|b| b.required);
        let options = Options {
            mode: Mode::Strict,
            reject_unknown_members: input.reject_unknown_members,
            max_violations: input.max_violations,
        };
        Self {
            texts: Texts::new(operation, head),
            body: input.body,
            body_required,
            options,
            longest_value: input.longest_value,
            breaches: Vec::new(),
            more: false,
            unreadable: None,
        }
    }

    /// Decodes path parameters and nothing else.
    pub(crate) fn of_path(operation: &'static OperationInfo, head: &'a Head) -> Self {
        let options = Options { mode: Mode::Strict, reject_unknown_members: true, max_violations: 1 };
        Self {
            texts: Texts::of_path(operation, head),
            body: BodyInput::Absent,
            body_required: false,
            options,
            longest_value: 0,
            breaches: Vec::new(),
            more: false,
            unreadable: None,
        }
    }

    /// The arguments, unless something was found wrong on the way to them.
    pub(crate) fn finish<T>(mut self, arguments: Option<T>) -> Result<T, Rejection> {
        match arguments {
            Some(arguments) if self.breaches.is_empty() => Ok(arguments),
            _ => {
                let most = self.options.max_violations.max(1);
                let more = self.more || self.breaches.len() > most;
                self.breaches.truncate(most);
                Err(BadRequest(Problem { violations: self.breaches, more, unreadable: self.unreadable })
                    .into())
            }
        }
    }

    /// A parameter that may be missing. The outer `None`: it is there and wrong.
    pub(crate) fn optional<T: Param>(
        &mut self,
        part: RequestPart,
        name: &'static str,
        rules: &'static Rules,
    ) -> Option<Option<T>> {
        match self.single(part, name) {
            Ok(Some(text)) => self.parsed(part, name, T::parse(&text, rules)).map(Some),
            Ok(None) => Some(None),
            Err(Wrong) => None,
        }
    }

    /// A parameter that must be there.
    pub(crate) fn required<T: Param>(
        &mut self,
        part: RequestPart,
        name: &'static str,
        rules: &'static Rules,
    ) -> Option<T> {
        match self.single(part, name) {
            Ok(Some(text)) => self.parsed(part, name, T::parse(&text, rules)),
            Ok(None) => self.missing(part, name),
            Err(Wrong) => None,
        }
    }

    /// A parameter that is an array: repeated, and joined by commas unless `explode`. One that is
    /// missing and not `required` is empty.
    pub(crate) fn list<T: Param>(
        &mut self,
        part: RequestPart,
        name: &'static str,
        (required, explode): (bool, bool),
        rules: &'static Rules,
    ) -> Option<Vec<T>> {
        let texts = self.elements(part, name, explode);
        if texts.is_empty() {
            return if required { self.missing(part, name) } else { Some(Vec::new()) };
        }
        let Some(texts) = texts.into_iter().collect::<Option<Vec<_>>>() else {
            return self.not_text(part, name);
        };
        match wire::parse_all(texts.iter().map(|text| &**text), rules) {
            Ok(items) => Some(items),
            Err(violations) => {
                self.record_all(part, name, violations);
                None
            }
        }
    }

    /// The index of the body's media type in the operation's list, if there is a body.
    pub(crate) fn media(&self) -> Option<usize> {
        match &self.body {
            BodyInput::Absent => None,
            BodyInput::Whole(index, _) | BodyInput::Arriving(index, ..) | BodyInput::Parts(index, _) => {
                Some(*index)
            }
        }
    }

    /// A JSON body. The inner `None`: there is none, and there need not be.
    pub(crate) fn json<T: Decode>(&mut self, rules: &'static Rules) -> Option<Option<T>> {
        let BodyInput::Whole(_, bytes) = std::mem::take(&mut self.body) else { return self.no_body() };
        let decoded = wire::from_slice::<T>(&bytes, rules, &self.options);
        self.decoded(decoded, None).map(Some)
    }

    /// A body of text.
    pub(crate) fn text<T: Param>(&mut self, rules: &'static Rules) -> Option<Option<T>> {
        let BodyInput::Whole(_, bytes) = std::mem::take(&mut self.body) else { return self.no_body() };
        match std::str::from_utf8(&bytes) {
            Ok(text) => match T::parse(text, rules) {
                Ok(value) => Some(Some(value)),
                Err(violation) => self.breach_in_body(None, violation),
            },
            Err(_) => self.unreadable("the body is not UTF-8"),
        }
    }

    /// A body of bytes.
    pub(crate) fn bytes(&mut self) -> Option<Option<ByteStream>> {
        match std::mem::take(&mut self.body) {
            BodyInput::Whole(_, bytes) => Some(Some(bytes.into())),
            BodyInput::Arriving(_, stream, _) => Some(Some(stream)),
            _ => self.no_body(),
        }
    }

    /// Makes the members of an urlencoded body parameters in [`RequestPart::Body`].
    pub(crate) fn form(&mut self) -> Option<Option<()>> {
        let BodyInput::Whole(_, bytes) = std::mem::take(&mut self.body) else { return self.no_body() };
        match std::str::from_utf8(&bytes) {
            Ok(text) => {
                self.texts.set_form(text);
                Some(Some(()))
            }
            Err(_) => self.unreadable("the body is not UTF-8"),
        }
    }

    /// How documents are judged.
    pub(super) fn options(&self) -> &Options {
        &self.options
    }

    /// The text of a parameter. The outer `None`: there is something wrong with it.
    pub(super) fn text_of(&mut self, part: RequestPart, name: &'static str) -> Option<Text<'a>> {
        self.single(part, name).ok()
    }

    /// The members of a parameter that is an object.
    pub(super) fn members_of(&self, name: &str) -> Vec<(String, Text<'a>)> {
        self.texts.members(name)
    }

    /// The members of a parameter that is an object, and that are parameters of their own.
    pub(super) fn spread_of(&self, known: &[&str], others: bool) -> Vec<(String, Text<'a>)> {
        self.texts.spread(known, others)
    }

    fn single(&mut self, part: RequestPart, name: &'static str) -> Result<Text<'a>, Wrong> {
        let found = match part {
            RequestPart::Path => self.texts.path(name),
            _ => {
                let mut texts = self.texts.values(part, name);
                if texts.len() > 1 {
                    let _: Option<()> = self.repeated(part, name);
                    return Err(Wrong);
                }
                texts.pop()
            }
        };
        match found {
            Some(Some(text)) => Ok(Some(text)),
            Some(None) => {
                let _: Option<()> = self.not_text(part, name);
                Err(Wrong)
            }
            None => Ok(None),
        }
    }

    fn elements(&self, part: RequestPart, name: &'static str, explode: bool) -> Vec<Text<'a>> {
        let texts = self.texts.values(part, name);
        if explode {
            return texts;
        }
        let split = texts.into_iter().flat_map(|text| match text {
            Some(text) => text.split(',').map(|t| Some(t.trim().to_owned().into())).collect(),
            None => vec![None],
        });
        split.collect()
    }

    fn parsed<T>(
        &mut self,
        part: RequestPart,
        name: &'static str,
        parsed: Result<T, Violation>,
    ) -> Option<T> {
        parsed.map_err(|violation| self.record(part, name, violation)).ok()
    }

    fn decoded<T>(&mut self, decoded: Result<T, DecodeError>, under: Option<&str>) -> Option<T> {
        match decoded {
            Ok(value) => Some(value),
            Err(DecodeError::Syntax { line, column, .. }) => self.unreadable(format!(
                "the body is not JSON, or nested too deeply, at line {line}, column {column}"
            )),
            Err(DecodeError::Invalid(violations)) => {
                self.more |= violations.more();
                for violation in violations.into_vec() {
                    let _: Option<()> = self.breach_in_body(under, violation);
                }
                None
            }
        }
    }

    /// What there is to say about a body that is not there.
    pub(crate) fn no_body<T>(&mut self) -> Option<Option<T>> {
        if !self.body_required {
            return Some(None);
        }
        self.breach_in_body(None, Violation::new(Rule::Required, None))
    }

    fn unreadable<T>(&mut self, reason: impl Into<String>) -> Option<T> {
        self.unreadable = Some(reason.into());
        None
    }

    pub(super) fn missing<T>(&mut self, part: RequestPart, name: &'static str) -> Option<T> {
        self.record(part, name, Violation::new(Rule::Required, None));
        None
    }

    pub(super) fn repeated<T>(&mut self, part: RequestPart, name: &'static str) -> Option<T> {
        self.record(part, name, Violation::new(Rule::MaxItems, Some("1".to_owned())));
        None
    }

    pub(super) fn not_text<T>(&mut self, part: RequestPart, name: &'static str) -> Option<T> {
        self.record(part, name, Violation::new(Rule::Type, Some("string".to_owned())));
        None
    }

    /// `under`: the name of the member in which it was found.
    fn breach_in_body<T>(&mut self, under: Option<&str>, mut violation: Violation) -> Option<T> {
        if let Some(name) = under {
            violation.prefix(name);
        }
        self.breaches.push(Breach {
            part: RequestPart::Body,
            name: None,
            pointer: Some(violation.pointer),
            rule: violation.rule,
            limit: violation.limit,
        });
        None
    }

    pub(super) fn record_all(&mut self, part: RequestPart, name: &'static str, violations: Violations) {
        self.more |= violations.more();
        violations.into_vec().into_iter().for_each(|violation| self.record(part, name, violation));
    }

    /// Members of a body are told by pointer, parameters by name.
    pub(super) fn record(&mut self, part: RequestPart, name: &'static str, violation: Violation) {
        if part == RequestPart::Body {
            let _: Option<()> = self.breach_in_body(Some(name), violation);
            return;
        }
        let Violation { pointer, rule, limit } = violation;
        let pointer = Some(pointer).filter(|p| !p.is_empty());
        self.breaches.push(Breach { part, name: Some(name), pointer, rule, limit });
    }
}

/// What was found wrong is recorded already.
struct Wrong;
