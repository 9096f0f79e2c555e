//! Lists of the registry. All of them are one of five, narrowed in one way or another.

use super::entity::ANNOTATION;
use crate::provider::local::Local;
use crate::provider::local::kind::{CATEGORY, COMPONENT, Kind, MODEL, POLICY, REGISTRANT, RELATIONSHIP};
use crate::provider::local::listing::{Ask, Layout, Spelling, page_of};
use crate::provider::local::objects::{Document, failed};
use crate::store::{LARGEST_PAGE, Page, Query, Record, Scope};
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
    /// `true`: only what annotates; `false`: only what does not; anything else: both.
    pub(super) annotations: Option<String>,
    /// `true` as the search of a list by name: the name may be anywhere in what is found.
    pub(super) greedy: bool,
}

/// What of a model is shown beside itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct With {
    pub(super) components: bool,
    pub(super) relationships: bool,
    /// Whether components are shown without what is large.
    pub(super) trim: bool,
}

impl Local {
    pub(super) async fn categories(
        &self,
        ask: Ask,
        narrow: Narrow,
    ) -> Result<RegistryCategoriesPage, Failure> {
        Ok(self.registered(&CATEGORY, ask, narrow, Layout::new("categories", &CATEGORY.shape)).await?.0)
    }

    pub(super) async fn components(
        &self,
        ask: Ask,
        narrow: Narrow,
        trim: bool,
    ) -> Result<RegistryComponentsPage, Failure> {
        let mut layout = Layout::new("components", &COMPONENT.shape);
        layout.convert = trim.then_some(without_schema);
        let (mut page, records): (RegistryComponentsPage, _) =
            self.registered(&COMPONENT, ask, narrow, layout).await?;
        let others = self.store().alike(&records, true).await.map_err(failed)?;
        for (component, others) in page.components.iter_mut().flatten().zip(others) {
            component.duplicates = Some(others);
        }
        Ok(page)
    }

    pub(super) async fn models(
        &self,
        ask: Ask,
        narrow: Narrow,
        with: With,
    ) -> Result<RegistryModelsPage, Failure> {
        let (mut page, records): (RegistryModelsPage, _) =
            self.registered(&MODEL, ask, narrow, Layout::new("models", &MODEL.shape)).await?;
        let others = self.store().alike(&records, false).await.map_err(failed)?;
        for (model, others) in page.models.iter_mut().flatten().zip(others) {
            model.duplicates = Some(others);
            let version = &model.model.version;
            let trim = with.trim.then_some(without_schema as fn(&mut Document));
            let parts = self.parts(&COMPONENT, &model.name, version, with.components, trim).await?;
            (model.components, model.components_count) = parts;
            let parts = self.parts(&RELATIONSHIP, &model.name, version, with.relationships, None).await?;
            (model.relationships, model.relationships_count) = parts;
        }
        Ok(page)
    }

    pub(super) async fn relationships(
        &self,
        ask: Ask,
        narrow: Narrow,
    ) -> Result<RegistryRelationshipsPage, Failure> {
        let layout = Layout::new("relationships", &RELATIONSHIP.shape);
        Ok(self.registered(&RELATIONSHIP, ask, narrow, layout).await?.0)
    }

    pub(super) async fn policies(&self, ask: Ask, narrow: Narrow) -> Result<RegistryPoliciesPage, Failure> {
        Ok(self.registered(&POLICY, ask, narrow, Layout::new("policies", &POLICY.shape)).await?.0)
    }

    pub(super) async fn registrants(&self, ask: Ask) -> Result<RegistryRegistrantsPage, Failure> {
        let layout = Layout::new("registrants", &REGISTRANT.shape);
        let (mut page, _): (RegistryRegistrantsPage, _) =
            self.registered(&REGISTRANT, ask, Narrow::default(), layout).await?;
        for registrant in page.registrants.iter_mut().flatten() {
            let summary = registrant.summary.get_or_insert_default();
            summary.models = Some(self.registered_by(&MODEL, &registrant.kind).await?);
            summary.components = Some(self.registered_by(&COMPONENT, &registrant.kind).await?);
            summary.relationships = Some(self.registered_by(&RELATIONSHIP, &registrant.kind).await?);
            summary.policies = Some(self.registered_by(&POLICY, &registrant.kind).await?);
        }
        Ok(page)
    }

    /// How many entities of a kind a registrant registered.
    async fn registered_by(&self, kind: &Kind, registrant: &str) -> Result<i64, Failure> {
        let mut query = Query::new(kind.name, Scope::All);
        query.sources = vec![registrant.to_owned()];
        query.size = 1;
        Ok(self.store().list(&query).await.map_err(failed)?.total)
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
        convert: Option<fn(&mut Document)>,
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
            let mut document: Document = serde_json::from_str(&text)?;
            convert.into_iter().for_each(|convert| convert(&mut document));
            Ok(Value::Object(document))
        };
        Ok((page.records.iter().map(value).collect::<Result<_, Failure>>()?, page.total))
    }

    /// A page of the registry, and the records on it.
    async fn registered<T: Decode>(
        &self,
        kind: &Kind,
        ask: Ask,
        narrow: Narrow,
        layout: Layout,
    ) -> Result<(T, Vec<Record>), Failure> {
        let scope = narrow.model.map_or(Scope::Owner(None), Scope::Parent);
        let mut query = ask.by_name(kind, scope);
        if narrow.greedy {
            query.search = narrow.name.into_iter().collect();
        } else {
            query.name = narrow.name;
        }
        query.version = narrow.version;
        query.classes.extend(narrow.category);
        query.variants.extend(narrow.variant);
        query.statuses.extend(narrow.status);
        match narrow.annotations.as_deref() {
            Some("true") => query.marks.push(ANNOTATION.to_owned()),
            Some("false") => query.marks.push(String::new()),
            _ => {}
        }
        let Page { records, total } = self.store().list(&query).await.map_err(failed)?;
        let page = page_of(&records, (query.page, query.size, total), &layout.spelt(Spelling::Twice))?;
        Ok((page, records))
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
