//! What is read: the statements of lists, and rows as what they hold.

use super::statement::{Statement, id_text, owner_text};
use crate::store::{Column, End, Query, Record, Scope, StoreError};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The columns of a record, in the order that [`record`] reads them.
pub(super) const RECORD: &str = "SELECT o.id, o.owner, o.parent, o.name, o.class, o.variant, o.status, \
     o.version, o.search, o.created_at, o.updated_at, o.revision, o.body, o.sealed";

/// The longest text that is searched for, in characters.
const LONGEST_SEARCH: usize = 256;

/// The records of a page.
pub(super) fn page(query: &Query) -> Statement {
    let mut statement = Statement::new(RECORD);
    matching(&mut statement, query);
    let Query { order, page, size, .. } = query;
    let (column, way) = match (order.column, order.descending) {
        (Column::Name, false) => (" ORDER BY o.name", " ASC"),
        (Column::Name, true) => (" ORDER BY o.name", " DESC"),
        (Column::CreatedAt, false) => (" ORDER BY o.created_at", " ASC"),
        (Column::CreatedAt, true) => (" ORDER BY o.created_at", " DESC"),
        (Column::UpdatedAt, false) => (" ORDER BY o.updated_at", " ASC"),
        (Column::UpdatedAt, true) => (" ORDER BY o.updated_at", " DESC"),
        (Column::Status, false) => (" ORDER BY o.status", " ASC"),
        (Column::Status, true) => (" ORDER BY o.status", " DESC"),
        (Column::Class, false) => (" ORDER BY o.class", " ASC"),
        (Column::Class, true) => (" ORDER BY o.class", " DESC"),
    };
    statement.push(column).push(way).push(", o.id").push(way);
    let size = (*size).clamp(1, crate::store::query::LARGEST_PAGE);
    statement.push(" LIMIT ").number(size).push(" OFFSET ").number((*page).max(0).saturating_mul(size));
    statement
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
    match &query.scope {
        Scope::All => {}
        Scope::Owner(owner) => {
            statement.push(" AND t.owner = ").text(owner_text(*owner));
        }
        Scope::Parent(parent) => {
            statement.push(" AND t.parent = ").text(parent);
        }
    }
    if !query.statuses.is_empty() {
        statement.push(" AND t.status IN ").any_of(&query.statuses);
    }
    statement
}

/// Records by status.
pub(super) fn tally(kind: &str, scope: &Scope) -> Statement {
    let mut statement =
        Statement::new("SELECT t.status, CAST(SUM(t.n) AS BIGINT) FROM tallies t WHERE t.kind = ");
    statement.text(kind);
    match scope {
        Scope::All => {}
        Scope::Owner(owner) => {
            statement.push(" AND t.owner = ").text(owner_text(*owner));
        }
        Scope::Parent(parent) => {
            statement.push(" AND t.parent = ").text(parent);
        }
    }
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
    statement.push(" AND o.deleted_at = 0");
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
    match &query.scope {
        Scope::All => {}
        Scope::Owner(owner) => {
            statement.push(" AND o.owner = ").text(owner_text(*owner));
        }
        Scope::Parent(parent) => {
            statement.push(" AND o.parent = ").text(parent);
        }
    }
    conditions(statement, query);
}

fn conditions(statement: &mut Statement, query: &Query) {
    if let Some(name) = &query.name {
        statement.push(" AND o.name = ").text(name);
    }
    if let Some(version) = &query.version {
        statement.push(" AND o.version = ").text(version);
    }
    let lists = [
        (" AND o.class IN ", &query.classes),
        (" AND o.variant IN ", &query.variants),
        (" AND o.status IN ", &query.statuses),
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
    if let Some(text) = &query.search {
        search(statement, query, text);
    }
}

/// What is searched is read from an index that holds nothing else, and not from the rows.
fn search(statement: &mut Statement, query: &Query, text: &str) {
    const WITHIN: &str = " AND o.id IN (SELECT s.id FROM objects s WHERE s.deleted_at = 0 AND s.kind = ";
    match &query.scope {
        Scope::All => {
            statement.push(" AND o.search LIKE ").text(pattern(text)).push(" ESCAPE '!'");
            return;
        }
        Scope::Owner(owner) => {
            statement.push(WITHIN).text(query.kind).push(" AND s.owner = ").text(owner_text(*owner));
        }
        Scope::Parent(parent) => {
            statement.push(WITHIN).text(query.kind).push(" AND s.parent = ").text(parent);
        }
    }
    statement.push(" AND s.search LIKE ").text(pattern(text)).push(" ESCAPE '!')");
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
        search: text(8)?,
        created_at: time(number(row, 9)?)?,
        updated_at: time(number(row, 10)?)?,
        revision: number(row, 11)?,
        body: text(12)?,
        sealed: text(13)?,
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
