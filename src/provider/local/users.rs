//! Users: the caller, and those who share an organization with them.

use super::kind::{KEY, ORGANIZATION, TEAM, USER};
use super::listing::{Ask, Layout, Spelling, organizations_of, page_of_values};
use super::objects::{MEMBERS, failed, missing, read};
use super::{Caller, Local};
use crate::store::{End, Linked, Record, Scope};
use meshery_server::meshery::users::*;
use meshery_server::{Context, Failure, PERMISSION_KEYS, PermissionKey};
use meshery_types::v1beta2::user::User;
use serde_json::{Value, json};
use uuid::Uuid;

/// The mapping from teams to their members. Nothing in Meshery Server's contract makes one.
const TEAM_MEMBERS: &str = "team-user";

impl Users<Caller> for Local {
    async fn get_users_for_org(
        &self,
        cx: Context<Caller>,
        path: GetUsersForOrgPath,
        query: GetUsersForOrgQuery,
    ) -> Result<GetUsersForOrgResponse, Failure> {
        self.welcome(cx.identity).await?;
        if !self.is_member(cx.identity, path.org_id).await? {
            return Ok(GetUsersForOrgResponse::NotFound(missing(&ORGANIZATION)));
        }
        let ask = Ask::new(query.page, query.page_size).search(query.search).order(query.order);
        let mut wanted = ask.by_name(&USER, Scope::All);
        wanted.linked = Some(Linked { link: MEMBERS, other: End::From(path.org_id), present: true });
        if let Some(team) = query.team_id {
            // The members of a team are those of the organization that it is part of.
            let held = self.store().link(super::organizations::TEAMS.link, path.org_id, team).await;
            if held.map_err(failed)?.is_none() {
                return Ok(GetUsersForOrgResponse::NotFound(missing(&TEAM)));
            }
            wanted.linked = Some(Linked { link: TEAM_MEMBERS, other: End::From(team), present: true });
        }
        Ok(GetUsersForOrgResponse::Ok(self.page(wanted, Layout::new("data", &USER.shape)).await?))
    }

    async fn get_user_keys(
        &self,
        cx: Context<Caller>,
        path: GetUserKeysPath,
        query: GetUserKeysQuery,
    ) -> Result<GetUserKeysResponse, Failure> {
        self.welcome(cx.identity).await?;
        let Some(organization) = self.find(cx.identity, &ORGANIZATION, path.org_id).await? else {
            return Ok(GetUserKeysResponse::NotFound(missing(&ORGANIZATION)));
        };
        // There are no roles here: every member holds the keys that a local provider knows.
        let held: Vec<_> = PERMISSION_KEYS.iter().filter(|key| key.local).collect();
        let total = i64::try_from(held.len()).unwrap_or(i64::MAX);
        // Who asks for no page gets them whole, as from Meshery's own local provider.
        let size = query.page_size.or(query.pagesize).or(query.page.is_none().then_some(total));
        let wanted = Ask::new(query.page, size).of(&KEY, Scope::All);
        let skipped = usize::try_from(wanted.page.saturating_mul(wanted.size)).unwrap_or(usize::MAX);
        let shown = held.into_iter().skip(skipped).take(usize::try_from(wanted.size).unwrap_or(usize::MAX));
        let owner = cx.identity.id();
        let keys: Vec<_> = shown.map(|key| key_of(key, owner, &organization)).collect();
        let counts = (wanted.page, wanted.size, total);
        Ok(GetUserKeysResponse::Ok(page_of_values("keys", &keys, counts, Spelling::Camel)?))
    }

    async fn get_user(&self, cx: Context<Caller>) -> Result<GetUserResponse, Failure> {
        self.welcome(cx.identity).await?;
        match self.store().get(USER.name, cx.identity.id()).await.map_err(failed)? {
            Some(record) => Ok(GetUserResponse::Ok(read(&USER, &record)?)),
            None => Ok(GetUserResponse::Unauthorized("there is no such user".into())),
        }
    }

    async fn get_user_profile_by_id(
        &self,
        cx: Context<Caller>,
        path: GetUserProfileByIdPath,
    ) -> Result<GetUserProfileByIdResponse, Failure> {
        self.welcome(cx.identity).await?;
        Ok(match self.acquaintance(cx.identity, path.id).await? {
            Some(record) => GetUserProfileByIdResponse::Ok(read(&USER, &record)?),
            None => GetUserProfileByIdResponse::NotFound(missing(&USER)),
        })
    }

    async fn search_users(
        &self,
        cx: Context<Caller>,
        query: SearchUsersQuery,
    ) -> Result<SearchUsersResponse, Failure> {
        self.welcome(cx.identity).await?;
        let blank = query.search.as_deref().is_none_or(|text| text.trim().is_empty());
        let ask = Ask::new(query.page, query.page_size).search(query.search).order(query.order);
        // Who searches for nothing finds nobody.
        let scope = if blank { Scope::Parents(Vec::new()) } else { everybody() };
        let layout = Layout::new("data", &USER.shape);
        Ok(SearchUsersResponse::Ok(self.page(ask.by_name(&USER, scope), layout).await?))
    }

    async fn get_user_email_addresses(
        &self,
        cx: Context<Caller>,
        path: GetUserEmailAddressesPath,
    ) -> Result<GetUserEmailAddressesResponse, Failure> {
        self.welcome(cx.identity).await?;
        if path.user_id != cx.identity.id() {
            return Ok(GetUserEmailAddressesResponse::NotFound(missing(&USER)));
        }
        let Some(record) = self.store().get(USER.name, path.user_id).await.map_err(failed)? else {
            return Ok(GetUserEmailAddressesResponse::NotFound(missing(&USER)));
        };
        let user: User = read(&USER, &record)?;
        let address = json!({
            "id": Uuid::new_v5(&record.id, user.email.as_bytes()), "userId": record.id, "email": user.email,
            "isPrimary": true, "verified": true, "source": "signup",
            "createdAt": record.created_at.to_string(), "updatedAt": record.updated_at.to_string(),
        });
        Ok(GetUserEmailAddressesResponse::Ok(vec![super::objects::decode(&address.to_string())?]))
    }

    async fn get_users(
        &self,
        cx: Context<Option<Caller>>,
        query: GetUsersQuery,
    ) -> Result<GetUsersResponse, Failure> {
        if let Some(caller) = cx.identity {
            self.welcome(caller).await?;
        }
        let ask = Ask::new(query.page, query.page_size).search(query.search).order(query.order);
        let mut layout = Layout::new("data", &USER.shape);
        layout.convert = Some(public);
        Ok(GetUsersResponse::Ok(self.page(ask.by_name(&USER, everybody()), layout).await?))
    }
}

impl Local {
    /// A user, if they are the caller or share an organization with them.
    async fn acquaintance(&self, caller: Caller, user: Uuid) -> Result<Option<Record>, Failure> {
        let Some(record) = self.store().get(USER.name, user).await.map_err(failed)? else { return Ok(None) };
        if user == caller.id() {
            return Ok(Some(record));
        }
        for organization in self.store().list(&organizations_of(caller)).await.map_err(failed)?.records {
            if self.store().link(MEMBERS, organization.id, user).await.map_err(failed)?.is_some() {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }
}

/// A key as the contract has it, held since the organization is there.
fn key_of(key: &PermissionKey, owner: Uuid, organization: &Record) -> Value {
    let function = if key.function.is_empty() { key.id } else { key.function };
    let since = organization.created_at.to_string();
    json!({
        "id": key.id, "owner": owner, "function": function, "category": key.theme, "subcategory": "",
        "description": "", "createdAt": since, "updatedAt": since,
    })
}

/// All users: they are part of nothing, and so have one place in the indexes.
fn everybody() -> Scope {
    Scope::Parent(String::new())
}

/// A user as strangers may read of them: no e-mail, and no name but the one that is public.
fn public(document: &mut super::objects::Document) {
    document.retain(|member, _| member == "username" || member == "avatarUrl");
}
