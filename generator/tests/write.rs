//! What the writer does to the disk, and what it refuses to do.

use meshery_generator::diagnostic::Code;
use meshery_generator::emit::File;
use meshery_generator::write::{Changes, HEADER, Mode, Plan, apply};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn text(body: &str) -> String {
    format!("{HEADER} from a test.\n{body}\n")
}

fn file(path: &str, text: String) -> File {
    File { path: path.to_owned(), text }
}

fn plan(files: &[(&str, &str)]) -> Plan {
    let mut plan = Plan::new();
    plan.add("some-crate", files.iter().map(|(path, body)| file(path, text(body))));
    plan
}

/// Every file below a folder with its text.
fn snapshot(root: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                files.insert(name, fs::read_to_string(path).unwrap());
            }
        }
    }
    files
}

fn codes(result: Result<Changes, meshery_generator::diagnostic::Diagnostics>) -> Vec<Code> {
    result.unwrap_err().iter().map(|d| d.code).collect()
}

#[test]
fn writes_then_has_nothing_to_do() {
    let root = tempfile::tempdir().unwrap();
    let plan = plan(&[("mod.rs", "a"), ("deep/er/x.rs", "b")]);
    let first = apply(root.path(), &plan, Mode::Write).unwrap();
    assert_eq!(first.added.len(), 2);
    let held = snapshot(root.path());
    assert_eq!(
        held.keys().collect::<Vec<_>>(),
        ["some-crate/src/generated/deep/er/x.rs", "some-crate/src/generated/mod.rs"]
    );
    let second = apply(root.path(), &plan, Mode::Write).unwrap();
    assert!(second.is_empty());
    assert_eq!(second.unchanged, 2);
    assert_eq!(snapshot(root.path()), held);
}

#[test]
fn an_unchanged_file_keeps_its_time() {
    let root = tempfile::tempdir().unwrap();
    apply(root.path(), &plan(&[("a.rs", "a"), ("b.rs", "b")]), Mode::Write).unwrap();
    let file = root.path().join("some-crate/src/generated/a.rs");
    let before = fs::metadata(&file).unwrap().modified().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(20));
    let changes = apply(root.path(), &plan(&[("a.rs", "a"), ("b.rs", "other")]), Mode::Write).unwrap();
    assert_eq!(changes.changed, ["some-crate/src/generated/b.rs"]);
    assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), before);
}

#[test]
fn checking_lists_what_writing_would_do_and_touches_nothing() {
    let root = tempfile::tempdir().unwrap();
    apply(root.path(), &plan(&[("old/gone.rs", "a"), ("kept.rs", "b"), ("new.rs", "c")]), Mode::Write)
        .unwrap();
    let held = snapshot(root.path());
    let next = plan(&[("kept.rs", "b"), ("new.rs", "changed"), ("more.rs", "d")]);
    let checked = apply(root.path(), &next, Mode::Check).unwrap();
    assert_eq!(snapshot(root.path()), held);
    let stale = checked.stale();
    assert_eq!(stale.iter().count(), 3);
    assert!(stale.iter().all(|d| d.help.as_deref().unwrap().contains("cargo xtask regen")));
    let written = apply(root.path(), &next, Mode::Write).unwrap();
    assert_eq!(written, checked);
    assert!(!root.path().join("some-crate/src/generated/old").exists());
}

#[test]
fn a_hand_written_file_is_left_alone_and_never_replaced() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("some-crate/src/generated");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("mine.rs"), "// mine\n").unwrap();
    let changes = apply(root.path(), &plan(&[("mod.rs", "a")]), Mode::Write).unwrap();
    assert_eq!(changes.foreign, ["some-crate/src/generated/mine.rs"]);
    let held = snapshot(root.path());
    let refused = apply(root.path(), &plan(&[("mine.rs", "a"), ("mod.rs", "b")]), Mode::Write);
    assert_eq!(codes(refused), [Code::Unwritable]);
    assert_eq!(snapshot(root.path()), held);
}

#[test]
fn a_path_that_leaves_its_folder_is_refused() {
    let root = tempfile::tempdir().unwrap();
    for path in ["../lib.rs", "/etc/x.rs", "a/../../x.rs", ""] {
        assert_eq!(codes(apply(root.path(), &plan(&[(path, "a")]), Mode::Write)), [Code::BadEmission]);
    }
    let mut elsewhere = Plan::new();
    elsewhere.add("../elsewhere", [file("a.rs", text("a"))]);
    assert_eq!(codes(apply(root.path(), &elsewhere, Mode::Write)), [Code::BadEmission]);
    assert!(snapshot(root.path()).is_empty());
}

#[test]
fn a_text_without_the_header_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let mut plan = Plan::new();
    plan.add("some-crate", [file("a.rs", "fn main() {}".to_owned())]);
    assert_eq!(codes(apply(root.path(), &plan, Mode::Write)), [Code::BadEmission]);
}

#[cfg(unix)]
#[test]
fn a_link_in_place_of_the_folder_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("some-crate/src")).unwrap();
    std::os::unix::fs::symlink(other.path(), root.path().join("some-crate/src/generated")).unwrap();
    assert_eq!(codes(apply(root.path(), &plan(&[("a.rs", "a")]), Mode::Write)), [Code::Unwritable]);
    assert!(snapshot(other.path()).is_empty());
}

#[test]
fn a_failure_leaves_the_tree_as_it_was() {
    let root = tempfile::tempdir().unwrap();
    apply(root.path(), &plan(&[("a.rs", "a"), ("z/b.rs", "b")]), Mode::Write).unwrap();
    // A folder where a file has to go: staging works, renaming onto it does not.
    let blocked = root.path().join("some-crate/src/generated/m.rs");
    fs::create_dir_all(blocked.join("inner")).unwrap();
    let held = snapshot(root.path());
    let failed =
        apply(root.path(), &plan(&[("a.rs", "other"), ("m.rs", "m"), ("new/n.rs", "n")]), Mode::Write);
    assert_eq!(codes(failed), [Code::Unwritable]);
    assert_eq!(snapshot(root.path()), held);
    assert!(!root.path().join("some-crate/src/generated/new").exists());
}

#[test]
fn what_a_killed_run_left_behind_is_swept_away() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("some-crate/src/generated");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(".regen-a.rs"), "half").unwrap();
    apply(root.path(), &plan(&[("a.rs", "a")]), Mode::Write).unwrap();
    assert_eq!(snapshot(root.path()).len(), 1);
}
