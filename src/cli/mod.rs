//! `mesheryd`: one file for each verb, and here the match over them.
//!
//! Results go to stdout and talk to stderr. Exit codes: 0 done, 1 it failed, 2 wrong usage.

mod call;
mod completion;
mod foreign;
mod login;
mod mock;
mod openapi;
mod products;
mod serve;
mod session;
mod stop;
mod talk;
mod token;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;
use talk::say;

#[derive(Parser)]
#[command(name = "mesheryd", about = "A server and a command line for the Meshery REST APIs", version)]
struct Cli {
    /// Say nothing but errors.
    #[arg(long, short, global = true)]
    quiet: bool,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Call an operation by its id.
    Call(Box<call::Args>),
    /// Write a script that completes commands, options and operations in a shell.
    Completion(completion::Args),
    /// Log in at a server, as mesheryctl does and for it.
    Login(login::Args),
    /// Answer every operation with values drawn from the contract.
    Mock(mock::Args),
    /// Print the contract as an OpenAPI document.
    Openapi(openapi::Args),
    /// Serve a product.
    Serve(Box<serve::Args>),
    /// Say which token is used, and where it comes from.
    Token(token::Args),
}

/// Runs what the command line asks for.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    talk::set_quiet(cli.quiet);
    let done = runtime().and_then(|runtime| runtime.block_on(run(cli.verb)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            talk::fail(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(verb: Verb) -> Result<()> {
    match verb {
        Verb::Call(args) => call::run(*args).await,
        Verb::Completion(args) => completion::run(&args),
        Verb::Login(args) => login::run(args).await,
        Verb::Mock(args) => mock::run(args).await,
        Verb::Openapi(args) => openapi::run(&args),
        Verb::Serve(args) => serve::run(*args).await,
        Verb::Token(args) => token::run(&args).await,
    }
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
