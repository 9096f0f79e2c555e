//! Organizations, their teams and their members.

use super::identity::preferences;
use super::kind::{ENVIRONMENT, ORGANIZATION, TEAM, USER, WORKSPACE};
use super::listing::{Ask, Layout, organizations_of, page_of};
use super::mappings::{Mapping, mapping_page};
use super::objects::{Document, MEMBERS, blank, draft, failed, merge, missing, named, read, set};
use super::{Caller, Local};
use crate::store::{Change, LARGEST_PAGE, Link, Query, Record, Scope};
use meshery_server::meshery::organizations::*;
use meshery_server::{Context, Failure};
use meshery_types::v1beta2::organization::{
    AddTeamToOrgResponse as Added, OrgTeamActionPayload, OrgTeamActionPayloadAction as Action,
    OrganizationPage, OrganizationPayload,
};
use serde_json::{Value, json};
use uuid::Uuid;

pub(super) static TEAMS: Mapping = Mapping {
    link: "organization-team",
    from: &ORGANIZATION,
    to: &TEAM,
    items: "teamsOrganizationsMapping",
    ends: ["orgId", "teamId"],
};

impl Organizations<Caller> for Local {
    async fn get_orgs(&self, cx: Context<Caller>, query: GetOrgsQuery) -> Result<GetOrgsResponse, Failure> {
        self.welcome(cx.identity).await?;
        let size = if query.all == Some(true) { Some(LARGEST_PAGE) } else { query.page_size };
        let ask = Ask::new(query.page, size).search(query.search).order(query.order);
        let mut wanted = ask.of(&ORGANIZATION, Scope::All);
        wanted.linked = organizations_of(cx.identity).linked;
        let layout = Layout::new("organizations", &ORGANIZATION.shape);
        Ok(GetOrgsResponse::Ok(self.page(wanted, layout).await?))
    }

    async fn create_org(
        &self,
        cx: Context<Caller>,
        body: OrganizationPayload,
    ) -> Result<CreateOrgResponse, Failure> {
        self.welcome(cx.identity).await?;
        let Some(name) = body.name.as_deref().filter(|name| !blank(name)) else {
            return Ok(CreateOrgResponse::BadRequest("an organization needs a name".into()));
        };
        let (mut record, mut document) = draft(cx.identity, &ORGANIZATION, &Document::new())?;
        named(&mut record, name);
        document.insert("metadata".to_owned(), json!({"preferences": preferences()}));
        write(&mut record, &mut document, &body)?;
        set(&ORGANIZATION, &mut record, document);
        let link = Link::new(MEMBERS, record.id, cx.identity.id());
        self.commit(vec![Change::Insert(record.clone()), Change::Link(link)]).await?;
        Ok(CreateOrgResponse::Created(page_of_one(record)?))
    }

    async fn get_org_by_domain(
        &self,
        cx: Context<Caller>,
        query: GetOrgByDomainQuery,
    ) -> Result<GetOrgByDomainResponse, Failure> {
        self.welcome(cx.identity).await?;
        let mut wanted = organizations_of(cx.identity);
        wanted.variants = vec![query.domain.to_lowercase()];
        let page = self.store().list(&wanted).await.map_err(failed)?;
        Ok(match page.records.first() {
            Some(record) => GetOrgByDomainResponse::Ok(read(&ORGANIZATION, record)?),
            None => GetOrgByDomainResponse::NotFound,
        })
    }

    async fn delete_org(
        &self,
        cx: Context<Caller>,
        path: DeleteOrgPath,
    ) -> Result<DeleteOrgResponse, Failure> {
        match self.find(cx.identity, &ORGANIZATION, path.org_id).await? {
            None => Ok(DeleteOrgResponse::NotFound(missing(&ORGANIZATION))),
            Some(record) if record.owner != Some(cx.identity.id()) => {
                Ok(DeleteOrgResponse::Forbidden(owners_only()))
            }
            Some(_) => {
                self.remove(cx.identity, &ORGANIZATION, path.org_id).await?;
                // What was part of it is there for nobody any more.
                for kind in [&WORKSPACE, &ENVIRONMENT] {
                    self.remove_all(Query::new(kind.name, Scope::Parent(path.org_id.to_string()))).await?;
                }
                Ok(DeleteOrgResponse::NoContent)
            }
        }
    }

    async fn get_org(&self, cx: Context<Caller>, path: GetOrgPath) -> Result<GetOrgResponse, Failure> {
        self.welcome(cx.identity).await?;
        Ok(match self.find(cx.identity, &ORGANIZATION, path.org_id).await? {
            Some(record) => GetOrgResponse::Ok(page_of_one(record)?),
            None => GetOrgResponse::NotFound(missing(&ORGANIZATION)),
        })
    }

    async fn update_org(
        &self,
        cx: Context<Caller>,
        path: UpdateOrgPath,
        body: OrganizationPayload,
    ) -> Result<UpdateOrgResponse, Failure> {
        let Some(held) = self.find(cx.identity, &ORGANIZATION, path.org_id).await? else {
            return Ok(UpdateOrgResponse::NotFound(missing(&ORGANIZATION)));
        };
        if held.owner != Some(cx.identity.id()) {
            return Ok(UpdateOrgResponse::Forbidden(owners_only()));
        }
        if body.name.as_deref().is_some_and(blank) {
            return Ok(UpdateOrgResponse::BadRequest("an organization needs a name".into()));
        }
        let mut columns = held;
        let mut said = Document::new();
        write(&mut columns, &mut said, &body)?;
        let edited = self.change(cx.identity, &ORGANIZATION, path.org_id, |record, document| {
            if let Some(name) = &body.name {
                named(record, name);
            }
            record.variant.clone_from(&columns.variant);
            merge(document, said.clone());
        });
        Ok(match edited.await? {
            Some(record) => UpdateOrgResponse::Ok(page_of_one(record)?),
            None => UpdateOrgResponse::NotFound(missing(&ORGANIZATION)),
        })
    }

    async fn get_org_preferences(
        &self,
        cx: Context<Caller>,
        path: GetOrgPreferencesPath,
    ) -> Result<GetOrgPreferencesResponse, Failure> {
        self.welcome(cx.identity).await?;
        let Some(record) = self.find(cx.identity, &ORGANIZATION, path.org_id).await? else {
            return Ok(GetOrgPreferencesResponse::NotFound(missing(&ORGANIZATION)));
        };
        let document = super::objects::document(&record)?;
        let metadata = document.get("metadata").map(Value::to_string).unwrap_or_default();
        Ok(GetOrgPreferencesResponse::Ok(super::objects::decode(&metadata)?))
    }

    async fn add_team_to_org(
        &self,
        cx: Context<Caller>,
        path: AddTeamToOrgPath,
        body: Option<OrgTeamActionPayload>,
    ) -> Result<AddTeamToOrgResponse, Failure> {
        let (organization, team) = (path.org_id, path.team_id);
        if body.and_then(|body| body.action) == Some(Action::Delete) {
            return self.delete_team(cx.identity, organization, team).await;
        }
        Ok(match self.assign(cx.identity, &TEAMS, organization, team).await? {
            Some(link) => AddTeamToOrgResponse::Created(Added::TeamsOrganizationsMappingPage(mapping_page(
                &TEAMS, &link,
            )?)),
            None => AddTeamToOrgResponse::NotFound,
        })
    }

    async fn remove_team_from_org(
        &self,
        cx: Context<Caller>,
        path: RemoveTeamFromOrgPath,
    ) -> Result<RemoveTeamFromOrgResponse, Failure> {
        let (from, to) = (path.org_id, path.team_id);
        let link = self.store().link(TEAMS.link, from, to).await.map_err(failed)?;
        Ok(match link {
            Some(link) if self.unassign(cx.identity, &TEAMS, from, to).await? => {
                RemoveTeamFromOrgResponse::Ok(mapping_page(&TEAMS, &link)?)
            }
            _ => RemoveTeamFromOrgResponse::NotFound,
        })
    }

    async fn delete_user_from_org(
        &self,
        cx: Context<Caller>,
        path: DeleteUserFromOrgPath,
    ) -> Result<DeleteUserFromOrgResponse, Failure> {
        let Some(organization) = self.find(cx.identity, &ORGANIZATION, path.org_id).await? else {
            return Ok(DeleteUserFromOrgResponse::NotFound(missing(&ORGANIZATION)));
        };
        // Members may leave; the owner may send them away, and stays.
        let owner = organization.owner == Some(cx.identity.id());
        let leaves = path.user_id == cx.identity.id();
        if owner == leaves {
            return Ok(DeleteUserFromOrgResponse::Forbidden(owners_only()));
        }
        if self.store().link(MEMBERS, path.org_id, path.user_id).await.map_err(failed)?.is_none() {
            return Ok(DeleteUserFromOrgResponse::NotFound(missing(&USER)));
        }
        self.commit(vec![Change::Unlink { link: MEMBERS, from: path.org_id, to: path.user_id }]).await?;
        Ok(DeleteUserFromOrgResponse::NoContent)
    }

    async fn add_user_to_org(
        &self,
        cx: Context<Caller>,
        path: AddUserToOrgPath,
    ) -> Result<AddUserToOrgResponse, Failure> {
        self.welcome(cx.identity).await?;
        let Some(organization) = self.find(cx.identity, &ORGANIZATION, path.org_id).await? else {
            return Ok(AddUserToOrgResponse::NotFound(missing(&ORGANIZATION)));
        };
        if organization.owner != Some(cx.identity.id()) {
            return Ok(AddUserToOrgResponse::Forbidden(owners_only()));
        }
        if self.store().get(USER.name, path.user_id).await.map_err(failed)?.is_none() {
            return Ok(AddUserToOrgResponse::NotFound(missing(&USER)));
        }
        let link = Link::new(MEMBERS, path.org_id, path.user_id);
        let answer = json!({"id": link.id(), "orgId": path.org_id, "userId": path.user_id});
        self.commit(vec![Change::Link(link)]).await?;
        Ok(AddUserToOrgResponse::Created(super::identity::members(answer)))
    }
}

impl Local {
    async fn delete_team(
        &self,
        caller: Caller,
        organization: Uuid,
        team: Uuid,
    ) -> Result<AddTeamToOrgResponse, Failure> {
        let held = self.find(caller, &TEAM, team).await?;
        let linked = self.store().link(TEAMS.link, organization, team).await.map_err(failed)?.is_some();
        let Some(record) = held.filter(|_| linked) else {
            return Ok(AddTeamToOrgResponse::NotFound);
        };
        self.remove(caller, &TEAM, team).await?;
        let page = page_of(&[record], (0, 1, 1), &Layout::new("teams", &TEAM.shape))?;
        Ok(AddTeamToOrgResponse::Created(Added::TeamsPage(page)))
    }
}

/// What a payload says of an organization, and what it may leave out and an organization may not.
fn write(record: &mut Record, document: &mut Document, body: &OrganizationPayload) -> Result<(), Failure> {
    if let Some(name) = &body.name {
        document.insert("name".to_owned(), name.clone().into());
    }
    let texts = [("country", &body.country), ("region", &body.region), ("description", &body.description)];
    for (name, said) in texts {
        match said {
            Some(text) => document.insert(name.to_owned(), text.clone().into()),
            None if record.revision == 0 => document.insert(name.to_owned(), "".into()),
            None => None,
        };
    }
    if let Some(preferences) = &body.preferences {
        document.insert("metadata".to_owned(), json!({"preferences": serde_json::to_value(preferences)?}));
    }
    if let Some(domain) = body.additional.get("domain").and_then(Value::as_str) {
        record.variant = domain.to_lowercase();
        document.insert("domain".to_owned(), domain.into());
    }
    Ok(())
}

fn page_of_one(record: Record) -> Result<OrganizationPage, Failure> {
    page_of(&[record], (0, 1, 1), &Layout::new("organizations", &ORGANIZATION.shape))
}

fn owners_only() -> meshery_server::ErrorBody {
    "only the owner of the organization may do that".into()
}
