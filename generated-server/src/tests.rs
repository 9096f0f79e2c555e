//! The whole way of a request, through a server that was emitted for a small API.
//!
//! `golden/` holds it; the generator's own test keeps it current. What is asked of every operation
//! of the real contract is asked in `meshery-evidence`.

use crate::{Asked, Authenticate, Context, Denied, Failure, Limits, Router};
use axum::body::Body;
use futures_util::{StreamExt, stream};
use golden::meshery::{Api, OddBodies, Things, odd_bodies::*, things::*};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::time::Duration;
use tower::ServiceExt;

mod bodies;
mod gate;
mod operations;
mod rejections;
mod requests;
mod responses;
mod socket;
mod whole;

/// As it is emitted.
#[rustfmt::skip]
#[allow(dead_code, unreachable_pub, unused_imports, reason = "what a crate exports is nobody's here")]
#[allow(clippy::large_enum_variant, reason = "as for the crate's own")]
mod golden;

/// Knows two tokens.
struct Door;

impl Authenticate for Door {
    type Identity = &'static str;

    async fn authenticate(&self, asked: Asked<'_>) -> Result<Self::Identity, Denied> {
        match asked.token.map(|t| t.secret()) {
            Some("ann") => Ok("Ann"),
            Some("bob") => Ok("Bob"),
            Some("often") => Err(Denied::too_many_requests("slow down", Some(Duration::from_millis(1500)))),
            Some("down") => Err(Denied::unavailable("no keys")),
            Some(_) => Err(Denied::unauthenticated("unknown token")),
            None => Err(Denied::unauthenticated("a token is needed")),
        }
    }
}

/// Answers with what it was asked.
struct Mirror;

impl Things<&'static str> for Mirror {
    async fn get_boom(&self, cx: Context<&'static str>) -> Result<GetBoomResponse, Failure> {
        match cx.parts.uri.query() {
            Some("unsupported") => Err(Failure::unsupported("there is no cellar in this house")),
            Some("none") => Err(Failure::not_implemented("the secret of the house")),
            Some("fail") => Err(Failure::bad_gateway("the secret of the house")),
            Some("sleep") => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                Ok(GetBoomResponse::Ok(Value::Null))
            }
            Some("headers") => Ok(GetBoomResponse::Ok(json!(format!("{:?}", cx.parts)))),
            Some("fine") => Ok(GetBoomResponse::Ok(json!({"who": cx.identity}))),
            _ => panic!("the secret of the house"),
        }
    }

    async fn get_public(&self, cx: Context<Option<&'static str>>) -> Result<GetPublicResponse, Failure> {
        Ok(GetPublicResponse::Ok(cx.identity.unwrap_or("nobody").to_owned()))
    }

    async fn get_things(
        &self,
        cx: Context<&'static str>,
        query: GetThingsQuery,
        headers: GetThingsHeaders,
        cookies: GetThingsCookies,
    ) -> Result<GetThingsResponse, Failure> {
        if query.r#type == "bad" {
            return Ok(GetThingsResponse::BadRequest("no such type".into()));
        }
        let seen = format!("{} {query:?} {headers:?} {cookies:?}", cx.identity);
        Ok(GetThingsResponse::Ok([("seen".to_owned(), seen.into())].into_iter().collect()))
    }

    async fn put_thing(
        &self,
        _: Context<&'static str>,
        path: PutThingPath,
        query: PutThingQuery,
        body: std::collections::BTreeMap<String, String>,
    ) -> Result<PutThingResponse, Failure> {
        if query.dry == Some(true) {
            return Ok(PutThingResponse::NoContent);
        }
        let count = body.len() as i64;
        let body = body.into_iter().map(|(name, value)| (name, value.into())).collect();
        Ok(PutThingResponse::Ok { body, etag: path.thing_id.to_string(), x_count: Some(count) })
    }
}

impl OddBodies<&'static str> for Mirror {
    async fn get_events(&self, cx: Context<&'static str>) -> Result<GetEventsResponse, Failure> {
        let items = stream::iter(["one".to_owned(), "two\nlines".to_owned()]);
        let more = if cx.parts.uri.query() == Some("endless") {
            stream::pending().boxed()
        } else {
            stream::empty().boxed()
        };
        Ok(GetEventsResponse::Ok(crate::EventStream::new(items.chain(more))))
    }

    async fn post_form(
        &self,
        _: Context<&'static str>,
        body: PostFormBody,
    ) -> Result<PostFormResponse, Failure> {
        assert_eq!(body, PostFormBody { name: "a b".to_owned(), count: Some(2) });
        Ok(PostFormResponse::NoContent)
    }

    async fn post_many(
        &self,
        _: Context<&'static str>,
        body: Option<PostManyBody>,
    ) -> Result<PostManyResponse, Failure> {
        Ok(match body {
            Some(PostManyBody::Json(object)) => PostManyResponse::OkJson(object),
            Some(PostManyBody::Text(text)) => PostManyResponse::OkText(text),
            None => PostManyResponse::OkText("nothing".to_owned()),
        })
    }

    async fn put_raw(
        &self,
        cx: Context<&'static str>,
        body: crate::ByteStream,
    ) -> Result<PutRawResponse, Failure> {
        match cx.parts.uri.query() {
            Some("echo") => Ok(PutRawResponse::Ok(body)),
            Some("panic") => panic!("the secret of the house: {:?}", body.collect().await),
            Some("hang") => {
                let _ = tokio::time::timeout(Duration::from_millis(1), body.collect()).await;
                std::future::pending().await
            }
            _ => Ok(PutRawResponse::Ok(body.collect().await?.into())),
        }
    }

    async fn get_socket(&self, cx: Context<&'static str>) -> Result<GetSocketResponse, Failure> {
        Ok(match cx.identity {
            "Bob" => GetSocketResponse::NotFound("not for Bob".into()),
            _ => GetSocketResponse::SwitchingProtocols(socket::echo()),
        })
    }

    async fn post_upload(
        &self,
        _: Context<&'static str>,
        body: PostUploadBody,
    ) -> Result<PostUploadResponse, Failure> {
        assert_eq!(body.file.file_name.as_deref(), Some("a.txt"));
        assert_eq!(body.more.as_ref().map(Vec::len), Some(2));
        assert!(body.extra.is_none_or(|extra| extra.contains_key("a")));
        Ok(PostUploadResponse::Created(body.count + body.file.len() as i64))
    }
}

fn server() -> Router {
    Api::new(Door).things(Mirror).odd_bodies(Mirror).into_router()
}

/// A server whose limits are tight.
fn narrow() -> Router {
    let limits = Limits {
        json: 16,
        bytes: 8,
        multipart: 1024,
        parts: 5,
        headers: 256,
        time: Duration::from_millis(50),
        ..Limits::default()
    };
    Api::new(Door).things(Mirror).odd_bodies(Mirror).limits(limits).into_router()
}

/// A request of Ann's with these headers.
fn request(method: &str, uri: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Request<Body> {
    let request = Request::builder().method(method).uri(uri).header("cookie", "token=ann");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(body.into()).expect("a request")
}

fn get(uri: &str) -> Request<Body> {
    request("GET", uri, &[], Body::empty())
}

/// A response in a form that is read.
type Read = (StatusCode, HeaderMap, String);

async fn send<S>(service: &S, request: Request<Body>) -> Read
where
    S: tower::Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone,
{
    let response = service.clone().oneshot(request).await.expect("never fails");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).expect("text"))
}

/// The violations of a 400, each as `in name-or-pointer rule limit`.
fn violations(body: &str) -> Vec<String> {
    let problem: Value = serde_json::from_str(body).expect("JSON");
    let list = problem["violations"].as_array().expect("a list").clone();
    let text = |v: &Value, name: &str| v[name].as_str().map(|t| format!(" {t}")).unwrap_or_default();
    let line = |v: &Value| {
        let names = ["name", "pointer", "rule", "limit"].map(|name| text(v, name));
        format!("{}{}", v["in"].as_str().expect("a part"), names.concat())
    };
    list.iter().map(line).collect()
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
