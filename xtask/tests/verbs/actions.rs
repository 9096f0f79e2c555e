//! Do the scripts of the action and of the workflow do what docs/DRIFT.md says? `cargo` is this
//! program, and `gh` writes down what it is asked for.
#![cfg(unix)]

use super::support::{Workspace, release};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

fn script(name: &str) -> Command {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.github/actions/drift");
    let mut bash = Command::new("bash");
    bash.arg(scripts.join(name)).env("ACTION", scripts);
    bash
}

/// A workspace with a contract, another beside it, and programs to call.
fn workspace(programs: &[(&str, &str)]) -> Workspace {
    let workspace = Workspace::new();
    let archive = workspace.home("forest-1.2.3.tar.gz");
    fs::write(&archive, release()).unwrap();
    let made = workspace.run(&["fetch", "--archive", archive.to_str().unwrap()]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let text = fs::read_to_string(workspace.path("contract.yml")).unwrap();
    fs::write(workspace.home("other.yml"), text.replace("minimum: 1", "minimum: 2")).unwrap();
    fs::create_dir(workspace.home("bin")).unwrap();
    for (name, text) in programs {
        let path = workspace.home(&format!("bin/{name}"));
        fs::write(&path, format!("#!/usr/bin/env bash\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    workspace
}

fn run(workspace: &Workspace, mut command: Command, variables: &[(&str, &str)]) -> Output {
    let path = std::env::var("PATH").unwrap();
    command
        .current_dir(workspace.home(""))
        .env("PATH", format!("{}:{path}", workspace.home("bin").display()))
        .env("RUNNER_TEMP", workspace.home(""))
        .env("GITHUB_OUTPUT", workspace.home("outputs"))
        .env("GITHUB_STEP_SUMMARY", workspace.home("summary"))
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

/// Everything after `--` is for the command.
fn cargo() -> String {
    format!("while [ \"$1\" != -- ]; do shift; done; shift; exec {} \"$@\"", env!("CARGO_BIN_EXE_xtask"))
}

/// Exit code, what was printed, and the outputs of the action.
fn action(programs: &[(&str, &str)], variables: &[(&str, &str)]) -> (i32, String, String) {
    let workspace = workspace(programs);
    let root = workspace.home("").to_str().unwrap().to_owned();
    let all = [&[("BINDINGS", root.as_str()), ("CONTRACT", "schemas/contract.yml")], variables].concat();
    let done = run(&workspace, script("run.sh"), &all);
    let outputs = fs::read_to_string(workspace.home("outputs")).unwrap_or_default();
    for line in outputs.lines().filter(|line| line.contains('/')) {
        let (_, file) = line.split_once('=').unwrap();
        assert!(fs::metadata(file).unwrap().len() > 0, "{file} is empty");
    }
    let printed = String::from_utf8(done.stdout).unwrap() + &String::from_utf8(done.stderr).unwrap();
    (done.status.code().unwrap(), printed, outputs)
}

#[test]
fn the_action_says_whether_anything_is_found() {
    let cargo = cargo();
    let programs = [("cargo", cargo.as_str())];
    let (code, printed, outputs) = action(&programs, &[("AGAINST", "other.yml")]);
    assert_eq!(code, 0, "{printed}");
    assert!(outputs.contains("found=true\ncode=1\n") && outputs.contains("drift.sarif"), "{outputs}");
    assert!(printed.contains("::error file=schemas/contract.yml"), "{printed}");
    let (code, printed, outputs) =
        action(&programs, &[("AGAINST", "schemas/contract.yml"), ("FAIL_ON", "any")]);
    assert_eq!(code, 0, "{printed}");
    assert!(outputs.contains("found=false\ncode=0\n"), "{outputs}");
    let quiet = [("AGAINST", "other.yml"), ("ANNOTATIONS", "false")];
    assert!(!action(&programs, &quiet).1.contains("::error"));
}

#[test]
fn what_goes_wrong_in_the_action_is_never_nothing_found() {
    let cargo = cargo();
    for (program, against, expected) in [
        (cargo.as_str(), "no-such.yml", 3),
        (cargo.as_str(), "latest", 2),
        ("exit 4", "other.yml", 4),
        ("exit 101", "other.yml", 101),
        // Whoever says that all is well has to show it.
        ("exit 0", "other.yml", 3),
        ("exit 1", "other.yml", 3),
    ] {
        let (code, printed, outputs) = action(&[("cargo", program)], &[("AGAINST", against)]);
        assert_eq!(code, expected, "{program}: {printed}");
        assert!(printed.contains("::error title=drift::"), "{printed}");
        assert_eq!(outputs, "", "{program}");
    }
}

/// What `gh` is asked for when it answers `listed` to the first question.
fn asked(name: &str, listed: &str, variables: &[(&str, &str)]) -> (bool, String) {
    let gh = format!(
        "echo \"$@\" >> asked; for own in \"$@\"; do case \"$own\" in body=@*) cat \"${{own#body=@}}\" >> asked;; esac; done\n\
         case \"$*\" in *--jq*) printf '%s' '{listed}';; esac"
    );
    let workspace = workspace(&[("gh", &gh)]);
    fs::write(workspace.home("report.md"), "## Drift: v1 -> v2\n").unwrap();
    let all = [&[("REPORT", "report.md"), ("GH_TOKEN", "x")], variables].concat();
    let done = run(&workspace, script(name), &all);
    (done.status.success(), fs::read_to_string(workspace.home("asked")).unwrap_or_default())
}

#[test]
fn a_pull_request_has_one_comment() {
    let of = [("REPOSITORY", "a/b"), ("NUMBER", "7")];
    let (done, text) = asked("comment.sh", "", &of);
    assert!(done && text.contains("--method POST repos/a/b/issues/7/comments"), "{text}");
    assert!(text.contains("<!-- drift -->\n## Drift: v1 -> v2"), "{text}");
    let (done, text) = asked("comment.sh", "12\n13", &of);
    assert!(done && text.contains("--method PATCH repos/a/b/issues/comments/12 "), "{text}");
    assert!(!text.contains("POST"), "{text}");
}

#[test]
fn upstream_has_one_issue_until_the_contract_is_of_its_release() {
    let of = |found: &'static str| [("TAG", "v1.4.0"), ("FOUND", found)];
    let (done, text) = asked("issue.sh", "", &of("true"));
    assert!(
        done && text.contains("issue create --label upstream-drift --title Drift: upstream is at v1.4.0")
    );
    let (done, text) = asked("issue.sh", "5", &of("true"));
    assert!(done && text.contains("issue edit 5") && !text.contains("create"), "{text}");
    let (done, text) = asked("issue.sh", "5", &of("false"));
    assert!(done && text.contains("issue close 5"), "{text}");
    let (done, text) = asked("issue.sh", "", &of("false"));
    assert!(done && text.lines().count() == 1, "{text}");
    assert!(!asked("issue.sh", "", &of("")).0, "a comparison that failed");
}
