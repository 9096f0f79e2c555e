//! What is read: the statements of lists, and rows as what they hold.

use super::statement::{NAME, PARENT, Statement, id_text, owner_text, short};
use crate::store::{Column, End, Link, Query, Record, Scope, StoreError};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The columns of a record, in the order that [`record`] reads them.
pub(super) const RECORD: &str = "SELECT o.id, o.owner, o.parent, o.name, o.class, o.variant, o.status, \
     o.version, o.mark, o.source, o.search, o.created_at, o.updated_at, o.deleted_at, o.revision, o.body, \
     o.sealed";

/// The longest text that is searched for, in characters.
const LONGEST_SEARCH: usize = 256;
/// How many parents a list has at most that is put together from one list for each.
const MOST_BRANCHES: usize = 64;

/// The records of a page.
pub(super) fn page(query: &Query) -> Statement {
    let size = query.size.clamp(1, crate::store::query::LARGEST_PAGE);
    let skipped = query.page.max(0).saturating_mul(size);
    let mut statement = match &query.scope {
        Scope::Parents(parents) if (2..=MOST_BRANCHES).contains(&parents.len()) => {
            branches(query, parents, skipped.saturating_add(size))
        }
        _ => {
            let mut statement = Statement::new(RECORD);
            matching(&mut statement, query);
            statement
        }
    };
    ordered(&mut statement, query);
    statement.push(" LIMIT ").number(size).push(" OFFSET ").number(skipped);
    statement
}

/// The first records of each parent, each read in order from an index: what a page of all of them
/// can hold is among these.
fn branches(query: &Query, parents: &[String], most: i64) -> Statement {
    let mut statement = Statement::new("SELECT * FROM (");
    for (index, parent) in parents.iter().enumerate() {
        statement.push(if index == 0 { "SELECT * FROM (" } else { " UNION ALL SELECT * FROM (" });
        statement.push(RECORD);
        let branch = Query { scope: Scope::Parent(parent.clone()), ..query.clone() };
        matching(&mut statement, &branch);
        ordered(&mut statement, query);
        statement.push(" LIMIT ").number(most).push(") part");
    }
    statement.push(") o");
    statement
}

fn ordered(statement: &mut Statement, query: &Query) {
    let way = if query.order.descending { " DESC" } else { " ASC" };
    let column = match query.order.column {
        Column::Name => " ORDER BY o.name",
        Column::CreatedAt => " ORDER BY o.created_at",
        Column::UpdatedAt => " ORDER BY o.updated_at",
        Column::Status => " ORDER BY o.status",
        Column::Class => " ORDER BY o.class",
        Column::Variant => " ORDER BY o.variant",
        Column::Version => " ORDER BY o.version",
    };
    statement.push(column).push(way).push(", o.id").push(way);
}

/// How many records a list has: from the tallies where they know it.
pub(super) fn count(query: &Query) -> Statement {
    if !query.is_tallied() {
        let mut statement = Statement::new("SELECT COUNT(*)");
        matching(&mut statement, query);
        return statement;
    }
    let mut statement =
        Statement::new("SELECT CAST(COALESCE(SUM(t.n), 0) AS BIGINT) FROM tallies t WHERE t.kind = ");
    statement.text(query.kind);
    within(&mut statement, &query.scope, " AND t.owner = ", " AND t.parent IN ");
    if !query.statuses.is_empty() {
        statement.push(" AND t.status IN ").any_of(&query.statuses);
    }
    statement
}

/// The condition that a scope is, on these columns.
fn within(statement: &mut Statement, scope: &Scope, owner: &'static str, parent: &'static str) {
    match scope {
        Scope::All => {}
        Scope::Owner(id) => {
            statement.push(owner).text(owner_text(*id));
        }
        Scope::Parent(name) => {
            statement.push(parent).any_of([short(name, PARENT)]);
        }
        Scope::Parents(names) => {
            statement.push(parent).any_of(names.iter().map(|name| short(name, PARENT)));
        }
    }
}

/// Records by status.
pub(super) fn tally(kind: &str, scope: &Scope) -> Statement {
    let mut statement =
        Statement::new("SELECT t.status, CAST(SUM(t.n) AS BIGINT) FROM tallies t WHERE t.kind = ");
    statement.text(kind);
    within(&mut statement, scope, " AND t.owner = ", " AND t.parent IN ");
    statement.push(" GROUP BY t.status HAVING SUM(t.n) <> 0");
    statement
}

/// Records by kind.
pub(super) fn census() -> Statement {
    Statement::new("SELECT t.kind, CAST(SUM(t.n) AS BIGINT) FROM tallies t GROUP BY t.kind")
}

/// ` FROM … WHERE …` of a list.
fn matching(statement: &mut Statement, query: &Query) {
    let linked = query.linked.as_ref();
    // SQLite keeps to the order of a CROSS JOIN: from the few links to the objects they lead to.
    match linked.filter(|linked| linked.present).map(|linked| linked.other) {
        None => statement.push(" FROM objects o WHERE o.kind = ").text(query.kind),
        Some(end) => {
            statement.push(" FROM links l CROSS JOIN objects o WHERE o.kind = ").text(query.kind);
            match end {
                End::From(id) => statement.push(" AND o.id = l.to_id AND l.from_id = ").text(id_text(id)),
                End::To(id) => statement.push(" AND o.id = l.from_id AND l.to_id = ").text(id_text(id)),
            }
        }
    };
    statement.push(if query.deleted { " AND o.deleted_at <> 0" } else { " AND o.deleted_at = 0" });
    if let Some(linked) = linked.filter(|linked| linked.present) {
        statement.push(" AND l.link = ").text(linked.link);
    } else if let Some(linked) = linked {
        match linked.other {
            End::From(id) => {
                statement
                    .push(" AND NOT EXISTS (SELECT 1 FROM links l WHERE l.to_id = o.id AND l.from_id = ");
                statement.text(id_text(id));
            }
            End::To(id) => {
                statement
                    .push(" AND NOT EXISTS (SELECT 1 FROM links l WHERE l.from_id = o.id AND l.to_id = ");
                statement.text(id_text(id));
            }
        }
        statement.push(" AND l.link = ").text(linked.link).push(")");
    }
    within(statement, &query.scope, " AND o.owner = ", " AND o.parent IN ");
    conditions(statement, query);
}

fn conditions(statement: &mut Statement, query: &Query) {
    if let Some(name) = &query.name {
        statement.push(" AND o.name = ").text(short(name, NAME));
    }
    if let Some(version) = &query.version {
        statement.push(" AND o.version = ").text(version);
    }
    let lists = [
        (" AND o.class IN ", &query.classes),
        (" AND o.variant IN ", &query.variants),
        (" AND o.status IN ", &query.statuses),
        (" AND o.mark IN ", &query.marks),
        (" AND o.source <> '' AND o.source IN ", &query.sources),
    ];
    for (condition, values) in lists.into_iter().filter(|(_, values)| !values.is_empty()) {
        statement.push(condition).any_of(values);
    }
    if let Some(since) = query.since {
        statement.push(" AND o.created_at >= ").number(since.as_microsecond());
    }
    if let Some(before) = query.before {
        statement.push(" AND o.created_at < ").number(before.as_microsecond());
    }
    for text in &query.search {
        search(statement, query, text);
    }
}

/// What is searched is read from an index that holds nothing else, and not from the rows.
fn search(statement: &mut Statement, query: &Query, text: &str) {
    if query.scope == Scope::All || query.deleted {
        statement.push(" AND o.search LIKE ").text(pattern(text)).push(" ESCAPE '!'");
        return;
    }
    statement.push(" AND o.id IN (SELECT s.id FROM objects s WHERE s.deleted_at = 0 AND s.kind = ");
    statement.text(query.kind);
    within(statement, &query.scope, " AND s.owner = ", " AND s.parent IN ");
    statement.push(" AND s.search LIKE ").text(pattern(text)).push(" ESCAPE '!')");
}

/// What there is more than once of what these records are: parent, name, version, variant, and how
/// often.
pub(super) fn alike(kind: &str, records: &[Record], variant: bool) -> Statement {
    let column = if variant { "o.variant" } else { "''" };
    let mut statement = Statement::new("SELECT o.parent, o.name, o.version, ");
    statement.push(column).push(", COUNT(*) FROM objects o WHERE o.deleted_at = 0 AND o.kind = ").text(kind);
    statement.push(" AND o.parent IN ").any_of(distinct(records, |record| &record.parent));
    statement.push(" AND o.name IN ").any_of(distinct(records, |record| &record.name));
    statement.push(" GROUP BY o.parent, o.name, o.version");
    if variant {
        statement.push(", o.variant");
    }
    statement.push(" HAVING COUNT(*) > 1");
    statement
}

fn distinct(records: &[Record], text: impl Fn(&Record) -> &String) -> BTreeSet<&String> {
    records.iter().map(text).collect()
}

/// The links of a mapping that lead to one of these objects.
pub(super) fn links_to(link: &str, to: &[Uuid]) -> Statement {
    let mut statement = Statement::new("SELECT from_id, to_id, created_at FROM links WHERE link = ");
    statement.text(link).push(" AND to_id IN ").any_of(to.iter().map(|id| id_text(*id)));
    statement.push(" ORDER BY created_at, from_id");
    statement
}

/// A row of [`links_to`].
pub(super) fn link(row: &AnyRow, link: &'static str) -> Result<Link, StoreError> {
    let end = |index: usize| id(&row.try_get::<String, _>(index)?);
    Ok(Link { link, from: end(0)?, to: end(1)?, created_at: time(number(row, 2)?)? })
}

/// The pattern that finds a text anywhere.
fn pattern(search: &str) -> String {
    let mut pattern = String::from("%");
    for c in search.chars().take(LONGEST_SEARCH).flat_map(char::to_lowercase) {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// A row of [`RECORD`].
pub(super) fn record(row: &AnyRow, kind: &'static str) -> Result<Record, StoreError> {
    let text = |index: usize| row.try_get::<String, _>(index);
    let owner = text(1)?;
    Ok(Record {
        kind,
        id: id(&text(0)?)?,
        owner: if owner.is_empty() { None } else { Some(id(&owner)?) },
        parent: text(2)?,
        name: text(3)?,
        class: text(4)?,
        variant: text(5)?,
        status: text(6)?,
        version: text(7)?,
        mark: text(8)?,
        source: text(9)?,
        search: text(10)?,
        created_at: time(number(row, 11)?)?,
        updated_at: time(number(row, 12)?)?,
        deleted_at: Some(number(row, 13)?).filter(|at| *at != 0).map(time).transpose()?,
        revision: number(row, 14)?,
        body: text(15)?,
        sealed: text(16)?,
    })
}

/// Microseconds as a time.
pub(super) fn time(microseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(microseconds).map_err(|error| StoreError::Failed(error.into()))
}

/// Rows of a name and a number.
pub(super) fn pairs(rows: &[AnyRow]) -> Result<BTreeMap<String, i64>, StoreError> {
    rows.iter().map(|row| Ok((row.try_get::<String, _>(0)?, number(row, 1)?))).collect()
}

pub(super) fn number(row: &AnyRow, index: usize) -> Result<i64, StoreError> {
    Ok(row.try_get::<i64, _>(index)?)
}

fn id(text: &str) -> Result<Uuid, StoreError> {
    Uuid::parse_str(text).map_err(|error| StoreError::Failed(error.into()))
}
