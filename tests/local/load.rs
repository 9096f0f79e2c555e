//! Reads and writes at once, for as long as is asked.

use crate::server::{Server, client, organization};
use reqwest::{Client as Http, RequestBuilder};
use serde_json::json;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How long the load is held.
const SECONDS: &str = "MESHERY_TEST_SECONDS";
/// Callers who read for each one who writes.
const READERS: usize = 6;
const WRITERS: usize = 2;

/// `MESHERY_TEST_SECONDS=600 cargo test --test local -- --ignored load_is_held --nocapture`
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes as long as the environment says"]
async fn load_is_held() {
    let seconds = std::env::var(SECONDS).ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(600);
    let folder = tempfile::tempdir().unwrap();
    hold(&format!("sqlite:{}", folder.path().join("store.db").display()), seconds).await;
    if let Some(postgres) = crate::postgres::Postgres::start().await {
        hold(&postgres.url(), seconds).await;
    }
}

async fn hold(url: &str, seconds: u64) {
    let server = Server::start(url).await;
    let organization = organization(server.address).await;
    let end = Instant::now() + Duration::from_secs(seconds);
    let callers = |count: usize, writes: bool| {
        (0..count).map(|_| tokio::spawn(call(server.address, organization, writes, end))).collect::<Vec<_>>()
    };
    let (writers, readers) = (callers(WRITERS, true), callers(READERS, false));
    let name = url.split(':').next().unwrap_or_default();
    for (what, callers) in [("writes", writers), ("lists", readers)] {
        let (mut times, mut failures) = (Vec::new(), 0);
        for caller in callers {
            let (more, failed) = caller.await.unwrap();
            times.extend(more);
            failures += failed;
        }
        times.sort_unstable();
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        let rate = times.len() as u64 / seconds.max(1);
        println!(
            "{name}, {seconds} s: {} {what} ({rate}/s), p50 {:.1?}, p95 {:.1?}, p99 {:.1?}, longest {:.1?}, {failures} failed",
            times.len(),
            at(0.5),
            at(0.95),
            at(0.99),
            at(1.0)
        );
        assert_eq!(failures, 0);
    }
}

/// Calls until the end: how long each call took, and how many were not answered as they should be.
async fn call(address: SocketAddr, organization: Uuid, writes: bool, end: Instant) -> (Vec<Duration>, usize) {
    let http = client();
    let (mut times, mut failures) = (Vec::new(), 0);
    let mut made = None;
    while Instant::now() < end {
        let request = if writes {
            write(&http, address, organization, times.len(), made.take())
        } else {
            read(&http, address, organization, times.len())
        };
        let begun = Instant::now();
        let outcome = answer(request).await;
        times.push(begun.elapsed());
        match outcome {
            Ok(text) if writes => made = id_of(&text),
            Ok(_) => {}
            Err(fault) => {
                failures += 1;
                if failures == 1 {
                    println!("the first failure: {fault}");
                }
            }
        }
    }
    (times, failures)
}

/// A workspace is made; and every other time renamed, and every fourth removed.
fn write(
    http: &Http,
    address: SocketAddr,
    organization: Uuid,
    number: usize,
    made: Option<String>,
) -> RequestBuilder {
    let list = format!("http://{address}/api/workspaces");
    let request = match made {
        Some(id) if number % 4 == 2 => return http.delete(format!("{list}/{id}")),
        Some(id) if number % 2 == 1 => http.put(format!("{list}/{id}")),
        _ => http.post(list),
    };
    let body = json!({"name": format!("w{number}"), "organizationId": organization}).to_string();
    request.header("content-type", "application/json").body(body)
}

/// Lists by name and by time, near the beginning, and what is searched for.
fn read(http: &Http, address: SocketAddr, organization: Uuid, number: usize) -> RequestBuilder {
    let page = number % 3;
    let query = match number % 8 {
        0 => "search=w1".to_owned(),
        1..=3 => format!("order=created_at%20desc&page={page}"),
        _ => format!("order=name%20asc&page={page}"),
    };
    http.get(format!("http://{address}/api/workspaces?orgId={organization}&{query}"))
}

async fn answer(request: RequestBuilder) -> Result<String, String> {
    let response = request.send().await.map_err(|error| format!("{error:?}"))?;
    let status = response.status();
    let text = response.text().await.map_err(|error| format!("{error:?}"))?;
    if status.is_success() { Ok(text) } else { Err(format!("{status} {text}")) }
}

fn id_of(text: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    Some(value["id"].as_str()?.to_owned())
}
