//! Who gets in.

use super::golden::meshery::OPERATIONS;
use super::*;
use crate::{AllowAuthenticated, Authorize, PermissionKey};

fn anonymous(method: &str, uri: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let request = Request::builder().method(method).uri(uri);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(Body::empty()).expect("a request")
}

#[tokio::test]
async fn without_credentials_every_protected_operation_is_closed() {
    let mounted = server();
    let empty = Api::new(Door).into_router();
    for operation in OPERATIONS {
        let uri = operation.path.replace(['{', '}'], "");
        for router in [&mounted, &empty] {
            let (status, headers, _) = send(router, anonymous(operation.method.as_str(), &uri, &[])).await;
            assert_eq!(status == 401, !operation.is_public(), "{}", operation.id);
            assert_eq!(headers.get("www-authenticate").is_some_and(|v| v == "Bearer"), status == 401);
        }
    }
}

#[tokio::test]
async fn credentials_are_found_in_each_place() {
    let router = server();
    for place in [("cookie", "token=bob"), ("authorization", "Bearer bob"), ("meshery-token", "bob")] {
        let (status, _, body) = send(&router, anonymous("GET", "/boom?fine", &[place])).await;
        assert_eq!((status.as_u16(), body.as_str()), (200, r#"{"who":"Bob"}"#));
    }
    let both = [("cookie", "token=ann"), ("authorization", "Bearer bob")];
    let (_, _, body) = send(&router, anonymous("GET", "/boom?fine", &both)).await;
    assert_eq!(body, r#"{"who":"Ann"}"#);
}

#[tokio::test]
async fn credentials_of_a_request_are_not_printed() {
    let all = [
        ("cookie", "token=ann; session=hush"),
        ("authorization", "Basic hush"),
        ("proxy-authorization", "hush"),
        ("meshery-token", "hush"),
        ("x-other", "told"),
    ];
    let (status, _, body) = send(&server(), anonymous("GET", "/boom?headers", &all)).await;
    assert_eq!(status, 200);
    assert!(body.contains("told") && !body.contains("hush") && !body.contains("token=ann"), "{body}");
}

#[tokio::test]
async fn bad_credentials_are_401_and_a_broken_authenticator_is_503() {
    let router = server();
    for place in [("cookie", "token=eve"), ("cookie", "token=ann; token=bob"), ("authorization", "Bearer")] {
        let (status, _, _) = send(&router, anonymous("GET", "/boom?fine", &[place])).await;
        assert_eq!(status, 401);
    }
    let (status, headers, _) = send(&router, anonymous("GET", "/boom", &[("meshery-token", "down")])).await;
    assert_eq!((status.as_u16(), header(&headers, "retry-after")), (503, "1"));
}

#[tokio::test]
async fn a_public_operation_knows_who_calls_if_it_can() {
    let router = server();
    for (place, expected) in [
        (vec![], "nobody"),
        (vec![("cookie", "token=ann")], "Ann"),
        (vec![("cookie", "token=eve")], "nobody"),
        (vec![("cookie", "token=ann; token=bob")], "nobody"),
    ] {
        let (status, _, body) = send(&router, anonymous("GET", "/public", &place)).await;
        assert_eq!((status.as_u16(), body.as_str()), (200, expected));
    }
}

#[tokio::test]
async fn an_authorizer_narrows_what_an_identity_may_call() {
    struct NotBob;
    impl Authorize<&'static str> for NotBob {
        async fn authorize(&self, identity: &&'static str, asked: Asked<'_>) -> Result<(), Denied> {
            let operation = asked.operation;
            assert_eq!((asked.product, operation.group, operation.is_public()), ("meshery", "Things", false));
            let allowed = *identity != "Bob" || operation.id != "getBoom";
            allowed.then_some(()).ok_or_else(|| Denied::forbidden("not for Bob"))
        }
    }
    let router = Api::new(Door).authorizer(NotBob).things(Mirror).into_router();
    let bob = [("meshery-token", "bob")];
    let (status, _, body) = send(&router, anonymous("GET", "/boom?fine", &bob)).await;
    assert_eq!((status.as_u16(), body.as_str()), (403, "not for Bob"));
    assert_eq!(send(&router, anonymous("GET", "/things?type=x", &bob)).await.0, 200);
    assert_eq!(send(&router, get("/boom?fine")).await.0, 200);
    let open = Api::new(Door).authorizer(AllowAuthenticated).things(Mirror).into_router();
    assert_eq!(send(&open, anonymous("GET", "/boom?fine", &bob)).await.0, 200);
}

#[tokio::test]
async fn the_hooks_are_told_which_permission_keys_an_operation_asks_for() {
    static KEY: PermissionKey = PermissionKey::new("7", "Things", "Boom", &[], &[], false);
    /// Lets nobody do what asks for no key.
    struct ByKey;
    impl Authorize<&'static str> for ByKey {
        async fn authorize(&self, _: &&'static str, asked: Asked<'_>) -> Result<(), Denied> {
            asked.permissions.contains(&KEY).then_some(()).ok_or_else(|| Denied::forbidden("no key"))
        }
    }
    let keys = |operation: &'static crate::OperationInfo| -> &'static [PermissionKey] {
        if operation.id == "getBoom" { std::slice::from_ref(&KEY) } else { &[] }
    };
    let router = Api::new(Door).authorizer(ByKey).permissions(keys).things(Mirror).into_router();
    assert_eq!(send(&router, get("/boom?fine")).await.0, 200);
    assert_eq!(send(&router, get("/things?type=x")).await.0, 403);
    let silent = Api::new(Door).authorizer(ByKey).things(Mirror).into_router();
    assert_eq!(send(&silent, get("/boom?fine")).await.0, 403, "who says nothing asks for no key");
}

#[tokio::test]
async fn an_insecure_server_says_so_in_its_making() {
    let router = Api::insecure("everybody").things(Mirror).into_router();
    let (status, _, body) = send(&router, anonymous("GET", "/boom?fine", &[])).await;
    assert_eq!((status.as_u16(), body.as_str()), (200, r#"{"who":"everybody"}"#));
}

#[tokio::test]
async fn a_group_that_nobody_implements_is_501_with_the_operation() {
    let router = Api::new(Door).odd_bodies(Mirror).into_router();
    let (status, _, body) = send(&router, get("/things")).await;
    assert_eq!((status.as_u16(), body.as_str()), (501, "getThings is not implemented here"));
    assert_eq!(send(&router, anonymous("GET", "/public", &[])).await.0, 501);
}
