//! The cargo features of a crate: the part of its manifest that depends on the contract.
//!
//! `all` brings every product, a product every group of it, a group what its operations name. A
//! module of types brings the modules that its types name, so that a user of one group compiles the
//! types of that group and no other.

use crate::ir::{Api, Product};

/// Longer lists have a line for each element.
const WIDTH: usize = 100;

/// The lines of the table of features, for the crate `part`.
#[must_use]
pub fn emit(api: &Api, part: &str) -> String {
    let all = api.products.iter().map(|product| product.feature.clone()).collect();
    let mut lines = line("all", all);
    for product in &api.products {
        lines.push_str(&of_product(api, product, part));
    }
    if part == "types" {
        for module in &api.modules {
            lines.push_str(&line(&module.feature, module.needs.clone()));
        }
    }
    lines
}

fn of_product(api: &Api, product: &Product, part: &str) -> String {
    let groups = product.groups.iter().map(|group| group.feature.clone()).collect();
    let mut lines = line(&product.feature, groups);
    for group in &product.groups {
        let needs = match part {
            "types" => group.needs.clone(),
            _ => vec![format!("{}-types/{}", api.crates.name, group.feature)],
        };
        lines.push_str(&line(&group.feature, needs));
    }
    lines
}

/// A feature and what it brings. Names of features need no escapes.
fn line(feature: &str, brings: Vec<String>) -> String {
    let quoted: Vec<_> = brings.iter().map(|name| format!("\"{name}\"")).collect();
    let short = format!("{feature} = [{}]\n", quoted.join(", "));
    if short.len() <= WIDTH {
        return short;
    }
    let rows = quoted.iter().map(|name| format!("    {name},\n"));
    format!("{feature} = [\n{}]\n", rows.collect::<String>())
}
