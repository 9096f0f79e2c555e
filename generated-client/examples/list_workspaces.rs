//! Lists the workspaces of an organization, however many pages they come in.
//!
//! ```sh
//! MESHERY_URL=http://localhost:9081 MESHERY_TOKEN=… cargo run -p meshery-client --example list_workspaces
//! ```

use meshery_client::meshery::Client;
use meshery_client::{Error, Token};

/// The names of all workspaces that a search finds.
pub async fn names(client: &Client, search: &str) -> Result<Vec<String>, Error> {
    let call = client.workspaces().get_workspaces().search(search).order("name asc");
    let mut workspaces = call.stream().page_size(100).prefetch();
    let mut names = Vec::new();
    while let Some(workspace) = workspaces.next().await {
        names.push(workspace?.name.unwrap_or_default());
    }
    Ok(names)
}

/// Asks the server that the environment names.
#[tokio::main]
pub async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("MESHERY_URL").unwrap_or_else(|_| "http://localhost:9081".to_owned());
    let token = Token::new(std::env::var("MESHERY_TOKEN")?).provider("Meshery");
    let client = Client::builder(&url)?.credentials(token).build()?;
    let search = std::env::args().nth(1).unwrap_or_default();
    for name in names(&client, &search).await? {
        println!("{name}");
    }
    Ok(())
}
