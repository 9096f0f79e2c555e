//! Which operations give a list in pages, and which look as if they did and do not?

use meshery_generator::contract;
use meshery_generator::diagnostic::{Code, Diagnostics};
use meshery_generator::ir::Api;
use meshery_generator::lower;
use std::collections::BTreeMap;
use std::path::Path;

fn read(text: &str) -> (Api, Vec<String>) {
    let mut found = Diagnostics::new();
    let contract = contract::read(text, "contract.yml").unwrap();
    let api = lower::lower(&contract, "contract.yml", &mut found).unwrap();
    let odd = found.iter().filter(|finding| finding.code == Code::UnpagedList);
    (api, odd.map(|finding| finding.message.clone()).collect())
}

/// Every operation of the committed contract that can be asked for a page: it is read as a list in
/// pages, or there is a finding that says why it is not.
#[test]
fn every_list_in_pages_is_known() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/contract.yml");
    let (api, odd) = read(&std::fs::read_to_string(file).unwrap());
    let asks = |name: &str| {
        let bare = name.replace('_', "").to_lowercase();
        bare == "page"
    };
    let with_page = api.operations.iter().filter(|o| o.query_params.iter().any(|param| asks(&param.wire)));
    let with_page: Vec<_> = with_page.collect();
    let paged = with_page.iter().filter(|operation| operation.paging.is_some()).count();
    println!("{}: {paged} operations give lists in pages, {} do not:", api.release, odd.len());
    odd.iter().for_each(|why| println!("  {why}"));
    assert_eq!(paged + odd.len(), with_page.len());
    assert_eq!(api.operations.iter().filter(|o| o.paging.is_some()).count(), paged);
    assert!(odd.len() * 20 < paged, "too many are not known: {odd:#?}");
    // Every spelling is met, alone and beside others.
    let mut spellings: BTreeMap<String, usize> = BTreeMap::new();
    for paging in api.operations.iter().filter_map(|operation| operation.paging.as_ref()) {
        *spellings.entry(paging.totals.join("+")).or_default() += 1;
        assert!(!paging.sizes.is_empty());
    }
    println!("  by what they call the total: {spellings:?}");
}

#[test]
fn lists_are_known_by_their_shape() {
    let (api, odd) = read(include_str!("paging.yml"));
    let paging = |id: &str| {
        let operation = api.operations.iter().find(|operation| operation.id == id);
        operation.unwrap_or_else(|| panic!("{id}")).paging.clone()
    };
    let both = paging("bothSpellings").unwrap();
    assert_eq!((both.page.as_str(), both.first), ("page", Some(0)));
    assert_eq!(both.sizes, ["pageSize", "pagesize"]);
    assert_eq!(both.items.as_deref(), Some("things"));
    assert_eq!(both.totals, ["totalCount", "total_count"]);
    assert_eq!(both.stated_sizes, ["pageSize", "page_size"]);
    let bare = paging("bareList").unwrap();
    assert_eq!((bare.items, bare.first), (None, Some(1)));
    for id in ["twoLists", "noPages", "notJson"] {
        assert_eq!(paging(id), None, "{id}");
        assert!(odd.iter().any(|why| why.contains(id)), "{id}: {odd:#?}");
    }
    for id in ["pageOfABook", "writes"] {
        assert_eq!(paging(id), None, "{id}");
        assert!(!odd.iter().any(|why| why.contains(id)), "{id}: {odd:#?}");
    }
}
