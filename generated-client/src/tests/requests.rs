//! What goes out.

use super::server::Server;
use super::{SEND, THING, client, thing_of};
use crate::call::Call;
use crate::{Error, FilePart, Upload};

async fn no_content() -> Server {
    Server::answer("204 No Content", "", "").await
}

fn line(request: &str) -> &str {
    request.lines().next().unwrap()
}

#[tokio::test]
async fn values_are_encoded_and_arrays_repeated_or_joined() {
    let server = no_content().await;
    let core = client(&server);
    let mut call = thing_of(&core, "a/../b?c", "é #1");
    call.query("search", "first".into());
    call.query("search", "a&b=c d".into());
    call.query_list("kind", vec!["x".into(), "y z".into()], true);
    call.query_list("type", vec!["1".into(), "2".into()], false);
    call.query_list("none", vec![], true);
    call.header("X-Thing", "seven".into());
    call.cookie("theme", "dark".into());
    call.cookie("token", "forged".into());
    call.execute().await.unwrap();
    let request = server.request();
    assert_eq!(
        line(&request),
        "GET /api/things/a%2F..%2Fb%3Fc/parts/%C3%A9%20%231?search=a%26b%3Dc%20d&kind=x&kind=y%20z&type=1%2C2 HTTP/1.1"
    );
    assert!(request.contains("x-thing: seven\r\n"));
    assert!(request.contains("; theme=dark\r\n"));
    assert!(!request.contains("forged"));
    assert!(request.contains("accept: application/json, text/plain;q=0.5\r\n"));
    assert!(request.contains("user-agent: meshery-client/"));
}

#[tokio::test]
async fn objects_are_written_member_by_member() {
    let server = no_content().await;
    let core = client(&server);
    let mut call = thing_of(&core, "1", "2");
    call.query_object("filter", &serde_json::json!({"size": 5, "tags": ["a", "b"], "none": null}));
    call.query_spread("where", &serde_json::json!({"k&v": "x y", "on": true}));
    call.execute().await.unwrap();
    let expected = "filter%5Bsize%5D=5&filter%5Btags%5D=a&filter%5Btags%5D=b&k%26v=x%20y&on=true";
    assert!(line(&server.request()).contains(&format!("?{expected} ")), "{}", server.request());
    let mut call = thing_of(&core, "1", "2");
    call.query_spread("where", &serde_json::json!({"deep": {"er": 1}}));
    assert!(call.execute().await.err().unwrap().to_string().contains("`where`"));
}

#[tokio::test]
async fn what_cannot_be_sent_is_an_error_that_names_it() {
    let server = no_content().await;
    let core = client(&server);
    let message = |e: Error| {
        assert!(matches!(e, Error::InvalidRequest { .. }));
        e.to_string()
    };
    let thing = |id: &str| thing_of(&core, id, "x");
    for id in ["", ".", ".."] {
        let error = message(thing(id).execute().await.err().unwrap());
        assert!(error.starts_with("getThing: `thingId` must not be"), "{error}");
    }
    let mut call = thing("1");
    call.header("X-Thing", "a\r\nb".into());
    assert!(message(call.execute().await.err().unwrap()).contains("`X-Thing`"));
    let mut call = thing("1");
    call.query_list("type", vec!["a,b".into()], false);
    assert!(message(call.execute().await.err().unwrap()).contains("`type` must not have a comma"));
    let mut call = Call::new(&core, &THING);
    call.path_list(&["a".into(), "b,c".into()]);
    assert!(message(call.execute().await.err().unwrap()).contains("`thingId` must not have a comma"));
    let mut call = Call::new(&core, &THING);
    call.path_list(&["a".into(), "b".into()]);
    assert!(
        message(call.execute().await.err().unwrap()).ends_with("`part` is missing: it is a part of the path")
    );
    let mut call = Call::new(&core, &SEND);
    call.require_body();
    assert!(message(call.execute().await.err().unwrap()).contains("`body` is required"));
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn bodies_carry_their_media_type() {
    let server = no_content().await;
    let core = client(&server);
    let mut json = Call::new(&core, &SEND);
    json.require_body();
    json.json("application/json", &["a", "b"]);
    json.execute().await.unwrap();
    let mut text = Call::new(&core, &SEND);
    text.text("application/yaml", "a: 1\n");
    text.execute().await.unwrap();
    let mut form = Call::new(&core, &SEND);
    form.form("name", "a b".into());
    form.form("name", "c&d".into());
    form.form_list("tag", vec!["1".into(), "2".into()], true);
    form.execute().await.unwrap();
    let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>("one "), Ok("two")]);
    let mut upload = Call::new(&core, &SEND);
    upload.upload("application/octet-stream", Upload::stream(chunks).length(7));
    upload.execute().await.unwrap();

    let requests = server.requests();
    let expected = [
        ("application/json", "[\"a\",\"b\"]"),
        ("application/yaml", "a: 1\n"),
        ("application/x-www-form-urlencoded", "name=c%26d&tag=1&tag=2"),
        ("application/octet-stream", "one two"),
    ];
    for (request, (media_type, body)) in requests.iter().zip(expected) {
        assert!(request.contains(&format!("content-type: {media_type}\r\n")), "{request}");
        assert!(request.ends_with(&format!("\r\n\r\n{body}")), "{request}");
    }
}

#[tokio::test]
async fn parts_are_text_json_and_files() {
    let server = no_content().await;
    let core = client(&server);
    let mut call = Call::new(&core, &SEND);
    call.part_text("name", "first".into());
    call.part_text("name", "design \"1\"".into());
    call.part_json("options", &serde_json::json!({"a": [1]}));
    let file = FilePart::new("apiVersion: v1").file_name("my \"design\".yaml").media_type("application/yaml");
    let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>("ab"), Ok("cd")]);
    call.part_files("file", vec![file, FilePart::new(Upload::stream(chunks))]);
    call.execute().await.unwrap();

    let request = server.request();
    assert!(request.contains("content-type: multipart/form-data; boundary="));
    for part in [
        "Content-Disposition: form-data; name=\"name\"\r\n\r\ndesign \"1\"\r\n",
        "Content-Disposition: form-data; name=\"options\"\r\nContent-Type: application/json\r\n\r\n{\"a\":[1]}\r\n",
        "name=\"file\"; filename=\"my \\\"design\\\".yaml\"\r\nContent-Type: application/yaml\r\n\r\napiVersion: v1\r\n",
        "name=\"file\"; filename=\"file\"\r\nContent-Type: application/octet-stream\r\n\r\n",
    ] {
        assert!(request.contains(part), "{part:?} in {request}");
    }
    assert!(!request.contains("first"));
}

#[tokio::test]
async fn a_multipart_body_without_parts_is_one() {
    let server = no_content().await;
    let core = client(&server);
    let mut call = Call::new(&core, &SEND);
    call.begin_parts();
    call.execute().await.unwrap();
    let request = server.request();
    let boundary = request.split("boundary=").nth(1).unwrap().lines().next().unwrap();
    assert!(request.ends_with(&format!("\r\n\r\n--{boundary}--\r\n")), "{request}");
}
