//! The same two operations on four servers, called by the same client in turns.
//!
//! `cargo xtask bench` builds and runs it. It prints a line for each figure: the scenario, the server,
//! requests per second (the median of the rounds), and the median over the rounds of the ratio to
//! what is written by hand on axum, which ran in the same round.
//!
//! usage: bench-servers SCHEMA.json [ROUNDS [MILLISECONDS]]

mod by_hand;
mod decode;
mod dropshot_server;
mod load;
mod ours;
#[cfg(feature = "rival")]
mod rival;
#[cfg(feature = "rival")]
mod rival_server;
mod sample;

use axum::body::Body;
use http::{Request, Response};
use load::Target;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;
use tower::Service;
use tower::make::Shared;

/// A server to measure.
struct Server {
    name: &'static str,
    address: SocketAddr,
}

/// What is sent again and again.
struct Scenario {
    name: &'static str,
    request: Vec<u8>,
    /// The statuses that it is answered with.
    statuses: &'static [u16],
    /// The servers that know such a request.
    servers: &'static [&'static str],
}

const ALL: &[&str] = &["by hand", "ours", "router", "dropshot", "rival"];

fn scenarios() -> Vec<Scenario> {
    let scenario = |name, request, statuses, servers| Scenario { name, request, statuses, servers };
    vec![
        scenario("get", sample::get(), &[200], ALL),
        scenario("put", sample::put(&sample::valid()), &[200], ALL),
        scenario("malformed", sample::put(sample::MALFORMED), &[400], ALL),
        scenario("five", sample::put(&sample::five_violations()), &[400, 422], &["ours", "rival"]),
        scenario("oversized", sample::oversized(), &[413], &["ours"]),
    ]
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let schema = arguments.first().map(|file| std::fs::read_to_string(file).expect("the schema is read"));
    let number = |index: usize, otherwise: u64| {
        arguments.get(index).map_or(otherwise, |text| text.parse().expect("a number"))
    };
    let (rounds, time) = (number(1, 41), Duration::from_millis(number(2, 100)));
    if let Some(schema) = schema {
        decode::run(&schema, rounds);
    }
    let servers = servers().await;
    tokio::task::spawn_blocking(move || measure(&servers, rounds, time)).await.expect("it ends");
}

async fn servers() -> Vec<Server> {
    vec![
        Server { name: "by hand", address: served(by_hand::router()).await },
        Server { name: "ours", address: served(ours::service()).await },
        Server { name: "router", address: served(ours::router()).await },
        Server { name: "dropshot", address: dropshot_server::start() },
        #[cfg(feature = "rival")]
        Server { name: "rival", address: served(rival_server::router()).await },
    ]
}

async fn served<S>(service: S) -> SocketAddr
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, Shared::new(service)).await });
    address
}

fn measure(servers: &[Server], rounds: u64, time: Duration) {
    for scenario in scenarios() {
        let taking: Vec<_> = servers.iter().filter(|s| scenario.servers.contains(&s.name)).collect();
        let mut rates = vec![Vec::new(); taking.len()];
        for round in 0..=rounds {
            let mut turns: Vec<_> = taking.iter().zip(&mut rates).collect();
            // None is always the first, or always behind the same one.
            if round % 2 == 0 {
                turns.reverse();
            }
            for (server, rates) in turns {
                let target = Target { address: server.address, request: &scenario.request, statuses: scenario.statuses };
                let rate = load::rate(target, time);
                // The first round warms up.
                if round > 0 {
                    rates.push(rate);
                }
            }
        }
        let base = rates[0].clone();
        for (server, rates) in taking.iter().zip(&rates) {
            let ratios = rates.iter().zip(&base).map(|(rate, base)| rate / base).collect();
            println!("{}\t{}\t{:.0}\t{:.3}", scenario.name, server.name, median(rates.clone()), median(ratios));
        }
    }
}

/// The middle of some figures.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
