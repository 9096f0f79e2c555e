//! Starting a server, and stopping it.

use crate::{Server, mesheryd, run};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

#[test]
fn what_would_be_insecure_is_not_started() {
    let home = tempfile::tempdir().unwrap();
    let refused = |arguments: &[&str]| {
        let (code, _, said) = run(mesheryd(home.path()).arg("serve").args(arguments));
        assert_eq!(code, 1, "{said}");
        said
    };
    assert!(refused(&["--listen", "0.0.0.0:0"]).contains("--i-know-this-is-insecure"));
    let remote = ["--provider", "remote", "--upstream"];
    assert!(refused(&[&remote[..], &["http://meshery.test"]].concat()).contains("must be HTTPS"));
    let named = [&remote[..], &["https://meshery.test", "--provider-name", "None"]].concat();
    assert!(refused(&named).contains("cannot be called"));
    let weak = [&remote[..], &["https://meshery.test", "--algorithm", "HS256"]].concat();
    assert!(refused(&weak).contains("no algorithm that is allowed"));
    // What would not count is not taken for what does: see the settings for all of it.
    for ignored in [&["--permissions", "keys"][..], &["--allow", "getOrg"], &["--strict"], &["--leeway", "0"]]
    {
        assert!(refused(ignored).contains(&format!("{} is ", ignored[0])), "{ignored:?}");
    }
    for ignored in [&["--audience", "meshery"][..], &["--introspect", "30"], &["--algorithm", "RS256"]] {
        let upstream = [&remote[..], &["https://meshery.test", "--trust", "upstream"], ignored].concat();
        assert!(refused(&upstream).contains("with --trust upstream none is"), "{ignored:?}");
    }
    let (code, _, said) = run(mesheryd(home.path()).env("PROVIDER", "Nobody").arg("serve"));
    assert!(code == 1 && said.contains("there is no provider \"Nobody\""), "{said}");
}

#[test]
fn settings_come_of_options_environment_and_file() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("mesheryd.toml");
    fs::write(&file, "provider = 'remote'\nupstream = 'https://file.test'\nproduct = 'cloud'\nleeway = 5\n")
        .unwrap();
    let (code, printed, said) = run(mesheryd(home.path())
        .env("MESHERYD_UPSTREAM", "https://environment.test")
        .arg("serve")
        .arg("--config")
        .arg(&file)
        .args(["--product", "meshery", "--print-config"]));
    assert_eq!(code, 0, "{said}");
    for line in ["upstream = \"https://environment.test\"", "product = \"meshery\"", "leeway = 5"] {
        assert!(printed.contains(line), "{printed}");
    }
    fs::write(&file, "upstraem = 'x'\n").unwrap();
    let (code, _, said) = run(mesheryd(home.path()).arg("serve").arg("--config").arg(&file));
    assert!(code == 1 && said.contains("upstraem"), "{said}");
}

#[test]
fn the_contract_and_a_page_for_it_are_served() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(mesheryd(home.path()).arg("serve"));
    let contract = server.get("/openapi.json", "");
    assert!(contract.starts_with("HTTP/1.1 200") && contract.contains("\"operationId\":"), "{contract}");
    assert!(server.get("/openapi.yaml", "").contains("\nopenapi: "));
    let page = server.get("/docs", "");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("swagger-ui"), "{page}");
    for path in ["/drift", "/drift.json"] {
        assert!(server.get(path, "").starts_with("HTTP/1.1 404"), "{path} is what a remote provider found");
    }
}

/// A page may have its own name point here after it was loaded: it is not asked under that.
#[test]
fn a_name_that_is_not_its_own_is_refused_where_nobody_needs_a_token() {
    let home = tempfile::tempdir().unwrap();
    let ask = |server: &Server, host: &str| {
        let request = format!("GET /api/workspaces HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        server.exchange(&request)
    };
    let server = Server::start(mesheryd(home.path()).args(["serve", "--allow-host", "other.test"]));
    for own in ["localhost", &server.address, "other.test:9081", "10.0.0.1"] {
        assert!(ask(&server, own).starts_with("HTTP/1.1 200"), "{own}");
    }
    let refused = ask(&server, "evil.test:9081");
    assert!(refused.starts_with("HTTP/1.1 403") && refused.contains("--allow-host"), "{refused}");
    drop(server);
    let public = ["serve", "--public-url", "https://meshery.test"];
    let server = Server::start(mesheryd(home.path()).args(public));
    assert!(ask(&server, "meshery.test").starts_with("HTTP/1.1 200"));
}

/// The head of an event stream, and what of it is there when this text is.
fn until(stream: &mut TcpStream, wanted: &str) -> String {
    let (mut all, mut piece) = (String::new(), [0; 4096]);
    while !all.contains(wanted) {
        let read = stream.read(&mut piece).unwrap();
        assert!(read > 0, "it ended with {all}");
        all.push_str(&String::from_utf8_lossy(&piece[..read]));
    }
    all
}

#[test]
fn events_are_told_to_who_listens_until_the_server_stops() {
    let home = tempfile::tempdir().unwrap();
    let mut server = Server::start(mesheryd(home.path()).arg("serve"));
    let mut listening = server.connect();
    listening.write_all(b"GET /api/system/events/subscribe HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let head = until(&mut listening, "\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("text/event-stream"), "{head}");
    let told = r#"{"description":"something happened","category":"test","action":"tell","severity":"informational","actedUpon":"0193c7a0-0000-7000-8000-000000000001"}"#;
    let answer = server.exchange(&format!(
        "POST /api/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{told}",
        told.len()
    ));
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let event = until(&mut listening, "something happened");
    assert!(event.contains("data: {"), "{event}");
    server.signal();
    let mut rest = String::new();
    listening.read_to_string(&mut rest).unwrap();
    assert_eq!(rest.matches("something happened").count(), 0, "once is enough");
    let (code, said) = server.wait();
    assert_eq!(code, 0, "nothing had to be cut off: {said}");
}

#[test]
fn who_listens_too_often_is_told_so() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(mesheryd(home.path()).arg("serve"));
    let listen = || {
        let mut listening = server.connect();
        listening.write_all(b"GET /api/system/events/subscribe HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let head = until(&mut listening, "\r\n\r\n");
        (head, listening)
    };
    let all: Vec<_> = (0..32).map(|_| listen()).collect();
    assert!(all.iter().all(|(head, _)| head.starts_with("HTTP/1.1 200")));
    assert!(listen().0.starts_with("HTTP/1.1 429"));
}

/// A server with a certificate that its client trusts.
#[tokio::test(flavor = "multi_thread")]
async fn it_is_reached_over_tls_with_its_certificate() {
    let home = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (cert, key) = (home.path().join("cert.pem"), home.path().join("key.pem"));
    fs::write(&cert, made.cert.pem()).unwrap();
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let mut command = mesheryd(home.path());
    command.arg("serve").arg("--tls-cert").arg(&cert).arg("--tls-key").arg(&key);
    let mut server = Server::start(&mut command);
    assert!(server.said.lock().unwrap().contains("https://127.0.0.1:"));
    let port = server.address.rsplit_once(':').unwrap().1;
    let url = format!("https://localhost:{port}/healthz/live");
    let trusted = reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
    let client =
        reqwest::Client::builder().tls_certs_only([trusted]).no_proxy().timeout(Duration::from_secs(8));
    let client = client.pool_max_idle_per_host(0).build().unwrap();
    let answer = client.get(&url).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().as_str()), (200, "ok"));
    assert!(reqwest::get(&url).await.is_err(), "nobody else vouches for it");
    // Whoever speaks something else, or says nothing, holds up nobody.
    let silent: Vec<_> = (0..300).map(|_| server.connect()).collect();
    let mut plain = server.connect();
    plain.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    assert_eq!(client.get(&url).send().await.unwrap().status(), 200);
    drop((silent, plain));
    server.signal();
    assert_eq!(server.wait().0, 0);

    let refused = |cert: &Path, key: &Path| {
        let mut command = mesheryd(home.path());
        run(command.arg("serve").arg("--tls-cert").arg(cert).arg("--tls-key").arg(key))
    };
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let another = home.path().join("another.pem");
    fs::write(&another, other.signing_key.serialize_pem()).unwrap();
    let (code, _, said) = refused(&cert, &another);
    assert!(code == 1 && said.contains("do not go together"), "{said}");
    let (code, _, said) = refused(&home.path().join("nothing.pem"), &key);
    assert!(code == 1 && said.contains("nothing.pem"), "{said}");
}

/// What is in `deploy/` is taken as it is.
#[test]
fn the_settings_and_the_unit_that_are_given_are_good() {
    let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy");
    let home = tempfile::tempdir().unwrap();
    let mut command = mesheryd(home.path());
    command.arg("serve").arg("--config").arg(deploy.join("mesheryd.toml")).arg("--print-config");
    let (code, printed, said) = run(&mut command);
    assert!(code == 0 && printed.contains("provider-url = \"https://cloud.example.org\""), "{said}");
    let (_, help, _) = run(mesheryd(home.path()).args(["serve", "--help"]));
    let listed: Vec<_> = help.split(|c: char| !(c.is_ascii_uppercase() || c == '_')).collect();
    for file in ["mesheryd.service", "mesheryd.toml", "Containerfile"] {
        let text = fs::read_to_string(deploy.join(file)).unwrap();
        for name in text.split(|c: char| !(c.is_ascii_uppercase() || c == '_')) {
            let known = listed.contains(&name) || name == "MESHERYD_STORE_KEY";
            assert!(known || !name.starts_with("MESHERYD_"), "{file} names {name}, which is no setting");
        }
    }
    let analyze = Path::new("/usr/bin/systemd-analyze");
    if !analyze.exists() {
        println!("SKIPPED: there is no {} to look at the unit with", analyze.display());
        return;
    }
    let unit = fs::read_to_string(deploy.join("mesheryd.service")).unwrap();
    let path = home.path().join("mesheryd.service");
    fs::write(&path, unit.replace("/usr/local/bin/mesheryd", env!("CARGO_BIN_EXE_mesheryd"))).unwrap();
    let (code, _, said) = run(Command::new(analyze).arg("verify").arg(&path));
    assert!(code == 0 && !said.contains("mesheryd.service"), "{said}");
}
