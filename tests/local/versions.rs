//! Databases of other versions of this software.

use meshery_runtime::store::{Query, Scope, SqlStore, Store};
use std::error::Error;
use uuid::Uuid;

/// The tables of the first version.
const FIRST: &str = include_str!("../../src/store/sql/schema/0001.sql");

#[tokio::test]
async fn sqlite_of_an_earlier_version_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}?mode=rwc", folder.path().join("store.db").display());
    an_earlier_version_is_brought_up_to_date(&url).await;
}

/// On a database with nothing in it: what the first version wrote is there in this one, several may
/// come at once, and what a later version wrote is left alone.
pub(crate) async fn an_earlier_version_is_brought_up_to_date(url: &str) {
    let (owner, id) = (Uuid::now_v7(), Uuid::now_v7());
    let old = first_version(url, owner, id).await;
    let (one, two) = tokio::join!(SqlStore::open(url), SqlStore::open(url));
    let (one, two) = (one.unwrap(), two.unwrap());
    let record = one.get("workspace", id).await.unwrap().unwrap();
    assert_eq!((&*record.name, &*record.mark, &*record.source, record.deleted_at), ("old", "", "", None));
    assert_eq!(one.list(&Query::new("workspace", Scope::Owner(Some(owner)))).await.unwrap().total, 1);
    let mut deleted = Query::new("workspace", Scope::Owner(Some(owner)));
    deleted.deleted = true;
    assert_eq!(two.list(&deleted).await.unwrap().total, 0);
    one.close().await;
    two.close().await;
    sqlx::query("INSERT INTO versions (version) VALUES (1000)").execute(&old).await.unwrap();
    let refused = SqlStore::open(url).await.unwrap_err();
    let told = refused.source().map(ToString::to_string).unwrap_or_default();
    assert!(told.contains("version 1000") && told.contains("run a newer one"), "{told}");
    old.close().await;
}

/// A database as the first version left it, with one workspace.
async fn first_version(url: &str, owner: Uuid, id: Uuid) -> sqlx::AnyPool {
    sqlx::any::install_default_drivers();
    let text = if url.starts_with("sqlite") { "TEXT" } else { "TEXT COLLATE \"C\"" };
    let lines = FIRST.lines().filter(|line| !line.trim_start().starts_with("--"));
    let tables = lines.collect::<Vec<_>>().join("\n").replace("{text}", text);
    let rows = format!(
        "CREATE TABLE versions (version BIGINT PRIMARY KEY); INSERT INTO versions (version) VALUES (1); \
         INSERT INTO objects (kind, id, owner, parent, name, class, variant, status, version, search, created_at, \
         updated_at, deleted_at, revision, body, sealed) VALUES ('workspace', '{id}', '{owner}', '', 'old', '', '', \
         '', '', 'old', 1, 1, 0, 1, '{{}}', ''); \
         INSERT INTO tallies (kind, owner, parent, status, slot, n) VALUES ('workspace', '{owner}', '', '', 0, 1)"
    );
    let pool = sqlx::AnyPool::connect(url).await.unwrap();
    for statement in format!("{tables};{rows}").split(';').filter(|statement| !statement.trim().is_empty()) {
        sqlx::query(sqlx::AssertSqlSafe(statement.to_owned())).execute(&pool).await.unwrap();
    }
    pool
}
