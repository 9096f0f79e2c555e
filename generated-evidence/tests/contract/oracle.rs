//! Do our types judge as an independent validator does?
//!
//! For every type, values are drawn from the IR (valid ones, ones with one constraint broken, and
//! valid ones with something odd put anywhere); our strict decoding and the crate `jsonschema`, on
//! the schema as the contract has it, must give the same verdict. What is valid comes back as it
//! was. The draws depend on `SEED` alone; `MESHERY_SAMPLES` sets how many there are in all.
use crate::validators::oracle;
use jsonschema::{Validator, ValidatorMap};
use meshery_evidence::contract::Contract;
use meshery_evidence::generated::types::{TYPES, Type};
use meshery_evidence::json_schema;
use meshery_evidence::ledger::Ledger;
use meshery_evidence::mutate::mutated;
use meshery_evidence::same::difference;
use meshery_generator::ir::{Api, Kind, Ty, TypeDef, TypeId, Use};
use meshery_generator::sample::{Sampler, Style};
use meshery_types::wire::Options;
use serde_json::Value;
use std::collections::BTreeSet;

const SEED: u64 = 45;
const SAMPLES: usize = 120_000;

/// How many odd values are made of each valid one.
const MUTATIONS: usize = 8;

#[test]
fn every_type_judges_as_the_oracle_does() {
    let contract = Contract::load();
    let generated: BTreeSet<&str> = TYPES.iter().map(|t| t.id).collect();
    let expected: BTreeSet<&str> = contract.api.types.keys().map(|id| id.0.as_str()).collect();
    assert_eq!(generated, expected, "the types that are generated are not those of the contract");

    let oracle = oracle(&contract);
    let wanted = std::env::var("MESHERY_SAMPLES").ok().and_then(|n| n.parse().ok()).unwrap_or(SAMPLES);
    let each = wanted / TYPES.len() + 1;
    let half = TYPES.len() / 2;
    let (left, right) = TYPES.split_at(half);
    let run = |types: &[Type]| -> Vec<Verdicts> {
        types.iter().map(|t| judge(&contract.api, &oracle, t, each)).collect()
    };
    let verdicts = std::thread::scope(|scope| {
        let right = scope.spawn(|| run(right));
        let mut all = run(left);
        all.extend(right.join().unwrap());
        all
    });

    let mut ledger = Ledger::oracle(&contract.api.release);
    let (mut samples, mut valid) = (0, 0);
    for (t, verdicts) in TYPES.iter().zip(verdicts) {
        samples += verdicts.samples;
        valid += verdicts.valid;
        for how in verdicts.disagreements {
            ledger.broken(t.id, &BTreeSet::new(), how);
        }
    }
    ledger.settle();
    assert!(samples >= wanted, "{samples} samples are fewer than {wanted}");
    println!("{samples} samples over {} types, {valid} of them valid", TYPES.len());
}

/// What came out for one type.
#[derive(Default)]
struct Verdicts {
    /// Where a component is nullable, its uses are: what is generated for it is the value alone.
    null_is_of_uses: bool,
    samples: usize,
    valid: usize,
    disagreements: Vec<String>,
}

fn judge(api: &Api, oracle: &ValidatorMap, t: &Type, each: usize) -> Verdicts {
    let definition: &TypeDef = api.types.get(&TypeId(t.id.to_owned())).unwrap();
    let key = json_schema::key(&definition.pointer);
    let validator = oracle.get(&key).unwrap_or_else(|| panic!("the oracle has no {key}"));
    let used = Use { ty: Ty::Named(TypeId(t.id.to_owned())), ..Use::default() };
    let seed = t.id.bytes().fold(SEED, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
    let mut sampler = Sampler::new(api, seed);
    let null_is_of_uses = !matches!(definition.kind, Kind::Alias(_));
    let mut out = Verdicts { null_is_of_uses, ..Verdicts::default() };
    for style in [Style::Minimal, Style::Maximal] {
        match sampler.valid(&used, style) {
            Ok(value) => out.sample(t, validator, &value, Some(true)),
            Err(_) => out.disagreements.push("no value satisfies it".to_owned()),
        }
    }
    if !out.disagreements.is_empty() {
        return out;
    }
    for broken in sampler.broken(&used) {
        out.sample(t, validator, &broken.value, Some(false));
    }
    while out.samples < each {
        let Ok(value) = sampler.valid(&used, Style::Random) else { break };
        out.sample(t, validator, &value, Some(true));
        for _ in 0..MUTATIONS {
            out.sample(t, validator, &mutated(&value, sampler.rng()), None);
        }
    }
    out
}

impl Verdicts {
    fn sample(&mut self, t: &Type, validator: &Validator, value: &Value, expected: Option<bool>) {
        self.samples += 1;
        let text = value.to_string();
        let ours = (t.decode)(text.as_bytes(), &Options::STRICT);
        let theirs = validator.is_valid(value) && !(self.null_is_of_uses && value.is_null());
        let shown: String = text.chars().take(600).collect();
        let mut disagree = |what: String| self.disagreements.push(format!("{what}: {shown}"));
        if ours.is_ok() != theirs {
            let us = ours.err().map_or("valid".to_owned(), |e| e.to_string());
            let them = validator.iter_errors(value).next();
            let them = them.map_or("valid".to_owned(), |e| format!("{} at {}", e, e.instance_path()));
            return disagree(format!("we say {us}; the oracle says {them}"));
        }
        if expected.is_some_and(|expected| expected != theirs) {
            return disagree(format!(
                "drawn as {}, judged otherwise",
                if theirs { "broken" } else { "valid" }
            ));
        }
        let Ok(back) = ours else { return };
        self.valid += 1;
        if let Some(place) = difference(value, &back) {
            disagree(format!("{place} does not come back"));
        } else if let Some(place) =
            (t.decode)(text.as_bytes(), &Options::TOLERANT).ok().and_then(|back| difference(value, &back))
        {
            disagree(format!("{place} does not come back from a tolerant reading"));
        }
    }
}
