//! Follows the status of the controllers of some connections, as the server tells of changes.
//!
//! ```sh
//! MESHERY_TOKEN=… cargo run -p meshery-client --example follow_controller_status -- CONNECTION_ID...
//! ```

use meshery_client::meshery::Client;
use meshery_client::{Error, Token};
use meshery_types::wire::Uuid;

/// Hands every status to `show`, until it has seen enough or the server ends the stream.
pub async fn follow(
    client: &Client,
    connections: &[Uuid],
    mut show: impl FnMut(&str) -> bool,
) -> Result<(), Error> {
    let call = client.system().subscribe_controllers_status().connection_ids(connections.iter().copied());
    let mut events = call.send().await?.into_body();
    while let Some(status) = events.next().await {
        if !show(&status?) {
            break;
        }
    }
    Ok(())
}

/// Follows the connections that the arguments name.
#[tokio::main]
pub async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connections: Result<Vec<Uuid>, _> = std::env::args().skip(1).map(|id| id.parse()).collect();
    let url = std::env::var("MESHERY_URL").unwrap_or_else(|_| "http://localhost:9081".to_owned());
    let token = Token::new(std::env::var("MESHERY_TOKEN")?).provider("Meshery");
    let client = Client::builder(&url)?.credentials(token).build()?;
    let show = |status: &str| {
        println!("{status}");
        true
    };
    Ok(follow(&client, &connections?, show).await?)
}
