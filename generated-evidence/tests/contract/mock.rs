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
use meshery_generator::ir::{Operation, Payload, Ty};
use meshery_generator::sample::{Sampler, Style};
use meshery_server::{Mock, PRODUCTS};
use serde_json::Value;
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
    println!("{answers} answers");
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
    println!("{answers} answers");
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), shown(&failures));
}

fn shown(failures: &[String]) -> String {
    failures.iter().take(40).map(|f| f.chars().take(500).collect::<String>() + "\n").collect()
}

#[tokio::test]
async fn pages_fit_together_and_the_caller_may_choose_the_status() {
    let contract = Contract::load();
    let (mut paged, mut preferred) = (0, 0);
    for product in PRODUCTS {
        let router = Mock::new(3).into_router(&[product.name]);
        for op in contract.api.operations.iter().filter(|op| op.products.contains(product.name)) {
            let wire = |words: &str| {
                op.query_params.iter().find(|p| p.wire.replace('_', "").eq_ignore_ascii_case(words))
            };
            let mut sampler = Sampler::new(&contract.api, 1);
            let media = op.body.as_ref().and_then(|body| body.content.first());
            let mut arguments = arguments(&mut sampler, op, media, Style::Minimal);
            if let (Some(page), Some(size)) = (wire("page"), wire("pagesize")) {
                let mut turn = async |from: i64, items: i64| {
                    arguments.query.insert(page.wire.clone(), from.into());
                    arguments.query.insert(size.wire.clone(), items.into());
                    let answer = ask(&router, op, &arguments).await;
                    list(&serde_json::from_slice(&answer.body).unwrap_or_default())
                };
                if let (Some(whole), Some(first)) = (turn(0, 6).await, turn(0, 3).await)
                    && first.len() == 3
                {
                    let second = turn(1, 3).await.unwrap();
                    assert_eq!([first, second].concat(), whole, "{}", op.id);
                    paged += 1;
                }
            }
            let status = 404;
            if op.is_websocket() || !op.responses.iter().any(|r| r.status.one() == Some(status)) {
                continue;
            }
            let mut asked = request(op, &arguments);
            asked.headers.push(("prefer".to_owned(), format!("code={status}")));
            assert_eq!(sent(&router, &asked).await.status, status, "{}", op.id);
            preferred += 1;
        }
    }
    println!("{paged} lists, {preferred} preferences");
    assert!(paged > 0 || preferred > 0, "the contract has neither lists nor errors");
}

/// Whatever the spellings of page, size and total are, and whether there are any.
#[tokio::test]
async fn every_list_in_pages_is_read_to_its_end() {
    let contract = Contract::load();
    let (mut lists, mut others) = (0, 0);
    for product in generated::PRODUCTS {
        let router = Mock::new(5).into_router(&[product.name]);
        let client = (product.in_process)(router.clone(), Token::new(SECRET)).unwrap();
        for op in contract.api.operations.iter().filter(|op| op.products.contains(product.name)) {
            let Some(paging) = &op.paging else { continue };
            // The mock knows pages by such members: other lists have no end there.
            let words = |name: &String| name.replace('_', "").to_lowercase();
            let stated = paging.stated_pages.iter().chain(&paging.totals).map(words);
            if !stated.into_iter().any(|name| name == "page" || name == "totalcount") {
                others += 1;
                continue;
            }
            let mut sampler = Sampler::new(&contract.api, 1);
            let mut arguments = arguments(&mut sampler, op, None, Style::Minimal);
            // Some state their numbers as text.
            let number = |name: &str, number: i64| {
                let param = op.query_params.iter().find(|param| param.wire == name).unwrap();
                match contract.api.resolve(&param.value).ty {
                    Ty::String => Value::String(number.to_string()),
                    _ => number.into(),
                }
            };
            arguments.query.insert(paging.sizes[0].clone(), number(&paging.sizes[0], 7));
            let mut expected: Vec<Vec<Value>> = Vec::new();
            for page in paging.first.unwrap_or(0).. {
                arguments.query.insert(paging.page.clone(), number(&paging.page, page));
                let answer = ask(&router, op, &arguments).await;
                let body: Value = serde_json::from_slice(&answer.body).unwrap();
                let items = paging.items.as_ref().map_or(&body, |name| &body[name]);
                let items = items.as_array().cloned().unwrap_or_default();
                if items.is_empty() {
                    break;
                }
                expected.push(items);
                assert!(expected.len() < 100, "{} {} has no end", product.name, op.id);
            }
            // Where nothing is said of items, they are all alike: a page is taken for one that was there.
            if expected.windows(2).any(|pages| pages[0] == pages[1]) {
                others += 1;
                continue;
            }
            arguments.query.remove(&paging.page);
            let all = client.call(&op.id, Args::whole(&arguments)).unwrap().await.unwrap();
            assert_eq!(all.body, Value::Array(expected.concat()), "{} {}", product.name, op.id);
            lists += 1;
        }
    }
    println!("{lists} lists, {others} others of which the mock makes no pages");
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
