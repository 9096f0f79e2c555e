//! Imports a design from a file: a Kubernetes manifest, a Helm chart, a Compose file, a design.
//!
//! ```sh
//! MESHERY_TOKEN=… cargo run -p meshery-client --example import_design -- deployment.yaml
//! ```

use meshery_client::Token;
use meshery_client::meshery::Client;
use meshery_types::v1beta3::design::MesheryPatternImportFilePayload;
use std::path::Path;

/// Imports a file under its own name; the names of the designs that came of it.
pub async fn import(client: &Client, file: &Path) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let file_name = file.file_name().unwrap_or_default().to_string_lossy();
    let design = MesheryPatternImportFilePayload::builder()
        .name(file.file_stem().unwrap_or_default().to_string_lossy())
        .file(tokio::fs::read(file).await?.into())
        .file_name(file_name)
        .build();
    let imported = client.designs().import_design(&design.into()).send().await?.into_body();
    Ok(imported.into_iter().filter_map(|design| design.name).collect())
}

/// Imports the file that the argument names.
#[tokio::main]
pub async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("give a file")?;
    let url = std::env::var("MESHERY_URL").unwrap_or_else(|_| "http://localhost:9081".to_owned());
    let token = Token::new(std::env::var("MESHERY_TOKEN")?).provider("Meshery");
    let client = Client::builder(&url)?.credentials(token).build()?;
    for name in import(&client, Path::new(&file)).await? {
        println!("{name}");
    }
    Ok(())
}
