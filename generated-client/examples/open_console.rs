//! Runs a command in the terminal of something in a cluster, and shows what it prints.
//!
//! ```sh
//! MESHERY_TOKEN=… cargo run -p meshery-client --example open_console -- CONNECTION_ID pods my-pod 'ls /'
//! ```

use meshery_client::meshery::Client;
use meshery_client::{Console, ConsoleEvent, Error, Token};
use meshery_types::wire::Uuid;

/// What the command printed, and its exit code if the console told one.
pub async fn run(
    client: &Client,
    connection: Uuid,
    (resource, name): (&str, &str),
    command: &str,
) -> Result<(String, Option<i32>), Error> {
    let opened = client.console().open_terminal_console(connection, resource, name).send().await?;
    let mut console = Console::new(opened.into_body());
    console.resize(120, 40).await?;
    console.write(format!("{command}\n")).await?;
    console.eof().await?;
    let (mut printed, mut code) = (Vec::new(), None);
    while let Some(event) = console.next().await {
        match event? {
            ConsoleEvent::Output(bytes) => printed.extend_from_slice(&bytes),
            ConsoleEvent::Exit { code: told, .. } => code = told,
            ConsoleEvent::Error { message, .. } => printed.extend_from_slice(message.as_bytes()),
            ConsoleEvent::Eof | ConsoleEvent::Closed { .. } => break,
            _ => {}
        }
    }
    Ok((String::from_utf8_lossy(&printed).into_owned(), code))
}

/// Runs the command that the arguments name.
#[tokio::main]
pub async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [connection, resource, name, command] = &arguments[..] else {
        return Err("give a connection, a resource, a name and a command".into());
    };
    let url = std::env::var("MESHERY_URL").unwrap_or_else(|_| "http://localhost:9081".to_owned());
    let token = Token::new(std::env::var("MESHERY_TOKEN")?).provider("Meshery");
    let client = Client::builder(&url)?.credentials(token).build()?;
    let (printed, code) = run(&client, connection.parse()?, (resource, name), command).await?;
    print!("{printed}");
    std::process::exit(code.unwrap_or(0));
}
