//! Creates an environment in an organization, and tells apart what can go wrong.
//!
//! ```sh
//! MESHERY_TOKEN=… cargo run -p meshery-client --example create_environment -- NAME ORGANIZATION_ID
//! ```

use meshery_client::meshery::Client;
use meshery_client::{Error, Token};
use meshery_types::v1beta3::environment::{Environment, EnvironmentPayload};
use meshery_types::wire::Uuid;

/// Creates it. Without a name or an organization this does not compile.
pub async fn create(client: &Client, name: &str, organization: Uuid) -> Result<Environment, Error> {
    let environment = EnvironmentPayload::builder()
        .name(name)
        .organization_id(organization)
        .description("made by an example")
        .build();
    Ok(client.environments().create_environment(&environment).send().await?.into_body())
}

/// What to tell somebody whose environment could not be created.
pub fn advice(error: &Error) -> String {
    if error.is_unauthenticated() {
        return "log in first".to_owned();
    }
    match error.meshery() {
        Some(told) => format!("{error}; {}", told.suggested_remediation.join(", ")),
        None => error.to_string(),
    }
}

/// Creates the environment that the arguments name.
#[tokio::main]
pub async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(name), Some(organization)) = (arguments.next(), arguments.next()) else {
        return Err("give a name and the id of an organization".into());
    };
    let url = std::env::var("MESHERY_URL").unwrap_or_else(|_| "http://localhost:9081".to_owned());
    let token = Token::new(std::env::var("MESHERY_TOKEN")?).provider("Meshery");
    let client = Client::builder(&url)?.credentials(token).build()?;
    match create(&client, &name, organization.parse()?).await {
        Ok(environment) => println!("{}", environment.id),
        Err(error) => eprintln!("{}", advice(&error)),
    }
    Ok(())
}
