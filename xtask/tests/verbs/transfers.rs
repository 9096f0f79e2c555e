//! Does a download go on where it stopped, and is what was kept used only as it was?

use super::support::{Reply, Request, SECRET, Server, TAG, Workspace, release};
use std::process::Output;

const ETAG: &str = "\"one\"";

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn succeeded(output: &Output) {
    assert!(output.status.success(), "{}", stderr(output));
}

/// The headers of an archive with that entity tag.
fn tagged(tag: &str) -> Vec<(&'static str, String)> {
    vec![("Content-Type", "application/gzip".to_owned()), ("ETag", tag.to_owned())]
}

/// A server that does as HTTP says: it knows ranges and entity tags; at most `most` bytes arrive.
fn proper(request: &Request, most: usize) -> Reply {
    let body = release();
    if request.header("if-none-match") == Some(ETAG) {
        return Reply::Whole(304, vec![], vec![]);
    }
    let start = request.header("range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-'));
    match start {
        Some(start) if request.header("if-range") == Some(ETAG) => {
            let start: usize = start.parse().unwrap();
            let mut headers = tagged(ETAG);
            headers.push(("Content-Range", format!("bytes {start}-{}/{}", body.len() - 1, body.len())));
            Reply::Broken(206, headers, body[start..].to_vec(), most)
        }
        _ => Reply::Broken(200, tagged(ETAG), body, most),
    }
}

#[test]
fn a_download_goes_on_where_it_stopped() {
    let third = release().len() / 3 + 1;
    let server = Server::answering(move |_, request, _| proper(request, third));
    let workspace = Workspace::new();
    succeeded(&workspace.fetch(&server));
    let seen = server.seen();
    assert_eq!(seen.len(), 3);
    let range = |number: usize| seen[number].header("range").map(str::to_owned);
    assert_eq!(
        [range(0), range(1), range(2)],
        [None, Some(format!("bytes={third}-")), Some(format!("bytes={}-", 2 * third))]
    );
    assert!(seen.iter().all(|request| request.token.as_deref() == Some(&*format!("Bearer {SECRET}"))));
}

#[test]
fn the_next_run_goes_on_where_this_one_stopped() {
    let sixth = release().len() / 6 + 1;
    let server = Server::answering(move |_, request, _| proper(request, sixth));
    let workspace = Workspace::with_old();
    let output = workspace.fetch(&server);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("gave up after 4 attempts"), "{}", stderr(&output));
    succeeded(&workspace.fetch(&server));
    assert_eq!(server.seen()[4].header("range"), Some(&*format!("bytes={}-", 4 * sixth)));
    assert_eq!(server.seen().len(), 6);
}

#[test]
fn a_download_that_cannot_go_on_begins_anew() {
    let half = release().len() / 2;
    // Another file by now; an answer without heed of the range; one from another place than asked
    // for; a tag that does not tell versions apart.
    let second: [fn() -> Reply; 3] = [
        || Reply::Whole(200, tagged("\"two\""), release()),
        || Reply::Whole(416, vec![], vec![]),
        || Reply::Whole(206, vec![("Content-Range", "bytes 1-9/10".to_owned())], vec![0; 9]),
    ];
    for second in second {
        let server = Server::start(move |number| match number {
            0 => Reply::Broken(200, tagged(ETAG), release(), half),
            1 => second(),
            _ => Reply::Whole(200, tagged(ETAG), release()),
        });
        succeeded(&Workspace::new().fetch(&server));
        assert!(server.seen().last().unwrap().header("range").is_none() || server.seen().len() == 2);
    }
    let server = Server::start(move |number| match number {
        0 => Reply::Broken(200, tagged("W/\"weak\""), release(), half),
        _ => Reply::Whole(200, vec![], release()),
    });
    succeeded(&Workspace::new().fetch(&server));
    assert_eq!(server.seen()[1].header("range"), None);
}

#[test]
fn what_was_kept_is_asked_for_again_only_when_it_changed() {
    let server = Server::answering(|_, request, _| proper(request, usize::MAX));
    let workspace = Workspace::new();
    succeeded(&workspace.fetch(&server));
    let made = workspace.outputs();
    succeeded(&workspace.fetch(&server));
    assert_eq!(server.seen()[1].header("if-none-match"), Some(ETAG));
    assert_eq!(workspace.outputs(), made);
    let offline = ["fetch", "--tag", TAG, "--base", &server.base(), "--offline"];
    let output = workspace.run(&offline);
    succeeded(&output);
    assert!(stderr(&output).contains("as it was less than two hours ago"), "{}", stderr(&output));
    succeeded(&workspace.run(&["fetch", "--tag", TAG, "--base", &server.base(), "--no-cache"]));
    assert_eq!(server.seen().len(), 3);
    assert_eq!(server.seen()[2].header("if-none-match"), None);
}

#[test]
fn what_was_changed_in_the_cache_is_not_used() {
    let server = Server::answering(|_, request, _| proper(request, usize::MAX));
    let workspace = Workspace::new();
    succeeded(&workspace.fetch(&server));
    let kept = std::fs::read_dir(workspace.home("cache")).unwrap().map(|entry| entry.unwrap().path());
    let kept = kept.filter(|path| path.extension().is_some_and(|e| e == "data")).collect::<Vec<_>>();
    std::fs::write(&kept[0], "changed").unwrap();
    let output = workspace.fetch(&server);
    succeeded(&output);
    assert!(stderr(&output).contains("was changed in the cache and is not used"), "{}", stderr(&output));
    assert_eq!(server.seen()[1].header("if-none-match"), None);
}

#[test]
fn what_is_of_no_use_is_not_kept() {
    let server = Server::start(|number| match number {
        0 => Reply::Whole(200, tagged(ETAG), b"no archive".to_vec()),
        _ => Reply::Whole(200, tagged(ETAG), release()),
    });
    let workspace = Workspace::with_old();
    assert_eq!(workspace.fetch(&server).status.code(), Some(3));
    succeeded(&workspace.fetch(&server));
    assert_eq!(server.seen()[1].header("if-none-match"), None);
}

#[test]
fn without_a_network_that_is_said() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let base = format!("http://127.0.0.1:{port}");
    let workspace = Workspace::with_old();
    let masks = [(base.as_str(), "<origin>")];
    let output = workspace.run(&["--quiet", "fetch", "--tag", TAG, "--base", &base, "--offline"]);
    workspace.told("network/offline", &output, &masks);
    let output = workspace.run(&["--quiet", "fetch", "--tag", TAG, "--base", &base]);
    let text = stderr(&output);
    for words in
        ["gave up after 4 attempts", "127.0.0.1 cannot be reached", "--offline takes what was fetched before"]
    {
        assert!(text.contains(words), "{text}");
    }
}
