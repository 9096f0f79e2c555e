//! A call that is being put together: what the generated builders fill in.
//!
//! A value that cannot be sent does not fail at once, so that setters chain; the first such finding
//! is what sending returns. Setting a parameter again replaces its value.

use crate::Error;
use crate::client::Core;
use crate::credentials::cookie_value;
use crate::encode;
use crate::operation::OperationInfo;
use crate::payload::{FilePart, Part, Payload, Upload};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

/// A call of one operation, not sent yet. Setters take it and give it back, so that it is no more than a
/// pointer to what was set.
pub(crate) struct Call<'a> {
    draft: Box<Draft>,
    client: PhantomData<&'a Core>,
}

/// What was set of a call.
pub(crate) struct Draft {
    pub(crate) core: Core,
    pub(crate) operation: &'static OperationInfo,
    /// The encoded path so far, and what is left of the template.
    pub(crate) path: String,
    template: &'static str,
    query: Vec<(&'static str, Values)>,
    pub(crate) headers: HeaderMap,
    pub(crate) cookies: Vec<(&'static str, String)>,
    pub(crate) payload: Payload,
    payload_required: bool,
    invalid: Option<String>,
}

#[derive(Clone)]
enum Values {
    One(String),
    Repeated(Vec<String>),
    /// Pairs with names of their own.
    Members(Vec<(String, String)>),
}

impl<'a> Call<'a> {
    /// A call of an operation, without any values yet.
    pub(crate) fn new(core: &'a Core, operation: &'static OperationInfo) -> Self {
        let draft = Box::new(Draft {
            core: core.clone(),
            operation,
            path: String::with_capacity(operation.path.len() + 32),
            template: operation.path,
            query: Vec::new(),
            headers: HeaderMap::new(),
            cookies: Vec::new(),
            payload: Payload::Empty,
            payload_required: false,
            invalid: None,
        });
        Self { draft, client: PhantomData }
    }

    /// Whether it may be carried out twice, and can be: its body may be one that is had only once.
    pub(crate) fn may_be_repeated(&self) -> bool {
        self.core.settings().retry.may_repeat(self.operation) && !matches!(self.payload, Payload::Spent)
    }

    /// The same call, whatever becomes of the client that made it.
    pub(crate) fn into_static(self) -> Call<'static> {
        Call { draft: self.draft, client: PhantomData }
    }

    /// The value of the next parameter of the path template.
    pub(crate) fn path(&mut self, value: Cow<'_, str>) {
        let Some((before, name, after)) = next_parameter(self.template) else {
            return self.fail("path", "has no place in the path template");
        };
        encode::literal(&mut self.path, before);
        if let Err(why) = encode::segment(&mut self.path, &value) {
            self.fail(name, why);
        } else if let Some(separator) = encode::separator(after)
            && !encode::ends_at(&value, separator)
        {
            self.fail(name, &format!("must not have `{separator}` in it: it ends there in the path"));
        }
        self.template = after;
    }

    /// The values of the next parameter of the path template, which is an array.
    pub(crate) fn path_list(&mut self, values: &[String]) {
        match encode::joined(values) {
            Ok(joined) => self.path(joined.into()),
            Err(why) => self.fail(next_parameter(self.template).map_or("path", |(_, name, _)| name), why),
        }
    }

    /// The value of a query parameter.
    pub(crate) fn query(&mut self, name: &'static str, value: Cow<'_, str>) {
        replace(&mut self.query, name, Values::One(value.into_owned()));
    }

    /// What a query parameter was set to, if it is one value.
    pub(crate) fn query_text(&self, name: &str) -> Option<&str> {
        self.query.iter().find_map(|(other, values)| match values {
            Values::One(value) if *other == name => Some(value.as_str()),
            _ => None,
        })
    }

    /// The same call once more, without its body.
    pub(crate) fn again(&self) -> Call<'static> {
        let draft = Box::new(Draft {
            core: self.core.clone(),
            operation: self.operation,
            path: self.path.clone(),
            template: self.template,
            query: self.query.clone(),
            headers: self.headers.clone(),
            cookies: self.cookies.clone(),
            payload: Payload::Empty,
            payload_required: self.payload_required,
            invalid: self.invalid.clone(),
        });
        Call { draft, client: PhantomData }
    }

    /// The values of a query parameter that is an array: repeated, or joined by commas.
    pub(crate) fn query_list(&mut self, name: &'static str, values: Vec<String>, explode: bool) {
        if explode {
            replace(&mut self.query, name, Values::Repeated(values));
        } else if let Some(joined) = self.joined(name, &values) {
            replace(&mut self.query, name, Values::One(joined));
        }
    }

    /// The values of a query parameter that is an array, joined by a separator.
    pub(crate) fn query_joined(&mut self, name: &'static str, values: Vec<String>, separator: char) {
        if values.iter().any(|value| value.contains(separator)) {
            return self.fail(name, "must not have in an element what the elements are joined by");
        }
        replace(&mut self.query, name, Values::One(values.join(&separator.to_string())));
    }

    /// A query parameter that is a JSON document.
    pub(crate) fn query_json<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) {
        match serde_json::to_string(value) {
            Ok(json) => replace(&mut self.query, name, Values::One(json)),
            Err(e) => self.fail(name, &format!("cannot be written as JSON: {e}")),
        }
    }

    /// A query parameter that is an object of scalars and lists: a pair `name[member]` for each of
    /// its members.
    pub(crate) fn query_object<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) {
        self.query_members(name, value, |member| format!("{name}[{member}]"));
    }

    /// A query parameter that is such an object, each member a parameter of its own.
    pub(crate) fn query_spread<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) {
        self.query_members(name, value, str::to_owned);
    }

    fn query_members<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
        called: impl Fn(&str) -> String,
    ) {
        let Ok(serde_json::Value::Object(members)) = serde_json::to_value(value) else {
            return self.fail(name, "is not an object");
        };
        let mut pairs = Vec::new();
        for (member, value) in members {
            let values = match value {
                serde_json::Value::Array(values) => values,
                value => vec![value],
            };
            for value in values.into_iter().filter(|value| !value.is_null()) {
                let text = match value {
                    serde_json::Value::String(text) => text,
                    value if value.is_object() || value.is_array() => {
                        return self
                            .fail(name, "has a member that is neither a scalar nor a list of scalars");
                    }
                    value => value.to_string(),
                };
                pairs.push((called(&member), text));
            }
        }
        replace(&mut self.query, name, Values::Members(pairs));
    }

    /// The value of a header parameter.
    pub(crate) fn header(&mut self, name: &'static str, value: Cow<'_, str>) {
        match (HeaderName::try_from(name), HeaderValue::from_str(&value)) {
            (Ok(name), Ok(value)) => drop(self.headers.insert(name, value)),
            _ => self.fail(name, "holds characters that a header cannot carry"),
        }
    }

    /// The values of a header parameter that is an array.
    pub(crate) fn header_list(&mut self, name: &'static str, values: Vec<String>) {
        if let Some(joined) = self.joined(name, &values) {
            self.header(name, joined.into());
        }
    }

    /// The value of a cookie parameter.
    pub(crate) fn cookie(&mut self, name: &'static str, value: Cow<'_, str>) {
        match cookie_value(&value) {
            Some(value) => replace(&mut self.cookies, name, value),
            None => self.fail(name, "holds characters that a cookie cannot carry"),
        }
    }

    /// The values of a cookie parameter that is an array.
    pub(crate) fn cookie_list(&mut self, name: &'static str, values: Vec<String>) {
        if let Some(joined) = self.joined(name, &values) {
            self.cookie(name, joined.into());
        }
    }

    /// A body is required: sending without one is an error.
    pub(crate) fn require_body(&mut self) {
        self.payload_required = true;
    }

    /// A body that was set is what is wrong with the call.
    pub(crate) fn refuse_body(&mut self, why: &str) {
        if !matches!(self.payload, Payload::Empty) {
            self.fail("body", why);
        }
    }

    /// A multipart body, without parts so far.
    pub(crate) fn begin_parts(&mut self) {
        self.payload = Payload::Parts(Vec::new());
    }

    /// A form, without pairs so far.
    pub(crate) fn begin_form(&mut self) {
        self.payload = Payload::Form(Vec::new());
    }

    /// A JSON document as the body.
    pub(crate) fn json<T: Serialize + ?Sized>(&mut self, media_type: &'static str, body: &T) {
        match serde_json::to_vec(body) {
            Ok(json) => self.payload = Payload::Bytes(media_type, json.into()),
            Err(e) => self.fail("body", &format!("cannot be written as JSON: {e}")),
        }
    }

    /// Text as the body.
    pub(crate) fn text(&mut self, media_type: &'static str, body: &str) {
        self.payload = Payload::Bytes(media_type, Bytes::copy_from_slice(body.as_bytes()));
    }

    /// Bytes as the body.
    pub(crate) fn upload(&mut self, media_type: &'static str, body: Upload) {
        self.payload = Payload::Upload(media_type, body);
    }

    /// A pair of a form.
    pub(crate) fn form(&mut self, name: &'static str, value: Cow<'_, str>) {
        self.form_list(name, vec![value.into_owned()], true);
    }

    /// The values of a form that are an array: pairs of one name, or one joined by commas.
    pub(crate) fn form_list(&mut self, name: &'static str, mut values: Vec<String>, explode: bool) {
        if !explode {
            let Some(joined) = self.joined(name, &values) else { return };
            values = vec![joined];
        }
        if !matches!(self.payload, Payload::Form(_)) {
            self.begin_form();
        }
        if let Payload::Form(pairs) = &mut self.payload {
            pairs.retain(|(other, _)| *other != name);
            pairs.extend(values.into_iter().map(|value| (name, value)));
        }
    }

    /// A part of a multipart body, as text.
    pub(crate) fn part_text(&mut self, name: &'static str, value: Cow<'_, str>) {
        self.part_texts(name, vec![value.into_owned()]);
    }

    /// Parts of a multipart body, as texts, of one name.
    pub(crate) fn part_texts(&mut self, name: &'static str, values: Vec<String>) {
        self.parts(name, values.into_iter().map(Part::Text).collect());
    }

    /// A part of a multipart body, as JSON.
    pub(crate) fn part_json<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) {
        match serde_json::to_vec(value) {
            Ok(json) => self.parts(name, vec![Part::Json(json.into())]),
            Err(e) => self.fail(name, &format!("cannot be written as JSON: {e}")),
        }
    }

    /// Files of a multipart body, of one name.
    pub(crate) fn part_files(&mut self, name: &'static str, files: Vec<FilePart>) {
        self.parts(name, files.into_iter().map(Part::File).collect());
    }

    fn parts(&mut self, name: &'static str, values: Vec<Part>) {
        if !matches!(self.payload, Payload::Parts(_)) {
            self.begin_parts();
        }
        if let Payload::Parts(parts) = &mut self.payload {
            parts.retain(|(other, _)| *other != name);
            parts.extend(values.into_iter().map(|value| (name, value)));
        }
    }

    fn joined(&mut self, name: &'static str, values: &[String]) -> Option<String> {
        encode::joined(values).map_err(|why| self.fail(name, why)).ok()
    }

    fn fail(&mut self, name: &str, why: &str) {
        self.invalid.get_or_insert_with(|| format!("`{name}` {why}"));
    }

    /// Ends the path, or says what is wrong with the values. Asked before each attempt.
    pub(crate) fn complete(&mut self) -> Result<(), Error> {
        if self.payload_required && matches!(self.payload, Payload::Empty) {
            self.fail("body", "is required");
        }
        if let Some((_, name, _)) = next_parameter(self.template) {
            self.fail(name, "is missing: it is a part of the path");
        }
        if let Some(message) = &self.invalid {
            return Err(Error::InvalidRequest { operation: Some(self.operation), message: message.clone() });
        }
        let draft = &mut *self.draft;
        encode::literal(&mut draft.path, std::mem::take(&mut draft.template));
        Ok(())
    }

    /// The query, encoded.
    pub(crate) fn query_string(&self) -> String {
        let mut query = String::with_capacity(self.query.len() * 24);
        for (name, values) in &self.query {
            match values {
                Values::One(value) => encode::pair(&mut query, name, value),
                Values::Repeated(values) => {
                    values.iter().for_each(|value| encode::pair(&mut query, name, value));
                }
                Values::Members(pairs) => {
                    pairs.iter().for_each(|(name, value)| encode::pair(&mut query, name, value));
                }
            }
        }
        query
    }
}

impl Deref for Call<'_> {
    type Target = Draft;

    fn deref(&self) -> &Draft {
        &self.draft
    }
}

impl DerefMut for Call<'_> {
    fn deref_mut(&mut self) -> &mut Draft {
        &mut self.draft
    }
}

impl fmt::Debug for Call<'_> {
    /// What it is a call of, and none of its values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({})", self.operation.id)
    }
}

/// What stands in a template before its first parameter, the name of that, and what stands behind it.
fn next_parameter(template: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = template.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// Sets the value of a name, in place of the one it had.
fn replace<V>(values: &mut Vec<(&'static str, V)>, name: &'static str, value: V) {
    match values.iter_mut().find(|(other, _)| *other == name) {
        Some((_, old)) => *old = value,
        None => values.push((name, value)),
    }
}
