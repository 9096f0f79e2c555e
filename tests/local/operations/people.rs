//! Organizations, and who is in them: users, teams, and the views that teams share.

use super::Client;
use meshery_types::v1beta2::key::KeyPage;
use meshery_types::v1beta2::organization::{OrgMetadata, Organization, OrganizationsPage};
use meshery_types::v1beta2::user::{User, UserEmailAddress, UsersPageForAdmin};
use meshery_types::v1beta3::user::{PublicUsersPage, SearchableUsersPage};
use meshery_types::v1beta3::workspace::{WorkspacesTeamsMappingPage, WorkspacesViewsMappingPage};
use serde_json::json;
use uuid::Uuid;

pub(super) async fn organizations(it: &Client) -> Uuid {
    let page: OrganizationsPage = it.ask("GET", "/api/identity/orgs", None, 200).await;
    let home = page.organizations.unwrap()[0].id.unwrap();
    let body = json!({"name": "Second", "country": "CH", "domain": "second.example.org"});
    let made: OrganizationsPage = it.ask("POST", "/api/identity/orgs", Some(body), 201).await;
    let second = made.organizations.unwrap()[0].id.unwrap();
    it.tell("POST", "/api/identity/orgs", Some(json!({"name": " "})), 400).await;
    let found: Organization =
        it.ask("GET", "/api/identity/orgs/by-domain?domain=second.example.org", None, 200).await;
    assert_eq!((found.id, &*found.country), (second, "CH"));
    it.tell("GET", "/api/identity/orgs/by-domain?domain=nowhere.example.org", None, 404).await;
    let path = format!("/api/identity/orgs/{second}");
    let changed: OrganizationsPage = it.ask("PUT", &path, Some(json!({"region": "Uri"})), 200).await;
    assert_eq!(changed.organizations.unwrap()[0].name.as_deref(), Some("Second"), "what is not said stays");
    let _: OrganizationsPage = it.ask("GET", &path, None, 200).await;
    let _: OrgMetadata = it.ask("GET", &format!("{path}/preferences"), None, 200).await;
    let page: OrganizationsPage =
        it.ask("GET", "/api/identity/orgs?search=SECOND&order=name%20desc", None, 200).await;
    assert_eq!(page.total_count, Some(1));
    users(it, home).await;
    it.tell("DELETE", &path, None, 204).await;
    it.tell("GET", &path, None, 404).await;
    home
}

async fn users(it: &Client, home: Uuid) {
    let me: User = it.ask("GET", "/api/identity/users/profile", None, 200).await;
    let _: User = it.ask("GET", &format!("/api/identity/users/profile/{}", me.id), None, 200).await;
    it.tell("GET", &format!("/api/identity/users/profile/{}", Uuid::now_v7()), None, 404).await;
    let emails: Vec<UserEmailAddress> =
        it.ask("GET", &format!("/api/identity/users/{}/emails", me.id), None, 200).await;
    assert_eq!(emails[0].email, "meshery@meshery.local");
    let members: UsersPageForAdmin =
        it.ask("GET", &format!("/api/identity/orgs/{home}/users"), None, 200).await;
    assert_eq!(members.total_count, Some(1));
    let keys = format!("/api/identity/orgs/{home}/users/keys");
    let known = meshery_server::PERMISSION_KEYS.iter().filter(|key| key.local).count() as i64;
    let all: KeyPage = it.ask("GET", &keys, None, 200).await;
    assert_eq!((all.total_count, all.keys.len() as i64), (known, known));
    let some: KeyPage = it.ask("GET", &format!("{keys}?page=1&pageSize=7"), None, 200).await;
    assert_eq!(some.keys.len() as i64, (known - 7).clamp(0, 7));
    let found: SearchableUsersPage = it.ask("GET", "/api/identity/users/search?search=mesh", None, 200).await;
    assert_eq!(found.data.len(), 1);
    let _: PublicUsersPage = it.ask("GET", "/api/users", None, 200).await;
    let member = format!("/api/identity/orgs/{home}/users/{}", me.id);
    it.tell("POST", &member, None, 201).await;
    it.tell("DELETE", &member, None, 403).await;
    let guest = Uuid::now_v7();
    it.put("user", guest, json!({"firstName": "Guest"})).await;
    let member = format!("/api/identity/orgs/{home}/users/{guest}");
    it.tell("POST", &member, None, 201).await;
    it.tell("DELETE", &member, None, 204).await;
    it.tell("DELETE", &member, None, 404).await;
}

/// Nothing in Meshery Server's contract makes a team or a view: the test puts them into the store.
pub(super) async fn teams_and_views(it: &Client, organization: Uuid, workspace: Uuid) {
    let (team, view) = (Uuid::now_v7(), Uuid::now_v7());
    it.put("team", team, json!({"name": "t"})).await;
    it.put("view", view, json!({"name": "v", "filters": {}, "visibility": "private"})).await;
    let list = format!("/api/workspaces/{workspace}");
    let _: WorkspacesTeamsMappingPage = it.ask("POST", &format!("{list}/teams/{team}"), None, 200).await;
    let page: meshery_types::v1beta1::team::TeamPage =
        it.ask("GET", &format!("{list}/teams"), None, 200).await;
    assert_eq!(page.teams.unwrap()[0].id, team);
    it.tell("DELETE", &format!("{list}/teams/{team}"), None, 204).await;
    let _: WorkspacesViewsMappingPage = it.ask("POST", &format!("{list}/views/{view}"), None, 200).await;
    let page: meshery_types::v1beta1::view::MesheryViewPage =
        it.ask("GET", &format!("{list}/views"), None, 200).await;
    assert_eq!(page.views.unwrap()[0].organization_id, organization);
    it.tell("DELETE", &format!("{list}/views/{view}"), None, 204).await;
    let member = format!("/api/identity/orgs/{organization}/teams/{team}");
    it.tell("POST", &member, None, 201).await;
    it.tell("POST", &format!("{member}/remove"), None, 200).await;
    it.tell("POST", &format!("{member}/remove"), None, 404).await;
    it.tell("POST", &member, None, 201).await;
    it.tell("POST", &member, Some(json!({"action": "delete"})), 201).await;
    it.tell("POST", &member, None, 404).await;
}
