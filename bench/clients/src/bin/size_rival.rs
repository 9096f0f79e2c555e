//! A program that makes one call: how large is it?

#[path = "../by_rival.rs"]
mod by_rival;

fn main() {
    let url = std::env::args().nth(1).expect("give a base URL");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("there is no runtime");
    println!("{}", runtime.block_on(by_rival::count(&by_rival::client(&url), 1)));
}
