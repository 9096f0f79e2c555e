//! Text of a caller is never a path and never SQL: every operation is told some of both.

use crate::harness::{Client, TokenIsUser, local, serve, sqlite};
use meshery_runtime::store::{SqlStore, Store};
use meshery_server::OperationInfo;
use meshery_server::meshery::OPERATIONS;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use uuid::Uuid;

/// Ways out of a folder, as they stand in the path of a request.
const PATHS: [&str; 10] = [
    "..%2F..%2F..%2F..%2Fetc%2Fpasswd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..",
    "%2e%2e",
    "..%5c..%5cwindows%5cwin.ini",
    "....%2F%2F....%2F%2Fetc%2Fpasswd",
    "%252e%252e%252fetc%252fpasswd",
    "%c0%ae%c0%ae%c0%afetc%c0%afpasswd",
    "%2Fetc%2Fpasswd%00",
    "file:%2F%2F%2Fetc%2Fpasswd",
];

/// Ways into a statement.
const STATEMENTS: [&str; 12] = [
    "' OR '1'='1",
    "%' OR 1=1 --",
    "'; DROP TABLE objects; --",
    "') UNION SELECT sealed FROM objects --",
    "\\' OR 1=1 --",
    "\" OR \"\"=\"",
    "$1",
    "?",
    "%",
    "_______________",
    "1; SELECT pg_sleep(1)",
    "\u{2019} OR 1=1",
];

/// Ways into an order.
const ORDERS: [&str; 7] = [
    "name; DROP TABLE objects",
    "(CASE WHEN 1=1 THEN name ELSE id END)",
    "name desc, (SELECT sealed FROM objects)",
    "sealed desc",
    "1",
    "name desc --",
    "\"name\" desc",
];

#[tokio::test]
async fn nothing_gets_out_of_or_into_sqlite() {
    let (_folder, store) = sqlite().await;
    let address = serve(local(store.clone()).router_for(TokenIsUser)).await;
    nothing_gets_out_or_in(address, store).await;
}

/// On an empty store.
pub(crate) async fn nothing_gets_out_or_in(address: SocketAddr, store: SqlStore) {
    let token = Uuid::now_v7();
    let it = Client::new(address, Some(token), store.clone());
    let organization = furnish(&it).await;
    let before = store.census().await.unwrap();
    let attacker = Attacker { address, token, organization };
    paths_lead_nowhere(&attacker).await;
    statements_are_texts(&attacker).await;
    orders_are_columns(&attacker).await;
    assert_eq!(store.census().await.unwrap(), before, "something was made or removed");
}

/// Something of each sort that could be listed by mistake.
async fn furnish(it: &Client) -> Uuid {
    let page: Value = serde_json::from_str(&it.tell("GET", "/api/identity/orgs", None, 200).await).unwrap();
    let organization: Uuid = page["organizations"][0]["id"].as_str().unwrap().parse().unwrap();
    for number in 0..3 {
        let plain = json!({"name": format!("n{number}"), "organizationId": organization});
        it.tell("POST", "/api/workspaces", Some(plain.clone()), 201).await;
        it.tell("POST", "/api/environments", Some(plain), 201).await;
        let connection = json!({"name": format!("n{number}"), "kind": "k", "type": "t", "subType": "s",
            "status": "connected", "credentialSecret": {"password": "hush-hush"}});
        it.tell("POST", "/api/integrations/connections", Some(connection), 201).await;
        let definition = json!({"name": format!("n{number}"), "kind": "k", "type": "t", "subType": "s", "status": "registered"});
        it.tell("POST", "/api/registry/connections", Some(definition), 201).await;
        let profile = json!({"name": format!("n{number}"), "duration": "1s", "endpoints": ["http://example.org"],
            "loadGenerators": ["fortio"]});
        it.tell("POST", "/api/performance/profiles", Some(profile), 200).await;
    }
    crate::registry::registry(it).await;
    organization
}

/// Who asks, byte for byte: a client would tidy the path up.
struct Attacker {
    address: SocketAddr,
    token: Uuid,
    organization: Uuid,
}

impl Attacker {
    async fn ask(&self, method: &str, target: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.token,
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // The body may be cut off where it is not wanted.
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        let text = answer.split_once("\r\n\r\n").map(|(_, text)| text.to_owned()).unwrap_or_default();
        assert!(!text.contains("root:") && !text.contains("hush"), "{method} {target}: {text}");
        (status, text)
    }

    /// The target of a list, with what it cannot do without and some parameters more.
    fn target(&self, operation: &OperationInfo, more: &[(&str, &str)]) -> String {
        let mut query = BTreeMap::new();
        if operation.query.contains(&"orgId") {
            query.insert("orgId", self.organization.to_string());
        }
        query.extend(more.iter().map(|(name, value)| (*name, encoded(value))));
        let path = operation.path.replace("{orgId}", &self.organization.to_string());
        let query: Vec<_> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{path}?{}", query.join("&"))
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Every operation with a path that takes a value: no value is a place in the file system.
async fn paths_lead_nowhere(attacker: &Attacker) {
    for operation in OPERATIONS.iter().copied().filter(|operation| operation.path.contains('{')) {
        for path in PATHS {
            let target = filled(operation.path, path);
            let method = operation.method.as_str();
            let (status, text) = attacker.ask(method, &target, if method == "GET" { "" } else { "{}" }).await;
            // An entity of the registry may have any name; there is none of such a one.
            let nothing = status == 200 && (text.is_empty() || total(&text) == Some(0));
            assert!(nothing || matches!(status, 400..=499 | 501), "{method} {target}: {status} {text}");
        }
    }
}

/// A template with a value for each of its parameters.
fn filled(template: &str, value: &str) -> String {
    let segments = template.split('/').map(|segment| if segment.starts_with('{') { value } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

/// Every parameter of every list: a statement in it finds nothing, and does nothing.
async fn statements_are_texts(attacker: &Attacker) {
    for operation in lists() {
        for parameter in operation.query.iter().filter(|parameter| **parameter != "orgId") {
            for statement in STATEMENTS {
                let target = attacker.target(operation, &[(parameter, statement)]);
                let (status, text) = attacker.ask("GET", &target, "").await;
                assert!(matches!(status, 200 | 400 | 404 | 501), "{target}: {status} {text}");
                if *parameter == "search" && status == 200 {
                    assert_eq!(total(&text), Some(0), "{target}: {text}");
                }
            }
        }
    }
}

/// Every order that is none: the list is what it is without.
async fn orders_are_columns(attacker: &Attacker) {
    for operation in lists().filter(|operation| operation.query.contains(&"order")) {
        let plain = attacker.ask("GET", &attacker.target(operation, &[]), "").await;
        for order in ORDERS {
            let ordered = attacker.ask("GET", &attacker.target(operation, &[("order", order)]), "").await;
            assert!(ordered == plain || ordered.0 == 400, "{} {order}: {ordered:?}", operation.id);
        }
        if operation.query.contains(&"sort") {
            let more = [("order", "name"), ("sort", "asc; DROP TABLE objects")];
            let sorted = attacker.ask("GET", &attacker.target(operation, &more), "").await;
            assert!(sorted == plain || sorted.0 == 400, "{}: {sorted:?}", operation.id);
        }
    }
}

/// What is listed without an object that it is a list of.
fn lists() -> impl Iterator<Item = &'static OperationInfo> {
    let whole = |operation: &&'static OperationInfo| !operation.path.replace("{orgId}", "").contains('{');
    let reads = OPERATIONS.iter().copied().filter(|operation| operation.method == http::Method::GET);
    reads.filter(whole)
}

/// How many objects a page says there are, however it spells that.
fn total(text: &str) -> Option<i64> {
    let value: Value = serde_json::from_str(text).ok()?;
    ["totalCount", "total_count", "totalTables"].iter().find_map(|name| value.get(*name)?.as_i64())
}
