//! `cargo xtask load`: a server under load for long, to see what grows and what breaks.
//!
//! `mesheryd mock` answers valid and invalid requests on as many connections as it can keep busy, while
//! connections that are hardly used and slow callers are there, too. It fails if there is a status
//! above 499, if memory grows, if one of the connections is not there until the end, or if a slow caller
//! is not cut off.

mod callers;
mod figures;
mod requests;

use crate::conformance::{Mock, built};
use crate::outcome::{Failure, Outcome};
use crate::talk::Talk;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use figures::Figures;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often memory is looked at.
const LOOK: Duration = Duration::from_secs(5);
/// How much more memory than after the first quarter of the time is still flat: allocators and
/// caches are not exact.
const FLAT: f64 = 1.10;
/// How long a slow caller may take to be cut off: the limit of 30 s, and some patience with the
/// machine.
const CUT_OFF: Duration = Duration::from_secs(60);

/// Options of `load`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// How long.
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    minutes: f64,
    /// Connections that call one request after the other.
    #[arg(long, value_name = "N", default_value_t = 32)]
    busy: usize,
    /// Connections that are used every 20 s only, and have to be there until the end.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    idle: usize,
    /// The product whose mock is called.
    #[arg(long, value_name = "NAME", default_value = "both")]
    product: String,
    /// Build the server without optimisation.
    #[arg(long)]
    debug: bool,
}

/// Runs it, and prints the figures on stdout.
pub(crate) fn run(args: &Args, workspace: &Workspace, talk: &Talk) -> Outcome {
    talk.say("building mesheryd");
    let mesheryd = built(workspace, !args.debug)?;
    let mock = Mock::start(&mesheryd, &args.product, 1)?;
    let document = crate::conformance::document(&mesheryd, &args.product)?;
    let requests = Arc::new(requests::of(&document));
    let address: SocketAddr = mock.url().trim_start_matches("http://").parse().context("no address")?;
    talk.say(&format!("{} kinds of requests to {address} for {} min", requests.len(), args.minutes));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let figures = runtime.context("no runtime")?.block_on(load(args, &mock, address, requests))?;
    anstream::print!("{figures}");
    let wrong = figures.wrong(FLAT);
    if wrong.is_empty() { Ok(()) } else { Err(Failure::Differs(wrong.join("; "))) }
}

async fn load(args: &Args, mock: &Mock, address: SocketAddr, requests: Arc<Vec<Vec<u8>>>) -> Result<Figures> {
    let figures = Arc::new(Mutex::new(Figures::default()));
    let slow = [tokio::spawn(callers::slow_head(address)), tokio::spawn(callers::slow_body(address))];
    let idle = callers::connected(address, args.idle).await;
    let until = Instant::now() + Duration::from_secs_f64(args.minutes * 60.0);
    let idle = callers::idle(idle, until);
    let callers: Vec<_> = (0..args.busy)
        .map(|i| tokio::spawn(callers::busy(address, Arc::clone(&requests), i, until, Arc::clone(&figures))))
        .collect();
    while Instant::now() < until {
        tokio::time::sleep(LOOK.min(until.saturating_duration_since(Instant::now()))).await;
        let memory = mock.memory();
        figures.lock().unwrap_or_else(PoisonError::into_inner).memory.extend(memory);
    }
    for caller in callers {
        caller.await.context("a caller broke off")?;
    }
    let held = idle.join_all().await.into_iter().filter(|alive| *alive).count();
    let mut figures = figures.lock().unwrap_or_else(PoisonError::into_inner).clone();
    for slow in slow {
        let cut = tokio::time::timeout(CUT_OFF, slow).await.ok().and_then(Result::ok).flatten();
        figures.cut_off.push(cut);
    }
    figures.idle = (held, args.idle);
    figures.seconds = args.minutes * 60.0;
    Ok(figures)
}
