//! Are proxies and certificates those of the environment, and for npm those of its configuration?

use super::support::{Reply, Request, SECRET, Workspace, answer, read, release};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::Write;
use std::net::TcpListener;
use std::process::Output;
use std::sync::{Arc, Mutex};

/// The host behind the proxy, which no name server knows.
const HOST: &str = "behind.example";

/// A proxy that lets into a network where [`HOST`] answers every request with an archive.
struct Proxy {
    port: u16,
    /// The certificate of the host, in PEM.
    certificate: String,
    /// What was asked of the proxy, and what of the host behind it.
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Proxy {
    fn start() -> Self {
        let made = rcgen::generate_simple_self_signed([HOST.to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config =
            ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config =
            config.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key).unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                log.lock().unwrap().push(read(&mut stream));
                answer(&mut stream, &Reply::Tunnel).unwrap();
                let mut stream =
                    StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream);
                let request = read(&mut stream);
                // A client that does not trust the host hangs up before it asks anything.
                if !request.path.is_empty() {
                    log.lock().unwrap().push(request);
                    let _ = answer(&mut stream, &Reply::Whole(200, vec![], release()));
                    stream.conn.send_close_notify();
                    let _ = stream.flush();
                }
            }
        });
        Self { port, certificate: made.cert.pem(), seen }
    }

    fn url(&self) -> String {
        format!("http://me:{SECRET}@127.0.0.1:{}", self.port)
    }

    fn paths(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|request| request.path.clone()).collect()
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn fetch(workspace: &Workspace, variables: &[(&str, &str)]) -> Output {
    let base = format!("https://{HOST}");
    workspace.run_with(variables, &["--quiet", "fetch", "--tag", "v1.2.3", "--base", &base])
}

#[test]
fn the_environment_names_proxy_and_certificates() {
    let (proxy, workspace) = (Proxy::start(), Workspace::new());
    let file = workspace.home("ca.pem");
    std::fs::write(&file, &proxy.certificate).unwrap();
    let url = proxy.url();
    let trusted = [("HTTPS_PROXY", &*url), ("SSL_CERT_FILE", file.to_str().unwrap())];
    let output = fetch(&workspace, &trusted);
    // Other systems than Linux ask their own store, which a test does not change.
    if cfg!(target_os = "linux") {
        assert!(output.status.success(), "{}", stderr(&output));
        assert_eq!(proxy.paths(), ["behind.example:443", "/trees/forest/v1.2.3.tar.gz"]);
        let seen = proxy.seen.lock().unwrap().clone();
        assert!(seen[0].header("proxy-authorization").is_some_and(|value| value.starts_with("Basic ")));
        assert_eq!(seen[0].token, None, "the proxy is not told the token");
        assert_eq!(seen[1].token.as_deref(), Some(&*format!("Bearer {SECRET}")));
    }
}

#[test]
fn an_unknown_certificate_is_refused_and_no_proxy_is_heeded() {
    let (proxy, workspace) = (Proxy::start(), Workspace::with_old());
    let url = proxy.url();
    let output = fetch(&workspace, &[("HTTPS_PROXY", &url)]);
    let text = stderr(&output);
    assert!(text.contains("certificate") && !text.contains(SECRET), "{text}");
    assert!(proxy.paths().iter().all(|path| path == "behind.example:443"), "nothing was asked of the host");
    let asked = proxy.paths().len();
    let output = fetch(&workspace, &[("HTTPS_PROXY", &url), ("NO_PROXY", "example")]);
    assert!(stderr(&output).contains("behind.example cannot be reached"), "{}", stderr(&output));
    assert_eq!(proxy.paths().len(), asked);
}

#[test]
fn npm_has_its_own_proxy_and_certificates() {
    let (proxy, workspace) = (Proxy::start(), Workspace::with_old());
    std::fs::write(workspace.home("ca.pem"), &proxy.certificate).unwrap();
    let npmrc = |more: &str| {
        let text = format!("registry=https://{HOST}/npm\nhttps-proxy={}\n{more}", proxy.url());
        std::fs::write(workspace.home(".npmrc"), text).unwrap();
    };
    let npm =
        || workspace.run_with(&[("CA", workspace.home("ca.pem").to_str().unwrap())], &["fetch", "--npm"]);
    npmrc("cafile=${CA}\n");
    let text = stderr(&npm());
    assert!(text.contains("did not answer with JSON"), "{text}");
    assert_eq!(proxy.paths(), ["behind.example:443", "/npm/@trees%2fforest"]);
    npmrc("strict-ssl=false\n");
    let text = stderr(&npm());
    assert!(text.contains("certificates are not verified") && text.contains("JSON"), "{text}");
    npmrc("cafile=${CA}\nnoproxy=behind.example\n");
    let text = stderr(&npm());
    assert!(text.contains("behind.example cannot be reached") && !text.contains(SECRET), "{text}");
    assert_eq!(proxy.paths().len(), 4);
}
