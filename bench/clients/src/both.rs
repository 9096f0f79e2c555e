//! A list of a document that progenitor takes, too.

use crate::measure::report;
use crate::server::{MANY, serve};
use tokio::runtime::Runtime;

#[path = "both_by_ours.rs"]
mod both_by_ours;
#[path = "both_by_progenitor.rs"]
mod both_by_progenitor;

pub fn run(runtime: &Runtime) {
    let url = serve(page);
    let (ours, progenitor) = (both_by_ours::client(&url), both_by_progenitor::client(&url));
    for (name, items, calls) in [("small", 1, 100), ("large", MANY, 4)] {
        report(
            "both",
            name,
            calls,
            || runtime.block_on(both_by_ours::count(&ours, items)),
            || runtime.block_on(both_by_progenitor::count(&progenitor, items)),
        );
    }
}

fn page(items: i64) -> String {
    let one = |n: i64| {
        format!(
            r#"{{"id":"00000000-0000-0000-0000-{n:012}","title":"volume {n}","blurb":"what somebody says of it who has not read it","publisherId":"00000000-0000-0000-0000-000000000007","author":"Someone","authorEmail":"someone@example.com","binding":"paperback","printedAt":"2026-03-01T10:20:30.5Z","soldAt":"2026-04-02T11:21:31Z","pages":233}}"#
        )
    };
    let all: Vec<_> = (0..items).map(one).collect();
    let all = all.join(",");
    format!(r#"{{"page":0,"pageSize":{items},"totalCount":{items},"books":[{all}]}}"#)
}
