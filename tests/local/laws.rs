//! What every store keeps to.

use crate::harness::sqlite;
use meshery_runtime::store::{
    Change, Column, End, Link, Linked, Order, Query, Record, Scope, SqlStore, Store, StoreError,
};
use uuid::Uuid;

const KIND: &str = "workspace";
const OTHER: &str = "environment";

#[tokio::test]
async fn sqlite_keeps_the_laws() {
    let (_folder, store) = sqlite().await;
    keeps_the_laws(&store).await;
}

/// All laws, on an empty store.
pub(crate) async fn keeps_the_laws(store: &SqlStore) {
    what_is_inserted_is_read(store).await;
    a_stale_change_changes_nothing(store).await;
    a_commit_is_all_or_nothing(store).await;
    what_is_deleted_is_gone_and_may_come_back(store).await;
    lists_are_ordered_paged_and_counted(store).await;
    searches_take_every_sign_for_what_it_is(store).await;
    links_lead_both_ways_until_an_end_is_deleted(store).await;
    concurrent_writers_lose_nothing(store).await;
    nothing_is_left_after_a_reset(store).await;
}

fn record(owner: Uuid, name: &str) -> Record {
    let mut record = Record::new(KIND, Uuid::now_v7());
    record.owner = Some(owner);
    record.name = name.to_owned();
    record.search = name.to_lowercase();
    record.status = "new".to_owned();
    record
}

async fn insert(store: &SqlStore, record: &Record) {
    store.commit(vec![Change::Insert(record.clone())]).await.unwrap();
}

async fn count(store: &SqlStore, scope: Scope) -> i64 {
    store.list(&Query::new(KIND, scope)).await.unwrap().total
}

async fn what_is_inserted_is_read(store: &SqlStore) {
    let mut written = record(Uuid::now_v7(), "näme 'quoted' \"twice\" \\ %_");
    written.body = r#"{"a":"\u0000 and ☃","b":[1,2.5,null]}"#.to_owned();
    written.sealed = "v1.AAAA".to_owned();
    written.parent = "p".to_owned();
    (written.class, written.variant, written.version) = ("c".to_owned(), "v".to_owned(), "1".to_owned());
    insert(store, &written).await;
    let read = store.get(KIND, written.id).await.unwrap().unwrap();
    assert_eq!(read, Record { revision: 1, ..written.clone() });
    assert!(store.get(OTHER, written.id).await.unwrap().is_none(), "ids are of a kind");
    let again = store.commit(vec![Change::Insert(written)]).await;
    assert!(matches!(again, Err(StoreError::Exists)), "{again:?}");
}

async fn a_stale_change_changes_nothing(store: &SqlStore) {
    let owner = Uuid::now_v7();
    let first = record(owner, "first");
    insert(store, &first).await;
    let read = store.get(KIND, first.id).await.unwrap().unwrap();
    let mut mine = read.clone();
    (mine.name, mine.status) = ("mine".to_owned(), "old".to_owned());
    store.commit(vec![Change::Replace(mine)]).await.unwrap();
    let theirs = Record { name: "theirs".to_owned(), ..read };
    let outcome = store.commit(vec![Change::Replace(theirs)]).await;
    assert!(matches!(outcome, Err(StoreError::Stale)), "{outcome:?}");
    let held = store.get(KIND, first.id).await.unwrap().unwrap();
    assert_eq!((&*held.name, held.revision), ("mine", 2));
    let tally = store.tally(KIND, &Scope::Owner(Some(owner))).await.unwrap();
    assert_eq!(tally, [("old".to_owned(), 1)].into());
}

async fn a_commit_is_all_or_nothing(store: &SqlStore) {
    let owner = Uuid::now_v7();
    let (one, two) = (record(owner, "one"), record(owner, "two"));
    insert(store, &one).await;
    let outcome = store.commit(vec![Change::Insert(two.clone()), Change::Insert(one)]).await;
    assert!(matches!(outcome, Err(StoreError::Exists)), "{outcome:?}");
    assert!(store.get(KIND, two.id).await.unwrap().is_none());
    assert_eq!(count(store, Scope::Owner(Some(owner))).await, 1);
}

async fn what_is_deleted_is_gone_and_may_come_back(store: &SqlStore) {
    let owner = Uuid::now_v7();
    let it = record(owner, "it");
    insert(store, &it).await;
    let delete = || vec![Change::Delete { kind: KIND, id: it.id }];
    store.commit(delete()).await.unwrap();
    assert!(store.get(KIND, it.id).await.unwrap().is_none());
    assert_eq!(count(store, Scope::Owner(Some(owner))).await, 0);
    let mut by_name = Query::new(KIND, Scope::Owner(Some(owner)));
    by_name.name = Some("it".to_owned());
    assert_eq!(store.list(&by_name).await.unwrap().total, 0);
    assert!(matches!(store.commit(delete()).await, Err(StoreError::Stale)));
    let gone = Record { revision: 2, ..it.clone() };
    assert!(matches!(store.commit(vec![Change::Replace(gone)]).await, Err(StoreError::Stale)));
    insert(store, &it).await;
    assert_eq!(store.get(KIND, it.id).await.unwrap().unwrap().revision, 3, "revisions go on");
    assert_eq!(count(store, Scope::Owner(Some(owner))).await, 1);
}

async fn lists_are_ordered_paged_and_counted(store: &SqlStore) {
    let owner = Uuid::now_v7();
    for index in 0..30 {
        let mut record = record(owner, &format!("w{:02}", (index * 7) % 30));
        record.parent = format!("parent-{owner}-{}", index % 2);
        record.class = ["a", "b", "c"][index % 3].to_owned();
        record.created_at = jiff::Timestamp::from_second(1_000 + index as i64).unwrap();
        record.updated_at = record.created_at;
        insert(store, &record).await;
    }
    let mut query = Query::new(KIND, Scope::Owner(Some(owner)));
    query.order = Order { column: Column::Name, descending: false };
    let mut names = Vec::new();
    for page in 0..4 {
        (query.page, query.size) = (page, 8);
        let found = store.list(&query).await.unwrap();
        assert_eq!(found.total, 30);
        names.extend(found.records.into_iter().map(|record| record.name));
    }
    assert_eq!(names, (0..30).map(|n| format!("w{n:02}")).collect::<Vec<_>>());
    query.page = i64::MAX;
    assert!(store.list(&query).await.unwrap().records.is_empty());
    query.page = 0;
    query.order = Order { column: Column::CreatedAt, descending: true };
    let newest = store.list(&query).await.unwrap().records;
    assert_eq!(newest[0].created_at.as_second(), 1_029);
    query.classes = vec!["a".to_owned(), "b".to_owned()];
    assert_eq!(store.list(&query).await.unwrap().total, 20);
    query.since = jiff::Timestamp::from_second(1_003).ok();
    query.before = jiff::Timestamp::from_second(1_006).ok();
    assert_eq!(store.list(&query).await.unwrap().total, 2);
    let parent = Query::new(KIND, Scope::Parent(format!("parent-{owner}-1")));
    assert_eq!(store.list(&parent).await.unwrap().total, 15);
}

async fn searches_take_every_sign_for_what_it_is(store: &SqlStore) {
    let owner = Uuid::now_v7();
    for name in ["100%", "1000", "a_b", "acb", "Ärger!", "o'hara", "back\\slash"] {
        insert(store, &record(owner, name)).await;
    }
    let found = async |text: &str| {
        let mut query = Query::new(KIND, Scope::Owner(Some(owner)));
        query.search = vec![text.to_owned()];
        let page = store.list(&query).await.unwrap();
        assert_eq!(page.total, page.records.len() as i64);
        page.records.into_iter().map(|record| record.name).collect::<Vec<_>>()
    };
    assert_eq!(found("100%").await, ["100%"]);
    assert_eq!(found("A_B").await, ["a_b"]);
    assert_eq!(found("äRGER!").await, ["Ärger!"]);
    assert_eq!(found("o'h").await, ["o'hara"]);
    assert_eq!(found("k\\s").await, ["back\\slash"]);
    assert_eq!(found("' OR '1'='1").await, Vec::<String>::new());
    assert_eq!(found("\0").await.len(), 7, "a NUL is nothing");
}

async fn links_lead_both_ways_until_an_end_is_deleted(store: &SqlStore) {
    let owner = Uuid::now_v7();
    let (from, to, alone) = (record(owner, "from"), record(owner, "to"), record(owner, "alone"));
    for record in [&from, &to, &alone] {
        insert(store, record).await;
    }
    let link = Link::new("leads", from.id, to.id);
    store
        .commit(vec![Change::Link(link.clone()), Change::Link(Link::new("leads", from.id, to.id))])
        .await
        .unwrap();
    assert_eq!(store.link("leads", from.id, to.id).await.unwrap(), Some(link));
    assert_eq!(store.link("leads", to.id, from.id).await.unwrap(), None, "a link has a direction");
    assert_eq!(store.link("follows", from.id, to.id).await.unwrap(), None);
    let linked = async |other, present| {
        let mut query = Query::new(KIND, Scope::Owner(Some(owner)));
        query.linked = Some(Linked { link: "leads", other, present });
        query.order = Order { column: Column::Name, descending: false };
        let page = store.list(&query).await.unwrap();
        assert_eq!(page.total, page.records.len() as i64);
        page.records.into_iter().map(|record| record.name).collect::<Vec<_>>()
    };
    assert_eq!(linked(End::From(from.id), true).await, ["to"]);
    assert_eq!(linked(End::To(to.id), true).await, ["from"]);
    assert_eq!(linked(End::From(from.id), false).await, ["alone", "from"]);
    store.commit(vec![Change::Delete { kind: KIND, id: to.id }]).await.unwrap();
    assert_eq!(linked(End::From(from.id), true).await, Vec::<String>::new());
    assert_eq!(store.link("leads", from.id, to.id).await.unwrap(), None);
    store.commit(vec![Change::Unlink { link: "leads", from: from.id, to: to.id }]).await.unwrap();
}

async fn concurrent_writers_lose_nothing(store: &SqlStore) {
    let owner = Uuid::now_v7();
    let shared = Record { body: r#"{"n":0}"#.to_owned(), ..record(owner, "shared") };
    insert(store, &shared).await;
    let writer = async |number: usize| {
        for index in 0..10 {
            insert(store, &record(owner, &format!("{number}-{index}"))).await;
            loop {
                let mut read = store.get(KIND, shared.id).await.unwrap().unwrap();
                let n: serde_json::Value = serde_json::from_str(&read.body).unwrap();
                read.body = format!("{{\"n\":{}}}", n["n"].as_i64().unwrap() + 1);
                match store.commit(vec![Change::Replace(read)]).await {
                    Ok(()) => break,
                    Err(StoreError::Stale) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        }
    };
    tokio::join!(writer(0), writer(1), writer(2), writer(3));
    let held = store.get(KIND, shared.id).await.unwrap().unwrap();
    assert_eq!((&*held.body, held.revision), (r#"{"n":40}"#, 41));
    assert_eq!(count(store, Scope::Owner(Some(owner))).await, 41);
}

async fn nothing_is_left_after_a_reset(store: &SqlStore) {
    assert!(store.census().await.unwrap()[KIND] > 0);
    store.reset().await.unwrap();
    assert_eq!(store.census().await.unwrap().values().sum::<i64>(), 0);
    assert_eq!(count(store, Scope::All).await, 0);
}
