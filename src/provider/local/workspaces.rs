//! Workspaces, and what is assigned to them.

use super::designs::with_parsed_file;
use super::kind::{DESIGN, ENVIRONMENT, OLD_DESIGN, OLD_TEAM, OLD_VIEW, TEAM, VIEW, WORKSPACE};
use super::listing::{Ask, Layout, Spelling};
use super::mappings::{Mapping, mapping_page};
use super::objects::{blank, draft, merge, missing, named, object, read, set};
use super::{Caller, Local};
use meshery_server::meshery::workspaces::*;
use meshery_server::{Context, ErrorBody, Failure};
use meshery_types::v1beta3::workspace::{WorkspacePayload, WorkspaceUpdatePayload};

/// The most designs on a page: each of them is read as a file.
const MOST_DESIGNS: i64 = 100;

static DESIGNS: Mapping = Mapping {
    link: "workspace-design",
    from: &WORKSPACE,
    to: &DESIGN,
    items: "workspacesDesignsMapping",
    ends: ["workspaceId", "designId"],
};
static ENVIRONMENTS: Mapping = Mapping {
    link: "workspace-environment",
    from: &WORKSPACE,
    to: &ENVIRONMENT,
    items: "workspacesEnvironmentsMapping",
    ends: ["workspaceId", "environmentId"],
};
static TEAMS: Mapping = Mapping {
    link: "workspace-team",
    from: &WORKSPACE,
    to: &TEAM,
    items: "workspacesTeamsMapping",
    ends: ["workspaceId", "teamId"],
};
static VIEWS: Mapping = Mapping {
    link: "workspace-view",
    from: &WORKSPACE,
    to: &VIEW,
    items: "workspacesViewsMapping",
    ends: ["workspaceId", "viewId"],
};

impl Workspaces<Caller> for Local {
    async fn get_workspaces(
        &self,
        cx: Context<Caller>,
        query: GetWorkspacesQuery,
    ) -> Result<GetWorkspacesResponse, Failure> {
        self.welcome(cx.identity).await?;
        let scope = self.scope(cx.identity, query.org_id).await?;
        let ask =
            Ask::new(query.page, query.page_size.or(query.pagesize)).search(query.search).order(query.order);
        let ask = ask.filter(query.filter.as_deref());
        let layout = Layout::new("workspaces", &WORKSPACE.shape);
        Ok(GetWorkspacesResponse::Ok(self.page(ask.of(&WORKSPACE, scope), layout).await?))
    }

    async fn create_workspace(
        &self,
        cx: Context<Caller>,
        body: WorkspacePayload,
    ) -> Result<CreateWorkspaceResponse, Failure> {
        self.welcome(cx.identity).await?;
        if !self.is_member(cx.identity, body.organization_id).await? {
            return Ok(CreateWorkspaceResponse::BadRequest("there is no such organization".into()));
        }
        let (mut record, document) = draft(cx.identity, &WORKSPACE, &body)?;
        record.parent = body.organization_id.to_string();
        named(&mut record, &body.name);
        set(&WORKSPACE, &mut record, document);
        Ok(CreateWorkspaceResponse::Created(self.add(&WORKSPACE, record).await?))
    }

    async fn delete_workspace(
        &self,
        cx: Context<Caller>,
        path: DeleteWorkspacePath,
    ) -> Result<DeleteWorkspaceResponse, Failure> {
        Ok(match self.remove(cx.identity, &WORKSPACE, path.workspace_id).await? {
            true => DeleteWorkspaceResponse::NoContent,
            false => DeleteWorkspaceResponse::NotFound(missing(&WORKSPACE)),
        })
    }

    async fn get_workspace_by_id(
        &self,
        cx: Context<Caller>,
        path: GetWorkspaceByIdPath,
    ) -> Result<GetWorkspaceByIdResponse, Failure> {
        Ok(match self.find(cx.identity, &WORKSPACE, path.workspace_id).await? {
            Some(record) => GetWorkspaceByIdResponse::Ok(read(&WORKSPACE, &record)?),
            None => GetWorkspaceByIdResponse::NotFound(missing(&WORKSPACE)),
        })
    }

    async fn update_workspace(
        &self,
        cx: Context<Caller>,
        path: UpdateWorkspacePath,
        body: WorkspaceUpdatePayload,
    ) -> Result<UpdateWorkspaceResponse, Failure> {
        if body.name.as_deref().is_some_and(blank) {
            return Ok(UpdateWorkspaceResponse::BadRequest("a workspace needs a name".into()));
        }
        if !self.is_member(cx.identity, body.organization_id).await? {
            return Ok(UpdateWorkspaceResponse::BadRequest("there is no such organization".into()));
        }
        let payload = object(&body)?;
        let edited = self.change(cx.identity, &WORKSPACE, path.workspace_id, |record, document| {
            if let Some(name) = &body.name {
                named(record, name);
            }
            record.parent = body.organization_id.to_string();
            merge(document, payload.clone());
        });
        Ok(match edited.await? {
            Some(record) => UpdateWorkspaceResponse::Ok(read(&WORKSPACE, &record)?),
            None => UpdateWorkspaceResponse::NotFound(missing(&WORKSPACE)),
        })
    }

    async fn get_designs_of_workspace(
        &self,
        cx: Context<Caller>,
        path: GetDesignsOfWorkspacePath,
        query: GetDesignsOfWorkspaceQuery,
    ) -> Result<GetDesignsOfWorkspaceResponse, Failure> {
        let Some(workspace) = self.find(cx.identity, &WORKSPACE, path.workspace_id).await? else {
            return Ok(GetDesignsOfWorkspaceResponse::NotFound(missing(&WORKSPACE)));
        };
        let ask =
            Ask::new(query.page, query.page_size.or(query.pagesize)).search(query.search).order(query.order);
        let ask = ask.at_most(MOST_DESIGNS);
        let mut layout = Layout::new("designs", &OLD_DESIGN);
        layout.convert = Some(with_parsed_file);
        let page = self.assigned(cx.identity, &DESIGNS, &workspace, (ask, query.filter), layout).await?;
        Ok(GetDesignsOfWorkspaceResponse::Ok(page))
    }

    async fn unassign_design_from_workspace(
        &self,
        cx: Context<Caller>,
        path: UnassignDesignFromWorkspacePath,
    ) -> Result<UnassignDesignFromWorkspaceResponse, Failure> {
        let (from, to) = (path.workspace_id, path.design_id);
        Ok(match self.unassign(cx.identity, &DESIGNS, from, to).await? {
            true => UnassignDesignFromWorkspaceResponse::NoContent,
            false => UnassignDesignFromWorkspaceResponse::NotFound(not_assigned()),
        })
    }

    async fn assign_design_to_workspace(
        &self,
        cx: Context<Caller>,
        path: AssignDesignToWorkspacePath,
    ) -> Result<AssignDesignToWorkspaceResponse, Failure> {
        let (from, to) = (path.workspace_id, path.design_id);
        Ok(match self.assign(cx.identity, &DESIGNS, from, to).await? {
            Some(link) => AssignDesignToWorkspaceResponse::Ok(mapping_page(&DESIGNS, &link)?),
            None => AssignDesignToWorkspaceResponse::NotFound(neither()),
        })
    }

    async fn get_environments_of_workspace(
        &self,
        cx: Context<Caller>,
        path: GetEnvironmentsOfWorkspacePath,
        query: GetEnvironmentsOfWorkspaceQuery,
    ) -> Result<GetEnvironmentsOfWorkspaceResponse, Failure> {
        let Some(workspace) = self.find(cx.identity, &WORKSPACE, path.workspace_id).await? else {
            return Ok(GetEnvironmentsOfWorkspaceResponse::NotFound(missing(&WORKSPACE)));
        };
        let ask =
            Ask::new(query.page, query.page_size.or(query.pagesize)).search(query.search).order(query.order);
        let layout = Layout::new("environments", &ENVIRONMENT.shape);
        let page = self.assigned(cx.identity, &ENVIRONMENTS, &workspace, (ask, query.filter), layout).await?;
        Ok(GetEnvironmentsOfWorkspaceResponse::Ok(page))
    }

    async fn unassign_environment_from_workspace(
        &self,
        cx: Context<Caller>,
        path: UnassignEnvironmentFromWorkspacePath,
    ) -> Result<UnassignEnvironmentFromWorkspaceResponse, Failure> {
        let (from, to) = (path.workspace_id, path.environment_id);
        Ok(match self.unassign(cx.identity, &ENVIRONMENTS, from, to).await? {
            true => UnassignEnvironmentFromWorkspaceResponse::NoContent,
            false => UnassignEnvironmentFromWorkspaceResponse::NotFound(not_assigned()),
        })
    }

    async fn assign_environment_to_workspace(
        &self,
        cx: Context<Caller>,
        path: AssignEnvironmentToWorkspacePath,
    ) -> Result<AssignEnvironmentToWorkspaceResponse, Failure> {
        let (from, to) = (path.workspace_id, path.environment_id);
        Ok(match self.assign(cx.identity, &ENVIRONMENTS, from, to).await? {
            Some(link) => AssignEnvironmentToWorkspaceResponse::Ok(mapping_page(&ENVIRONMENTS, &link)?),
            None => AssignEnvironmentToWorkspaceResponse::NotFound(neither()),
        })
    }

    async fn get_teams_of_workspace(
        &self,
        cx: Context<Caller>,
        path: GetTeamsOfWorkspacePath,
        query: GetTeamsOfWorkspaceQuery,
    ) -> Result<GetTeamsOfWorkspaceResponse, Failure> {
        let Some(workspace) = self.find(cx.identity, &WORKSPACE, path.workspace_id).await? else {
            return Ok(GetTeamsOfWorkspaceResponse::NotFound(missing(&WORKSPACE)));
        };
        let ask =
            Ask::new(query.page, query.page_size.or(query.pagesize)).search(query.search).order(query.order);
        let layout = Layout::new("teams", &OLD_TEAM).spelt(Spelling::Snake);
        let page = self.assigned(cx.identity, &TEAMS, &workspace, (ask, query.filter), layout).await?;
        Ok(GetTeamsOfWorkspaceResponse::Ok(page))
    }

    async fn unassign_team_from_workspace(
        &self,
        cx: Context<Caller>,
        path: UnassignTeamFromWorkspacePath,
    ) -> Result<UnassignTeamFromWorkspaceResponse, Failure> {
        let (from, to) = (path.workspace_id, path.team_id);
        Ok(match self.unassign(cx.identity, &TEAMS, from, to).await? {
            true => UnassignTeamFromWorkspaceResponse::NoContent,
            false => UnassignTeamFromWorkspaceResponse::NotFound(not_assigned()),
        })
    }

    async fn assign_team_to_workspace(
        &self,
        cx: Context<Caller>,
        path: AssignTeamToWorkspacePath,
    ) -> Result<AssignTeamToWorkspaceResponse, Failure> {
        let (from, to) = (path.workspace_id, path.team_id);
        Ok(match self.assign(cx.identity, &TEAMS, from, to).await? {
            Some(link) => AssignTeamToWorkspaceResponse::Ok(mapping_page(&TEAMS, &link)?),
            None => AssignTeamToWorkspaceResponse::NotFound(neither()),
        })
    }

    async fn get_views_of_workspace(
        &self,
        cx: Context<Caller>,
        path: GetViewsOfWorkspacePath,
        query: GetViewsOfWorkspaceQuery,
    ) -> Result<GetViewsOfWorkspaceResponse, Failure> {
        let Some(workspace) = self.find(cx.identity, &WORKSPACE, path.workspace_id).await? else {
            return Ok(GetViewsOfWorkspaceResponse::NotFound(missing(&WORKSPACE)));
        };
        let ask =
            Ask::new(query.page, query.page_size.or(query.pagesize)).search(query.search).order(query.order);
        let mut layout = Layout::new("views", &OLD_VIEW).spelt(Spelling::Snake);
        layout.extra =
            vec![("workspace_id", workspace.id.to_string()), ("organization_id", workspace.parent.clone())];
        let page = self.assigned(cx.identity, &VIEWS, &workspace, (ask, query.filter), layout).await?;
        Ok(GetViewsOfWorkspaceResponse::Ok(page))
    }

    async fn unassign_view_from_workspace(
        &self,
        cx: Context<Caller>,
        path: UnassignViewFromWorkspacePath,
    ) -> Result<UnassignViewFromWorkspaceResponse, Failure> {
        let (from, to) = (path.workspace_id, path.view_id);
        Ok(match self.unassign(cx.identity, &VIEWS, from, to).await? {
            true => UnassignViewFromWorkspaceResponse::NoContent,
            false => UnassignViewFromWorkspaceResponse::NotFound(not_assigned()),
        })
    }

    async fn assign_view_to_workspace(
        &self,
        cx: Context<Caller>,
        path: AssignViewToWorkspacePath,
    ) -> Result<AssignViewToWorkspaceResponse, Failure> {
        let (from, to) = (path.workspace_id, path.view_id);
        Ok(match self.assign(cx.identity, &VIEWS, from, to).await? {
            Some(link) => AssignViewToWorkspaceResponse::Ok(mapping_page(&VIEWS, &link)?),
            None => AssignViewToWorkspaceResponse::NotFound(neither()),
        })
    }
}

fn not_assigned() -> ErrorBody {
    "it is not assigned to the workspace".into()
}

fn neither() -> ErrorBody {
    "there is no such workspace, or nothing such to assign to it".into()
}
