//! Does every instance that upstream publishes decode into the type it belongs to, and come back
//! without loss? What does not is upstream's own mistake, and stands in the ledger with its reason
//! and the rules that it breaks; an independent validator agrees.
use jsonschema::ValidatorMap;
use meshery_evidence::contract::Contract;
use meshery_evidence::generated::types::TYPES;
use meshery_evidence::instances::{ANY, Instance, instances, param_examples, stated_examples};
use meshery_evidence::json_schema;
use meshery_evidence::ledger::Ledger;
use meshery_evidence::same::difference;
use meshery_evidence::upstream::Upstream;
use meshery_generator::ir::{Api, TypeId};
use meshery_generator::sample::{Sampler, Style, violations};
use meshery_types::wire::{DecodeError, Options};
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn every_instance_of_upstream_comes_back_as_it_was() {
    let contract = Contract::load();
    let Some(upstream) = Upstream::of(&contract.api.release) else { return };
    let (known, unknown) = instances(&upstream, &contract.api);
    assert!(!known.is_empty(), "no instance belongs to a type of the contract");
    let mut ledger = Ledger::instances(&contract.api.release);
    let oracle = crate::validators::oracle(&contract);
    for instance in &known {
        if let Err(Broken { rules, how }) = comes_back(&contract.api, instance, &oracle) {
            ledger.broken(&instance.source, &rules, how);
        }
    }
    let of_params = param_examples(&upstream, &contract.api);
    for example in &of_params {
        let wrong = violations(&contract.api, &example.param.value, &example.value);
        if !wrong.is_empty() {
            let rules = wrong.iter().map(|violation| violation.rule.to_owned()).collect();
            ledger.broken(&example.source, &rules, format!("{wrong:?}"));
        }
    }
    let is_example = |source: &&str| source.contains('#');
    let met = known.iter().map(|instance| instance.source.as_str()).filter(is_example).count()
        + unknown.iter().map(String::as_str).filter(is_example).count()
        + of_params.len();
    let stated = stated_examples(&upstream);
    if met != stated {
        ledger.broken(
            "examples",
            &BTreeSet::new(),
            format!("{met} of {stated} are where they are looked for"),
        );
    }
    println!("{} instances, {} more of schemas that no operation reaches", known.len(), unknown.len());
    ledger.settle();
}

/// What is wrong with an instance.
struct Broken {
    rules: BTreeSet<String>,
    how: String,
}

fn otherwise(how: impl Into<String>) -> Broken {
    Broken { rules: BTreeSet::new(), how: how.into() }
}

/// Whether an instance is valid, and comes back. Whether it is valid, the oracle must say as well:
/// no mistake of ours hides behind an exception.
fn comes_back(api: &Api, instance: &Instance, oracle: &ValidatorMap) -> Result<(), Broken> {
    let decode = TYPES.iter().find(|t| t.id == instance.owner).expect("every type is generated").decode;
    let whole = whole(api, instance).ok_or_else(|| otherwise("no value of its owner has room for it"))?;
    let decoded =
        decode(whole.to_string().as_bytes(), &Options { max_violations: usize::MAX, ..Options::STRICT });
    let key = json_schema::key(&api.types[&TypeId(instance.owner.clone())].pointer);
    let valid = oracle.get(&key).expect("the oracle knows every type").is_valid(&whole);
    if valid != decoded.is_ok() {
        return Err(otherwise(format!("we say {decoded:?}, and the oracle that it is valid: {valid}")));
    }
    let back = decoded.map_err(|error| Broken { rules: rules(&error), how: error.to_string() })?;
    difference(&whole, &back).map_or(Ok(()), |place| Err(otherwise(format!("{place} does not come back"))))
}

fn rules(error: &DecodeError) -> BTreeSet<String> {
    match error {
        DecodeError::Invalid(violations) => violations.iter().map(|v| v.rule.as_str().to_owned()).collect(),
        DecodeError::Syntax { .. } => BTreeSet::new(),
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
            put(&mut value, &instance.pointer, &instance.value)?;
            Some(value)
        },
    )
}

/// Puts a value in a place, if there is such a place.
fn put(value: &mut Value, pointer: &str, new: &Value) -> Option<()> {
    let (above, token) = pointer.rsplit_once('/')?;
    let mut place = value;
    for token in above.split('/').skip(1) {
        // What the schema does not name comes last.
        place = match token {
            ANY => place.as_object_mut()?.values_mut().last()?,
            token => place.pointer_mut(&format!("/{token}"))?,
        };
    }
    match token {
        ANY => _ = place.as_object_mut()?.insert(ANY.to_owned(), new.clone()),
        token => *place.pointer_mut(&format!("/{token}"))? = new.clone(),
    }
    Some(())
}
