//! By the generated client of Meshery Server.

use meshery_client::{Token, meshery::Client};

pub fn client(url: &str) -> Client {
    Client::builder(url).unwrap().credentials(Token::new("token")).build().unwrap()
}

/// How many workspaces there are on a page.
pub async fn count(client: &Client, items: i64) -> usize {
    let page = client.workspaces().get_workspaces().page(0).page_size(items).send().await.unwrap();
    std::hint::black_box(page.body).workspaces.map_or(0, |all| all.len())
}
