//! By progenitor.

use bookshelf_progenitor::Client;

pub fn client(url: &str) -> Client {
    Client::new(url)
}

/// How many books there are on a page.
pub async fn count(client: &Client, items: i64) -> usize {
    let page = client.list_books().page(0).page_size(items).send().await.unwrap();
    std::hint::black_box(page.into_inner()).books.len()
}
