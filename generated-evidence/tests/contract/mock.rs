//! Is what the mock server answers what the contract documents?
//!
//! Every operation of every product is asked with arguments drawn from the contract, under several
//! seeds; each answer has a documented success, a documented media type, and a body that an
//! independent validator accepts. The same request under the same seed has the same bytes.
use axum::Router;
use axum::body::Body;
use futures_util::StreamExt;
use jsonschema::ValidatorMap;
use jsonschema::error::ValidationErrorKind;
use meshery_client::Token;
use meshery_evidence::call::Args;
use meshery_evidence::contract::Contract;
use meshery_evidence::draw::{Arguments, arguments};
use meshery_evidence::drive::SECRET;
use meshery_evidence::generated;
use meshery_evidence::json_schema;
use meshery_evidence::request::request;
use meshery_generator::ir::{Operation, Paging, Param, Payload, Ty};
use meshery_generator::sample::{Sampler, Style};
use meshery_server::{Mock, PRODUCTS};
use serde_json::Value;
use std::collections::BTreeSet;
use tower::ServiceExt;

/// Seeds of the server, and rounds of requests for each.
const SEEDS: [u64; 2] = [7, 1345];
const STYLES: [Style; 3] = [Style::Minimal, Style::Maximal, Style::Random];

/// What came back.
#[derive(Debug, PartialEq)]
struct Answer {
    status: u16,
    media_type: String,
    body: Vec<u8>,
}

#[tokio::test]
async fn every_answer_is_one_that_the_contract_documents() {
    let contract = Contract::load();
    let oracle = oracle(&contract);
    let (mut failures, mut answers) = (Vec::new(), 0);
    for product in PRODUCTS {
        for seed in SEEDS {
            let router = Mock::new(seed).into_router(&[product.name]);
            let again = Mock::new(seed).into_router(&[product.name]);
            for op in contract.api.operations.iter().filter(|op| op.products.contains(product.name)) {
                let mut sampler = Sampler::new(&contract.api, seed);
                for style in STYLES {
                    let media = op.body.as_ref().and_then(|body| body.content.first());
                    let arguments = arguments(&mut sampler, op, media, style);
                    let answer = ask(&router, op, &arguments).await;
                    answers += 1;
                    if let Err(how) = judge(&oracle, op, &answer) {
                        failures.push(format!("{} {} seed {seed}: {how}", product.name, op.id));
                    }
                    if ask(&again, op, &arguments).await != answer {
                        failures.push(format!("{} {}: seed {seed} is not enough", product.name, op.id));
                    }
                }
            }
        }
    }
    assert!(answers > 0);
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), shown(&failures));
}

/// A client of the same contract finds nothing to object to, and no socket is needed for that.
#[tokio::test]
async fn the_typed_client_reads_every_answer_without_a_socket() {
    let contract = Contract::load();
    let (mut failures, mut answers) = (Vec::new(), 0);
    for product in PRODUCTS {
        let router = Mock::new(5).token(SECRET).into_router(&[product.name]);
        let evidence = generated::PRODUCTS.iter().find(|p| p.name == product.name).unwrap();
        let client = (evidence.in_process)(router, Token::new(SECRET)).unwrap();
        for op in contract.api.operations.iter().filter(|op| op.products.contains(product.name)) {
            let streams =
                op.successes().flat_map(|r| &r.content).any(|m| matches!(m.payload, Payload::EventStream(_)));
            if op.is_websocket() || streams {
                continue;
            }
            let mut sampler = Sampler::new(&contract.api, 5);
            let media = op.body.as_ref().and_then(|body| body.content.first());
            let arguments = arguments(&mut sampler, op, media, Style::Random);
            answers += 1;
            match client.call(&op.id, Args::of(&arguments)).unwrap().await {
                Ok(answer) if op.successes().any(|r| r.status.one() == Some(answer.status)) => {}
                other => failures.push(format!("{} {}: {other:?}", product.name, op.id)),
            }
        }
    }
    assert!(answers > 0);
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), shown(&failures));
}

fn shown(failures: &[String]) -> String {
    failures.iter().take(40).map(|f| f.chars().take(500).collect::<String>() + "\n").collect()
}

/// A parameter of the query, whatever the style of its name.
fn query<'o>(op: &'o Operation, words: &str) -> Option<&'o Param> {
    op.query_params.iter().find(|param| said_as(&param.wire, words))
}

fn said_as(name: &str, words: &str) -> bool {
    name.replace('_', "").eq_ignore_ascii_case(words)
}

#[tokio::test]
async fn pages_fit_together_and_the_caller_may_choose_the_status() {
    let contract = Contract::load();
    for product in PRODUCTS {
        let router = Mock::new(3).into_router(&[product.name]);
        for op in contract.api.operations.iter().filter(|op| op.products.contains(product.name)) {
            let mut sampler = Sampler::new(&contract.api, 1);
            let media = op.body.as_ref().and_then(|body| body.content.first());
            let mut arguments = arguments(&mut sampler, op, media, Style::Minimal);
            if let (Some(page), Some(size)) = (query(op, "page"), query(op, "pagesize")) {
                let mut turn = async |from: i64, items: i64| {
                    arguments.query.insert(page.wire.clone(), from.into());
                    arguments.query.insert(size.wire.clone(), items.into());
                    let answer = ask(&router, op, &arguments).await;
                    list(&serde_json::from_slice(&answer.body).unwrap_or_default())
                };
                if let (Some(whole), Some(first)) = (turn(0, 6).await, turn(0, 3).await) {
                    let second = turn(1, 3).await.unwrap();
                    assert_eq!([first, second].concat(), whole, "{}", op.id);
                    assert_eq!(whole.len(), 6, "{} has no second page", op.id);
                }
            }
            let status = 404;
            if op.is_websocket() || !op.responses.iter().any(|r| r.status.one() == Some(status)) {
                continue;
            }
            let mut asked = request(op, &arguments);
            asked.headers.push(("prefer".to_owned(), format!("code={status}")));
            assert_eq!(sent(&router, &asked).await.status, status, "{}", op.id);
        }
    }
}

/// Whatever the spellings of page, size and total are, and whether there are any.
#[tokio::test]
async fn every_list_in_pages_is_read_to_its_end() {
    let contract = Contract::load();
    let (mut walked, mut expected) = (BTreeSet::new(), BTreeSet::new());
    for product in generated::PRODUCTS {
        let router = Mock::new(5).into_router(&[product.name]);
        let client = (product.in_process)(router.clone(), Token::new(SECRET)).unwrap();
        for op in contract.api.operations.iter().filter(|op| op.products.contains(product.name)) {
            // By the answer alone: it takes a page and its size, and states a page or a total of one list.
            let takes_pages = query(op, "page").is_some() && query(op, "pagesize").is_some();
            let mut sampler = Sampler::new(&contract.api, 1);
            let mut arguments = arguments(&mut sampler, op, None, Style::Minimal);
            if takes_pages && op.body.is_none() {
                let answer = ask(&router, op, &arguments).await;
                let answer: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
                let members = answer.as_object().into_iter().flat_map(|page| page.values());
                if list(&answer).is_some() && members.filter(|member| member.is_array()).count() == 1 {
                    expected.insert((product.name, &op.id));
                }
            }
            let Some(paging) = &op.paging else { continue };
            // The mock knows pages by such members: other lists have no end there.
            let mut stated = paging.stated_pages.iter().chain(&paging.totals);
            if !stated.any(|name| said_as(name, "page") || said_as(name, "totalcount")) {
                continue;
            }
            let pages = pages(&contract, &router, op, paging, &mut arguments).await;
            let items: Vec<Value> = pages.concat();
            assert!(pages.len() > 1, "{} {} has no second page", product.name, op.id);
            walked.insert((product.name, &op.id));
            // Where nothing is said of items, they are all alike: a page is taken for one that was there.
            if items.iter().all(|item| *item == items[0]) {
                continue;
            }
            arguments.query.remove(&paging.page);
            let all = client.call(&op.id, Args::whole(&arguments)).unwrap().await.unwrap();
            assert_eq!(all.body, Value::Array(items), "{} {}", product.name, op.id);
        }
    }
    let forgotten: Vec<_> = expected.difference(&walked).collect();
    assert!(forgotten.is_empty(), "lists in pages that nobody walked: {forgotten:?}");
}

/// The pages of a list, up to the first one without items.
async fn pages(
    contract: &Contract,
    router: &Router,
    op: &Operation,
    paging: &Paging,
    arguments: &mut Arguments,
) -> Vec<Vec<Value>> {
    // Some state their numbers as text.
    let number = |name: &str, number: i64| {
        let param = op.query_params.iter().find(|param| param.wire == name).unwrap();
        match contract.api.resolve(&param.value).ty {
            Ty::String => Value::String(number.to_string()),
            _ => number.into(),
        }
    };
    arguments.query.insert(paging.sizes[0].clone(), number(&paging.sizes[0], 7));
    let mut pages: Vec<Vec<Value>> = Vec::new();
    for page in paging.first.unwrap_or(0).. {
        arguments.query.insert(paging.page.clone(), number(&paging.page, page));
        let answer = ask(router, op, arguments).await;
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        let items = paging.items.as_ref().map_or(&body, |name| &body[name]);
        let items = items.as_array().cloned().unwrap_or_default();
        if items.is_empty() {
            break;
        }
        pages.push(items);
        assert!(pages.len() < 100, "{} has no end", op.id);
    }
    pages
}

/// The items of a page.
fn list(page: &Value) -> Option<Vec<Value>> {
    page.get("page").or_else(|| page.get("totalCount")).or_else(|| page.get("total_count"))?;
    page.as_object()?.values().find_map(Value::as_array).cloned()
}

async fn ask(router: &Router, op: &Operation, arguments: &Arguments) -> Answer {
    sent(router, &request(op, arguments)).await
}

async fn sent(router: &Router, raw: &meshery_evidence::raw::Request) -> Answer {
    let mut request = http::Request::builder().method(raw.method).uri(&raw.target);
    for (name, value) in &raw.headers {
        request = request.header(name, value);
    }
    let body = match &raw.body {
        Some((media_type, bytes)) => {
            request = request.header("content-type", media_type);
            Body::from(bytes.clone())
        }
        None => Body::empty(),
    };
    let response = router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
    let media_type = response.headers().get("content-type").map_or("", |v| v.to_str().unwrap()).to_owned();
    let status = response.status().as_u16();
    let mut chunks = response.into_body().into_data_stream();
    let mut body = Vec::new();
    // An event stream goes on for ever; the mock sends three events before it falls silent.
    let most = if media_type == "text/event-stream" { 3 } else { usize::MAX };
    for _ in 0..most {
        let Some(chunk) = chunks.next().await else { break };
        body.extend_from_slice(&chunk.unwrap());
    }
    Answer { status, media_type, body }
}

fn oracle(contract: &Contract) -> ValidatorMap {
    let operations = contract.api.operations.iter();
    let pointers: Vec<String> = operations
        .flat_map(|op| op.responses.iter().map(move |response| (op, response)))
        .flat_map(|(op, response)| {
            let status = response.status;
            response.content.iter().map(move |media| pointer(op, &status.to_string(), &media.media_type))
        })
        .collect();
    crate::validators::at(contract, &pointers)
}

/// Where the contract has the schema of a response.
fn pointer(op: &Operation, status: &str, media_type: &str) -> String {
    let token = |text: &str| text.replace('~', "~0").replace('/', "~1");
    let method = op.method.as_str().to_lowercase();
    format!("/paths/{}/{method}/responses/{status}/content/{}/schema", token(&op.path), token(media_type))
}

fn judge(oracle: &ValidatorMap, op: &Operation, answer: &Answer) -> Result<(), String> {
    let said = || String::from_utf8_lossy(&answer.body).into_owned();
    if op.is_websocket() {
        // In process there is no connection that could be upgraded.
        return if answer.status == 426 { Ok(()) } else { Err(format!("{} {}", answer.status, said())) };
    }
    let Some(response) = op.successes().find(|r| r.status.one() == Some(answer.status)) else {
        return Err(format!("status {} {}", answer.status, said()));
    };
    if response.content.is_empty() {
        return if answer.body.is_empty() { Ok(()) } else { Err(format!("a body: {}", said())) };
    }
    let Some(media) = response.content.iter().find(|m| m.media_type == answer.media_type) else {
        return Err(format!("media type {}", answer.media_type));
    };
    let documents: Vec<Value> = match &media.payload {
        Payload::Json(_) => {
            vec![serde_json::from_slice(&answer.body).map_err(|e| format!("{e}: {}", said()))?]
        }
        Payload::EventStream(_) => {
            let text = said();
            let data = text.split("\n\n").filter_map(|event| event.strip_prefix("data: "));
            data.map(|data| serde_json::from_str(data).unwrap_or_else(|_| Value::from(data))).collect()
        }
        _ => return if answer.body.is_empty() { Err("an empty body".to_owned()) } else { Ok(()) },
    };
    let key = json_schema::key(&pointer(op, &answer.status.to_string(), &media.media_type));
    let validator = oracle.get(&key).ok_or_else(|| format!("no schema at {key}"))?;
    documents.iter().try_for_each(|document| {
        match validator.validate(document) {
            // Some alternatives of upstream's can be the same value: it is one of them, and that will do.
            Err(e) if !matches!(e.kind(), ValidationErrorKind::OneOfMultipleValid { .. }) => {
                Err(format!("{document} at {}: {e}", e.instance_path()))
            }
            _ => Ok(()),
        }
    })
}
