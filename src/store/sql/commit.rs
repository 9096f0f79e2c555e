//! What is written: all changes of a commit in one transaction, and the tallies with them.

use super::statement::{NAME, PARENT, SEARCH, STATUS, Statement, id_text, owner_text, short};
use super::{Dialect, SqlStore};
use crate::store::{Change, Link, Record, StoreError, now};
use sqlx::{AnyConnection, Row};
use std::collections::BTreeMap;
use uuid::Uuid;

/// How often a commit is tried again when PostgreSQL breaks a deadlock by giving it up.
const ATTEMPTS: usize = 5;
/// Over how many rows a tally is spread, so that writers do not wait for each other.
const SLOTS: u8 = 8;

/// What is added to the tallies, in one order for all writers.
type Tallies = BTreeMap<(&'static str, String, String, String, u8), i64>;

pub(super) async fn commit(store: &SqlStore, changes: Vec<Change>) -> Result<(), StoreError> {
    if changes.is_empty() {
        return Ok(());
    }
    for _ in 1..ATTEMPTS {
        match attempt(store, &changes).await {
            Err(error) if is_given_up(&error) => {}
            outcome => return outcome,
        }
    }
    attempt(store, &changes).await
}

pub(super) async fn reset(store: &SqlStore) -> Result<(), StoreError> {
    let mut transaction = store.begin().await?;
    for table in ["DELETE FROM links", "DELETE FROM objects", "DELETE FROM tallies"] {
        sqlx::query(table).execute(&mut *transaction).await?;
    }
    Ok(transaction.commit().await?)
}

async fn attempt(store: &SqlStore, changes: &[Change]) -> Result<(), StoreError> {
    let mut transaction = store.begin().await?;
    let mut tallies = Tallies::new();
    for change in changes {
        match change {
            Change::Insert(record) => insert(&mut transaction, record, &mut tallies).await?,
            Change::Replace(record) => {
                let held =
                    hold(&mut transaction, store.dialect, record.kind, record.id, &mut tallies).await?;
                if held != record.revision {
                    return Err(StoreError::Stale);
                }
                replace(&mut transaction, record, &mut tallies).await?;
            }
            Change::Delete { kind, id } => {
                hold(&mut transaction, store.dialect, kind, *id, &mut tallies).await?;
                delete(&mut transaction, kind, *id).await?;
            }
            Change::Link(link) => add_link(&mut transaction, link).await?,
            Change::Unlink { link, from, to } => {
                let mut statement = Statement::new("DELETE FROM links WHERE link = ");
                statement.text(*link).push(" AND from_id = ").text(id_text(*from));
                statement.push(" AND to_id = ").text(id_text(*to));
                statement.query().execute(&mut *transaction).await?;
            }
        }
    }
    for ((kind, owner, parent, status, slot), n) in tallies.into_iter().filter(|(_, n)| *n != 0) {
        let mut statement =
            Statement::new("INSERT INTO tallies (kind, owner, parent, status, slot, n) VALUES (");
        statement.text(kind).push(", ").text(owner).push(", ").text(parent).push(", ").text(status);
        statement.push(", ").number(slot.into()).push(", ").number(n).push(
            ") ON CONFLICT (kind, owner, parent, status, slot) DO UPDATE SET n = tallies.n + excluded.n",
        );
        statement.query().execute(&mut *transaction).await?;
    }
    Ok(transaction.commit().await?)
}

async fn insert(
    connection: &mut AnyConnection,
    record: &Record,
    tallies: &mut Tallies,
) -> Result<(), StoreError> {
    let mut statement = Statement::new(
        "INSERT INTO objects (owner, parent, name, class, variant, status, version, mark, source, search, \
         updated_at, body, sealed, kind, id, created_at, deleted_at, revision) VALUES (",
    );
    let mut first = true;
    for (_, value) in columns(record) {
        statement.push(if first { "" } else { ", " }).text(value);
        first = false;
    }
    statement.push(", ").number(record.updated_at.as_microsecond());
    statement.push(", ").text(&record.body).push(", ").text(&record.sealed);
    statement.push(", ").text(record.kind).push(", ").text(id_text(record.id));
    statement.push(", ").number(record.created_at.as_microsecond()).push(
        ", 0, 1) ON CONFLICT (kind, id) DO UPDATE SET owner = excluded.owner, parent = excluded.parent, \
         name = excluded.name, class = excluded.class, variant = excluded.variant, status = excluded.status, \
         version = excluded.version, mark = excluded.mark, source = excluded.source, search = excluded.search, \
         created_at = excluded.created_at, updated_at = excluded.updated_at, body = excluded.body, \
         sealed = excluded.sealed, deleted_at = 0, revision = objects.revision + 1 \
         WHERE objects.deleted_at <> 0",
    );
    if statement.query().execute(connection).await?.rows_affected() == 0 {
        return Err(StoreError::Exists);
    }
    count(tallies, record.kind, record.id, place(record), 1);
    Ok(())
}

/// The columns that are texts, each with the words that set it, in the order that an insertion has
/// them. What is indexed is as long as an index takes it.
fn columns(record: &Record) -> [(&'static str, String); 10] {
    let [owner, parent, status] = place(record);
    [
        (", owner = ", owner),
        (", parent = ", parent),
        (", name = ", short(&record.name, NAME).to_owned()),
        (", class = ", record.class.clone()),
        (", variant = ", record.variant.clone()),
        (", status = ", status),
        (", version = ", record.version.clone()),
        (", mark = ", record.mark.clone()),
        (", source = ", short(&record.source, PARENT).to_owned()),
        (", search = ", short(&record.search, SEARCH).to_owned()),
    ]
}

/// What a record is counted by: its owner, parent and status.
fn place(record: &Record) -> [String; 3] {
    let parent = short(&record.parent, PARENT).to_owned();
    [owner_text(record.owner), parent, short(&record.status, STATUS).to_owned()]
}

/// The revision of a record that is about to be changed. PostgreSQL keeps others from it until the
/// end of the transaction; in SQLite nobody else writes.
async fn hold(
    connection: &mut AnyConnection,
    dialect: Dialect,
    kind: &'static str,
    id: Uuid,
    tallies: &mut Tallies,
) -> Result<i64, StoreError> {
    let mut statement = Statement::new("SELECT owner, parent, status, revision FROM objects WHERE kind = ");
    statement.text(kind).push(" AND id = ").text(id_text(id)).push(" AND deleted_at = 0");
    if dialect == Dialect::Postgres {
        statement.push(" FOR UPDATE");
    }
    let row = statement.query().fetch_optional(connection).await?.ok_or(StoreError::Stale)?;
    count(tallies, kind, id, [row.try_get(0)?, row.try_get(1)?, row.try_get(2)?], -1);
    Ok(row.try_get(3)?)
}

async fn replace(
    connection: &mut AnyConnection,
    record: &Record,
    tallies: &mut Tallies,
) -> Result<(), StoreError> {
    let mut statement = Statement::new("UPDATE objects SET revision = revision + 1");
    for (column, value) in columns(record) {
        statement.push(column).text(value);
    }
    statement.push(", updated_at = ").number(record.updated_at.as_microsecond());
    statement.push(", body = ").text(&record.body).push(", sealed = ").text(&record.sealed);
    statement.push(" WHERE kind = ").text(record.kind).push(" AND id = ").text(id_text(record.id));
    statement.query().execute(connection).await?;
    count(tallies, record.kind, record.id, place(record), 1);
    Ok(())
}

async fn delete(connection: &mut AnyConnection, kind: &'static str, id: Uuid) -> Result<(), StoreError> {
    let mut statement = Statement::new("UPDATE objects SET revision = revision + 1, deleted_at = ");
    statement.number(now().as_microsecond()).push(" WHERE kind = ").text(kind);
    statement.push(" AND id = ").text(id_text(id));
    statement.query().execute(&mut *connection).await?;
    for links in ["DELETE FROM links WHERE from_id = ", "DELETE FROM links WHERE to_id = "] {
        let mut statement = Statement::new(links);
        statement.text(id_text(id));
        statement.query().execute(&mut *connection).await?;
    }
    Ok(())
}

async fn add_link(connection: &mut AnyConnection, link: &Link) -> Result<(), StoreError> {
    let mut statement = Statement::new("INSERT INTO links (link, from_id, to_id, created_at) VALUES (");
    statement.text(link.link).push(", ").text(id_text(link.from)).push(", ").text(id_text(link.to));
    statement.push(", ").number(link.created_at.as_microsecond());
    statement.push(") ON CONFLICT (link, from_id, to_id) DO NOTHING");
    statement.query().execute(connection).await?;
    Ok(())
}

fn count(tallies: &mut Tallies, kind: &'static str, id: Uuid, place: [String; 3], n: i64) {
    let [owner, parent, status] = place;
    let slot = id.as_bytes()[15] % SLOTS;
    *tallies.entry((kind, owner, parent, status, slot)).or_default() += n;
}

/// Whether PostgreSQL gave the transaction up so that another could go on.
fn is_given_up(error: &StoreError) -> bool {
    let StoreError::Failed(source) = error else { return false };
    let database = source.downcast_ref::<sqlx::Error>().and_then(|error| error.as_database_error());
    database.and_then(|error| error.code()).is_some_and(|code| matches!(&*code, "40001" | "40P01"))
}
