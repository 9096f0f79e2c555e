//! The texts of parameters, found in the parts of a request. What they mean is decided elsewhere.

use crate::{OperationInfo, RequestPart, template};
use http::header::COOKIE;
use http::request::Parts;
use percent_encoding::percent_decode_str;

/// A name and a value. `None` where the bytes are no UTF-8.
type Pair = (Option<String>, Option<String>);

/// The texts of a request's parameters.
#[derive(Debug)]
pub(super) struct Texts<'a> {
    operation: &'static OperationInfo,
    parts: &'a Parts,
    query: Vec<Pair>,
    form: Vec<Pair>,
}

/// One value of a parameter; `None` where its bytes are no UTF-8.
pub(super) type Text = Option<String>;

impl<'a> Texts<'a> {
    pub(super) fn new(operation: &'static OperationInfo, parts: &'a Parts) -> Self {
        let query = if operation.query.is_empty() { "" } else { parts.uri.query().unwrap_or_default() };
        Self { operation, parts, query: pairs(query), form: Vec::new() }
    }

    /// Those of the path alone.
    pub(super) fn of_path(operation: &'static OperationInfo, parts: &'a Parts) -> Self {
        Self { operation, parts, query: Vec::new(), form: Vec::new() }
    }

    /// Adds the members of an urlencoded body.
    #[allow(dead_code, reason = "not every contract has forms")]
    pub(super) fn set_form(&mut self, form: &str) {
        self.form = pairs(form);
    }

    /// Every value of a parameter, in the order of the request.
    pub(super) fn values(&self, part: RequestPart, name: &str) -> Vec<Text> {
        match part {
            RequestPart::Path => self.path(name).into_iter().collect(),
            RequestPart::Query => self.query(name),
            RequestPart::Header => self.headers(name),
            RequestPart::Cookie => self.cookies(name),
            RequestPart::Body => named(&self.form, |n| n == name),
        }
    }

    /// The members of a query parameter that is an object: `name[member]`, or `name[member][]`.
    pub(super) fn members(&self, name: &str) -> Vec<(String, Text)> {
        let member = |(own, text): &Pair| {
            let rest = own.as_deref()?.strip_prefix(name)?.strip_prefix('[')?;
            let rest = rest.strip_suffix("[]").unwrap_or(rest);
            Some((rest.strip_suffix(']')?.to_owned(), text.clone()))
        };
        self.query.iter().filter_map(member).collect()
    }

    /// The query parameters of those names; if `others`, also those that the operation does not declare.
    pub(super) fn spread(&self, known: &[&str], others: bool) -> Vec<(String, Text)> {
        let ours = |name: &str| known.contains(&name) || (others && !self.operation.query.contains(&name));
        let pairs = self.query.iter().filter_map(|(name, text)| Some((name.clone()?, text.clone())));
        pairs.filter(|(name, _)| ours(name)).collect()
    }

    /// Template and path have the same number of segments: the router matched them.
    fn path(&self, name: &str) -> Option<Text> {
        let template = self.operation.path.split('/');
        let mut segments = template.zip(self.parts.uri.path().split('/'));
        let (template, text) = segments.find(|(template, _)| template::names(template, name))?;
        let Ok(text) = percent_decode_str(text).decode_utf8() else { return Some(None) };
        if template::is_param(template) {
            return Some(Some(text.into()));
        }
        let all = template::captures(template, &text)?;
        all.into_iter().find(|(own, _)| *own == name).map(|(_, value)| Some(value))
    }

    /// A parameter that is not there under its own name may be there under an older spelling of
    /// it: `pagesize` and `page_size` for `pageSize`, `orgID` for `orgId`. Meshery's handlers and
    /// clients disagree on these. A spelling that the operation declares itself is left alone.
    fn query(&self, name: &str) -> Vec<Text> {
        let exact = named(&self.query, |n| n == name);
        if !exact.is_empty() {
            return exact;
        }
        named(&self.query, |n| same_words(n, name) && !self.operation.query.contains(&n))
    }

    fn headers(&self, name: &str) -> Vec<Text> {
        let values = self.parts.headers.get_all(name).iter();
        values.map(|v| std::str::from_utf8(v.as_bytes()).ok().map(str::to_owned)).collect()
    }

    fn cookies(&self, name: &str) -> Vec<Text> {
        let headers = self.parts.headers.get_all(COOKIE).iter().filter_map(|v| v.to_str().ok());
        let pairs = headers.flat_map(|v| v.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.filter(|(n, _)| *n == name).map(|(_, v)| Some(v.trim_matches('"').to_owned())).collect()
    }
}

fn named(pairs: &[Pair], wanted: impl Fn(&str) -> bool) -> Vec<Text> {
    let ours = pairs.iter().filter(|(name, _)| name.as_deref().is_some_and(&wanted));
    ours.map(|(_, value)| value.clone()).collect()
}

/// Whether two names differ in case and underscores at most.
fn same_words(a: &str, b: &str) -> bool {
    let letters = |s: &str| s.bytes().filter(|c| *c != b'_').map(|c| c.to_ascii_lowercase()).collect();
    let (a, b): (Vec<u8>, Vec<u8>) = (letters(a), letters(b));
    a == b
}

/// The pairs of a query or an urlencoded body.
fn pairs(text: &str) -> Vec<Pair> {
    let decode = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8().ok().map(|t| t.into_owned())
    };
    let pairs = text.split('&').filter(|p| !p.is_empty());
    pairs.map(|p| p.split_once('=').unwrap_or((p, ""))).map(|(n, v)| (decode(n), decode(v))).collect()
}

#[cfg(test)]
mod tests {
    use super::Texts;
    use crate::{OperationInfo, RequestPart};
    use http::{Method, Request};
    use std::sync::LazyLock;

    static INFO: LazyLock<OperationInfo> = LazyLock::new(|| OperationInfo {
        query: &["pageSize", "orgID", "orgId"],
        ..OperationInfo::new("getThing", Method::GET, "/things/{thing}/parts/{part}")
    });

    fn values(uri: &str, part: RequestPart, name: &str) -> Vec<Option<String>> {
        let request = Request::builder().uri(uri).header("cookie", "a=1; b=\"2\"").body(()).unwrap();
        Texts::new(&INFO, &request.into_parts().0).values(part, name)
    }

    fn texts(values: &[&str]) -> Vec<Option<String>> {
        values.iter().map(|v| Some((*v).to_owned())).collect()
    }

    #[test]
    fn path_segments_are_decoded_one_by_one() {
        let uri = "/things/a%2Fb/parts/c%20d";
        assert_eq!(values(uri, RequestPart::Path, "thing"), texts(&["a/b"]));
        assert_eq!(values(uri, RequestPart::Path, "part"), texts(&["c d"]));
        assert_eq!(values("/things/%ff/parts/x", RequestPart::Path, "thing"), vec![None]);
    }

    #[test]
    fn older_spellings_count_where_the_declared_one_is_missing() {
        let size = |uri| values(uri, RequestPart::Query, "pageSize");
        assert_eq!(size("/things/a/parts/b?pagesize=5"), texts(&["5"]));
        assert_eq!(size("/things/a/parts/b?page_size=5&pageSize=6"), texts(&["6"]));
        assert_eq!(values("/things/a/parts/b?orgID=x", RequestPart::Query, "orgId"), texts(&[]));
    }

    #[test]
    fn values_are_decoded_and_may_repeat() {
        let sizes = values("/x?pageSize=a+b&pageSize=%2B&pageSize", RequestPart::Query, "pageSize");
        assert_eq!(sizes, texts(&["a b", "+", ""]));
        assert_eq!(values("/x", RequestPart::Cookie, "b"), texts(&["2"]));
    }
}
