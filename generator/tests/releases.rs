//! Does every release of upstream that we have lower completely? Needs the archives in the folder
//! that `MESHERY_UPSTREAM` names, or in `../shared/upstream`; says so when there are none.

use crate::support::upstream;
use meshery_generator::contract::{self, Contract};
use meshery_generator::diagnostic::Diagnostics;
use meshery_generator::ir::Api;
use meshery_generator::load::{self, Documents, Limits, sources::Sources};
use meshery_generator::lower;
use meshery_generator::overlay::Overlay;
use std::fs::File;

fn lowered(contract: &Contract) -> Api {
    let mut report = Diagnostics::new();
    lower::lower(contract, "schemas/contract.yml", &mut report).unwrap_or_else(|all| panic!("{all}"))
}

fn of_product(api: &Api, name: &str) -> usize {
    let product = api.products.iter().find(|product| product.name == name).unwrap();
    product.groups.iter().map(|group| group.operations.len()).sum()
}

/// A name that ends in a number its own spelling in the contract does not end in.
fn counted(api: &Api) -> Vec<&str> {
    let digit = |text: &str| text.ends_with(|c: char| c.is_ascii_digit());
    api.types
        .iter()
        .filter(|(id, def)| digit(&def.name) && !digit(&id.0))
        .map(|(id, _)| id.0.as_str())
        .collect()
}

#[test]
fn the_committed_contract_lowers_to_what_it_says() {
    let contract =
        contract::read(include_str!("../../schemas/contract.yml"), "schemas/contract.yml").unwrap();
    let api = lowered(&contract);
    let components = contract.document.pointer("/components/schemas").unwrap().as_object().unwrap();
    for key in components.keys() {
        assert!(api.types.keys().any(|id| id.0 == *key), "{key} is not a type");
    }
    let paths = contract.document.get("paths").unwrap().as_object().unwrap();
    let methods: usize = paths.values().map(|item| item.as_object().unwrap().len()).sum();
    assert_eq!(api.operations.len(), methods);
    if contract.release == "v1.3.45" {
        let counts = (api.operations.len(), of_product(&api, "meshery"), of_product(&api, "cloud"));
        assert_eq!(counts, (260, 124, 210));
    }
    assert!(api.types.len() < 900, "{} types", api.types.len());
    assert_eq!(counted(&api), Vec::<&str>::new());
    assert!(
        api.types
            .iter()
            .all(|(id, def)| !def.products.is_empty() && !def.name.is_empty() && !id.0.is_empty())
    );
}

#[test]
fn older_releases_lower_too() {
    let Some(upstream) = upstream() else { return };
    let sources = Sources::parse(include_str!("../../schemas/sources.toml"), "sources.toml").unwrap();
    let overlay = Overlay::parse(include_str!("../../schemas/overlay.yml"), "overlay.yml").unwrap();
    for release in ["1.3.45", "1.3.7", "1.2.9"] {
        let archive = upstream.join(format!("meshery-schemas-{release}.tar.gz"));
        let tree = load::archive(File::open(&archive).unwrap(), &sources, &Limits::default()).unwrap();
        let built = contract::build(&Documents::new(tree), &sources, &overlay);
        let built = built.unwrap_or_else(|all| panic!("{release}: {all}"));
        let api = lowered(&built.contract);
        assert!(api.operations.len() > 150, "{release}: {} operations", api.operations.len());
        assert_eq!(counted(&api), Vec::<&str>::new(), "{release}");
    }
}
