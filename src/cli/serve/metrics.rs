//! Requests by operation and status, and how long they took, in the text format of Prometheus.

use meshery_server::{Answered, Observe, OperationInfo};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The upper bounds of the buckets, in seconds.
const BOUNDS: [f64; 9] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0];

/// Counters of a server. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Metrics(Arc<Inner>);

#[derive(Default)]
struct Inner {
    under_way: AtomicI64,
    operations: Mutex<BTreeMap<&'static str, Seen>>,
}

#[derive(Default)]
struct Seen {
    /// By status; 0 where the caller went away.
    statuses: BTreeMap<u16, u64>,
    buckets: [u64; BOUNDS.len()],
    seconds: f64,
    times: u64,
}

impl Observe for Metrics {
    fn begun(&self, _: &'static OperationInfo) {
        self.0.under_way.fetch_add(1, Ordering::Relaxed);
    }

    fn answered(&self, answered: &Answered) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
        let seconds = answered.time.as_secs_f64();
        let mut operations = self.0.operations.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = operations.entry(answered.operation.id).or_default();
        *seen.statuses.entry(answered.status.map_or(0, |status| status.as_u16())).or_default() += 1;
        for (bound, count) in BOUNDS.iter().zip(&mut seen.buckets) {
            if seconds <= *bound {
                *count += 1;
            }
        }
        (seen.seconds, seen.times) = (seen.seconds + seconds, seen.times + 1);
    }
}

impl Metrics {
    pub(super) fn to_prometheus(&self) -> String {
        let mut text = String::new();
        let (name, of) = ("meshery_contract_info", crate::contract::RELEASE);
        head(&mut text, name, "gauge", "The contract that is served.");
        let (version, digest) = (env!("CARGO_PKG_VERSION"), crate::contract::DIGEST);
        line(
            &mut text,
            format_args!("{name}{{release=\"{of}\",sha256=\"{digest}\",version=\"{version}\"}} 1"),
        );
        let operations = self.0.operations.lock().unwrap_or_else(PoisonError::into_inner);
        head(&mut text, "meshery_requests_total", "counter", "Requests by operation and status.");
        for (id, seen) in &*operations {
            for (status, count) in &seen.statuses {
                let status = if *status == 0 { "gone".to_owned() } else { status.to_string() };
                line(
                    &mut text,
                    format_args!("meshery_requests_total{{operation=\"{id}\",status=\"{status}\"}} {count}"),
                );
            }
        }
        let name = "meshery_request_duration_seconds";
        head(&mut text, name, "histogram", "Time until the head of the response.");
        for (id, seen) in &*operations {
            for (bound, count) in BOUNDS.iter().zip(&seen.buckets) {
                line(&mut text, format_args!("{name}_bucket{{operation=\"{id}\",le=\"{bound}\"}} {count}"));
            }
            line(&mut text, format_args!("{name}_bucket{{operation=\"{id}\",le=\"+Inf\"}} {}", seen.times));
            line(&mut text, format_args!("{name}_sum{{operation=\"{id}\"}} {}", seen.seconds));
            line(&mut text, format_args!("{name}_count{{operation=\"{id}\"}} {}", seen.times));
        }
        let name = "meshery_requests_in_progress";
        head(&mut text, name, "gauge", "Requests that are not answered yet.");
        line(&mut text, format_args!("{name} {}", self.0.under_way.load(Ordering::Relaxed)));
        text
    }
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    line(text, format_args!("# HELP {name} {help}\n# TYPE {name} {kind}"));
}

fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{content}");
}
