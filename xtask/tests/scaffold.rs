//! `cargo xtask scaffold` as it is called, and whether what it writes compiles: for every group of
//! every product.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;
use std::process::Command;

mod nested;

/// Exit code and what was said.
fn scaffold(product: &str, group: &str, out: &Path) -> (i32, String) {
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let arguments = ["scaffold", "--product", product, "--group", group, "--out", out.to_str().unwrap()];
    let output = xtask.args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// What there is to choose from, as the command says it: `meshery has connections, console; ...`.
fn groups(folder: &Path, product: &str) -> Vec<String> {
    let (code, said) = scaffold(product, "no such group", &folder.join("none.rs"));
    assert_eq!(code, 2, "{said}");
    let (_, list) = said.trim_end().split_once(&format!("{product} has ")).unwrap();
    list.split(", ").map(str::to_owned).collect()
}

/// The products, as the command says them.
fn products(folder: &Path) -> Vec<String> {
    let (code, said) = scaffold("none", "none", &folder.join("none.rs"));
    assert_eq!(code, 2, "{said}");
    let (_, list) = said.trim_end().split_once("choose of ").unwrap();
    list.split(", ").map(str::to_owned).collect()
}

#[test]
fn every_skeleton_compiles_and_mounts() {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
    let src = folder.path().join("src");
    fs::create_dir(&src).unwrap();
    let mut code = String::from("//! Every skeleton.\n#![deny(warnings)]\n");
    for product in products(folder.path()) {
        let mut mounts = String::new();
        for group in groups(folder.path(), &product) {
            let file = src.join(format!("{product}_{group}.rs"));
            let (status, said) = scaffold(&product, &group, &file);
            assert_eq!(status, 0, "{said}");
            let text = fs::read_to_string(&file).unwrap();
            let (_, mount) = text.split_once("Api::new(authenticator)").unwrap();
            let (method, name) = mount.split_once("`.").unwrap().0.split_once('(').unwrap();
            let name = name.trim_end_matches(')');
            mounts.push_str(&format!("    let api = api{method}({product}_{group}::{name});\n"));
            code.push_str(&format!("pub mod {product}_{group};\n"));
        }
        code.push_str(&format!(
            "/// All groups of it.\npub fn {product}() -> meshery_server::Router {{\n    \
             let api = meshery_server::{product}::Api::insecure(String::new());\n{mounts}    \
             api.into_router()\n}}\n"
        ));
    }
    fs::write(src.join("lib.rs"), code).unwrap();
    let at = |name: &str| root.join(name).display().to_string();
    let manifest = format!(
        "[package]\nname = \"skeletons\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
         meshery-server.path = {:?}\nmeshery-types.path = {:?}\n",
        at("generated-server"),
        at("generated-types")
    );
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    fs::copy(root.join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    let output = nested::check(&folder.path().join("Cargo.toml"), &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_is_there_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let product = products(folder.path()).remove(0);
    let group = groups(folder.path(), &product).remove(0);
    let file = folder.path().join("mine.rs");
    fs::write(&file, "mine").unwrap();
    let (code, said) = scaffold(&product, &group, &file);
    assert!(code == 2 && said.contains("left alone"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}
