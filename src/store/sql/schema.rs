//! The tables, and how a database of an earlier version comes to have them.

use super::statement::Statement;
use super::{Dialect, SqlStore};
use crate::store::StoreError;
use sqlx::{AssertSqlSafe, Row};

/// Each entry takes a database one version further. An entry that was released is never changed.
///
/// `{text}` is the type of texts that are compared byte by byte.
const MIGRATIONS: &[&str] = &[include_str!("schema/0001.sql"), include_str!("schema/0002.sql")];

/// Held while tables are changed, so that several processes may start at once.
const LOCK: &str = "SELECT CAST(pg_advisory_xact_lock(7206015) AS TEXT)";

pub(super) async fn migrate(store: &SqlStore) -> Result<(), StoreError> {
    let mut transaction = store.begin().await?;
    if store.dialect == Dialect::Postgres {
        sqlx::query(LOCK).execute(&mut *transaction).await?;
    }
    sqlx::query("CREATE TABLE IF NOT EXISTS versions (version BIGINT PRIMARY KEY)")
        .execute(&mut *transaction)
        .await?;
    let held = sqlx::query("SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) FROM versions")
        .fetch_one(&mut *transaction)
        .await?
        .try_get::<i64, _>(0)?;
    let held = usize::try_from(held).unwrap_or(usize::MAX);
    if held > MIGRATIONS.len() {
        let known = MIGRATIONS.len();
        let told = format!("the store has version {held}, and this software knows {known}: run a newer one");
        return Err(StoreError::Failed(told.into()));
    }
    for (index, migration) in MIGRATIONS.iter().enumerate().skip(held) {
        for statement in statements(migration, store.dialect) {
            sqlx::query(AssertSqlSafe(statement)).execute(&mut *transaction).await?;
        }
        let mut done = Statement::new("INSERT INTO versions (version) VALUES (");
        done.number(i64::try_from(index + 1).unwrap_or(i64::MAX)).push(")");
        done.query().execute(&mut *transaction).await?;
    }
    Ok(transaction.commit().await?)
}

/// The statements of a migration, in the words of a dialect.
fn statements(migration: &str, dialect: Dialect) -> Vec<String> {
    let text = match dialect {
        Dialect::Sqlite => "TEXT",
        Dialect::Postgres => "TEXT COLLATE \"C\"",
    };
    let lines = migration.lines().filter(|line| !line.trim_start().starts_with("--"));
    let all = lines.collect::<Vec<_>>().join("\n").replace("{text}", text);
    all.split(';').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect()
}
