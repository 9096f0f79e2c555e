//! Mappings between objects: assigning, unassigning, and what is assigned.

use super::kind::Kind;
use super::listing::{Ask, Layout, Spelling, page_of_values};
use super::objects::failed;
use super::{Caller, Local};
use crate::store::{Change, End, Link, Linked, Record, Scope};
use meshery_server::Failure;
use meshery_types::wire::Decode;
use serde_json::{Value, json};
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
    pub(super) async fn assigned<T: Decode>(
        &self,
        caller: Caller,
        mapping: &Mapping,
        from: &Record,
        (ask, filter): (Ask, Option<String>),
        layout: Layout<'_>,
    ) -> Result<T, Failure> {
        let present = asks_for_assigned(filter.as_deref());
        let scope = if present { Scope::All } else { Scope::Owner(Some(caller.id())) };
        let mut query = ask.of(mapping.to, scope);
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

/// `{"assigned": false}` asks for what is not assigned; anything else for what is.
fn asks_for_assigned(filter: Option<&str>) -> bool {
    let filter = filter.and_then(|text| serde_json::from_str::<Value>(text).ok());
    filter.and_then(|filter| filter.get("assigned").and_then(Value::as_bool)).unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::asks_for_assigned;

    #[test]
    fn only_a_filter_that_says_so_asks_for_the_others() {
        assert!(!asks_for_assigned(Some(r#"{"assigned": false}"#)));
        for filter in [None, Some(""), Some("{}"), Some(r#"{"assigned":true}"#), Some("' OR 1=1 --")] {
            assert!(asks_for_assigned(filter), "{filter:?}");
        }
    }
}
