//! Lists of the registry. All of them are one of five, narrowed in one way or another.

use crate::provider::local::Local;
use crate::provider::local::kind::{CATEGORY, COMPONENT, Kind, MODEL, POLICY, REGISTRANT, RELATIONSHIP};
use crate::provider::local::listing::{Ask, Layout, Spelling};
use crate::provider::local::objects::{Document, failed};
use crate::store::{LARGEST_PAGE, Query, Record, Scope};
use meshery_server::Failure;
use meshery_types::v1beta1::registry::{
    RegistryCategoriesPage, RegistryComponentsPage, RegistryModelsPage, RegistryPoliciesPage,
    RegistryRegistrantsPage, RegistryRelationshipsPage,
};
use meshery_types::wire::Decode;
use serde_json::Value;

/// What a list of the registry is narrowed to.
#[derive(Debug, Default)]
pub(super) struct Narrow {
    pub(super) category: Option<String>,
    pub(super) model: Option<String>,
    pub(super) name: Option<String>,
    pub(super) version: Option<String>,
    pub(super) variant: Option<String>,
    pub(super) status: Option<String>,
}

/// What of a model is shown beside itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct With {
    pub(super) components: bool,
    pub(super) relationships: bool,
}

impl Local {
    pub(super) async fn categories(
        &self,
        ask: Ask,
        narrow: Narrow,
    ) -> Result<RegistryCategoriesPage, Failure> {
        self.registered(&CATEGORY, ask, narrow, Layout::new("categories", &CATEGORY.shape)).await
    }

    pub(super) async fn components(
        &self,
        ask: Ask,
        narrow: Narrow,
        trim: bool,
    ) -> Result<RegistryComponentsPage, Failure> {
        let mut layout = Layout::new("components", &COMPONENT.shape);
        layout.convert = trim.then_some(without_schema);
        self.registered(&COMPONENT, ask, narrow, layout).await
    }

    pub(super) async fn models(
        &self,
        ask: Ask,
        narrow: Narrow,
        with: With,
    ) -> Result<RegistryModelsPage, Failure> {
        let mut page: RegistryModelsPage =
            self.registered(&MODEL, ask, narrow, Layout::new("models", &MODEL.shape)).await?;
        for model in page.models.iter_mut().flatten() {
            let version = &model.model.version;
            let (parts, count) = self.parts(&COMPONENT, &model.name, version, with.components).await?;
            (model.components, model.components_count) = (parts, count);
            let (parts, count) = self.parts(&RELATIONSHIP, &model.name, version, with.relationships).await?;
            (model.relationships, model.relationships_count) = (parts, count);
        }
        Ok(page)
    }

    pub(super) async fn relationships(
        &self,
        ask: Ask,
        narrow: Narrow,
    ) -> Result<RegistryRelationshipsPage, Failure> {
        self.registered(&RELATIONSHIP, ask, narrow, Layout::new("relationships", &RELATIONSHIP.shape)).await
    }

    pub(super) async fn policies(&self, ask: Ask, narrow: Narrow) -> Result<RegistryPoliciesPage, Failure> {
        self.registered(&POLICY, ask, narrow, Layout::new("policies", &POLICY.shape)).await
    }

    pub(super) async fn registrants(&self, ask: Ask) -> Result<RegistryRegistrantsPage, Failure> {
        let layout = Layout::new("registrants", &REGISTRANT.shape);
        let mut page: RegistryRegistrantsPage =
            self.registered(&REGISTRANT, ask, Narrow::default(), layout).await?;
        for registrant in page.registrants.iter_mut().flatten() {
            let mut models = Query::new(MODEL.name, Scope::Owner(None));
            models.variants = vec![registrant.kind.clone()];
            models.size = 1;
            let total = self.store().list(&models).await.map_err(failed)?.total;
            registrant.summary.get_or_insert_default().models = Some(total);
        }
        Ok(page)
    }

    /// All that is part of a model.
    pub(super) async fn all_parts(
        &self,
        kind: &Kind,
        model: &str,
        version: &str,
    ) -> Result<Vec<Record>, Failure> {
        let mut query = part_query(kind, model, version);
        query.size = LARGEST_PAGE;
        let mut all = Vec::new();
        loop {
            let page = self.store().list(&query).await.map_err(failed)?;
            let last = page.records.len() < LARGEST_PAGE as usize;
            all.extend(page.records);
            if last {
                return Ok(all);
            }
            query.page += 1;
        }
    }

    /// What is part of a model, if it is wanted, and how much there is.
    async fn parts(
        &self,
        kind: &Kind,
        model: &str,
        version: &str,
        wanted: bool,
    ) -> Result<(Vec<Value>, i64), Failure> {
        let mut query = part_query(kind, model, version);
        query.size = if wanted { LARGEST_PAGE } else { 1 };
        let page = self.store().list(&query).await.map_err(failed)?;
        if !wanted {
            return Ok((Vec::new(), page.total));
        }
        let value = |record: &Record| {
            let mut text = String::new();
            kind.shape.write(record, &mut text);
            serde_json::from_str(&text)
        };
        Ok((page.records.iter().map(value).collect::<Result<_, _>>()?, page.total))
    }

    async fn registered<T: Decode>(
        &self,
        kind: &Kind,
        ask: Ask,
        narrow: Narrow,
        layout: Layout<'_>,
    ) -> Result<T, Failure> {
        let scope = narrow.model.map_or(Scope::Owner(None), Scope::Parent);
        let mut query = ask.by_name(kind, scope);
        query.name = narrow.name;
        query.version = narrow.version;
        query.classes.extend(narrow.category);
        query.variants.extend(narrow.variant);
        query.statuses.extend(narrow.status);
        self.page(query, layout.spelt(Spelling::Twice)).await
    }
}

fn part_query(kind: &Kind, model: &str, version: &str) -> Query {
    let mut query = Query::new(kind.name, Scope::Parent(model.to_owned()));
    query.version = Some(version.to_owned());
    query
}

/// A component without the one member that is large.
fn without_schema(document: &mut Document) {
    if let Some(schema) = document.get_mut("component").and_then(|component| component.get_mut("schema")) {
        *schema = "".into();
    }
}
