//! What a store is asked for.

use super::Record;
use jiff::Timestamp;
use uuid::Uuid;

/// The most records that a page holds.
pub(crate) const LARGEST_PAGE: i64 = 1000;
/// The records of a page where nothing else is said, as the contract has it.
pub(crate) const DEFAULT_PAGE: i64 = 25;

/// A list: what is in it, in which order, and which page of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Query {
    /// The kind of the records.
    pub kind: &'static str,
    /// Which of them can be in it at all.
    pub scope: Scope,
    /// Only those of this name.
    pub name: Option<String>,
    /// Only those of one of these classes, if any are named.
    pub classes: Vec<String>,
    /// Only those of one of these variants, if any are named.
    pub variants: Vec<String>,
    /// Only those with one of these statuses, if any are named.
    pub statuses: Vec<String>,
    /// Only those of this version.
    pub version: Option<String>,
    /// Only those with one of these marks, if any are named.
    pub marks: Vec<String>,
    /// Only those of one of these sources, if any are named.
    pub sources: Vec<String>,
    /// Only those that each of these texts is part of, in upper or lower case.
    pub search: Vec<String>,
    /// Only those with, or without, a link to some object.
    pub linked: Option<Linked>,
    /// Only those made at this time or later.
    pub since: Option<Timestamp>,
    /// Only those made before this time.
    pub before: Option<Timestamp>,
    /// Those that were deleted, instead of those that are there.
    pub deleted: bool,
    /// The order; records that it does not tell apart are in the order of their ids.
    pub order: Order,
    /// Which page, from 0.
    pub page: i64,
    /// How many records a page holds, from 1 to 1000.
    pub size: i64,
}

impl Query {
    /// The first page of a scope, the last changed first.
    #[must_use]
    pub fn new(kind: &'static str, scope: Scope) -> Self {
        Self {
            kind,
            scope,
            name: None,
            classes: Vec::new(),
            variants: Vec::new(),
            statuses: Vec::new(),
            version: None,
            marks: Vec::new(),
            sources: Vec::new(),
            search: Vec::new(),
            linked: None,
            since: None,
            before: None,
            deleted: false,
            order: Order { column: Column::UpdatedAt, descending: true },
            page: 0,
            size: DEFAULT_PAGE,
        }
    }

    /// Whether what is counted as it is written answers how many there are.
    pub(super) fn is_tallied(&self) -> bool {
        self.name.is_none()
            && self.classes.is_empty()
            && self.variants.is_empty()
            && self.version.is_none()
            && self.marks.is_empty()
            && self.sources.is_empty()
            && self.search.is_empty()
            && !self.deleted
            && self.linked.is_none()
            && self.since.is_none()
            && self.before.is_none()
    }
}

/// The records that a list is about. Each scope has indexes of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All, whoever they belong to.
    All,
    /// Those of one owner; `None`: those that belong to everybody.
    Owner(Option<Uuid>),
    /// Those that are part of something.
    Parent(String),
    /// Those that are part of one of these.
    Parents(Vec<String>),
}

/// A condition on links.
#[derive(Clone, Debug)]
pub struct Linked {
    /// The name of the mapping.
    pub link: &'static str,
    /// The object at the other end.
    pub other: End,
    /// Whether the link is there, or is not.
    pub present: bool,
}

/// An end of a link.
#[derive(Clone, Copy, Debug)]
pub enum End {
    /// The link starts from this object.
    From(Uuid),
    /// The link leads to this object.
    To(Uuid),
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// What it goes by.
    pub column: Column,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// What a list can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The name.
    Name,
    /// When it was made.
    CreatedAt,
    /// When it was last changed.
    UpdatedAt,
    /// The status, without an index: all records of the scope are read.
    Status,
    /// The class, without an index, too.
    Class,
    /// The variant, without an index, too.
    Variant,
    /// The version, without an index, too.
    Version,
}

impl Order {
    /// `<column> asc|desc` as callers write it. A column that is not known says nothing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_ascii_whitespace();
        let column = match words.next()? {
            "name" | "displayName" | "display_name" | "firstName" | "first_name" => Column::Name,
            "created_at" | "createdAt" => Column::CreatedAt,
            "updated_at" | "updatedAt" => Column::UpdatedAt,
            "status" => Column::Status,
            "kind" | "category" => Column::Class,
            "type" => Column::Variant,
            "version" => Column::Version,
            _ => return None,
        };
        let descending = match words.next() {
            None => false,
            Some(word) if word.eq_ignore_ascii_case("asc") => false,
            Some(word) if word.eq_ignore_ascii_case("desc") => true,
            Some(_) => return None,
        };
        words.next().is_none().then_some(Self { column, descending })
    }
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// The records on it.
    pub records: Vec<Record>,
    /// How many the list has on all pages.
    pub total: i64,
}

#[cfg(test)]
mod tests {
    use super::{Column, Order};

    #[test]
    fn an_order_is_a_known_column_and_a_direction_or_nothing() {
        let by_name = |descending| Some(Order { column: Column::Name, descending });
        assert_eq!(Order::parse("name asc"), by_name(false));
        assert_eq!(Order::parse(" name   DESC "), by_name(true));
        assert_eq!(Order::parse("name"), by_name(false));
        for text in ["", "size desc", "name; drop table objects", "name desc, id", "1", "name upwards"] {
            assert_eq!(Order::parse(text), None, "{text}");
        }
    }
}
