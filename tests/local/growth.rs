//! Lists that grow: which indexes they use, and what a page costs.

use meshery_runtime::store::{Change, Column, Order, Query, Record, Scope, SqlStore, Store};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How many rows the long test goes to.
const ROWS: &str = "MESHERY_TEST_ROWS";

#[tokio::test]
async fn lists_of_sqlite_use_their_indexes() {
    let folder = tempfile::tempdir().unwrap();
    lists_use_their_indexes(&format!("sqlite:{}", folder.path().join("store.db").display())).await;
}

/// No quick order sorts, and no count reads what it counts: both are seen in the query plans.
pub(crate) async fn lists_use_their_indexes(url: &str) {
    let store = SqlStore::open(url).await.unwrap();
    let owner = Uuid::now_v7();
    fill(&store, owner, 0..2_000).await;
    store.analyze().await.unwrap();
    plans(&store, owner).await;
    lists_of_many_organizations_are_put_together(&store).await;
    store.close().await;
}

/// What is asked for most often, in each scope and each quick order.
async fn plans(store: &SqlStore, owner: Uuid) {
    for scope in [Scope::Owner(Some(owner)), Scope::Parent("p".to_owned())] {
        for column in [Column::Name, Column::CreatedAt, Column::UpdatedAt] {
            for descending in [false, true] {
                let mut query = Query::new("workspace", scope.clone());
                query.order = Order { column, descending };
                let plan = store.explain(&query).await.unwrap().join("\n");
                let index = match (&scope, column) {
                    (Scope::Owner(_), Column::Name) => "objects_owner_name",
                    (Scope::Owner(_), Column::CreatedAt) => "objects_owner_created",
                    (Scope::Owner(_), _) => "objects_owner_updated",
                    (_, Column::Name) => "objects_parent_name",
                    (_, Column::CreatedAt) => "objects_parent_created",
                    (_, _) => "objects_parent_updated",
                };
                assert!(plan.contains(index), "{scope:?} {column:?}: {plan}");
                assert!(!plan.contains("TEMP B-TREE") && !plan.contains("Sort"), "{plan}");
                assert!(plan.contains("tallies") || plan.contains("SCAN t"), "{plan}");
                assert_eq!(plan.matches("objects_").count(), 1, "the count reads what it counts: {plan}");
            }
        }
    }
    let mut deleted = Query::new("workspace", Scope::Owner(Some(owner)));
    deleted.deleted = true;
    let plan = store.explain(&deleted).await.unwrap().join("\n");
    assert!(plan.contains("objects_owner_deleted"), "{plan}");
    let mut source = Query::new("workspace", Scope::All);
    source.sources = vec!["hub".to_owned()];
    let plan = store.explain(&source).await.unwrap().join("\n");
    assert!(plan.contains("objects_source"), "{plan}");
}

/// Each organization is read in order, no further than the page goes, and not all of them sorted.
async fn lists_of_many_organizations_are_put_together(store: &SqlStore) {
    let parents: Vec<_> = ["p", "q", "r"].map(str::to_owned).into();
    let mut query = Query::new("workspace", Scope::Parents(parents.clone()));
    query.order = Order { column: Column::Name, descending: false };
    let plan = store.explain(&query).await.unwrap().join("\n");
    assert_eq!(plan.matches("objects_parent_name").count(), 3, "{plan}");
    let mut changes = Vec::new();
    for (index, parent) in parents.iter().enumerate() {
        for number in 0..20 {
            let mut record = Record::new("environment", Uuid::now_v7());
            (record.parent, record.name) = (parent.clone(), format!("{:03}", number * 3 + index));
            changes.push(Change::Insert(record));
        }
    }
    store.commit(changes).await.unwrap();
    let mut query = Query::new("environment", Scope::Parents(parents));
    query.order = Order { column: Column::Name, descending: true };
    (query.page, query.size) = (2, 7);
    let page = store.list(&query).await.unwrap();
    let names: Vec<_> = page.records.into_iter().map(|record| record.name).collect();
    assert_eq!(names, (39..46).rev().map(|n| format!("{n:03}")).collect::<Vec<_>>());
    assert_eq!(page.total, 60);
    query.scope = Scope::Parents(Vec::new());
    assert_eq!(store.list(&query).await.unwrap().total, 0, "in no organization there is nothing");
    query.scope =
        Scope::Parents((0..200).map(|n| if n == 7 { "q".to_owned() } else { n.to_string() }).collect());
    query.page = 0;
    let page = store.list(&query).await.unwrap();
    assert_eq!((page.total, &*page.records[0].name), (20, "058"), "and many are not too many");
}

/// `MESHERY_TEST_ROWS=1000000 cargo test --test local -- --ignored pages_cost --nocapture`
#[tokio::test]
#[ignore = "takes minutes; the number of rows is in the environment"]
async fn pages_cost_the_same_however_many_rows_there_are() {
    let most = std::env::var(ROWS).ok().and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().unwrap();
    measure(&format!("sqlite:{}", folder.path().join("store.db").display()), most).await;
    if let Some(postgres) = crate::postgres::Postgres::start().await {
        measure(&postgres.url(), most).await;
    }
}

async fn measure(url: &str, most: usize) {
    let store = SqlStore::open(url).await.unwrap();
    let name = url.split(':').next().unwrap_or_default();
    let owner = Uuid::now_v7();
    let (mut rows, mut next) = (0, 1_000);
    println!("{name}: rows; first page by time, by name, of a search; a page half-way: medians");
    while next <= most {
        fill_at_once(url, owner, (rows + 1, next)).await;
        store.analyze().await.unwrap();
        rows = next;
        let mut query = Query::new("workspace", Scope::Owner(Some(owner)));
        assert_eq!(store.list(&query).await.unwrap().total, rows as i64);
        plans(&store, owner).await;
        let updated = median(&store, &query).await;
        query.order = Order { column: Column::Name, descending: false };
        let by_name = median(&store, &query).await;
        query.page = (rows / 2 / 25) as i64;
        let middle = median(&store, &query).await;
        query.page = 0;
        query.search = vec!["workspace 99".to_owned()];
        let search = median(&store, &query).await;
        println!("{name}: {rows:>8} {updated:>10.2?} {by_name:>10.2?} {search:>10.2?} {middle:>10.2?}");
        next *= 10;
    }
    store.close().await;
}

/// Rows by the database's own means: a million commits of ours would take an hour.
async fn fill_at_once(url: &str, owner: Uuid, (from, to): (usize, usize)) {
    let sqlite = url.starts_with("sqlite");
    let padded = |n: &str, digits: usize| {
        if sqlite {
            format!("printf('%0{digits}d', {n})")
        } else {
            format!("lpad(CAST({n} AS TEXT), {digits}, '0')")
        }
    };
    let (id, name) = (padded("i", 12), padded("(CAST(i AS BIGINT) * 7919) % 10000000", 7));
    let rows = format!(
        "WITH RECURSIVE n(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i < {to}) \
         INSERT INTO objects (kind, id, owner, parent, name, class, variant, status, version, search, created_at, \
         updated_at, deleted_at, revision, body, sealed) SELECT 'workspace', '00000000-0000-7000-8000-' || {id}, \
         '{owner}', 'p', 'workspace ' || {name}, '', '', '', '', 'workspace ' || {name}, CAST(i AS BIGINT) * 1000000, \
         CAST(i AS BIGINT) * 1000000, 0, 1, '{{\"name\":\"one of many\"}}', '' FROM n"
    );
    let tally = format!(
        "INSERT INTO tallies (kind, owner, parent, status, slot, n) VALUES ('workspace', '{owner}', 'p', '', 0, {to}) \
         ON CONFLICT (kind, owner, parent, status, slot) DO UPDATE SET n = excluded.n"
    );
    let pool = sqlx::AnyPool::connect(url).await.unwrap();
    for statement in [rows, tally] {
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&pool).await.unwrap();
    }
    pool.close().await;
}

async fn median(store: &SqlStore, query: &Query) -> Duration {
    let mut times = Vec::new();
    for _ in 0..50 {
        let begun = Instant::now();
        assert!(store.list(query).await.unwrap().records.len() <= 25);
        times.push(begun.elapsed());
        if begun.elapsed() > Duration::from_millis(200) && times.len() >= 5 {
            break;
        }
    }
    times.sort();
    times[times.len() / 2]
}

async fn fill(store: &SqlStore, owner: Uuid, range: std::ops::Range<usize>) {
    let mut changes = Vec::new();
    for number in range {
        let mut record = Record::new("workspace", Uuid::now_v7());
        record.owner = Some(owner);
        record.parent = "p".to_owned();
        record.name = format!("workspace {:07}", (number * 7_919) % 10_000_000);
        record.search = record.name.clone();
        record.body = format!("{{\"name\":\"{}\",\"description\":\"one of many\"}}", record.name);
        changes.push(Change::Insert(record));
        if changes.len() == 1_000 {
            store.commit(std::mem::take(&mut changes)).await.unwrap();
        }
    }
    store.commit(changes).await.unwrap();
}
