//! Does every instance that upstream publishes decode into the type it belongs to, and come back
//! without loss? What does not is upstream's own mistake, and stands in the ledger with its reason.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what does not hold has to fail loudly"
)]

use meshery_evidence::contract::Contract;
use meshery_evidence::generated::types::TYPES;
use meshery_evidence::instances::{Instance, instances, param_examples, stated_examples};
use meshery_evidence::ledger::Ledger;
use meshery_evidence::same::difference;
use meshery_evidence::upstream::Upstream;
use meshery_generator::ir::{Api, TypeId};
use meshery_generator::sample::{Sampler, Style, violations};
use meshery_types::wire::Options;
use serde_json::Value;

#[test]
fn every_instance_of_upstream_comes_back_as_it_was() {
    let contract = Contract::load();
    let Some(upstream) = Upstream::of(&contract.api.release) else { return };
    let (known, unknown) = instances(&upstream, &contract.api);
    assert!(!known.is_empty(), "no instance belongs to a type of the contract");
    let mut ledger = Ledger::instances(&contract.api.release);
    for instance in &known {
        if let Err(how) = comes_back(&contract.api, instance) {
            ledger.broken(&instance.source, how);
        }
    }
    let of_params = param_examples(&upstream, &contract.api);
    for example in &of_params {
        let wrong = violations(&contract.api, &example.param.value, &example.value);
        if !wrong.is_empty() {
            ledger.broken(&example.source, format!("{wrong:?}"));
        }
    }
    let is_example = |source: &&str| source.contains('#');
    let met = known.iter().map(|instance| instance.source.as_str()).filter(is_example).count()
        + unknown.iter().map(String::as_str).filter(is_example).count()
        + of_params.len();
    assert_eq!(met, stated_examples(&upstream), "an example stands where nothing looks for it");
    println!("{} instances, {} more of schemas that no operation reaches", known.len(), unknown.len());
    ledger.settle();
}

fn comes_back(api: &Api, instance: &Instance) -> Result<(), String> {
    let decode = TYPES.iter().find(|t| t.id == instance.owner).expect("every type is generated").decode;
    let whole = whole(api, instance).ok_or("no value of its owner has room for it")?;
    let back = decode(whole.to_string().as_bytes(), &Options::STRICT).map_err(|e| e.to_string())?;
    match difference(&whole, &back) {
        Some(place) => Err(format!("{place} does not come back")),
        None => Ok(()),
    }
}

/// The instance, inside of a valid value of its owner where it is only a part of one.
fn whole(api: &Api, instance: &Instance) -> Option<Value> {
    if instance.pointer.is_empty() {
        return Some(instance.value.clone());
    }
    let mut sampler = Sampler::new(api, 0);
    let owner = TypeId(instance.owner.clone());
    [Style::Maximal, Style::Random, Style::Random, Style::Random, Style::Random].into_iter().find_map(
        |style| {
            let mut value = sampler.valid_type(&owner, style).ok()?;
            *value.pointer_mut(&instance.pointer)? = instance.value.clone();
            Some(value)
        },
    )
}
