//! Which requests go through the proxy that the environment names. The environment is that of the whole
//! process, so that each question is asked in one of its own: this program again.

use super::server::Server;
use crate::{ClientBuilder, Core, Token};
use std::process::{Command, Output};

const URL: &str = "MESHERY_TEST_URL";

#[tokio::test]
async fn a_token_for_this_machine_does_not_go_through_a_proxy() {
    let proxy = Server::answer("204 No Content", "", "").await;
    let server = Server::answer("204 No Content", "", "").await;
    let url = server.url();
    for url in [&url, &url.replace("127.0.0.1", "localhost")] {
        let asked = ask(url, &proxy).await;
        assert!(asked.status.success(), "{asked:?}");
    }
    assert_eq!((server.requests().len(), proxy.requests().len()), (2, 0));
    // Others are asked through it: the environment was heard.
    assert!(ask("http://meshery.example", &proxy).await.status.success());
    assert_eq!(proxy.requests().len(), 1);
}

async fn ask(url: &str, proxy: &Server) -> Output {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "tests::proxy::a_call_of_the_child", "--ignored"]);
    child.env(URL, url).env("http_proxy", proxy.url()).env_remove("no_proxy").env_remove("NO_PROXY");
    tokio::task::spawn_blocking(move || child.output().unwrap()).await.unwrap()
}

#[tokio::test]
#[ignore = "it is part of the test above"]
async fn a_call_of_the_child() {
    let builder = ClientBuilder::<Core>::new(&std::env::var(URL).unwrap()).unwrap();
    let core = builder.credentials(Token::new(super::SECRET)).build().unwrap();
    super::thing(&core).execute().await.unwrap();
}
