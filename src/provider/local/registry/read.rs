//! Lists of the registry. All of them are one of five, narrowed in one way or another.

use super::entity::ANNOTATION;
use super::wanted::{Narrow, Wanted};
use crate::provider::local::Local;
use crate::provider::local::kind::{CATEGORY, COMPONENT, Kind, MODEL, POLICY, REGISTRANT, RELATIONSHIP};
use crate::provider::local::listing::{Ask, Layout, Spelling, page_of};
use crate::provider::local::objects::{Document, failed};
use crate::provider::local::reading::aside;
use crate::store::{Page, Query, Record, Scope};
use meshery_server::Failure;
use meshery_types::v1beta1::registry::{
    RegistryCategoriesPage, RegistryComponentsPage, RegistryModelsPage, RegistryPoliciesPage,
    RegistryRegistrantsPage, RegistryRelationshipsPage,
};
use meshery_types::wire::Decode;
use serde_json::Value;
use uuid::Uuid;

/// The most models on a page that shows what is in them.
const MOST_WITH_PARTS: i64 = 25;
/// The most parts of one model that a list shows.
const MOST_PARTS: usize = 1000;
/// The most bytes of parts that a list shows of all its models, and that a model is exported with.
const LARGEST_PARTS: usize = 32 << 20;
/// The most bytes of records that a list holds.
const LARGEST_LIST: usize = 64 << 20;
/// How many records are read at once. Pages of more are of a multiple of it.
const CHUNK: i64 = 100;

impl Local {
    pub(super) async fn categories(&self, wanted: Wanted) -> Result<RegistryCategoriesPage, Failure> {
        let layout = Layout::new("categories", &CATEGORY.shape);
        Ok(self.registered(&CATEGORY, wanted.ask, wanted.narrow, layout).await?.0)
    }

    pub(super) async fn components(&self, wanted: Wanted) -> Result<RegistryComponentsPage, Failure> {
        let mut layout = Layout::new("components", &COMPONENT.shape);
        layout.convert = wanted.trim.then_some(without_schema);
        let (mut page, records): (RegistryComponentsPage, _) =
            self.registered(&COMPONENT, wanted.ask, wanted.narrow, layout).await?;
        let others = self.store().alike(&records, true).await.map_err(failed)?;
        for (component, others) in page.components.iter_mut().flatten().zip(others) {
            component.duplicates = Some(others);
        }
        Ok(page)
    }

    pub(super) async fn models(&self, wanted: Wanted) -> Result<RegistryModelsPage, Failure> {
        let Wanted { ask, narrow, with, trim, .. } = wanted;
        let ask = if with.components || with.relationships { ask.at_most(MOST_WITH_PARTS) } else { ask };
        let mut room = LARGEST_PARTS;
        let (mut page, records): (RegistryModelsPage, _) =
            self.registered(&MODEL, ask, narrow, Layout::new("models", &MODEL.shape)).await?;
        let others = self.store().alike(&records, false).await.map_err(failed)?;
        for (model, others) in page.models.iter_mut().flatten().zip(others) {
            model.duplicates = Some(others);
            let version = &model.model.version;
            let trim = trim.then_some(without_schema as fn(&mut Document));
            let query = part_query(&COMPONENT, &model.name, version);
            model.components_count = self.count(&query).await?;
            if with.components {
                model.components = self.parts(&COMPONENT, query, trim, &mut room).await?;
            }
            let query = part_query(&RELATIONSHIP, &model.name, version);
            model.relationships_count = self.count(&query).await?;
            if with.relationships {
                model.relationships = self.parts(&RELATIONSHIP, query, None, &mut room).await?;
            }
        }
        Ok(page)
    }

    pub(super) async fn relationships(&self, wanted: Wanted) -> Result<RegistryRelationshipsPage, Failure> {
        let layout = Layout::new("relationships", &RELATIONSHIP.shape);
        Ok(self.registered(&RELATIONSHIP, wanted.ask, wanted.narrow, layout).await?.0)
    }

    pub(super) async fn policies(&self, wanted: Wanted) -> Result<RegistryPoliciesPage, Failure> {
        let layout = Layout::new("policies", &POLICY.shape);
        Ok(self.registered(&POLICY, wanted.ask, wanted.narrow, layout).await?.0)
    }

    pub(super) async fn registrants(&self, wanted: Wanted) -> Result<RegistryRegistrantsPage, Failure> {
        let layout = Layout::new("registrants", &REGISTRANT.shape);
        let (mut page, _): (RegistryRegistrantsPage, _) =
            self.registered(&REGISTRANT, wanted.ask, wanted.narrow, layout).await?;
        for registrant in page.registrants.iter_mut().flatten() {
            let summary = registrant.summary.get_or_insert_default();
            summary.models = Some(self.registered_by(&MODEL, &registrant.kind).await?);
            summary.components = Some(self.registered_by(&COMPONENT, &registrant.kind).await?);
            summary.relationships = Some(self.registered_by(&RELATIONSHIP, &registrant.kind).await?);
            summary.policies = Some(self.registered_by(&POLICY, &registrant.kind).await?);
        }
        Ok(page)
    }

    /// A model by id, or by name and version.
    pub(super) async fn model(
        &self,
        id: Option<String>,
        name: Option<String>,
        version: Option<String>,
    ) -> Result<Option<Record>, Failure> {
        if let Some(id) = id {
            let Ok(id) = Uuid::parse_str(&id) else { return Ok(None) };
            return self.store().get(MODEL.name, id).await.map_err(failed);
        }
        let mut query = Query::new(MODEL.name, Scope::Owner(None));
        query.name = Some(name.unwrap_or_default());
        query.version = version;
        query.size = 1;
        Ok(self.store().list(&query).await.map_err(failed)?.records.into_iter().next())
    }

    /// How many entities of a kind a registrant registered.
    async fn registered_by(&self, kind: &Kind, registrant: &str) -> Result<i64, Failure> {
        let mut query = Query::new(kind.name, Scope::All);
        query.sources = vec![registrant.to_owned()];
        self.count(&query).await
    }

    /// How many records a list holds.
    async fn count(&self, query: &Query) -> Result<i64, Failure> {
        let query = Query { size: 1, ..query.clone() };
        Ok(self.store().list(&query).await.map_err(failed)?.total)
    }

    /// All that is part of a model; `None` where that is too much to be held at once.
    pub(super) async fn all_parts(
        &self,
        kind: &Kind,
        model: &str,
        version: &str,
    ) -> Result<Option<Vec<Record>>, Failure> {
        let mut query = Query { size: CHUNK, ..part_query(kind, model, version) };
        let (mut all, mut room) = (Vec::new(), LARGEST_PARTS);
        loop {
            let page = self.store().list(&query).await.map_err(failed)?;
            let last = page.records.len() < CHUNK as usize;
            for record in page.records {
                let Some(left) = room.checked_sub(record.body.len()) else { return Ok(None) };
                room = left;
                all.push(record);
            }
            if last {
                return Ok(Some(all));
            }
            query.page += 1;
        }
    }

    /// What is part of a model, as far as there is room for it.
    async fn parts(
        &self,
        kind: &'static Kind,
        query: Query,
        convert: Option<fn(&mut Document)>,
        room: &mut usize,
    ) -> Result<Vec<Value>, Failure> {
        let mut query = Query { size: CHUNK, ..query };
        let mut parts = Vec::new();
        while parts.len() < MOST_PARTS {
            let records = self.store().list(&query).await.map_err(failed)?.records;
            let last = records.len() < CHUNK as usize;
            for (text, value) in aside(move || values(kind, &records, convert)).await?? {
                let Some(left) = room.checked_sub(text) else { return Ok(parts) };
                *room = left;
                parts.push(value);
            }
            if last {
                break;
            }
            query.page += 1;
        }
        Ok(parts)
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
        if query.size > CHUNK {
            query.size -= query.size % CHUNK;
        }
        let Page { records, total } = self.piecemeal(&query).await?;
        let page = page_of(&records, (query.page, query.size, total), &layout.spelt(Spelling::Twice))?;
        Ok((page, records))
    }

    /// A page, no more of which is held than it may hold.
    async fn piecemeal(&self, query: &Query) -> Result<Page, Failure> {
        let pieces = (query.size / CHUNK).max(1);
        let mut piece = Query { size: query.size / pieces, ..query.clone() };
        let (mut all, mut room) = (Page { records: Vec::new(), total: 0 }, LARGEST_LIST);
        for number in 0..pieces {
            piece.page = query.page.saturating_mul(pieces).saturating_add(number);
            let Page { records, total } = self.store().list(&piece).await.map_err(failed)?;
            let size = records.iter().map(|record| record.body.len()).sum();
            room = room.checked_sub(size).ok_or_else(|| {
                Failure::unsupported("what is on a page of this size is too large: ask for a smaller one")
            })?;
            let last = (records.len() as i64) < piece.size;
            all.records.extend(records);
            all.total = total;
            if last {
                break;
            }
        }
        Ok(all)
    }
}

fn part_query(kind: &Kind, model: &str, version: &str) -> Query {
    let mut query = Query::new(kind.name, Scope::Parent(model.to_owned()));
    query.version = Some(version.to_owned());
    query
}

/// Records as documents, each with the length of its text.
fn values(
    kind: &Kind,
    records: &[Record],
    convert: Option<fn(&mut Document)>,
) -> Result<Vec<(usize, Value)>, Failure> {
    let value = |record: &Record| {
        let mut text = String::new();
        kind.shape.write(record, &mut text);
        let mut document: Document = serde_json::from_str(&text)?;
        if let Some(convert) = convert {
            convert(&mut document);
            text = serde_json::to_string(&document)?;
        }
        Ok((text.len(), Value::Object(document)))
    };
    records.iter().map(value).collect()
}

/// A component without the one member that is large.
fn without_schema(document: &mut Document) {
    if let Some(schema) = document.get_mut("component").and_then(|component| component.get_mut("schema")) {
        *schema = "".into();
    }
}
