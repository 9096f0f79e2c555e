//! Does the API reference open in a real browser, with nothing from elsewhere?
//!
//! Without a Chromium it says that it is skipped; `MESHERY_CHROMIUM` names one that is not on
//! the path.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what does not hold has to fail loudly"
)]

use meshery_evidence::upstream::skipped;
use meshery_server::{Document, Mock, PRODUCTS};
use std::collections::BTreeSet;
use std::process::{Command, Output};

#[test]
fn the_reference_of_every_product_is_shown_by_a_browser() {
    let Some(browser) = browser() else {
        skipped("no Chromium to open the API reference with; apt-get install chromium");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    for product in PRODUCTS {
        let listener = runtime.block_on(tokio::net::TcpListener::bind(("127.0.0.1", 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let router = Mock::new(1).into_router(&[product.name]);
        let server = runtime.spawn(async move { axum::serve(listener, router).await });
        let shown = open(&browser, &format!("http://{address}/docs"));
        server.abort();
        let page = String::from_utf8_lossy(&shown.stdout);
        let said = String::from_utf8_lossy(&shown.stderr);
        let document = Document::of(&[product.name]);
        assert!(page.contains(&format!("<title>{}</title>", product.title)), "{page}");
        let operations = document.value()["paths"]
            .as_object()
            .unwrap()
            .values()
            .flat_map(|item| item.as_object().unwrap().values());
        let tags: BTreeSet<&str> = operations.filter_map(|op| op["tags"][0].as_str()).collect();
        assert!(!tags.is_empty());
        for tag in tags {
            assert!(
                page.contains(&format!("data-tag=\"{tag}\"")),
                "no {tag} in the page; the browser said {said}"
            );
        }
        let refused: Vec<&str> =
            said.lines().filter(|line| line.contains("CONSOLE") && line.contains("Refused")).collect();
        assert!(refused.is_empty(), "{refused:?}");
    }
}

/// The page as it is once its scripts have run.
fn open(browser: &str, url: &str) -> Output {
    let profile = std::env::temp_dir().join(format!("meshery-docs-{}", std::process::id()));
    let shown = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        .args(["--no-first-run", "--disable-background-networking", "--enable-logging=stderr"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(["--virtual-time-budget=60000", "--dump-dom", url])
        .output()
        .unwrap();
    let _ = std::fs::remove_dir_all(profile);
    shown
}

fn browser() -> Option<String> {
    let named = std::env::var("MESHERY_CHROMIUM").ok();
    let known = ["chromium", "chromium-browser", "google-chrome"].map(str::to_owned);
    named
        .into_iter()
        .chain(known)
        .find(|name| Command::new(name).arg("--version").output().is_ok_and(|o| o.status.success()))
}
