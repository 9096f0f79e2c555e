//! `cargo xtask scaffold`: the skeleton of an implementation of a group, to be taken over.

use crate::outcome::{Failure, Outcome};
use crate::regen::{self, CONTRACT};
use crate::talk::Talk;
use crate::workspace::Workspace;
use anyhow::Context;
use meshery_generator::diagnostic::Diagnostics;
use meshery_generator::emit::server;
use meshery_generator::ir::{Api, Group, Product};
use meshery_generator::lower;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

/// Options of `scaffold`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The group, by its tag or its module: `Workspaces` or `workspaces`.
    #[arg(long, value_name = "NAME")]
    group: String,
    /// The product, if it is not the first that has the group.
    #[arg(long, value_name = "NAME")]
    product: Option<String>,
    /// The file to write; `<group>.rs` here, unless another is named. It is never overwritten.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Writes the file, or says what there is to choose from.
pub(crate) fn run(args: &Args, workspace: &Workspace, talk: &Talk) -> Outcome {
    let contract = regen::locked(workspace)?;
    let api = lower::lower(&contract, CONTRACT, &mut Diagnostics::new())?;
    let (product, group) = chosen(&api, args)?;
    let text = server::scaffold(&api, product, group)?;
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("{}.rs", group.module)));
    let mut file = fs::File::create_new(&out).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Failure::Usage(format!("{} is there already, and is left alone; give --out", out.display()))
        }
        _ => Failure::Usage(format!("cannot write {}: {error}", out.display())),
    })?;
    file.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", out.display()))?;
    let Group { operations, tag, .. } = group;
    talk.say(&format!(
        "{}: {} operations of the group `{tag}` of {}",
        out.display(),
        operations.len(),
        product.title
    ));
    Ok(())
}

/// The group that is meant, and its product.
fn chosen<'a>(api: &'a Api, args: &Args) -> Result<(&'a Product, &'a Group), Failure> {
    let product = args.product.as_deref();
    let mut products = api.products.iter().filter(|p| product.is_none_or(|name| p.name == name)).peekable();
    if products.peek().is_none() {
        let all: Vec<_> = api.products.iter().map(|p| p.name.as_str()).collect();
        let asked = product.unwrap_or_default();
        return Err(Failure::Usage(format!("there is no product `{asked}`: choose of {}", all.join(", "))));
    }
    let is_meant = |group: &&Group| {
        group.tag.eq_ignore_ascii_case(&args.group) || group.module.eq_ignore_ascii_case(&args.group)
    };
    let mut all = Vec::new();
    for product in products {
        if let Some(group) = product.groups.iter().find(is_meant) {
            return Ok((product, group));
        }
        let modules = product.groups.iter().map(|group| group.module.as_str());
        all.push(format!("{} has {}", product.name, modules.collect::<Vec<_>>().join(", ")));
    }
    Err(Failure::Usage(format!("there is no group `{}`: {}", args.group, all.join("; "))))
}
