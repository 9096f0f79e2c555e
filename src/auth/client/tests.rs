//! Which token of which file, and what is refused.

use super::session::Environment;
use super::{AuthFile, Config, Fault, Origin, Session};
use meshery_client::Token;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

fn put(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth.json");
    (folder, path)
}

#[test]
fn what_mesheryctl_writes_is_read() {
    let (_folder, path) = folder();
    let file = AuthFile::at(&path);
    assert_eq!(file.read().unwrap(), None, "there is no file");
    put(&path, r#"{"meshery-provider":"Meshery","token":"abc"}"#, 0o600);
    assert_eq!(file.read().unwrap(), Some(Token::new("abc").provider("Meshery")));
    put(&path, r#"{"meshery-provider":"None","token":""}"#, 0o600);
    assert_eq!(file.read().unwrap(), Some(Token::new("").provider("None")));
    put(&path, "", 0o644);
    assert_eq!(file.read().unwrap(), None, "after a logout");
}

#[test]
fn a_login_elsewhere_counts_at_once() {
    let (_folder, path) = folder();
    let file = AuthFile::at(&path);
    // All of one length, and faster than the clock of a file system.
    for token in ["abc", "def", "ghi"] {
        put(&path, &format!(r#"{{"meshery-provider":"Meshery","token":"{token}"}}"#), 0o600);
        assert_eq!(file.read().unwrap(), Some(Token::new(token).provider("Meshery")));
    }
    let past = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    fs::File::options().write(true).open(&path).unwrap().set_modified(past).unwrap();
    for _ in 0..2 {
        assert_eq!(file.read().unwrap(), Some(Token::new("ghi").provider("Meshery")));
    }
    put(&path, r#"{"meshery-provider":"Meshery","token":"jkl"}"#, 0o600);
    assert_eq!(file.read().unwrap(), Some(Token::new("jkl").provider("Meshery")), "it was held, and changed");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(file.read().is_err(), "what is held is not given where others may read it now");
}

#[test]
fn a_token_that_others_may_read_is_refused() {
    let (_folder, path) = folder();
    for mode in [0o644, 0o640, 0o604, 0o620] {
        put(&path, r#"{"meshery-provider":"Meshery","token":"abc"}"#, mode);
        let fault = AuthFile::at(&path).read().unwrap_err();
        assert!(matches!(fault, Fault::Mode { .. }), "{fault}");
        assert!(fault.to_string().contains("chmod 600"), "{fault}");
    }
}

#[test]
fn a_broken_file_is_an_error_that_does_not_show_it() {
    let (_folder, path) = folder();
    for text in [r#"{"token":"hunter2""#, r#"{"token":["hunter2"]}"#, "hunter2", r#""hunter2""#] {
        put(&path, text, 0o600);
        let fault = AuthFile::at(&path).read().unwrap_err();
        assert!(!format!("{fault} {fault:?}").contains("hunter2"), "{fault}");
    }
    put(&path, &" ".repeat(300 << 10), 0o600);
    assert!(AuthFile::at(&path).read().is_err());
}

#[test]
fn a_login_writes_what_mesheryctl_reads() {
    let (folder, path) = folder();
    let file = AuthFile::at(&path);
    file.write(&Token::new("abc").provider("Meshery")).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), r#"{"meshery-provider":"Meshery","token":"abc"}"#);
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    assert_eq!(file.read().unwrap(), Some(Token::new("abc").provider("Meshery")));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
    file.clear().unwrap();
    assert_eq!((file.read().unwrap(), fs::read(&path).unwrap()), (None, vec![]));
}

#[test]
fn a_link_to_the_file_stays_a_link() {
    let (folder, path) = folder();
    let link = folder.path().join("link.json");
    put(&path, "", 0o600);
    symlink(&path, &link).unwrap();
    AuthFile::at(&link).write(&Token::new("abc")).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(AuthFile::at(&path).read().unwrap(), Some(Token::new("abc")));
}

const CONFIG: &str = "
contexts:
  local:
    endpoint: http://localhost:9081
    token: default
    platform: docker
    components: []
    channel: stable
    version: latest
    provider: Meshery
  remote:
    endpoint: https://meshery.test
    token: elsewhere
    provider: None
  lost:
    endpoint: https://lost.test
    token: nowhere
current-context: local
tokens:
- location: auth.json
  name: default
- location: /somewhere/token.json
  name: elsewhere
";

fn config(text: &str) -> (tempfile::TempDir, Config) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.yaml");
    fs::write(&path, text).unwrap();
    let config = Config::open(&path).unwrap();
    (folder, config)
}

#[test]
fn contexts_name_servers_and_token_files() {
    let (folder, config) = config(CONFIG);
    let current = config.context(None).unwrap();
    assert_eq!((current.name.as_str(), current.endpoint.as_str()), ("local", "http://localhost:9081"));
    assert_eq!(current.token_file, folder.path().join("auth.json"));
    let remote = config.context(Some("remote")).unwrap();
    assert_eq!(remote.token_file, Path::new("/somewhere/token.json"));
    assert_eq!(remote.provider.as_deref(), Some("None"));
    let lost = config.context(Some("lost")).unwrap_err().to_string();
    assert!(lost.contains("no token \"nowhere\""), "{lost}");
    let unknown = config.context(Some("other")).unwrap_err().to_string();
    assert!(unknown.contains("there are local, lost, remote"), "{unknown}");
}

#[test]
fn a_token_below_the_home_folder_is_found() {
    let (_folder, config) = config(&CONFIG.replace("/somewhere", "~/.meshery"));
    let file = config.context(Some("remote")).unwrap().token_file;
    assert_eq!(file, std::env::home_dir().unwrap().join(".meshery/token.json"));
}

fn session(environment: Environment, context: Option<&str>) -> Result<Session, Fault> {
    let (_folder, config) = config(CONFIG);
    let context = context.map(|name| config.context(Some(name)).unwrap());
    Session::assemble(environment, context, AuthFile::at("/nowhere/auth.json"))
}

fn environment(token: Option<&str>, provider: Option<&str>, endpoint: Option<&str>) -> Environment {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Environment { token: owned(token), provider: owned(provider), endpoint: owned(endpoint) }
}

#[test]
fn the_environment_goes_before_the_context() {
    let nothing = session(Environment::default(), None).unwrap();
    assert_eq!((nothing.endpoint(), nothing.origin()), ("http://localhost:9081", &Origin::AuthFile));
    let context = session(Environment::default(), Some("remote")).unwrap();
    assert_eq!(context.endpoint(), "https://meshery.test");
    let both = session(environment(Some("abc"), Some("X"), Some("https://x.test")), Some("remote")).unwrap();
    assert_eq!((both.endpoint(), both.origin()), ("https://x.test", &Origin::Environment));
    assert_eq!(both.token().unwrap(), Some(Token::new("abc").provider("X")));
    let of_context = session(environment(Some("abc"), None, None), Some("local")).unwrap();
    assert_eq!(of_context.token().unwrap(), Some(Token::new("abc").provider("Meshery")));
}

#[test]
fn the_token_of_a_context_goes_to_its_server() {
    let (_folder, path) = folder();
    put(&path, r#"{"meshery-provider":"Meshery","token":"abc"}"#, 0o600);
    let of_context = |endpoint: Option<&str>| {
        let (_folder, config) = config(CONFIG);
        let mut context = config.context(Some("local")).unwrap();
        context.token_file.clone_from(&path);
        Session::assemble(environment(None, None, endpoint), Some(context), AuthFile::at("/nowhere")).unwrap()
    };
    for own in [None, Some("http://localhost:9081"), Some("http://LOCALHOST:9081/base")] {
        assert!(of_context(own).token().unwrap().is_some(), "{own:?}");
    }
    for other in ["https://other.test", "http://localhost:9082", "https://localhost:9081", "nonsense"] {
        let fault = of_context(Some(other)).token().unwrap_err();
        assert!(matches!(&fault, Fault::Elsewhere { asked, .. } if asked == other), "{fault}");
        assert!(of_context(Some(other)).at(other).token().unwrap().is_some(), "who says so means it");
    }
    put(&path, r#"{"meshery-provider":"Local","token":""}"#, 0o600);
    let local = of_context(Some("https://other.test")).token().unwrap();
    assert_eq!(local, Some(Token::new("").provider("Local")), "it has nothing to keep");
}

#[test]
fn the_local_provider_needs_no_token() {
    for name in ["Local", "none", "None"] {
        let session = session(environment(None, Some(name), None), Some("local")).unwrap();
        assert_eq!(session.token().unwrap(), Some(Token::new("").provider(name)));
    }
}

#[test]
fn a_token_of_another_provider_is_not_used() {
    let (_folder, path) = folder();
    put(&path, r#"{"meshery-provider":"Meshery","token":"abc"}"#, 0o600);
    let session =
        Session::assemble(environment(None, Some("Other"), None), None, AuthFile::at(&path)).unwrap();
    let fault = session.token().unwrap_err();
    assert!(matches!(fault, Fault::Elsewhere { .. }), "{fault}");
}
