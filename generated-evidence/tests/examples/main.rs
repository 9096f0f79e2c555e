//! The examples of the client do what they say, against the generated server over loopback.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(unreachable_pub, reason = "an example is a crate of its own elsewhere")]

use meshery_client::{Token, meshery::Client};
use meshery_evidence::draw::Answer;
use meshery_evidence::drive::{Heard, Mock, SECRET};
use meshery_evidence::generated::meshery::serve;
use serde_json::{Value, json};

#[allow(dead_code, reason = "`main` of an example is for whoever runs it")]
#[path = "../../../generated-client/examples/create_environment.rs"]
mod create_environment;
#[allow(dead_code, reason = "`main` of an example is for whoever runs it")]
#[path = "../../../generated-client/examples/follow_controller_status.rs"]
mod follow_controller_status;
#[allow(dead_code, reason = "`main` of an example is for whoever runs it")]
#[path = "../../../generated-client/examples/import_design.rs"]
mod import_design;
#[allow(dead_code, reason = "`main` of an example is for whoever runs it")]
#[path = "../../../generated-client/examples/list_workspaces.rs"]
mod list_workspaces;
#[allow(dead_code, reason = "`main` of an example is for whoever runs it")]
#[path = "../../../generated-client/examples/open_console.rs"]
mod open_console;

const ID: &str = "a449604d-3f10-58f4-95ff-a9385c2fad6a";

/// A server that answers in one way, and a client of it.
async fn served(status: u16, media_type: &str, body: Value) -> (Client, Mock) {
    let mock = Mock::default();
    let media_type = (!media_type.is_empty()).then(|| media_type.to_owned());
    mock.script(Answer { status, media_type, body, ..Answer::default() });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let app = serve(mock.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let client = Client::builder(&base).unwrap().credentials(Token::new(SECRET)).build().unwrap();
    (client, mock)
}

fn heard(mock: &Mock) -> Heard {
    mock.heard().unwrap()
}

#[tokio::test]
async fn list_workspaces() {
    let workspace = |name: &str| json!({"id": ID, "name": name, "organizationId": ID, "description": "", "owner": ID, "metadata": {}});
    let page = json!({
        "page": 0, "pageSize": 100, "totalCount": 2, "workspaces": [workspace("one"), workspace("two")],
    });
    let (client, mock) = served(200, "application/json", page).await;
    assert_eq!(list_workspaces::names(&client, "o").await.unwrap(), ["one", "two"]);
    let query = heard(&mock).arguments.query;
    assert_eq!((&query["search"], &query["page"], &query["pageSize"]), (&json!("o"), &json!(0), &json!(100)));
}

#[tokio::test]
async fn create_environment() {
    let organization = ID.parse().unwrap();
    let environment = json!({
        "id": ID, "name": "prod", "organizationId": ID, "description": "made by an example",
        "schemaVersion": "environments.meshery.io/v1beta3",
    });
    let (client, mock) = served(201, "application/json", environment).await;
    let made = create_environment::create(&client, "prod", organization).await.unwrap();
    assert_eq!((made.name.as_str(), made.id.to_string().as_str()), ("prod", ID));
    let (_, body) = heard(&mock).arguments.body.unwrap();
    assert_eq!(body, json!({"name": "prod", "organizationId": ID, "description": "made by an example"}));

    let (client, _) = served(400, "text/plain", json!("the name is taken")).await;
    let error = create_environment::create(&client, "prod", organization).await.unwrap_err();
    assert!(create_environment::advice(&error).contains("the name is taken"));
    let (client, _) = served(401, "text/plain", json!("who is it?")).await;
    let error = create_environment::create(&client, "prod", organization).await.unwrap_err();
    assert_eq!(create_environment::advice(&error), "log in first");
}

#[tokio::test]
async fn follow_controller_status() {
    let events = json!([r#"[{"status":"RUNNING"}]"#, r#"[{"status":"UNKOWN"}]"#]);
    let (client, mock) = served(200, "text/event-stream", events).await;
    let mut seen = Vec::new();
    let show = |status: &str| {
        seen.push(status.to_owned());
        seen.len() < 2
    };
    follow_controller_status::follow(&client, &[ID.parse().unwrap()], show).await.unwrap();
    assert_eq!(seen, [r#"[{"status":"RUNNING"}]"#, r#"[{"status":"UNKOWN"}]"#]);
    assert_eq!(heard(&mock).arguments.query["connectionIds"], json!([ID]));
}

/// The console of the server sends back what it receives, the end of the input included.
#[tokio::test]
async fn open_console() {
    let (client, mock) = served(101, "", Value::Null).await;
    let ran = open_console::run(&client, ID.parse().unwrap(), ("pods", "mine"), "ls /").await;
    assert_eq!(ran.unwrap(), ("ls /\n".to_owned(), None));
    let query = heard(&mock).arguments.query;
    assert_eq!((&query["resource"], &query["name"]), (&json!("pods"), &json!("mine")));
}

#[tokio::test]
async fn import_design() {
    let (client, mock) = served(200, "application/json", json!([{"name": "shop"}])).await;
    let file = std::env::temp_dir().join(format!("shop-{}.yaml", std::process::id()));
    std::fs::write(&file, "kind: Service").unwrap();
    let imported = import_design::import(&client, &file).await;
    std::fs::remove_file(&file).unwrap();
    assert_eq!(imported.unwrap(), ["shop"]);
    let (_, body) = heard(&mock).arguments.body.unwrap();
    assert_eq!(body["file"], json!("a2luZDogU2VydmljZQ=="));
    assert!(body["fileName"].as_str().unwrap().ends_with(".yaml"));
}
