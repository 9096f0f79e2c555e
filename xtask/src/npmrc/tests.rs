use super::{Auth, Npmrc, Surroundings};
use reqwest::Url;
use std::collections::HashMap;
use std::path::Path;

fn load(home: &Path, folder: &Path, variables: &[(&str, &str)]) -> Npmrc {
    let mut all: HashMap<_, _> = variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    all.entry("PREFIX".to_owned()).or_insert_with(|| home.join("prefix").display().to_string());
    let home_variable = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    all.insert(home_variable.to_owned(), home.display().to_string());
    Npmrc::load(&Surroundings { variables: all, folder: folder.to_owned() })
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn header(auth: Auth) -> String {
    match auth {
        Auth::Header(value) => value.to_str().unwrap().to_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn the_layer_that_counts_most_wins() {
    let folder = tempfile::tempdir().unwrap();
    let (home, project) = (folder.path().join("home"), folder.path().join("work/deep"));
    write(&folder.path().join("work/package.json"), "{}");
    std::fs::create_dir_all(&project).unwrap();
    let registry = |variables: &[(&str, &str)]| {
        load(&home, &project, variables).registry("@trees/forest").map(str::to_owned)
    };
    assert_eq!(registry(&[]), None);
    write(&home.join("prefix/lib/node_modules/npm/npmrc"), "registry=https://builtin.example");
    #[cfg(not(windows))]
    assert_eq!(registry(&[]).as_deref(), Some("https://builtin.example"));
    write(&home.join("prefix/etc/npmrc"), "registry=https://global.example");
    assert_eq!(registry(&[]).as_deref(), Some("https://global.example"));
    write(&home.join(".npmrc"), "registry=https://${WHO}.example\nprefix=/elsewhere");
    assert_eq!(registry(&[("WHO", "user")]).as_deref(), Some("https://user.example"));
    write(&folder.path().join("other"), "registry=https://other.example");
    let other = folder.path().join("other").display().to_string();
    assert_eq!(registry(&[("NPM_CONFIG_USERCONFIG", &other)]).as_deref(), Some("https://other.example"));
    write(&folder.path().join("work/.npmrc"), "registry=https://project.example");
    assert_eq!(registry(&[]).as_deref(), Some("https://project.example"));
    let variable = ("NPM_CONFIG_REGISTRY", "https://environment.example");
    assert_eq!(registry(&[variable]).as_deref(), Some("https://environment.example"));
    write(&home.join(".npmrc"), "@trees:registry=https://scope.example");
    assert_eq!(registry(&[variable]).as_deref(), Some("https://scope.example"));
    assert_eq!(load(&home, &project, &[variable]).registry("forest"), Some("https://environment.example"));
}

#[test]
fn credentials_belong_to_a_host_and_a_path() {
    let folder = tempfile::tempdir().unwrap();
    write(
        &folder.path().join(".npmrc"),
        "//a.example/:_authToken=root\n//a.example/deep/:_authToken=${DEEP}\n//b.example:8443/x:_auth=YTpi\n\
         //c.example/:username=me\n//c.example/:_password=cGFzcw\n//d.example/:_authToken=${MISSING}\n\
         //e.example/:_authToken=a\u{7}b\n_authToken=of-nobody\n",
    );
    let npmrc = load(folder.path(), folder.path(), &[("DEEP", "deep")]);
    let registry = Url::parse("https://a.example/deep/").unwrap();
    let auth = |url: &str| header(npmrc.auth(&Url::parse(url).unwrap(), &registry));
    assert_eq!(auth("https://a.example/deep/@trees%2fforest"), "Bearer deep");
    assert_eq!(auth("https://a.example/deeper/x"), "Bearer root");
    assert_eq!(auth("https://a.example:8443/"), "Nothing");
    assert_eq!(auth("https://b.example:8443/x/y.tgz"), "Basic YTpi");
    assert_eq!(auth("https://b.example:8443/y"), "Nothing");
    assert_eq!(auth("https://c.example/y"), "Basic bWU6cGFzcw==");
    assert_eq!(auth("https://other.example/"), "Nothing");
    assert!(auth("https://d.example/").contains("names the variable MISSING, which is not set"));
    let bad = auth("https://e.example/");
    assert!(bad.contains("no header can") && !bad.contains("a\u{7}b"), "{bad}");
    // A URL on the registry's host has the registry's.
    let (only_deep, variable) =
        (tempfile::tempdir().unwrap(), ("npm_config_//a.example/deep/:_authToken", "env"));
    let npmrc = load(only_deep.path(), only_deep.path(), &[variable]);
    let url = Url::parse("https://a.example/elsewhere/x.tgz").unwrap();
    assert_eq!(header(npmrc.auth(&url, &registry)), "Bearer env");
}

#[test]
fn proxy_and_certificates_are_read() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("ca.pem"), "-----BEGIN");
    let wiring = |text: &str| {
        write(&folder.path().join(".npmrc"), text);
        load(folder.path(), folder.path(), &[]).wiring()
    };
    let plain = wiring("").unwrap();
    assert!(plain.proxy.is_none() && plain.no_proxy.is_none() && plain.verify);
    let text = "proxy=http://p.example:1\nhttps-proxy=http://q.example:2\nnoproxy[]=a\nnoproxy[]=b\nstrict-ssl=false";
    let full = wiring(text).unwrap();
    assert_eq!(full.proxy.as_deref(), Some("http://q.example:2"));
    assert_eq!(full.no_proxy.as_deref(), Some("a,b"));
    assert!(!full.verify);
    assert_eq!(wiring("proxy=false").unwrap().proxy, None);
    let error = wiring("cafile=/no/such/file").map(drop).unwrap_err();
    assert!(format!("{error:#}").contains("cannot read the cafile /no/such/file"));
}
