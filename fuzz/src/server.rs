//! Requests to the mounted router of each product: those of the contract, edited.

use arbitrary::Arbitrary;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use meshery_evidence::contract::Contract;
use meshery_evidence::draw::{Answer, answers, arguments};
use meshery_evidence::drive::{Mock, SECRET};
use meshery_evidence::generated::PRODUCTS;
use meshery_evidence::raw::Request as Raw;
use meshery_evidence::request::request;
use meshery_generator::ir::Operation;
use meshery_generator::sample::{Sampler, Style};
use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex};
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// A request in the making.
#[derive(Arbitrary, Debug)]
pub struct Sent<'a> {
    product: u8,
    operation: u16,
    seed: u16,
    style: u8,
    /// Whether it shows the token.
    known: bool,
    edits: Vec<Edit<'a>>,
}

/// How a request differs from one that is valid.
#[derive(Arbitrary, Debug)]
enum Edit<'a> {
    Method(u8),
    /// Puts text into path and query.
    Target {
        at: u16,
        text: &'a str,
    },
    Query {
        name: &'a str,
        value: &'a str,
    },
    /// Sets a header that is looked at, or adds another value of it.
    Header {
        name: u8,
        again: bool,
        value: &'a [u8],
    },
    OtherHeader {
        name: &'a str,
        value: &'a [u8],
    },
    DropHeader(u8),
    /// Replaces bytes of the body.
    Body {
        at: u16,
        length: u8,
        bytes: &'a [u8],
    },
    WholeBody(&'a [u8]),
}

/// What a server looks at.
const HEADERS: [&str; 16] = [
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "meshery-token",
    "origin",
    "sec-websocket-key",
    "transfer-encoding",
    "upgrade",
    "x-request-id",
];

const METHODS: [Method; 8] = [
    Method::GET,
    Method::HEAD,
    Method::OPTIONS,
    Method::PUT,
    Method::POST,
    Method::PATCH,
    Method::DELETE,
    Method::TRACE,
];

/// A product that is served, with one success for each of its operations.
struct Served {
    router: axum::Router,
    mock: Mock,
    operations: Vec<&'static Operation>,
}

static CONTRACT: LazyLock<Contract> = LazyLock::new(Contract::load);

static SERVED: LazyLock<Vec<Served>> = LazyLock::new(|| {
    let serve = |product: &meshery_evidence::drive::Product| {
        let mock = Mock::default();
        let own = CONTRACT.api.operations.iter().filter(|op| op.products.contains(product.name));
        let operations: Vec<&'static Operation> = own.collect();
        let success = |op: &&'static Operation| {
            let all = answers(&mut Sampler::new(&CONTRACT.api, 1), op, Style::Minimal);
            let success: Answer =
                all.into_iter().find(|answer| answer.status < 400).expect("it has a success");
            (op.id.clone(), success)
        };
        mock.script_each(operations.iter().map(success).collect());
        Served { router: (product.serve)(mock.clone()), mock, operations }
    };
    PRODUCTS.iter().map(serve).collect()
});

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime"));

/// Sends it. Whatever it is, the answer is no fault of the server's, and does not tell the token.
pub fn check(sent: &Sent<'_>) {
    let served = &SERVED[usize::from(sent.product) % SERVED.len()];
    let op = &served.operations[usize::from(sent.operation) % served.operations.len()];
    let Some(request) = made(sent, op) else { return };
    let head = format!("{} {}", request.method(), request.uri());
    served.mock.forget();
    let (status, body) = RUNTIME.block_on(async {
        let response: Response<Body> = served.router.clone().oneshot(request).await.expect("never fails");
        let status = response.status();
        let endless = response.headers().get("content-type").is_some_and(|v| v == "text/event-stream");
        let body = if endless { Body::empty() } else { response.into_body() };
        let body = Limited::new(body, 64 << 20).collect().await.expect("an answer has an end").to_bytes();
        (status, body)
    });
    let heard = served.mock.heard();
    assert!(status.as_u16() < 500, "{head}: {status} {}", String::from_utf8_lossy(&body));
    let rejected = status.is_client_error() && heard.is_none();
    assert!(!rejected || body.len() < 256 << 10, "{head}: {} bytes say {status}", body.len());
    let told = body.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
    assert!(!rejected || !told, "{head}: the token is told");
    assert!(sent.known || heard.is_none() || status != StatusCode::UNAUTHORIZED, "{head}");
}

/// A valid request of an operation. Drawing one takes much longer than answering it.
fn drawn(op: &Operation, style: u8, seed: u16) -> Raw {
    type Drawn = BTreeMap<(String, u8, u16), Raw>;
    static DRAWN: LazyLock<Mutex<Drawn>> = LazyLock::new(Mutex::default);
    let draw = || {
        let mut sampler = Sampler::new(&CONTRACT.api, seed.into());
        let style = [Style::Minimal, Style::Maximal, Style::Random][usize::from(style)];
        let media =
            op.body.as_ref().and_then(|body| body.content.get(usize::from(seed) % body.content.len()));
        request(op, &arguments(&mut sampler, op, media, style))
    };
    let mut drawn = DRAWN.lock().expect("nothing fails while it is held");
    drawn.entry((op.id.clone(), style, seed)).or_insert_with(draw).clone()
}

/// The request, if it is one at all.
fn made(sent: &Sent<'_>, op: &Operation) -> Option<Request<Body>> {
    let mut raw = drawn(op, sent.style % 3, sent.seed % 4);
    let mut method: Method = raw.method.parse().ok()?;
    let mut headers: Vec<(HeaderName, HeaderValue)> = Vec::new();
    let mut set = |name: &str, value: &[u8]| {
        if let (Ok(name), Ok(value)) = (name.parse(), HeaderValue::from_bytes(value)) {
            headers.push((name, value));
        }
    };
    if sent.known {
        set("authorization", format!("Bearer {SECRET}").as_bytes());
    }
    for (name, value) in &raw.headers {
        set(name, value.as_bytes());
    }
    let mut body = Vec::new();
    if let Some((media_type, bytes)) = raw.body.take() {
        set("content-type", media_type.as_bytes());
        body = bytes;
    }
    for edit in sent.edits.iter().take(16) {
        match edit {
            Edit::Method(which) => method = METHODS[usize::from(*which) % METHODS.len()].clone(),
            Edit::Target { at, text } => {
                let at = raw.target.floor_char_boundary(usize::from(*at));
                raw.target.insert_str(at, text);
            }
            Edit::Query { name, value } => {
                raw.target.push(if raw.target.contains('?') { '&' } else { '?' });
                raw.target.push_str(&format!("{name}={value}"));
            }
            Edit::Header { name, again, value } => {
                let name = HeaderName::from_static(HEADERS[usize::from(*name) % HEADERS.len()]);
                headers.retain(|(own, _)| *again || *own != name);
                headers.push((name, HeaderValue::from_bytes(value).ok()?));
            }
            Edit::OtherHeader { name, value } => {
                headers.push((name.parse().ok()?, HeaderValue::from_bytes(value).ok()?));
            }
            Edit::DropHeader(which) if !headers.is_empty() => {
                headers.remove(usize::from(*which) % headers.len());
            }
            Edit::DropHeader(_) => {}
            Edit::Body { at, length, bytes } => {
                let from = usize::from(*at).min(body.len());
                let to = (from + usize::from(*length)).min(body.len());
                body.splice(from..to, bytes.iter().copied());
            }
            Edit::WholeBody(bytes) => body = bytes.to_vec(),
        }
    }
    let mut request = Request::builder().method(method).uri(raw.target).body(Body::from(body)).ok()?;
    for (name, value) in headers {
        request.headers_mut().append(name, value);
    }
    Some(request)
}
