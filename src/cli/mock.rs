//! `mesheryd mock`.

use super::foreign::Foreign;
use super::products::{self, Product};
use super::stop::interrupted;
use super::talk::say;
use anyhow::{Context, Result};
use meshery_server::{Mock, Serve, cors};
use std::net::SocketAddr;
use tokio::net::TcpListener;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Whose operations are answered; all of them together unless one is named.
    #[arg(long, value_name = "NAME", default_value = products::ALL)]
    product: Product,
    /// What the answers depend on, beside the request.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9081")]
    listen: SocketAddr,
    /// Let in only who shows this token; everybody unless there is one.
    #[arg(long, value_name = "SECRET")]
    token: Option<String>,
    /// A page of this origin may call, like `http://localhost:3000`; may be repeated.
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<String>,
    /// A name that it goes by where it lets everybody in, beside `localhost` and its addresses; may be
    /// repeated.
    #[arg(long, value_name = "NAME", conflicts_with = "token")]
    allow_host: Vec<String>,
}

pub(super) async fn run(args: Args) -> Result<()> {
    let listener = TcpListener::bind(args.listen).await;
    let listener = listener.with_context(|| format!("cannot listen at {}", args.listen))?;
    let address = listener.local_addr()?;
    let (mock, products) = (Mock::new(args.seed), args.product.names());
    let mut router = match args.token {
        Some(secret) => mock.token(secret).into_router(&products),
        None => {
            let foreign = Foreign::default().hosts(&args.allow_host).origins(&args.allow_origin);
            foreign.around(mock.into_router(&products))
        }
    };
    if !args.allow_origin.is_empty() {
        router = router.layer(cors(&args.allow_origin));
    }
    say(&format!("{} drawn with seed {}: http://{address}", args.product, args.seed));
    say(&format!("what it answers: http://{address}/docs, http://{address}/openapi.json"));
    Serve::new(router).drain_time(std::time::Duration::from_secs(2)).run(listener, interrupted()).await;
    Ok(())
}
