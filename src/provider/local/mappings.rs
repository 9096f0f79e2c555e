//! Mappings between objects: assigning, unassigning, and what is assigned.

use super::kind::Kind;
use super::listing::{Ask, Filter, Layout, Spelling, page_of_values};
use super::objects::failed;
use super::{Caller, Local};
use crate::store::{Change, End, Link, Linked, Record, Scope};
use meshery_server::Failure;
use meshery_types::wire::Decode;
use serde_json::json;
use uuid::Uuid;

/// A mapping: its name, its ends, and how its documents are spelt.
#[derive(Debug)]
pub(super) struct Mapping {
    pub(super) link: &'static str,
    pub(super) from: &'static Kind,
    pub(super) to: &'static Kind,
    /// The member of a page that holds the mappings.
    pub(super) items: &'static str,
    /// The members of a mapping that hold its ends.
    pub(super) ends: [&'static str; 2],
}

impl Local {
    /// Assigns one object to another. `None` where either is not there for the caller.
    pub(super) async fn assign(
        &self,
        caller: Caller,
        mapping: &Mapping,
        from: Uuid,
        to: Uuid,
    ) -> Result<Option<Link>, Failure> {
        if self.find(caller, mapping.from, from).await?.is_none()
            || self.find(caller, mapping.to, to).await?.is_none()
        {
            return Ok(None);
        }
        self.commit(vec![Change::Link(Link::new(mapping.link, from, to))]).await?;
        // The one that is there: somebody may have been first.
        self.store().link(mapping.link, from, to).await.map_err(failed)
    }

    /// Takes an assignment back. `false` where there is none for the caller.
    pub(super) async fn unassign(
        &self,
        caller: Caller,
        mapping: &Mapping,
        from: Uuid,
        to: Uuid,
    ) -> Result<bool, Failure> {
        if self.find(caller, mapping.from, from).await?.is_none()
            || self.store().link(mapping.link, from, to).await.map_err(failed)?.is_none()
        {
            return Ok(false);
        }
        self.commit(vec![Change::Unlink { link: mapping.link, from, to }]).await?;
        Ok(true)
    }

    /// A page of what is assigned to an object, or of what could be.
    pub(super) async fn assigned<T: Decode + Send + 'static>(
        &self,
        caller: Caller,
        mapping: &Mapping,
        from: &Record,
        (ask, filter): (Ask, Option<String>),
        layout: Layout,
    ) -> Result<T, Failure> {
        let present = Filter::parse(filter.as_deref()).assigned;
        // What could be assigned: the caller's own, or that of the organization they are both in.
        let scope = match mapping.to.is_of_organization() {
            _ if present => Scope::All,
            true => Scope::Parent(from.parent.clone()),
            false => Scope::Owner(Some(caller.id())),
        };
        let mut query = ask.filter(filter.as_deref()).of(mapping.to, scope);
        query.linked = Some(Linked { link: mapping.link, other: End::From(from.id), present });
        self.page(query, layout).await
    }
}

/// The page that answers an assignment: the one mapping.
pub(super) fn mapping_page<T: Decode>(mapping: &Mapping, link: &Link) -> Result<T, Failure> {
    let [from, to] = mapping.ends;
    let made = link.created_at.to_string();
    let mut value = json!({"id": link.id(), "createdAt": made, "updatedAt": made});
    value[from] = link.from.to_string().into();
    value[to] = link.to.to_string().into();
    page_of_values(mapping.items, &[value], (0, 1, 1), Spelling::Camel)
}
