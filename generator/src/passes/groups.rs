//! Groups: the operations of each product by tag.

use super::scope::{Case, assign};
use super::{place_of, report};
use crate::diagnostic::{Code, Diagnostics};
use crate::ir::{Api, Group};
use crate::words::{pascal, snake};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn run(api: &mut Api, found: &mut Diagnostics) {
    let tags: Vec<&str> =
        api.operations.iter().map(|o| o.tag.as_str()).collect::<BTreeSet<_>>().into_iter().collect();
    let names = assign(Case::Group, &tags);
    let modules = assign(Case::Module, &tags);
    let (names, modules) = match (names, modules) {
        (Ok(names), Ok(modules)) => (names, modules),
        (Err((a, b)), _) | (_, Err((a, b))) => {
            let pick = |index: usize| tags.get(index).copied().unwrap_or_default();
            let message = format!("the tags `{}` and `{}` need the same Rust name", pick(a), pick(b));
            let at = api.operations.iter().find(|o| o.tag == pick(b)).map(place_of).unwrap_or_default();
            report(
                found,
                Code::NameCollision,
                &at,
                message,
                Some("rename one of them in schemas/overlay.yml"),
            );
            // Something to go on with: the finding is an error.
            (tags.iter().map(|t| pascal(t)).collect(), tags.iter().map(|t| snake(t)).collect())
        }
    };
    let named: BTreeMap<&str, (String, String)> =
        tags.iter().copied().zip(names.into_iter().zip(modules)).collect();
    for product in &mut api.products {
        let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, operation) in api.operations.iter().enumerate() {
            if operation.products.contains(&product.name) {
                groups.entry(&operation.tag).or_default().push(index);
            }
        }
        product.groups = groups
            .into_iter()
            .map(|(tag, operations)| {
                let (name, module) = named.get(tag).cloned().unwrap_or_default();
                Group { tag: tag.to_owned(), module, name, operations, ..Group::default() }
            })
            .collect();
        product.groups.sort_by(|a, b| a.module.cmp(&b.module));
    }
}
