//! By what openapi-to-rust generates of the same document.

#[allow(warnings)]
#[path = "rival/mod.rs"]
mod rival;

use rival::client::HttpClient;

pub fn client(url: &str) -> HttpClient {
    HttpClient::new().with_base_url(url).with_api_key("token")
}

/// How many workspaces there are on a page.
pub async fn count(client: &HttpClient, items: i64) -> usize {
    let page = client.get_workspaces_builder().page(0).page_size(items).send().await.unwrap();
    std::hint::black_box(page).workspaces.map_or(0, |all| all.len())
}
