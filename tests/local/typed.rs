//! The generated client against the local provider: workspaces and environments from end to end.

use crate::harness::{local, serve, sqlite};
use meshery_client::meshery::Client;
use meshery_client::ops::organizations::GetOrgsOutcome;
use meshery_runtime::provider::local::Local;
use meshery_types::v1beta3::environment::EnvironmentPayload;
use meshery_types::v1beta3::workspace::WorkspacePayload;

#[tokio::test]
async fn a_client_makes_and_assigns_what_a_workspace_needs() {
    let (_folder, store) = sqlite().await;
    let address = serve(local(store).router()).await;
    let client = Client::builder(&format!("http://{address}")).unwrap().build().unwrap();
    let orgs = client.organizations().get_orgs().send().await.unwrap().into_body();
    let GetOrgsOutcome::Ok(orgs) = orgs else { panic!("there is an organization from the start") };
    let organization = orgs.organizations.unwrap()[0].id.unwrap();
    let payload = WorkspacePayload::new("mine", organization);
    let workspace = client.workspaces().create_workspace(&payload).send().await.unwrap().into_body();
    let payload = EnvironmentPayload::new("prod", organization);
    let environment = client.environments().create_environment(&payload).send().await.unwrap().into_body();
    let assigned = client.workspaces().assign_environment_to_workspace(workspace.id, environment.id);
    assert_eq!(assigned.send().await.unwrap().into_body().total_count, Some(1));
    let listed =
        client.workspaces().get_environments_of_workspace(workspace.id).search("PRO").send().await.unwrap();
    assert_eq!(listed.into_body().environments.unwrap()[0].id, environment.id);
    client.workspaces().delete_workspace(workspace.id).send().await.unwrap();
    let gone = client.workspaces().get_workspace_by_id(workspace.id).send().await.unwrap_err();
    assert!(gone.is_not_found(), "{gone}");
}

#[tokio::test]
async fn a_provider_opens_where_it_is_told_and_keeps_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deep/store.db");
    let url = format!("sqlite:{}", file.display());
    let provider = Local::open(Some(&url)).await.unwrap();
    assert!(provider.ready().await && file.exists());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let key = std::fs::read_to_string(folder.path().join("deep/store.key")).unwrap();
    Local::open(Some(&url)).await.unwrap();
    assert_eq!(key, std::fs::read_to_string(folder.path().join("deep/store.key")).unwrap());
    let other = "HxwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgEAAAA=";
    std::fs::write(folder.path().join("deep/store.key"), other).unwrap();
    let refused = Local::open(Some(&url)).await.unwrap_err().to_string();
    assert!(refused.contains("sealed with another key") && refused.contains("store.key"), "{refused}");
    assert!(!refused.contains(other));
    for wrong in ["mysql://localhost/x", "store.db"] {
        assert!(Local::open(Some(wrong)).await.is_err(), "{wrong}");
    }
}
