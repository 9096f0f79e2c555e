//! Lists in pages over a server in this process: what is asked for, and when.

use super::in_process;
use crate::call::Call;
use crate::client::Core;
use crate::operation::{OperationInfo, ResponseInfo};
use crate::pages::{Facts, Items, Listed, Pages, Paging};
use crate::{ClientBuilder, Error};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, TryStreamExt};
use http::{Method, StatusCode};
use meshery_types::wire::{Map, Value};
use std::sync::{Arc, Mutex};

type Page = Map<String, Value>;

static LIST: OperationInfo = OperationInfo {
    id: "getThings",
    method: Method::GET,
    path: "/api/things",
    products: &["meshery"],
    security: &[],
    responses: &[ResponseInfo::new(200, &["application/json"]), ResponseInfo::new(204, &[])],
    accept: "application/json",
    deprecated: false,
};

const PAGING: &Paging = &Paging { page: "page", sizes: &["pageSize", "pagesize"], first: Some(0) };

fn number(page: &Page, name: &str) -> Option<i64> {
    page.get(name)?.as_i64()
}

fn items(page: &Page) -> Vec<i64> {
    page.get("things").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_i64).collect()
}

fn pages(core: &Core, set: &[(&'static str, &'static str)]) -> Pages<Page> {
    let mut call = Call::new(core, &LIST);
    set.iter().for_each(|(name, value)| call.query(name, (*value).into()));
    Pages::new(call, PAGING, |page| {
        Facts::of(&items(page))
            .page(&number(page, "page"))
            .size(&number(page, "pageSize"))
            .total(&number(page, "total"))
    })
}

fn all(core: &Core, set: &[(&'static str, &'static str)]) -> Items<Page, i64> {
    Items::new(pages(core, set), |page| Listed::into_list(Some(items(&page))))
}

/// A list of so many things, by pages of two unless asked otherwise; notes what it is asked.
fn things(count: i64) -> (ClientBuilder<Core>, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&asked);
    let builder = in_process(move |_, request: Request| {
        let query = request.uri().query().unwrap_or_default().to_owned();
        let value = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(other, _)| *other == name).and_then(|(_, value)| value.parse::<i64>().ok())
        };
        let (page, size) = (value("page").unwrap_or(0), value("pageSize").unwrap_or(2));
        let things: Vec<i64> = (page * size..count.min((page + 1) * size)).collect();
        noted.lock().unwrap().push(query.clone());
        json(&serde_json::json!({"page": page, "pageSize": size, "total": count, "things": things}))
    });
    (builder, asked)
}

fn json(body: &Value) -> Response {
    ([("content-type", "application/json")], body.to_string()).into_response()
}

fn asked(list: &Arc<Mutex<Vec<String>>>) -> Vec<String> {
    list.lock().unwrap().clone()
}

#[tokio::test]
async fn all_items_come_in_as_few_pages_as_there_are() {
    let (builder, list) = things(5);
    let core = builder.build().unwrap();
    let found: Vec<i64> = all(&core, &[]).try_collect().await.unwrap();
    assert_eq!(found, [0, 1, 2, 3, 4]);
    assert_eq!(asked(&list), ["page=0", "page=1", "page=2"]);
}

#[tokio::test]
async fn a_page_is_asked_for_when_it_is_needed_or_ahead() {
    let (builder, list) = things(6);
    let core = builder.build().unwrap();
    let mut lazy = all(&core, &[]);
    assert!(asked(&list).is_empty());
    assert_eq!(lazy.next().await.unwrap().unwrap(), 0);
    assert_eq!(lazy.next().await.unwrap().unwrap(), 1);
    assert_eq!(asked(&list), ["page=0"]);
    assert_eq!(lazy.all().await.unwrap(), [2, 3, 4, 5]);

    let (builder, list) = things(6);
    let core = builder.build().unwrap();
    let mut ahead = all(&core, &[]).prefetch();
    assert_eq!(ahead.next().await.unwrap().unwrap(), 0);
    assert_eq!(asked(&list), ["page=0", "page=1"]);
    assert_eq!(ahead.all().await.unwrap(), [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_list_begins_where_it_is_told_to_and_has_pages_as_it_is_told() {
    let (builder, list) = things(9);
    let core = builder.build().unwrap();
    let found = all(&core, &[("page", "1"), ("search", "x y")]).page_size(4).all().await.unwrap();
    assert_eq!(found, [4, 5, 6, 7, 8]);
    assert_eq!(asked(&list), ["page=1&search=x%20y&pageSize=4", "page=2&search=x%20y&pageSize=4"]);
}

#[tokio::test]
async fn pages_are_given_with_what_came_with_them() {
    let (builder, _) = things(0);
    let core = builder.build().unwrap();
    let mut pages = pages(&core, &[]);
    let page = pages.next().await.unwrap().unwrap();
    assert_eq!((page.status, number(&page.body, "total")), (StatusCode::OK, Some(0)));
    assert!(pages.next().await.is_none());
}

#[tokio::test]
async fn a_server_that_repeats_itself_is_found_out() {
    let core = in_process(|_, _| json(&serde_json::json!({"things": [1, 2], "pageSize": 2, "total": 200})));
    let core = core.build().unwrap();
    let found: Vec<_> = all(&core, &[]).collect().await;
    let [Ok(1), Ok(2), Err(error)] = &found[..] else { panic!("{found:?}") };
    assert!(matches!(error, Error::RepeatedPage { .. }), "{error}");
    assert_eq!(error.operation().unwrap().id, "getThings");
}

#[tokio::test]
async fn an_error_is_the_last_there_is() {
    let answers = in_process(|before, _| match before {
        0 => json(&serde_json::json!({"things": [1], "pageSize": 1, "total": 9})),
        1 => (StatusCode::CONFLICT, "not now").into_response(),
        _ => panic!("nobody asked for this"),
    });
    let core = answers.build().unwrap();
    let mut found = all(&core, &[]);
    assert_eq!(found.next().await.unwrap().unwrap(), 1);
    assert!(found.next().await.unwrap().unwrap_err().is_conflict());
    assert!(found.next().await.is_none());
}

#[tokio::test]
async fn a_success_without_a_body_is_an_empty_list() {
    let core = in_process(|_, _| StatusCode::NO_CONTENT.into_response()).build().unwrap();
    assert_eq!(all(&core, &[]).all().await.unwrap(), [0_i64; 0]);
}

const UNTYPED: &Paging = &Paging::new("page").sizes(&["pageSize"]);

/// The page of five things that a server has which counts from `first`, and takes what is below for the
/// first: it says that of itself which `stated` makes of its number and things.
fn counting(first: usize, stated: fn(usize, &[i64]) -> Value) -> ClientBuilder<Core> {
    in_process(move |before, request: Request| {
        assert!(before < 10, "it goes on for ever");
        let query = request.uri().query().unwrap_or_default();
        let asked = query.split_once("page=").map_or(first, |(_, number)| number.parse().unwrap());
        let things = [&[1, 2][..], &[3, 4], &[5]].get(asked.saturating_sub(first)).copied();
        json(&stated(asked, things.unwrap_or_default()))
    })
}

#[tokio::test]
async fn pages_without_a_type_are_read_to_the_last_wherever_they_count_from() {
    let silent = |_, things: &[i64]| serde_json::json!({ "things": things });
    let small = |_, things: &[i64]| serde_json::json!({ "pageSize": 2, "totalCount": 2, "things": things });
    let told = |number: usize, things: &[i64]| serde_json::json!({ "page": number, "page_size": 2, "total_count": 5, "things": things });
    for (first, stated) in [(0, silent as fn(_, &[i64]) -> _), (1, silent), (0, told), (1, told), (0, small)]
    {
        let core = counting(first, stated).build().unwrap();
        let found = core.request(&LIST).stream(UNTYPED).all().await.unwrap();
        assert_eq!(found, [1, 2, 3, 4, 5], "from {first}");
    }
}

#[tokio::test]
async fn pages_without_a_type_are_of_the_size_and_from_the_page_that_is_asked_for() {
    const FROM_ZERO: &Paging = &UNTYPED.first(0);
    let (builder, list) = things(5);
    let core = builder.build().unwrap();
    let found = core.request(&LIST).query("page", "1").stream(FROM_ZERO).page_size(2).all().await.unwrap();
    assert_eq!(found, [2, 3, 4]);
    assert_eq!(asked(&list), ["page=1&pageSize=2", "page=2&pageSize=2"]);
}

#[tokio::test]
async fn what_is_no_page_is_an_error() {
    let two = in_process(|_, _| json(&serde_json::json!({"things": [1], "others": [2]}))).build().unwrap();
    let error = two.request(&LIST).stream(UNTYPED).all().await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)), "{error}");
    assert!(
        error.to_string().contains("an object with one list among its members; found an object"),
        "{error}"
    );

    let core = in_process(|_, _| panic!("nobody asked for this")).build().unwrap();
    let error = core.request(&LIST).json("a body").stream(UNTYPED).all().await.unwrap_err();
    assert!(error.to_string().contains("`body` cannot be sent again for each page"), "{error}");
}
