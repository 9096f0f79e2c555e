//! The texts of parameters, found in the parts of a request. What they mean is decided elsewhere.

use crate::{OperationInfo, RequestPart, template};
use http::header::COOKIE;
use http::request::Parts;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// A name and a value.
type Pair<'a> = (Text<'a>, Text<'a>);

/// The texts of a request's parameters.
#[derive(Debug)]
pub(super) struct Texts<'a> {
    operation: &'static OperationInfo,
    parts: &'a Parts,
    query: Vec<Pair<'a>>,
    form: Vec<Pair<'static>>,
}

/// One value of a parameter; `None` where its bytes are no UTF-8.
pub(super) type Text<'a> = Option<Cow<'a, str>>;

impl<'a> Texts<'a> {
    pub(super) fn new(operation: &'static OperationInfo, parts: &'a Parts) -> Self {
        let query = parts.uri.query().filter(|_| !operation.query.is_empty());
        let query = query.map(|query| pairs(query).collect()).unwrap_or_default();
        Self { operation, parts, query, form: Vec::new() }
    }

    /// Those of the path alone.
    pub(super) fn of_path(operation: &'static OperationInfo, parts: &'a Parts) -> Self {
        Self { operation, parts, query: Vec::new(), form: Vec::new() }
    }

    /// Adds the members of an urlencoded body.
    #[allow(dead_code, reason = "not every contract has forms")]
    pub(super) fn set_form(&mut self, form: &str) {
        let owned = |text: Text<'_>| text.map(|text| text.into_owned().into());
        self.form = pairs(form).map(|(name, value)| (owned(name), owned(value))).collect();
    }

    /// Every value of a parameter, in the order of the request.
    pub(super) fn values(&self, part: RequestPart, name: &str) -> Vec<Text<'a>> {
        match part {
            RequestPart::Path => self.path(name).into_iter().collect(),
            RequestPart::Query => self.query(name),
            RequestPart::Header => self.headers(name),
            RequestPart::Cookie => self.cookies(name),
            RequestPart::Body => named(&self.form, |n| n == name),
        }
    }

    /// The members of a query parameter that is an object: `name[member]`, or `name[member][]`.
    pub(super) fn members(&self, name: &str) -> Vec<(String, Text<'a>)> {
        let member = |(own, text): &Pair<'a>| {
            let rest = own.as_deref()?.strip_prefix(name)?.strip_prefix('[')?;
            let rest = rest.strip_suffix("[]").unwrap_or(rest);
            Some((rest.strip_suffix(']')?.to_owned(), text.clone()))
        };
        self.query.iter().filter_map(member).collect()
    }

    /// The query parameters of those names; if `others`, also those that the operation does not declare.
    pub(super) fn spread(&self, known: &[&str], others: bool) -> Vec<(String, Text<'a>)> {
        let ours = |name: &str| known.contains(&name) || (others && !self.operation.query.contains(&name));
        let pairs = self.query.iter().filter_map(|(name, text)| Some((name.as_deref()?, text.clone())));
        pairs.filter(|(name, _)| ours(name)).map(|(name, text)| (name.to_owned(), text)).collect()
    }

    /// The value of a path parameter. Template and path have the same number of segments: the router
    /// matched them.
    pub(super) fn path(&self, name: &str) -> Option<Text<'a>> {
        let template = self.operation.path;
        let (index, whole) = template::place(template, name)?;
        match decoded(template::segment(self.parts.uri.path(), index)?) {
            Some(text) if !whole => {
                let all = template::captures(template::segment(template, index)?, &text)?;
                all.into_iter().find(|(own, _)| *own == name).map(|(_, value)| Some(value.into()))
            }
            text => Some(text),
        }
    }

    /// A parameter that is not there under its own name may be there under an older spelling of
    /// it: `pagesize` and `page_size` for `pageSize`, `orgID` for `orgId`. Meshery's handlers and
    /// clients disagree on these. A spelling that the operation declares itself is left alone.
    fn query(&self, name: &str) -> Vec<Text<'a>> {
        let exact = named(&self.query, |n| n == name);
        if !exact.is_empty() {
            return exact;
        }
        named(&self.query, |n| same_words(n, name) && !self.operation.query.contains(&n))
    }

    fn headers(&self, name: &str) -> Vec<Text<'a>> {
        let values = self.parts.headers.get_all(name).iter();
        values.map(|v| std::str::from_utf8(v.as_bytes()).ok().map(Cow::from)).collect()
    }

    fn cookies(&self, name: &str) -> Vec<Text<'a>> {
        let headers = self.parts.headers.get_all(COOKIE).iter().filter_map(|v| v.to_str().ok());
        let pairs = headers.flat_map(|v| v.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.filter(|(n, _)| *n == name).map(|(_, v)| Some(v.trim_matches('"').into())).collect()
    }
}

fn named<'a>(pairs: &[Pair<'a>], wanted: impl Fn(&str) -> bool) -> Vec<Text<'a>> {
    let ours = pairs.iter().filter(|(name, _)| name.as_deref().is_some_and(&wanted));
    ours.map(|(_, value)| value.clone()).collect()
}

/// Whether two names differ in case and underscores at most.
fn same_words(a: &str, b: &str) -> bool {
    let letters = |s| str::bytes(s).filter(|c| *c != b'_').map(|c| c.to_ascii_lowercase());
    letters(a).eq(letters(b))
}

/// The pairs of a query or an urlencoded body.
fn pairs(text: &str) -> impl Iterator<Item = Pair<'_>> {
    let decode = |text| match str::contains(text, '+') {
        true => decoded(&text.replace('+', " ")).map(|text| text.into_owned().into()),
        false => decoded(text),
    };
    let pairs = text.split('&').filter(|p| !p.is_empty());
    pairs.map(|p| p.split_once('=').unwrap_or((p, ""))).map(move |(n, v)| (decode(n), decode(v)))
}

/// What a percent-encoded text says. Most say what is written.
fn decoded(text: &str) -> Text<'_> {
    if text.contains('%') { percent_decode_str(text).decode_utf8().ok() } else { Some(text.into()) }
}

#[cfg(test)]
mod tests {
    use super::Texts;
    use crate::{OperationInfo, RequestPart};
    use http::{Method, Request};
    use std::borrow::Cow;
    use std::sync::LazyLock;

    static INFO: LazyLock<OperationInfo> = LazyLock::new(|| OperationInfo {
        query: &["pageSize", "orgID", "orgId"],
        ..OperationInfo::new("getThing", Method::GET, "/things/{thing}/parts/{part}")
    });

    fn values(uri: &str, part: RequestPart, name: &str) -> Vec<Option<String>> {
        let request = Request::builder().uri(uri).header("cookie", "a=1; b=\"2\"").body(()).unwrap();
        let (head, ()) = request.into_parts();
        let found = Texts::new(&INFO, &head).values(part, name);
        found.into_iter().map(|text| text.map(Cow::into_owned)).collect()
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
