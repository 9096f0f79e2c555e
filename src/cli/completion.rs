//! `mesheryd completion`.

use super::Cli;
use super::talk::print;
use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The shell.
    shell: Shell,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "mesheryd", &mut script);
    Ok(print(&String::from_utf8_lossy(&script))?)
}
