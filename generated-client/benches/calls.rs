//! What a call costs, beside the same written by hand on reqwest and serde_json: time over loopback,
//! and allocations.
//!
//! Both run in turns, in batches, on one thread; what is told is the median of the ratios of batches
//! that ran one after the other. The server is on the same processor: on another one, most of the time of a
//! small call is that of waking up, which differs from run to run. What that comes to has a line of its own. `cargo xtask bench` reads the lines that begin with `calls`:
//! name, nanoseconds and allocations of ours and of the peer, ratio of time, ratio of the thread's
//! own time.
#![allow(clippy::unwrap_used, reason = "what fails is to be seen")]

use meshery_client::{Token, meshery};
use serde::Deserialize;
use std::fmt::Write as _;
use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};
use uuid::Uuid;

const TOKEN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6InB1YmxpYzowIn0.eyJzdWIiOiJiZW5jaCJ9.c2lnbmF0dXJl";
const PAIRS: usize = 120;

/// A page, as one writes it by hand.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "it is decoded, as a caller would need it")]
struct Page {
    page: Option<i64>,
    page_size: Option<i64>,
    total_count: Option<i64>,
    workspaces: Option<Vec<Workspace>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "it is decoded, as a caller would need it")]
struct Workspace {
    created_at: Option<jiff::Timestamp>,
    deleted_at: Option<jiff::Timestamp>,
    description: Option<String>,
    id: Option<Uuid>,
    metadata: Option<serde_json::Map<String, serde_json::Value>>,
    name: Option<String>,
    org_name: Option<String>,
    organization_id: Option<Uuid>,
    owner: Option<String>,
    owner_avatar: Option<String>,
    owner_email: Option<String>,
    owner_id: Option<Uuid>,
    updated_at: Option<jiff::Timestamp>,
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let processors = processors();
    stay_on(processors[0]);
    let answers = [page(1), page(2900)];
    let beside = serve(answers.clone(), processors[0]);
    let apart = serve(answers, processors[processors.len() - 1]);
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let scenarios = [
        ("a small GET", &beside, 1, 100),
        ("a small GET to another processor", &apart, 1, 100),
        ("a page of 1 MB", &beside, 2900, 4),
    ];
    for (name, url, size, calls) in scenarios {
        let ours = meshery::Client::builder(url).unwrap();
        let ours = ours.credentials(Token::new(TOKEN).provider("Meshery")).build().unwrap();
        let ours = || runtime.block_on(by_client(&ours, size));
        let peer = || runtime.block_on(by_hand(&http, url, size));
        assert_eq!((ours(), peer()), (size as usize, size as usize));
        report(name, calls, ours, peer);
    }
}

async fn by_client(client: &meshery::Client, size: i64) -> usize {
    let page = client.workspaces().get_workspaces().page(0).page_size(size).send().await.unwrap();
    black_box(page.body).workspaces.map_or(0, |all| all.len())
}

/// The same request, with the same headers, the same limit of time, and the same checks.
async fn by_hand(http: &reqwest::Client, url: &str, size: i64) -> usize {
    let response = http
        .get(format!("{url}/api/workspaces?page=0&pageSize={size}"))
        .header("accept", "application/json, text/plain;q=0.5, */*;q=0.1")
        .header("user-agent", "by-hand/1.0")
        .header("cookie", format!("meshery-provider=Meshery; token={TOKEN}"))
        .bearer_auth(TOKEN)
        .timeout(Duration::from_secs(30))
        .send()
        .await
        .unwrap()
        .error_for_status()
        .unwrap();
    let body = response.bytes().await.unwrap();
    let page: Page = serde_json::from_slice(&body).unwrap();
    black_box(page).workspaces.map_or(0, |all| all.len())
}

/// Time and own time of a call, ours and the peer's.
type Pair = ((f64, f64), (f64, f64));

fn report(name: &str, calls: u32, ours: impl Fn() -> usize, peer: impl Fn() -> usize) {
    let batch = |call: &dyn Fn() -> usize| {
        let (started, own) = (Instant::now(), on_cpu());
        (0..calls).for_each(|_| assert!(call() > 0));
        (started.elapsed().as_nanos() as f64 / f64::from(calls), (on_cpu() - own) / f64::from(calls))
    };
    for _ in 0..3 {
        batch(&ours);
        batch(&peer);
    }
    let mut pairs = Vec::new();
    for turn in 0..PAIRS {
        // Neither is always the first.
        pairs.push(if turn % 2 == 0 {
            let first = batch(&ours);
            (first, batch(&peer))
        } else {
            let first = batch(&peer);
            (batch(&ours), first)
        });
    }
    let of = |value: fn(&Pair) -> f64| median(pairs.iter().map(value).collect());
    let count = |call: &dyn Fn() -> usize| allocation_counter::measure(|| assert!(call() > 0)).count_total;
    println!(
        "calls\t{name}\t{:.0}\t{}\t{:.0}\t{}\t{:.3}\t{:.3}",
        of(|(ours, _)| ours.0),
        count(&ours),
        of(|(_, peer)| peer.0),
        count(&peer),
        of(|(ours, peer)| ours.0 / peer.0),
        of(|(ours, peer)| ours.1 / peer.1),
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// How long this thread has run, in nanoseconds, where the system says it.
fn on_cpu() -> f64 {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    said.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok()).unwrap_or(0.0)
}

fn page(size: usize) -> Vec<u8> {
    let mut items = String::new();
    for n in 0..size {
        let comma = if n == 0 { "" } else { "," };
        let _ = write!(
            items,
            r#"{comma}{{"id":"{}","name":"workspace {n}","description":"where the platform team keeps what it runs","organizationId":"{}","owner":"someone","ownerEmail":"someone@example.com","createdAt":"2026-03-01T10:20:30.5Z","updatedAt":"2026-04-02T11:21:31Z","metadata":{{"stage":"test"}}}}"#,
            Uuid::from_u128(n as u128),
            Uuid::from_u128(7),
        );
    }
    let body = format!(r#"{{"page":0,"pageSize":{size},"totalCount":{size},"workspaces":[{items}]}}"#);
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body.as_bytes()].concat()
}

/// The processors that may be used.
#[cfg(target_os = "linux")]
fn processors() -> Vec<usize> {
    let allowed = rustix::thread::sched_getaffinity(None).unwrap();
    (0..rustix::thread::CpuSet::MAX_CPU).filter(|number| allowed.is_set(*number)).collect()
}

/// Keeps this thread, and those that it starts, on one processor.
#[cfg(target_os = "linux")]
fn stay_on(processor: usize) {
    let mut only = rustix::thread::CpuSet::new();
    only.set(processor);
    rustix::thread::sched_setaffinity(None, &only).unwrap();
}

/// Nobody knows.
#[cfg(not(target_os = "linux"))]
fn processors() -> Vec<usize> {
    vec![0]
}

/// The system decides.
#[cfg(not(target_os = "linux"))]
fn stay_on(_: usize) {}

/// A server on threads of its own: the first answer, or the second where that many are asked for.
fn serve(answers: [Vec<u8>; 2], processor: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        stay_on(processor);
        for stream in listener.incoming() {
            let (stream, answers) = (stream.unwrap(), answers.clone());
            std::thread::spawn(move || answer(stream, &answers));
        }
    });
    url
}

fn answer(mut stream: TcpStream, answers: &[Vec<u8>]) {
    stream.set_nodelay(true).unwrap();
    let mut read = [0; 4096];
    let mut length = 0;
    loop {
        match stream.read(&mut read[length..]) {
            Ok(0) | Err(_) => return,
            Ok(more) => length += more,
        }
        if read[..length].ends_with(b"\r\n\r\n") {
            let large = read[..length].windows(13).any(|part| part == b"pageSize=2900");
            if stream.write_all(&answers[usize::from(large)]).is_err() {
                return;
            }
            length = 0;
        }
    }
}
