//! What every generated `Api` builds on: the hooks, the settings, and the table of handlers.

use crate::auth::{AllowAuthenticated, Everybody, Gate};
use crate::dispatch::{Handler, Outcome, Path, Route, Server};
use crate::request::Input;
use crate::template::{is_mixed, is_param};
use crate::{Authenticate, Authorize, Context, Limits, OperationInfo};
use futures_util::future::BoxFuture;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// How an operation of an implementation is called.
pub(crate) type Call<T, I> = fn(Arc<T>, Context<Option<I>>, Input) -> BoxFuture<'static, Outcome>;

/// A server in the making. There is no way to one without an authenticator.
pub(crate) struct Table<I> {
    server: Server<I>,
    handlers: BTreeMap<&'static str, Handler<I>>,
}

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
            warden: Box::new(AllowAuthenticated),
            limits: Limits::default(),
            allow_unknown_members: false,
            origins: Vec::new(),
            room: Semaphore::new(0),
        };
        Self { server, handlers: BTreeMap::new() }
    }

    pub(crate) fn authorizer<A: Authorize<I>>(&mut self, authorizer: A) {
        self.server.warden = Box::new(authorizer);
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
        let implementation = Arc::clone(implementation);
        let handler = move |cx, input| call(Arc::clone(&implementation), cx, input);
        self.handlers.insert(operation.id, Box::new(handler));
    }

    /// The table by path: each of `operations`, with its handler where it has one.
    pub(crate) fn into_paths(self, operations: &[&'static OperationInfo]) -> Vec<(&'static str, Path<I>)> {
        let Self { mut server, mut handlers } = self;
        server.room = Semaphore::new(server.limits.concurrent.min(Semaphore::MAX_PERMITS));
        let server = Arc::new(server);
        let mut paths: BTreeMap<String, (&'static str, Path<I>)> = BTreeMap::new();
        for &operation in operations {
            let shape = shape(operation.path);
            let empty = || (operation.path, Path { server: Arc::clone(&server), routes: Vec::new() });
            let (_, path) = paths.entry(shape).or_insert_with(empty);
            path.routes.push(Route { operation, handler: handlers.remove(operation.id) });
        }
        paths.into_values().collect()
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
            segment.to_owned()
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::shape;

    #[test]
    fn names_of_parameters_do_not_make_a_path() {
        assert_eq!(shape("/a/{x}/b/{y}"), "/a/{p1}/b/{p2}");
        assert_eq!(shape("/a/{other}/b/{y}"), shape("/a/{x}/b/{z}"));
        assert_eq!(shape("/a/b{c}.json"), "/a/{p1}");
    }
}
