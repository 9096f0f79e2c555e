//! The service that is all operations, beside the router.

use super::*;

/// Requests of each kind: answered, refused, and for what is not there.
fn requests() -> Vec<Request<Body>> {
    let json = [("content-type", "application/json")];
    let thing = "/things/a449604d-3f10-58f4-95ff-a9385c2fad6a";
    vec![
        get("/things?type=t&page=3"),
        get("/things?page=-1"),
        request("PUT", thing, &json, r#"{"a": "b"}"#),
        request("PUT", "/things/x", &json, r#"{"a": 1}"#),
        request("HEAD", "/things?type=t", &[], Body::empty()),
        request("OPTIONS", thing, &[], Body::empty()),
        request("DELETE", "/things", &[], Body::empty()),
        Request::get("/things?type=t").body(Body::empty()).expect("a request"),
        get("/events"),
        get("/things/"),
        get("/nowhere"),
        get("/"),
    ]
}

#[tokio::test]
async fn it_answers_as_the_router_does() {
    let router = server().fallback(crate::not_found);
    let service = Api::new(Door).things(Mirror).odd_bodies(Mirror).into_service();
    let mut statuses = Vec::new();
    for (request, same) in requests().into_iter().zip(requests()) {
        let asked = format!("{} {}", request.method(), request.uri());
        let mut answers = [send(&router, request).await, send(&service, same).await];
        if !asked.starts_with("HEAD") {
            // The length of a body that is there is what whoever writes it says.
            answers.iter_mut().for_each(|(_, headers, _)| drop(headers.remove("content-length")));
        }
        // Each request has its own.
        let [routed, served] = answers.each_mut().map(|(_, headers, _)| headers.remove("x-request-id"));
        assert_eq!(routed.is_some(), served.is_some(), "{asked}");
        assert_eq!(answers[0], answers[1], "{asked}");
        statuses.push(answers[1].0.as_u16());
    }
    statuses.sort_unstable();
    statuses.dedup();
    assert_eq!(statuses, [200, 204, 400, 401, 404, 405]);
}
