//! What every generated `Api` builds on: the hooks, the settings, and the table of handlers.

use crate::auth::{Everybody, Gate};
use crate::dispatch::{Handler, Outcome, Path, Route, Server};
use crate::limits::Room;
use crate::observe::Observe;
use crate::request::Input;
use crate::template::{closeness, is_mixed, is_param, overlap};
use crate::{AnyOperation, Authenticate, Authorize, Context, Limits, OperationInfo, Permissions, others};
use futures_util::future::BoxFuture;
use percent_encoding::{CONTROLS, utf8_percent_encode};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How an operation of an implementation is called.
pub(crate) type Call<T, I> = for<'a> fn(&'a T, Context<Option<I>>, Input) -> BoxFuture<'a, Outcome>;

/// An operation of an implementation, which has others too.
struct Called<T, I> {
    implementation: Arc<T>,
    call: Call<T, I>,
}

impl<T: Send + Sync, I> Handler<I> for Called<T, I> {
    fn handle(&self, cx: Context<Option<I>>, input: Input) -> BoxFuture<'_, Outcome> {
        (self.call)(&self.implementation, cx, input)
    }
}

/// Whatever operation an implementation of any is asked for.
struct Any<T>(Arc<T>);

impl<T: AnyOperation<I>, I: Send + Sync + 'static> Handler<I> for Any<T> {
    fn handle(&self, cx: Context<Option<I>>, input: Input) -> BoxFuture<'_, Outcome> {
        Box::pin(others::answer(&*self.0, cx, input))
    }
}

/// A server in the making. There is no way to one without an authenticator.
pub(crate) struct Table<I> {
    server: Server<I>,
    handlers: BTreeMap<&'static str, Box<dyn Handler<I>>>,
    others: Option<Others<I>>,
    observers: Vec<Box<dyn Observe>>,
}

/// Makes the handler of an operation whose group is not mounted.
type Others<I> = Box<dyn Fn() -> Box<dyn Handler<I>>>;

impl<I: Send + Sync + 'static> Table<I> {
    pub(crate) fn new<A: Authenticate<Identity = I>>(product: &'static str, authenticator: A) -> Self {
        Self::with(product, Box::new(authenticator))
    }

    pub(crate) fn insecure(product: &'static str, identity: I) -> Self
    where
        I: Clone,
    {
        Self::with(product, Box::new(Everybody(identity)))
    }

    fn with(product: &'static str, gate: Box<dyn Gate<I>>) -> Self {
        let server = Server {
            product,
            gate,
            warden: None,
            permissions: |_| &[],
            limits: Limits::default(),
            allow_unknown_members: false,
            origins: Vec::new(),
            observers: Arc::new([]),
            room: Room::new(0),
        };
        Self { server, handlers: BTreeMap::new(), others: None, observers: Vec::new() }
    }

    pub(crate) fn authorizer<A: Authorize<I>>(&mut self, authorizer: A) {
        self.server.warden = Some(Box::new(authorizer));
    }

    pub(crate) fn permissions(&mut self, permissions: Permissions) {
        self.server.permissions = permissions;
    }

    pub(crate) fn limits(&mut self, limits: Limits) {
        self.server.limits = limits;
    }

    pub(crate) fn allow_unknown_members(&mut self) {
        self.server.allow_unknown_members = true;
    }

    pub(crate) fn allow_origin(&mut self, origin: String) {
        self.server.origins.push(origin);
    }

    /// Puts an operation of an implementation into the table.
    pub(crate) fn handle<T: Send + Sync + 'static>(
        &mut self,
        operation: &'static OperationInfo,
        implementation: &Arc<T>,
        call: Call<T, I>,
    ) {
        let called = Called { implementation: Arc::clone(implementation), call };
        self.handlers.insert(operation.id, Box::new(called));
    }

    pub(crate) fn observe<O: Observe>(&mut self, observer: O) {
        self.observers.push(Box::new(observer));
    }

    /// Lets one implementation answer every operation that is not in the table.
    pub(crate) fn others<T: AnyOperation<I>>(&mut self, implementation: T) {
        let it = Arc::new(implementation);
        self.others = Some(Box::new(move || Box::new(Any(Arc::clone(&it)))));
    }

    /// The table by path: each of `operations`, with its handler where it has one.
    pub(crate) fn into_paths(self, operations: &[&'static OperationInfo]) -> Vec<(&'static str, Path<I>)> {
        let Self { mut server, mut handlers, others, observers } = self;
        server.observers = observers.into();
        server.room = Room::new(server.limits.concurrent);
        let server = Arc::new(server);
        let mut routes: BTreeMap<String, Vec<Arc<Route<I>>>> = BTreeMap::new();
        for &operation in operations {
            let handler = handlers.remove(operation.id);
            let handler = handler.or_else(|| others.as_ref().map(|others| others()));
            let mixed = operation.path.split('/').any(is_mixed).then(|| closeness(operation.path));
            let route = Route { operation, handler, mixed };
            routes.entry(shape(operation.path)).or_default().push(Arc::new(route));
        }
        routes.values_mut().for_each(|routes| routes.sort_by_key(|route| Reverse(route.mixed)));
        let path = |own: &String| {
            let server = Arc::clone(&server);
            // Texts come before parameters in this order, and so the closest path first.
            let others = routes.iter().filter(|(other, _)| *other != own && overlap(own, other));
            let others = others.flat_map(|(_, routes)| routes.iter().map(Arc::clone)).collect();
            let routes: Vec<_> = routes.get(own).into_iter().flatten().map(Arc::clone).collect();
            Some((routes.first()?.operation.path, Path { server, routes, others }))
        };
        routes.keys().filter_map(path).collect()
    }
}

/// A path template with its parameters numbered: templates that differ in their parameters' names
/// only are one path. In the router's syntax.
pub(crate) fn shape(template: &str) -> String {
    let mut number = 0;
    let segments = template.split('/').map(|segment| {
        if is_param(segment) || is_mixed(segment) {
            number += 1;
            format!("{{p{number}}}")
        } else {
            // The router sees a path as it is sent.
            utf8_percent_encode(segment, CONTROLS).to_string()
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::{Table, shape};
    use crate::OperationInfo;
    use crate::operation::Takes;
    use http::{Method, Request};
    use std::sync::LazyLock;

    /// Paths that fit more than one template: `list` is no number, and may be a kind.
    static ALL: LazyLock<[OperationInfo; 5]> = LazyLock::new(|| {
        let kind = |head: &http::request::Parts| !head.uri.path().contains("/none");
        let number =
            |head: &http::request::Parts| head.uri.path().ends_with(|last: char| last.is_ascii_digit());
        [
            OperationInfo::new("list", Method::POST, "/things/list"),
            OperationInfo {
                takes: Takes::new(number),
                ..OperationInfo::new("get", Method::GET, "/things/{id}")
            },
            OperationInfo {
                takes: Takes::new(number),
                ..OperationInfo::new("del", Method::DELETE, "/things/{id}")
            },
            OperationInfo {
                takes: Takes::new(kind),
                ..OperationInfo::new("kind", Method::POST, "/{kind}/list")
            },
            OperationInfo {
                takes: Takes::new(kind),
                ..OperationInfo::new("put", Method::PUT, "/{kind}/list")
            },
        ]
    });

    /// What answers at the path of the router that has this shape; else what is allowed.
    fn answers(method: &Method, path: &str, at: &str) -> String {
        let operations: Vec<_> = ALL.iter().collect();
        let mut paths = Table::insecure("small", ()).into_paths(&operations).into_iter();
        let (_, found) = paths.find(|(template, _)| shape(template) == at).unwrap();
        let head = Request::builder().method(method).uri(path).body(()).unwrap().into_parts().0;
        match found.choose(&head) {
            Some(route) => route.operation.id.to_owned(),
            None => found.not_allowed(&head).headers["allow"].to_str().unwrap().to_owned(),
        }
    }

    #[test]
    fn a_template_that_the_router_passed_over_counts_where_it_takes_the_values() {
        let list = |method| answers(&method, "/things/list", "/things/list");
        assert_eq!(list(Method::POST), "list", "the closest");
        assert_eq!(list(Method::PUT), "put", "the closest has no such method");
        assert_eq!(list(Method::DELETE), "OPTIONS, POST, PUT", "`list` is no number");
        assert_eq!(list(Method::OPTIONS), "OPTIONS, POST, PUT");
    }

    #[test]
    fn the_closest_says_what_is_wrong_with_a_value() {
        let thing = |method, id: &str| answers(&method, &format!("/things/{id}"), "/things/{p1}");
        assert_eq!(thing(Method::GET, "7"), "get");
        assert_eq!(thing(Method::GET, "seven"), "get");
        assert_eq!(thing(Method::POST, "seven"), "DELETE, GET, HEAD, OPTIONS");
        assert_eq!(answers(&Method::POST, "/none/list", "/{p1}/list"), "kind");
    }

    #[test]
    fn names_of_parameters_do_not_make_a_path() {
        assert_eq!(shape("/a/{x}/b/{y}"), "/a/{p1}/b/{p2}");
        assert_eq!(shape("/a/{other}/b/{y}"), shape("/a/{x}/b/{z}"));
        assert_eq!(shape("/a/b{c}.json"), "/a/{p1}");
        assert_eq!(shape("/caf\u{e9}/{x}:y"), "/caf%C3%A9/{p1}");
        assert_eq!(shape("/caf\u{e9}/a:b"), "/caf%C3%A9/a:b");
    }
}
