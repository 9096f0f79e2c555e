//! Lists: what is asked for, and the page that answers it.

use super::kind::{Kind, Shape};
use super::objects::{Document, decode, document, failed};
use super::{Caller, Local};
use crate::store::{Order, Page, Query, Record, Scope};
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
#[derive(Debug, Default)]
pub(super) struct Ask {
    page: Option<i64>,
    size: Option<i64>,
    search: Option<String>,
    order: Option<String>,
}

impl Ask {
    /// A page by number and size; what is not said or makes no sense is the first, and the default.
    pub(super) fn new(page: Option<i64>, size: Option<i64>) -> Self {
        Self { page, size, ..Self::default() }
    }

    /// The same where the size is a text.
    pub(super) fn spelt(page: Option<i64>, size: Option<String>) -> Self {
        Self::new(page, size.and_then(|size| size.trim().parse().ok()))
    }

    pub(super) fn search(mut self, search: Option<String>) -> Self {
        self.search = search.filter(|text| !text.trim().is_empty());
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
        query.size = self.size.filter(|size| *size > 0).unwrap_or(query.size);
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
pub(super) struct Layout<'a> {
    /// The member that holds the records.
    pub(super) items: &'static str,
    pub(super) spelling: Spelling,
    pub(super) shape: &'a Shape,
    /// Members that each record gets: names, and values with nothing to escape.
    pub(super) extra: Vec<(&'static str, String)>,
    /// What makes a document one of the version that the page holds.
    pub(super) convert: Option<fn(&mut Document)>,
}

impl<'a> Layout<'a> {
    pub(super) fn new(items: &'static str, shape: &'a Shape) -> Self {
        Self { items, spelling: Spelling::Camel, shape, extra: Vec::new(), convert: None }
    }

    pub(super) fn spelt(mut self, spelling: Spelling) -> Self {
        self.spelling = spelling;
        self
    }
}

impl Local {
    /// A page of records as the contract has it.
    pub(super) async fn page<T: Decode>(&self, query: Query, layout: Layout<'_>) -> Result<T, Failure> {
        let Page { records, total } = self.store().list(&query).await.map_err(failed)?;
        page_of(&records, (query.page, query.size, total), &layout)
    }

    /// The records of an organization if one is named, else those of the caller.
    pub(super) async fn scope(&self, caller: Caller, organization: Option<Uuid>) -> Result<Scope, Failure> {
        match organization {
            Some(id) if self.is_member(caller, id).await? => Ok(Scope::Parent(id.to_string())),
            // Nothing has such an owner: somebody else's organization looks empty.
            Some(_) => Ok(Scope::Owner(Some(Uuid::nil()))),
            None => Ok(Scope::Owner(Some(caller.id()))),
        }
    }
}

/// A page of these records, with its number, its size and how many there are in all.
pub(super) fn page_of<T: Decode>(
    records: &[Record],
    counts: (i64, i64, i64),
    layout: &Layout<'_>,
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
