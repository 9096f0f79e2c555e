//! By our generator.

use bookshelf_client::bookshelf::Client;

pub fn client(url: &str) -> Client {
    Client::builder(url).unwrap().build().unwrap()
}

/// How many books there are on a page.
pub async fn count(client: &Client, items: i64) -> usize {
    let page = client.books().list_books().page(0).page_size(items).send().await.unwrap();
    std::hint::black_box(page.body).books.map_or(0, |all| all.len())
}
