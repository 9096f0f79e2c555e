//! Operations and products.

use super::media::Way;
use super::path::{params, segments};
use super::schema::Node;
use super::slot::Slot;
use super::{Lowering, Whose};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::ir::{Body, Method, Operation, Param, Product, Response, Status, Ty, Use, Writing};
use crate::words::{pascal, snake};
use std::collections::{BTreeMap, BTreeSet};

const METHODS: [(&str, Method); 8] = [
    ("delete", Method::Delete),
    ("get", Method::Get),
    ("head", Method::Head),
    ("options", Method::Options),
    ("patch", Method::Patch),
    ("post", Method::Post),
    ("put", Method::Put),
    ("trace", Method::Trace),
];

/// Reason phrases in Pascal case.
const REASONS: &[(u16, &str)] = &[
    (100, "Continue"),
    (101, "SwitchingProtocols"),
    (102, "Processing"),
    (103, "EarlyHints"),
    (200, "Ok"),
    (201, "Created"),
    (202, "Accepted"),
    (203, "NonAuthoritativeInformation"),
    (204, "NoContent"),
    (205, "ResetContent"),
    (206, "PartialContent"),
    (207, "MultiStatus"),
    (300, "MultipleChoices"),
    (301, "MovedPermanently"),
    (302, "Found"),
    (303, "SeeOther"),
    (304, "NotModified"),
    (307, "TemporaryRedirect"),
    (308, "PermanentRedirect"),
    (400, "BadRequest"),
    (401, "Unauthorized"),
    (402, "PaymentRequired"),
    (403, "Forbidden"),
    (404, "NotFound"),
    (405, "MethodNotAllowed"),
    (406, "NotAcceptable"),
    (407, "ProxyAuthenticationRequired"),
    (408, "RequestTimeout"),
    (409, "Conflict"),
    (410, "Gone"),
    (411, "LengthRequired"),
    (412, "PreconditionFailed"),
    (413, "PayloadTooLarge"),
    (414, "UriTooLong"),
    (415, "UnsupportedMediaType"),
    (416, "RangeNotSatisfiable"),
    (417, "ExpectationFailed"),
    (421, "MisdirectedRequest"),
    (422, "UnprocessableEntity"),
    (423, "Locked"),
    (424, "FailedDependency"),
    (425, "TooEarly"),
    (426, "UpgradeRequired"),
    (428, "PreconditionRequired"),
    (429, "TooManyRequests"),
    (431, "RequestHeaderFieldsTooLarge"),
    (451, "UnavailableForLegalReasons"),
    (500, "InternalServerError"),
    (501, "NotImplemented"),
    (502, "BadGateway"),
    (503, "ServiceUnavailable"),
    (504, "GatewayTimeout"),
    (505, "HttpVersionNotSupported"),
    (507, "InsufficientStorage"),
    (508, "LoopDetected"),
    (511, "NetworkAuthenticationRequired"),
];

/// The parameters of an operation by where they go.
type Placed<'a> = BTreeMap<&'a str, Vec<Param>>;

/// Modules that stand beside those of the products in a generated crate.
const TAKEN: &[&str] =
    &["calls", "contract", "crate", "generated", "mock", "operations", "ops", "self", "super", "types"];

/// Whether products can be called so.
fn names_a_product(name: &str) -> bool {
    let mut letters = name.bytes();
    letters.next().is_some_and(|first| first.is_ascii_lowercase())
        && letters.all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_')
        && !TAKEN.contains(&name)
}

impl<'a> Lowering<'a> {
    /// The products, sorted by name; their groups are filled in by a pass.
    pub(super) fn products(&mut self, root: &Node<'a>) -> Vec<Product> {
        let declared = root.get("x-products");
        if declared.is_none() {
            self.error(Code::BadOperation, "/x-products", "the contract names no products");
        }
        let servers = |node: &Node<'a>| {
            let list = node.get("servers");
            list.iter()
                .flat_map(Node::elements)
                .filter_map(|server| server.text("url").or(server.value.as_str()).map(str::to_owned))
                .collect()
        };
        let mut products = Vec::new();
        for (name, node) in declared.iter().flat_map(Node::members) {
            if !names_a_product(name) {
                let message = format!("`{name}` is no name of a product");
                let help = "a product is a feature and a module: a lower case letter, then letters, digits \
                            and `_`, and no name that the generated crates take themselves";
                self.found
                    .push(Diagnostic::new(Code::BadOperation, Place::new("", &node.at), message).help(help));
            }
            products.push(Product {
                name: name.to_owned(),
                title: node.text("title").unwrap_or(name).to_owned(),
                servers: servers(&node),
                ..Product::default()
            });
        }
        products
    }

    /// Every operation, sorted by path, then method.
    pub(super) fn operations(&mut self, root: &Node<'a>, products: &[Product]) -> Vec<Operation> {
        let mut operations = Vec::new();
        for (path, item) in root.get("paths").iter().flat_map(Node::members) {
            if path.starts_with("x-") {
                continue;
            }
            for (key, node) in item.members() {
                if matches!(key, "parameters" | "summary" | "description") || key.starts_with("x-") {
                    continue;
                }
                match METHODS.iter().find(|(name, _)| *name == key) {
                    Some((_, method)) => {
                        operations.push(self.operation(root, path, &item, *method, &node, products));
                    }
                    None => {
                        let message = format!("`{key}` is not a method");
                        self.error(Code::BadOperation, &node.at, message);
                    }
                }
            }
        }
        operations
    }

    fn operation(
        &mut self,
        root: &Node<'a>,
        path: &str,
        item: &Node<'a>,
        method: Method,
        node: &Node<'a>,
        products: &[Product],
    ) -> Operation {
        let id = node.text("operationId").filter(|id| !pascal(id).is_empty()).unwrap_or_else(|| {
            self.error(Code::BadOperation, &node.at, "an `operationId` with a letter in it is expected");
            "operation"
        });
        let construct = node.text("x-construct").unwrap_or_else(|| {
            self.error(Code::BadOperation, &node.at, "`x-construct` is missing");
            "unknown.unknown"
        });
        let template = segments(path, self.whose == Whose::Anybodys).unwrap_or_else(|reason| {
            self.error(Code::BadPath, &item.at, format!("the path `{path}` cannot be used: {reason}"));
            Vec::new()
        });
        let mut placed = self.params(item, node, construct, id);
        let path_params = self.path_params(node, &mut placed, params(&template));
        let mut take = |place| placed.remove(place).unwrap_or_default();
        let tags = node.get("tags").and_then(|tags| tags.elements().next());
        let tag = tags.and_then(|tag| tag.value.as_str()).or(construct.rsplit('.').next());
        Operation {
            id: id.to_owned(),
            name: snake(id),
            type_name: pascal(id),
            construct: construct.to_owned(),
            products: self.audience(node, products),
            tag: tag.unwrap_or_default().to_owned(),
            method,
            path: path.to_owned(),
            segments: template,
            path_params,
            query_params: take("query"),
            header_params: take("header"),
            cookie_params: take("cookie"),
            body: self.body(node, construct, id),
            responses: self.responses(node, construct, id),
            security: self.security(root, node),
            paging: None,
            deprecated: node.flag("deprecated"),
            docs: docs(node),
        }
    }

    /// The products that `x-internal` names.
    fn audience(&mut self, node: &Node<'a>, products: &[Product]) -> BTreeSet<String> {
        let list = node.get("x-internal");
        let mut audience = BTreeSet::new();
        for element in list.iter().flat_map(Node::elements) {
            match element.value.as_str().filter(|name| products.iter().any(|p| p.name == *name)) {
                Some(name) => _ = audience.insert(name.to_owned()),
                None => {
                    let message = format!("{} is not a product of `x-products`", element.value);
                    self.error(Code::UnknownProduct, &element.at, message);
                }
            }
        }
        if audience.is_empty() {
            self.error(Code::MissingInternal, &node.at, "`x-internal` must name a product");
        }
        audience
    }

    /// The parameters of an operation and of its path item, which the former override.
    fn params(&mut self, item: &Node<'a>, node: &Node<'a>, construct: &str, id: &str) -> Placed<'a> {
        let mut placed = Placed::new();
        let lists = [node.get("parameters"), item.get("parameters")];
        for (shared, list) in lists.iter().enumerate() {
            for element in list.iter().flat_map(Node::elements) {
                let Some((place, param)) = self.param(&element, construct, id) else { continue };
                let before = placed.entry(place).or_default();
                if before.iter().all(|other| other.wire != param.wire) {
                    before.push(param);
                } else if shared == 0 {
                    let message = format!("the parameter `{}` is there twice", param.wire);
                    self.error(Code::UnsupportedParameter, &element.at, message);
                }
            }
        }
        self.spread_apart(node, placed.get("query").map(Vec::as_slice).unwrap_or_default());
        placed
    }

    /// Members of an object that are written as parameters must be no parameters already.
    fn spread_apart(&mut self, node: &Node<'a>, query: &[Param]) {
        let mut taken: BTreeMap<String, &str> =
            query.iter().filter(|p| p.writing != Writing::Spread).map(|p| (p.wire.clone(), "")).collect();
        for param in query.iter().filter(|param| param.writing == Writing::Spread) {
            for field in self.members_of(&param.value).into_iter().flat_map(|(_, fields)| fields) {
                let Some(other) = taken.insert(field.wire.clone(), &param.wire) else { continue };
                let whose =
                    if other.is_empty() { "a parameter".to_owned() } else { format!("one of `{other}`") };
                let message = format!("the member `{}` of `{}` is {whose} too", field.wire, param.wire);
                self.error(Code::UnsupportedParameter, &node.at, message);
            }
        }
    }

    /// Path parameters in the order of the template, which must name them all and no other. In the
    /// document of somebody else one that is not declared is a text, and one too many is left out.
    fn path_params<'t>(
        &mut self,
        node: &Node<'a>,
        placed: &mut Placed<'a>,
        names: impl Iterator<Item = &'t str>,
    ) -> Vec<Param> {
        let mut declared = placed.remove("path").unwrap_or_default();
        let mut ordered = Vec::new();
        for name in names {
            match declared.iter().position(|param| param.wire == name) {
                Some(index) => ordered.push(Param { required: true, ..declared.remove(index) }),
                None => {
                    let message = format!("the path has a parameter `{name}` that is not declared");
                    self.mended_path(node, message, "it is a text");
                    let value = Use { ty: Ty::String, ..Use::default() };
                    ordered.push(Param { wire: name.to_owned(), required: true, value, ..Param::default() });
                }
            }
        }
        for param in declared {
            let message = format!("the path parameter `{}` is not in the path", param.wire);
            self.mended_path(node, message, "it is left out");
        }
        ordered
    }

    /// Says what path and parameters do not agree in, and what becomes of it where nobody can mend it.
    fn mended_path(&mut self, node: &Node<'a>, message: String, then: &str) {
        match self.whose {
            Whose::Ours => self.error(Code::BadPath, &node.at, message),
            Whose::Anybodys => self.error(Code::MendedPath, &node.at, format!("{message}: {then}")),
        }
    }

    fn body(&mut self, node: &Node<'a>, construct: &str, id: &str) -> Option<Body> {
        let body = node.get("requestBody")?;
        let body = self.followed(&body, "requestBodies");
        let slot = Slot::operation(construct, &self.base_of(construct, id), id, "request", "Request");
        let declared = body.get("content").filter(|content| !content.members().is_empty());
        let content =
            declared.as_ref().map(|content| self.content(content, Way::In, &slot)).unwrap_or_default();
        // Whoever read the document of somebody else has said so.
        if declared.is_none() && self.whose == Whose::Ours {
            self.error(Code::UnsupportedMedia, &body.at, "a request body needs a media type");
        }
        (!content.is_empty()).then(|| Body { required: body.flag("required"), content })
    }

    /// Every response. The inline type of the first success is `...Response`, those of the others
    /// have their reason in their name too.
    fn responses(&mut self, node: &Node<'a>, construct: &str, id: &str) -> Vec<Response> {
        let mut responses = Vec::new();
        let base = self.base_of(construct, id);
        let declared = node.get("responses");
        let mut success = true;
        for (key, response) in declared.iter().flat_map(Node::members) {
            if key.starts_with("x-") {
                continue;
            }
            let Some(status) = status(key) else {
                let message = format!("`{key}` is neither a status nor a class of them, nor `default`");
                self.error(Code::UnsupportedResponse, &response.at, message);
                continue;
            };
            let response = self.followed(&response, "responses");
            let name = reason(status);
            let first = success && (200..300).contains(&status.range().0);
            success &= !first;
            let part = if first { "Response".to_owned() } else { format!("Response{name}") };
            let slot = Slot::operation(construct, &base, id, "", &part).named(&format!("response/{status}"));
            let headers = response.get("headers");
            let headers = headers.iter().flat_map(Node::members);
            let headers: Vec<_> = headers.map(|(wire, node)| self.header(wire, &node, &slot)).collect();
            let content = response.get("content").map(|content| self.content(&content, Way::Out, &slot));
            responses.push(Response { status, name, content: content.unwrap_or_default(), headers });
        }
        responses.sort_by_key(|response| response.status);
        let none = declared.is_none_or(|declared| declared.members().is_empty());
        if none && self.whose == Whose::Ours {
            self.error(Code::UnsupportedResponse, &node.at, "an operation needs a response");
        }
        responses
    }
}

fn docs(node: &Node<'_>) -> Option<String> {
    let texts: Vec<_> = ["summary", "description"].iter().filter_map(|key| node.text(key)).collect();
    (!texts.is_empty()).then(|| texts.join("\n\n"))
}

fn status(key: &str) -> Option<Status> {
    match key.as_bytes() {
        b"default" => Some(Status::Other),
        [class @ b'1'..=b'5', b'X', b'X'] => Some(Status::Class(u16::from(class - b'0'))),
        [_, _, _] => key.parse().ok().filter(|s| (100..600).contains(s)).map(Status::One),
        _ => None,
    }
}

/// The reason phrase of a status in Pascal case: `NotFound`.
fn reason(status: Status) -> String {
    let status = match status {
        Status::One(status) => status,
        Status::Class(class) => {
            let names = ["Informational", "Successful", "Redirection", "ClientError", "ServerError"];
            return names.get(usize::from(class) - 1).copied().unwrap_or_default().to_owned();
        }
        Status::Other => return "Default".to_owned(),
    };
    let known = REASONS.iter().find(|(code, _)| *code == status);
    known.map_or_else(|| format!("Status{status}"), |(_, name)| (*name).to_owned())
}
