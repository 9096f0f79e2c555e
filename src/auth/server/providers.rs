//! Which provider a request is about.

use super::Verifier;
use super::cookies::cookie;
use crate::auth::{LOCAL, is_local};
use http::{HeaderMap, Uri};
use meshery_server::OperationInfo;
use std::fmt;
use url::form_urlencoded;

/// Where a request names its provider: this cookie, then this header, then [`QUERY`].
pub(super) const COOKIE: &str = "meshery-provider";
const HEADER: &str = "meshery-provider";
const QUERY: &str = "provider";

/// A provider that a server offers.
#[derive(Debug)]
pub struct Provider {
    name: String,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// One user, always let in.
    Local,
    /// Whom the verifier trusts.
    Remote(Box<Verifier>),
    /// Whoever shows a token: whether it counts is said by who is asked next.
    Deferred,
}

impl Provider {
    /// The local one: everybody is its only user.
    #[must_use]
    pub fn local() -> Self {
        Self { name: LOCAL.to_owned(), kind: Kind::Local }
    }

    /// A remote one, by the name it is registered under.
    pub fn remote(name: impl Into<String>, verifier: Verifier) -> Self {
        Self { name: name.into(), kind: Kind::Remote(Box::new(verifier)) }
    }

    /// A remote one whose tokens cannot be verified here: whoever shows one passes, to a server that
    /// verifies it. For nothing but forwarding.
    pub fn deferred(name: impl Into<String>) -> Self {
        Self { name: name.into(), kind: Kind::Deferred }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What verifies its tokens.
    #[must_use]
    pub fn verifier(&self) -> Option<&Verifier> {
        match &self.kind {
            Kind::Remote(verifier) => Some(verifier),
            Kind::Local | Kind::Deferred => None,
        }
    }

    pub(super) fn is_local(&self) -> bool {
        matches!(self.kind, Kind::Local)
    }

    fn is_called(&self, name: &str) -> bool {
        self.name == name || (self.is_local() && is_local(name))
    }
}

/// The providers of a server, and which of them a request is about.
///
/// A request says it by the cookie `meshery-provider`, else by the header `meshery-provider`, else by
/// the query parameter `provider`, unless that is a parameter of the operation; a name that is not known
/// means no provider. A request that says nothing is about the [fallback](Self::fallback), or the only provider that there is.
#[derive(Debug)]
pub struct Providers {
    list: Vec<Provider>,
    fallback: Option<usize>,
    pinned: bool,
}

/// A name that no provider has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownProvider {
    name: String,
    known: Vec<String>,
}

impl Providers {
    /// These providers.
    pub fn new(list: impl IntoIterator<Item = Provider>) -> Self {
        let list: Vec<_> = list.into_iter().collect();
        let fallback = (list.len() == 1).then_some(0);
        Self { list, fallback, pinned: false }
    }

    /// The provider of requests that do not name one.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn fallback(mut self, name: &str) -> Result<Self, UnknownProvider> {
        self.fallback = Some(self.position(name)?);
        Ok(self)
    }

    /// Pins a provider, as the variable `PROVIDER` does: no request can choose another, and the others
    /// are not offered.
    ///
    /// # Errors
    /// There is none of that name: a server must not start then.
    pub fn pinned(mut self, name: &str) -> Result<Self, UnknownProvider> {
        let position = self.position(name)?;
        let provider = self.list.swap_remove(position);
        Ok(Self { list: vec![provider], fallback: Some(0), pinned: true })
    }

    fn position(&self, name: &str) -> Result<usize, UnknownProvider> {
        self.list.iter().position(|provider| provider.is_called(name)).ok_or_else(|| UnknownProvider {
            name: name.to_owned(),
            known: self.offered().map(|provider| provider.name.clone()).collect(),
        })
    }

    /// The providers that can be chosen.
    pub fn offered(&self) -> impl Iterator<Item = &Provider> {
        self.list.iter()
    }

    /// Whether requests have no choice.
    #[must_use]
    pub fn is_pinned(&self) -> bool {
        self.pinned
    }

    /// The provider of this name, if it is offered.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Provider> {
        self.list.iter().find(|provider| provider.is_called(name))
    }

    /// The provider that a request is about; `None` if it names one that is not known, or two at once.
    #[must_use]
    pub fn of_request(&self, headers: &HeaderMap, uri: &Uri) -> Option<&Provider> {
        self.chosen(headers, Some(uri))
    }

    /// The same for a request of an operation. Where that has a parameter of the same name, the query
    /// says something else, and chooses nothing.
    #[must_use]
    pub fn of_operation(
        &self,
        operation: &OperationInfo,
        headers: &HeaderMap,
        uri: &Uri,
    ) -> Option<&Provider> {
        let own = operation.query.contains(&QUERY);
        self.chosen(headers, (!own).then_some(uri))
    }

    fn chosen(&self, headers: &HeaderMap, uri: Option<&Uri>) -> Option<&Provider> {
        let fallback = self.fallback.and_then(|at| self.list.get(at));
        if self.pinned {
            return fallback;
        }
        let cookie = cookie(headers, COOKIE).ok()?.map(str::to_owned);
        let named = match cookie {
            Some(name) => Some(name),
            None => match header(headers)? {
                Some(name) => Some(name),
                None => uri.map_or(Some(None), query)?,
            },
        };
        match named {
            Some(name) => self.named(&name),
            None => fallback,
        }
    }
}

/// The value of the header. The outer `None`: there are several.
fn header(headers: &HeaderMap) -> Option<Option<String>> {
    let mut values = headers.get_all(HEADER).iter();
    let Some(first) = values.next() else { return Some(None) };
    let value = first.to_str().ok()?.trim();
    values.next().is_none().then(|| Some(value.to_owned()).filter(|name| !name.is_empty()))
}

/// The value of the parameter. The outer `None`: there are several.
fn query(uri: &Uri) -> Option<Option<String>> {
    let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let mut values = pairs.filter(|(name, _)| name == QUERY).map(|(_, value)| value);
    let first = values.next();
    values.next().is_none().then(|| first.map(|name| name.into_owned()).filter(|name| !name.is_empty()))
}

impl fmt::Display for UnknownProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no provider {:?}; there are: {}", self.name, self.known.join(", "))
    }
}

impl std::error::Error for UnknownProvider {}

#[cfg(test)]
mod tests {
    use super::{Provider, Providers};
    use http::{HeaderMap, HeaderName, HeaderValue, Uri};

    fn providers() -> Providers {
        Providers::new([Provider::local(), Provider::deferred("Meshery"), Provider::deferred("Other")])
    }

    fn chosen(providers: &Providers, headers: &[(&'static str, &'static str)], uri: &'static str) -> String {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        let provider = providers.of_request(&headers, &Uri::from_static(uri));
        provider.map_or("none", Provider::name).to_owned()
    }

    #[test]
    fn the_cookie_goes_before_the_header_and_that_before_the_query() {
        let all = providers().fallback("Other").unwrap();
        let (cookie, header) = (("cookie", "meshery-provider=Meshery"), ("meshery-provider", "None"));
        assert_eq!(chosen(&all, &[cookie, header], "/?provider=Other"), "Meshery");
        assert_eq!(chosen(&all, &[header], "/?provider=Meshery"), "Local");
        assert_eq!(chosen(&all, &[], "/?provider=Meshery"), "Meshery");
        assert_eq!(chosen(&all, &[], "/"), "Other");
        assert_eq!(chosen(&providers(), &[], "/"), "none");
    }

    #[test]
    fn an_unknown_name_or_two_are_no_provider() {
        let all = providers().fallback("Local").unwrap();
        let unknown = ("cookie", "meshery-provider=Nobody");
        assert_eq!(chosen(&all, &[unknown, ("meshery-provider", "Local")], "/"), "none");
        let two = ("cookie", "meshery-provider=Local; meshery-provider=Meshery");
        assert_eq!(chosen(&all, &[two], "/"), "none");
        let headers = [("meshery-provider", "Local"), ("meshery-provider", "Meshery")];
        assert_eq!(chosen(&all, &headers, "/"), "none");
        assert_eq!(chosen(&all, &[("meshery-provider", "Local, Meshery")], "/"), "none");
        assert_eq!(chosen(&all, &[], "/?provider=Local&provider=Meshery"), "none");
        assert_eq!(chosen(&all, &[], "/?provider=meshery"), "none");
    }

    #[test]
    fn nothing_in_a_request_gets_around_a_pinned_provider() {
        let pinned = providers().pinned("Meshery").unwrap();
        for name in ["cookie", "meshery-provider", "meshery_provider", "x-meshery-provider"] {
            let value = if name == "cookie" { "meshery-provider=Local" } else { "Local" };
            assert_eq!(chosen(&pinned, &[(name, value)], "/?provider=Local"), "Meshery");
        }
        assert_eq!(pinned.offered().count(), 1);
        assert!(pinned.named("Local").is_none());
        let wrong = providers().pinned("Nobody").unwrap_err();
        assert_eq!(wrong.to_string(), "there is no provider \"Nobody\"; there are: Local, Meshery, Other");
    }
}
