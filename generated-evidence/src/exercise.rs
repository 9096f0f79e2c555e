//! Every operation of a product over a socket, in every way that the contract documents.

use crate::call::{Args, Calls};
use crate::cases::{Case, cases};
use crate::draw::{Answer, Arguments, answers, arguments};
use crate::drive::{Heard, Mock, Product, SECRET};
use crate::request::request;
use crate::same::difference;
use meshery_client::Token;
use meshery_generator::ir::{Api, Media, Operation, Security, Status};
use meshery_generator::sample::{Sampler, Style};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::net::SocketAddr;

const SEED: u64 = 1345;

/// How many times each response is drawn at random.
const RANDOM: usize = 2;

/// Makes what stands between client and server, of the URL of the server.
pub type Between<'a> = &'a (dyn Fn(Product, &str) -> axum::Router + Sync);

/// Every fact that has to be exercised, read from the contract itself, not from what was generated:
/// each operation of each product, each of its parameters and request media types, its responses with their media
/// types, and whether it is protected.
#[must_use]
pub fn expected(document: &Value) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let members = |value: &Value| value.as_object().cloned().unwrap_or_default();
    for (_, item) in members(&document["paths"]) {
        for (_, op) in members(&item).into_iter().filter(|(_, op)| op.get("responses").is_some()) {
            let id = op["operationId"].as_str().unwrap();
            for product in op["x-internal"].as_array().unwrap() {
                let product = product.as_str().unwrap();
                let public = op.get("security").is_some_and(|s| s.as_array().is_some_and(Vec::is_empty));
                all.insert(format!("{product} {id} {}", if public { "public" } else { "protected" }));
                let parameters = [&op["parameters"], &item["parameters"]];
                for parameter in parameters.iter().filter_map(|list| list.as_array()).flatten() {
                    let text = |member: &str| parameter[member].as_str().unwrap();
                    all.insert(format!("{product} {id} sends {} {}", text("in"), text("name")));
                }
                for media in members(&op["requestBody"]["content"]).keys() {
                    all.insert(format!("{product} {id} takes {media}"));
                }
                for (status, response) in members(&op["responses"]) {
                    let content = members(&response["content"]);
                    let types =
                        content.keys().map(|media| format!("{product} {id} answers {status} {media}"));
                    all.extend(types);
                    if content.is_empty() {
                        all.insert(format!("{product} {id} answers {status} "));
                    }
                }
            }
        }
    }
    all
}

/// What came out for one product, or for several.
#[derive(Debug, Default)]
pub struct Run {
    exercised: BTreeSet<String>,
    failures: Vec<String>,
    calls: usize,
    refused: usize,
}

impl Run {
    /// What came out for all products.
    #[must_use]
    pub fn together(runs: impl IntoIterator<Item = Self>) -> Self {
        runs.into_iter().fold(Self::default(), |mut all, run| {
            all.exercised.extend(run.exercised);
            all.failures.extend(run.failures);
            all.calls += run.calls;
            all.refused += run.refused;
            all
        })
    }

    /// Nothing failed, and everything that is expected was exercised.
    ///
    /// # Panics
    /// Otherwise, naming the first of what is wrong.
    pub fn assert_complete(mut self, expected: &BTreeSet<String>) {
        let missing = expected.difference(&self.exercised).map(|what| format!("not exercised: {what}"));
        self.failures.extend(missing);
        let more = self.exercised.difference(expected).map(|what| format!("not in the contract: {what}"));
        self.failures.extend(more);
        println!(
            "{} calls, {} requests refused, {} facts of the contract",
            self.calls,
            self.refused,
            expected.len()
        );
        assert!(self.failures.is_empty(), "{} failures\n{}", self.failures.len(), shown(&self.failures));
    }
}

fn shown(failures: &[String]) -> String {
    failures.iter().take(60).map(|f| f.chars().take(700).collect::<String>() + "\n").collect()
}

/// Calls every operation of a product, from a client to a server, with what is to stand between them.
///
/// # Panics
/// If there are no sockets.
#[must_use]
pub fn exercise(api: &Api, product: Product, between: Option<Between<'_>>) -> Run {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let mut run = Run::default();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let to = listener.local_addr().unwrap();
        let mock = Mock::default();
        let router = (product.serve)(mock.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await });
        let to = match between {
            None => to,
            Some(between) => stand_between(between(product, &format!("http://{to}"))).await,
        };
        let token = Token::new(SECRET).provider("Evidence");
        let client = (product.connect)(&format!("http://{to}"), Some(token)).unwrap();
        let operations = api.operations.iter().filter(|op| op.products.contains(product.name));
        for (i, op) in operations.enumerate() {
            let sampler = Sampler::new(api, SEED + i as u64);
            Exercise { product, op, to, mock: &mock, client: &*client, sampler, run: &mut run }.all().await;
        }
        server.abort();
    });
    run
}

async fn stand_between(router: axum::Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// One operation of one product.
struct Exercise<'a> {
    product: Product,
    op: &'a Operation,
    to: SocketAddr,
    mock: &'a Mock,
    client: &'a dyn Calls,
    sampler: Sampler<'a>,
    run: &'a mut Run,
}

impl Exercise<'_> {
    async fn all(mut self) {
        let mut styles = vec![Style::Minimal, Style::Maximal];
        styles.extend([Style::Random; RANDOM]);
        for style in styles {
            self.calls(style).await;
        }
        self.credentials().await;
        self.plain_errors().await;
        for case in cases(&mut self.sampler, self.op) {
            self.refused(case).await;
        }
    }

    fn did(&mut self, what: &str) {
        self.run.exercised.insert(format!("{} {} {what}", self.product.name, self.op.id));
    }

    fn failed(&mut self, what: impl std::fmt::Display) {
        self.run.failures.push(format!("{} {}: {what}", self.product.name, self.op.id));
    }

    /// Every response once, the request media types taking turns.
    async fn calls(&mut self, style: Style) {
        let medias: Vec<Option<&Media>> = match &self.op.body {
            Some(body) => body.content.iter().map(Some).collect(),
            None => vec![None],
        };
        let answers = answers(&mut self.sampler, self.op, style);
        let turns = answers.len().max(medias.len());
        for turn in 0..turns {
            let media = medias[turn % medias.len()];
            let arguments = arguments(&mut self.sampler, self.op, media, style);
            let answer = answers[turn % answers.len()].clone();
            self.call(&arguments, answer).await;
        }
    }

    async fn call(&mut self, arguments: &Arguments, answer: Answer) {
        self.run.calls += 1;
        self.mock.script(answer.clone());
        let Some(called) = self.client.call(&self.op.id, Args::of(arguments)) else {
            return self.failed("the client does not have it");
        };
        let status = documented(self.op, &answer).map_or(answer.status.to_string(), |s| s.to_string());
        let media = answer.media_type.clone().unwrap_or_default();
        match called.await {
            Err(error) => return self.failed(format!("answered with {status} {media}: {error}")),
            Ok(back) => match unlike(self.op, &answer, &back) {
                Some(how) => return self.failed(format!("{status} {media} came back otherwise: {how}")),
                None => self.did(&format!("answers {status} {media}")),
            },
        }
        let Some(Heard { operation, arguments: heard }) = self.mock.heard() else {
            return self.failed("the handler was not called");
        };
        if operation != self.op.id {
            return self.failed(format!("{operation} was called instead"));
        }
        match misheard(arguments, &heard) {
            Some(how) => self.failed(format!("arguments came otherwise: {how}")),
            None => {
                if let Some((media, _)) = &arguments.body {
                    self.did(&format!("takes {media}"));
                }
                for (place, list) in arguments.parameters() {
                    let sent =
                        list.iter().filter(|(_, value)| value.as_array().is_none_or(|all| !all.is_empty()));
                    sent.for_each(|(name, _)| self.did(&format!("sends {place} {name}")));
                }
            }
        }
    }

    /// Without a token: 401 and nothing of the handler where protected, an answer where public.
    async fn credentials(&mut self) {
        let body = self.op.body.as_ref().and_then(|body| body.content.first());
        let arguments = arguments(&mut self.sampler, self.op, body, Style::Random);
        let script = answers(&mut self.sampler, self.op, Style::Minimal);
        let Some(script) = script.into_iter().find(|a| (200..300).contains(&a.status) || a.status == 101)
        else {
            return self.failed("it has no success");
        };
        self.mock.script(script.clone());
        let reply = match request(self.op, &arguments).send(self.to).await {
            Ok(reply) => reply,
            Err(error) => return self.failed(error),
        };
        let heard = self.mock.heard().is_some();
        match self.op.security {
            Security::Public if reply.status == script.status && heard => self.did("public"),
            Security::Required(_)
                if reply.status == 401 && !heard && reply.header("www-authenticate").is_some() =>
            {
                self.did("protected");
            }
            _ => self.failed(format!(
                "without a token the answer is {} {} and {:?}, handler called: {heard}",
                reply.status,
                reply.text(),
                self.op.security
            )),
        }
    }

    /// An error that the contract has as text comes as that text to who does not ask for JSON.
    async fn plain_errors(&mut self) {
        let body = self.op.body.as_ref().and_then(|body| body.content.first());
        let arguments = arguments(&mut self.sampler, self.op, body, Style::Random);
        for answer in answers(&mut self.sampler, self.op, Style::Random) {
            if answer.status < 400 || answer.media_type.as_deref() != Some("text/plain") {
                continue;
            }
            self.mock.script(answer.clone());
            let mut request = request(self.op, &arguments);
            request.headers.push(("authorization".to_owned(), format!("Bearer {SECRET}")));
            match request.send(self.to).await {
                Err(error) => self.failed(error),
                Ok(reply) if reply.status == answer.status && answer.body == reply.text() => {}
                Ok(reply) => self.failed(format!("{:?} came as {} {}", answer, reply.status, reply.text())),
            }
        }
    }

    /// What breaks one rule is answered with 400, and with that rule at that place.
    async fn refused(&mut self, case: Case) {
        self.run.refused += 1;
        self.mock.script(Answer::default());
        let Case { mut request, part, name, violation } = case;
        request.headers.push(("authorization".to_owned(), format!("Bearer {SECRET}")));
        let place =
            format!("{part} {} {} {}", name.as_deref().unwrap_or(""), violation.pointer, violation.rule);
        let reply = match request.send(self.to).await {
            Ok(reply) => reply,
            Err(error) => return self.failed(format!("{place}: {error}")),
        };
        let problem: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let breaches = problem["violations"].as_array().cloned().unwrap_or_default();
        let named = |breach: &Value| {
            let text = |member: &str| breach[member].as_str().unwrap_or_default().to_owned();
            text("in") == part
                && text("name") == name.clone().unwrap_or_default()
                && text("pointer") == violation.pointer
                && text("rule") == violation.rule
        };
        if reply.status != 400 || self.mock.heard().is_some() || !breaches.iter().any(named) {
            let body = request.body.map(|(_, body)| String::from_utf8_lossy(&body).into_owned());
            let said = reply.text();
            let sent = format!("{} {} {}", request.method, request.target, body.unwrap_or_default());
            self.failed(format!("{place}: the answer is {} {said} to {sent}", reply.status));
        }
    }
}

/// What an operation documents for the status of an answer.
fn documented(op: &Operation, answer: &Answer) -> Option<Status> {
    op.responses.iter().map(|response| response.status).find(|status| status.example() == answer.status)
}

/// How a response differs from what was answered.
fn unlike(op: &Operation, sent: &Answer, back: &Answer) -> Option<String> {
    if sent.status != back.status {
        return Some(format!("status {} instead of {}", back.status, sent.status));
    }
    for (name, value) in &sent.headers {
        let text = value.as_str().map_or(value.to_string(), str::to_owned);
        if back.headers.get(&name.to_lowercase()).and_then(Value::as_str) != Some(&text) {
            return Some(format!("header {name}"));
        }
    }
    if op.is_websocket() && sent.status == 101 {
        return None;
    }
    if sent.media_type.is_none() {
        let nothing = back.body.is_null() || back.body == "";
        return (!nothing).then(|| format!("a body came: {}", back.body));
    }
    let text_error = documented(op, sent).is_some_and(Status::is_error)
        && sent.media_type.as_deref().is_some_and(|m| m.starts_with("text/"));
    let expected = if text_error {
        // A caller that accepts JSON gets Meshery's error object.
        Value::Object(Map::from_iter([("error".to_owned(), sent.body.clone())]))
    } else {
        sent.body.clone()
    };
    if !text_error && sent.media_type != back.media_type {
        return Some(format!("media type {:?}", back.media_type));
    }
    let place = difference(&expected, &back.body)?;
    Some(format!("at {place:?}: {expected} became {}", back.body))
}

/// How the arguments of a handler differ from those that were sent.
fn misheard(sent: &Arguments, heard: &Arguments) -> Option<String> {
    let without_empty = |map: &Map<String, Value>| {
        let there = map.iter().filter(|(_, v)| v.as_array().is_none_or(|list| !list.is_empty()));
        Value::Object(there.map(|(k, v)| (k.clone(), v.clone())).collect())
    };
    for ((part, sent), (_, heard)) in sent.parameters().into_iter().zip(heard.parameters()) {
        let (sent, heard) = (without_empty(sent), without_empty(heard));
        if let Some(place) = difference(&sent, &heard) {
            return Some(format!("{part} at {place:?}: {sent} became {heard}"));
        }
    }
    match (&sent.body, &heard.body) {
        (None, None) => None,
        (Some((sent_type, sent)), Some((heard_type, heard))) if sent_type == heard_type => {
            let place = difference(sent, heard)?;
            Some(format!("body at {place:?}: {sent} became {heard}"))
        }
        (sent, heard) => Some(format!("body {sent:?} became {heard:?}")),
    }
}
