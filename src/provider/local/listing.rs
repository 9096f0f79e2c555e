//! Lists: what is asked for, and the page that answers it.

use super::kind::ORGANIZATION;
use super::kind::{Kind, Shape};
use super::objects::MEMBERS;
use super::objects::{Document, decode, document, failed};
use super::reading::aside;
use super::{Caller, Local};
use crate::store::{End, LARGEST_PAGE, Linked, Order, Page, Query, Record, Scope};
use meshery_server::Failure;
use meshery_types::wire::Decode;
use std::fmt::Write;
use uuid::Uuid;

/// How a page spells its counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// `pageSize`, `totalCount`.
    Camel,
    /// `page_size`, `total_count`.
    Snake,
    /// Both.
    Twice,
}

/// What callers say of the page they want.
#[derive(Debug)]
pub(super) struct Ask {
    page: Option<i64>,
    size: Option<i64>,
    search: Vec<String>,
    order: Option<String>,
    deleted: bool,
    most: i64,
}

impl Ask {
    /// A page by number and size; what is not said or makes no sense is the first, and the default.
    pub(super) fn new(page: Option<i64>, size: Option<i64>) -> Self {
        Self { page, size, search: Vec::new(), order: None, deleted: false, most: LARGEST_PAGE }
    }

    /// The same where the size is a text: a number, or `all`, which is as many as a page holds.
    pub(super) fn spelt(page: Option<i64>, size: Option<String>) -> Self {
        Self::new(
            page,
            size.and_then(|size| match size.trim() {
                "all" => Some(LARGEST_PAGE),
                size => size.parse().ok(),
            }),
        )
    }

    /// What is searched for; again, what is searched for beside it.
    pub(super) fn search(mut self, search: Option<String>) -> Self {
        self.search.extend(search.filter(|text| !text.trim().is_empty()));
        self
    }

    /// A page of fewer records than lists may have, where each of them is a lot.
    pub(super) fn at_most(mut self, most: i64) -> Self {
        self.most = most;
        self
    }

    /// Those that were deleted, if the filter asks for them.
    pub(super) fn filter(mut self, filter: Option<&str>) -> Self {
        self.deleted = Filter::parse(filter).deleted;
        self
    }

    pub(super) fn order(mut self, order: Option<String>) -> Self {
        self.order = order;
        self
    }

    /// The order by a column and a direction that are told apart.
    pub(super) fn sorted(self, order: Option<String>, sort: Option<String>) -> Self {
        let order = match (order, sort) {
            (Some(column), Some(way)) => Some(format!("{column} {way}")),
            (order, _) => order,
        };
        self.order(order)
    }

    /// The query of a scope.
    pub(super) fn of(self, kind: &Kind, scope: Scope) -> Query {
        let mut query = Query::new(kind.name, scope);
        query.page = self.page.unwrap_or(0).max(0);
        query.size = self.size.filter(|size| *size > 0).unwrap_or(query.size).min(self.most);
        query.deleted = self.deleted;
        query.search = self.search;
        query.order = self.order.as_deref().and_then(Order::parse).unwrap_or(query.order);
        query
    }

    /// The same, by name where nothing else is said.
    pub(super) fn by_name(self, kind: &Kind, scope: Scope) -> Query {
        let said = self.order.as_deref().and_then(Order::parse);
        let mut query = self.of(kind, scope);
        query.order = said.unwrap_or(Order { column: crate::store::Column::Name, descending: false });
        query
    }
}

/// How a page is written.
pub(super) struct Layout {
    /// The member that holds the records.
    pub(super) items: &'static str,
    pub(super) spelling: Spelling,
    pub(super) shape: &'static Shape,
    /// Members that each record gets: names, and values with nothing to escape.
    pub(super) extra: Vec<(&'static str, String)>,
    /// What makes a document one of the version that the page holds.
    pub(super) convert: Option<fn(&mut Document)>,
}

impl Layout {
    pub(super) fn new(items: &'static str, shape: &'static Shape) -> Self {
        Self { items, spelling: Spelling::Camel, shape, extra: Vec::new(), convert: None }
    }

    pub(super) fn spelt(mut self, spelling: Spelling) -> Self {
        self.spelling = spelling;
        self
    }
}

impl Local {
    /// A page of records as the contract has it.
    pub(super) async fn page<T: Decode + Send + 'static>(
        &self,
        query: Query,
        layout: Layout,
    ) -> Result<T, Failure> {
        let Page { records, total } = self.store().list(&query).await.map_err(failed)?;
        let counts = (query.page, query.size, total);
        if layout.convert.is_none() {
            return page_of(&records, counts, &layout);
        }
        aside(move || page_of(&records, counts, &layout)).await?
    }

    /// The records of an organization if one is named, else those of all that the caller is in.
    /// Somebody else's organization looks empty.
    pub(super) async fn scope(&self, caller: Caller, organization: Option<Uuid>) -> Result<Scope, Failure> {
        let mut parents = match organization {
            Some(id) if self.is_member(caller, id).await? => vec![id.to_string()],
            Some(_) => Vec::new(),
            None => {
                let mine = self.store().list(&organizations_of(caller)).await.map_err(failed)?;
                mine.records.iter().map(|record| record.id.to_string()).collect()
            }
        };
        Ok(match parents.len() {
            1 => Scope::Parent(parents.remove(0)),
            _ => Scope::Parents(parents),
        })
    }
}

/// The organizations that a caller is a member of.
pub(super) fn organizations_of(caller: Caller) -> Query {
    let mut mine = Query::new(ORGANIZATION.name, Scope::All);
    mine.linked = Some(Linked { link: MEMBERS, other: End::To(caller.id()), present: true });
    mine.size = LARGEST_PAGE;
    mine
}

/// What the parameter `filter` says: a JSON object. Anything else says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Filter {
    /// What is assigned, and not what could be.
    pub(super) assigned: bool,
    /// What was deleted, and not what is there.
    pub(super) deleted: bool,
}

impl Filter {
    pub(super) fn parse(text: Option<&str>) -> Self {
        let filter = text.and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
        let said = |name: &str| filter.as_ref()?.get(name)?.as_bool();
        Self {
            assigned: said("assigned").unwrap_or(true),
            deleted: said("deletedAt").or_else(|| said("deleted_at")).unwrap_or(false),
        }
    }
}

/// A page of these records, with its number, its size and how many there are in all.
pub(super) fn page_of<T: Decode>(
    records: &[Record],
    counts: (i64, i64, i64),
    layout: &Layout,
) -> Result<T, Failure> {
    let mut text = open(layout.items);
    for (index, record) in records.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        match layout.convert {
            None => layout.shape.write(record, &mut text),
            Some(convert) => {
                let mut document = document(record)?;
                convert(&mut document);
                let record = Record { body: serde_json::to_string(&document)?, ..record.clone() };
                layout.shape.write(&record, &mut text);
            }
        }
        for (name, value) in &layout.extra {
            text.pop();
            let _ = write!(text, ",\"{name}\":\"{value}\"}}");
        }
    }
    decode(&close(text, counts, layout.spelling))
}

/// A page of documents that are no records.
pub(super) fn page_of_values<T: Decode>(
    items: &'static str,
    values: &[serde_json::Value],
    counts: (i64, i64, i64),
    spelling: Spelling,
) -> Result<T, Failure> {
    let mut text = open(items);
    let values: Vec<_> = values.iter().map(ToString::to_string).collect();
    text.push_str(&values.join(","));
    decode(&close(text, counts, spelling))
}

fn open(items: &str) -> String {
    format!("{{\"{items}\":[")
}

fn close(mut text: String, (page, size, total): (i64, i64, i64), spelling: Spelling) -> String {
    let _ = write!(text, "],\"page\":{page}");
    if spelling != Spelling::Snake {
        let _ = write!(text, ",\"pageSize\":{size},\"totalCount\":{total}");
    }
    if spelling != Spelling::Camel {
        let _ = write!(text, ",\"page_size\":{size},\"total_count\":{total}");
    }
    text.push('}');
    text
}

#[cfg(test)]
mod tests {
    use super::{Ask, Filter};
    use crate::provider::local::kind::MODEL;
    use crate::store::Scope;

    #[test]
    fn a_filter_says_what_it_says_and_nothing_else() {
        let parse = |text: &str| {
            let filter = Filter::parse(Some(text));
            (filter.assigned, filter.deleted)
        };
        assert_eq!(parse(r#"{"assigned": false}"#), (false, false));
        assert_eq!(parse(r#"{"assigned": true, "deleted_at": true}"#), (true, true));
        assert_eq!(parse(r#"{"deletedAt": true}"#), (true, true));
        for text in ["", "{}", "[]", r#"{"assigned":"no"}"#, "' OR 1=1 --"] {
            assert_eq!(parse(text), (true, false), "{text:?}");
        }
        assert!(Filter::parse(None).assigned);
    }

    #[test]
    fn a_size_is_a_number_or_all_of_them_and_never_more_than_a_page_holds() {
        let size = |text: &str| Ask::spelt(None, Some(text.to_owned())).of(&MODEL, Scope::All).size;
        let sizes = ["10", " 7 ", "all", "5000", "0", "-3", "many"].map(size);
        assert_eq!(sizes, [10, 7, 1000, 1000, 25, 25, 25]);
    }
}
