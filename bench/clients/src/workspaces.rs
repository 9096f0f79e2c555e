//! A list of Meshery Server's, by our client and by that of openapi-to-rust.

use crate::measure::report;
use crate::server::{MANY, serve};
use tokio::runtime::Runtime;

#[path = "by_ours.rs"]
mod by_ours;
#[path = "by_rival.rs"]
mod by_rival;

pub fn run(runtime: &Runtime) {
    let url = serve(page);
    let (ours, rival) = (by_ours::client(&url), by_rival::client(&url));
    for (name, items, calls) in [("small", 1, 100), ("large", MANY, 4)] {
        report(
            "workspaces",
            name,
            calls,
            || runtime.block_on(by_ours::count(&ours, items)),
            || runtime.block_on(by_rival::count(&rival, items)),
        );
    }
}

fn page(items: i64) -> String {
    let one = |n: i64| {
        format!(
            r#"{{"id":"00000000-0000-0000-0000-{n:012}","name":"workspace {n}","description":"where the platform team keeps what it runs","organizationId":"00000000-0000-0000-0000-000000000007","owner":"someone","ownerEmail":"someone@example.com","createdAt":"2026-03-01T10:20:30.5Z","updatedAt":"2026-04-02T11:21:31Z","metadata":{{"stage":"test"}}}}"#
        )
    };
    let all: Vec<_> = (0..items).map(one).collect();
    let all = all.join(",");
    format!(r#"{{"page":0,"pageSize":{items},"totalCount":{items},"workspaces":[{all}]}}"#)
}
