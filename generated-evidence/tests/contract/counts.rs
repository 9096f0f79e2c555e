//! Is what is generated what the contract says, and the contract what upstream publishes?
use meshery_client::ResponseInfo;
use meshery_evidence::contract::Contract;
use meshery_evidence::facts::Facts;
use meshery_evidence::generated::types::TYPES;
use meshery_evidence::generated::{PRODUCTS, RELEASE};
use meshery_evidence::upstream::Upstream;
use meshery_generator::bundle;
use meshery_generator::ir::{Api, Origin};
use serde_json::Value;
use std::collections::BTreeSet;

fn has(product: &str) -> impl Fn(&Value) -> bool {
    move |op| op["x-internal"].as_array().is_some_and(|all| all.iter().any(|p| p == product))
}

#[test]
fn what_is_generated_is_what_the_contract_says() {
    let contract = Contract::load();
    assert_eq!(contract.api.release, RELEASE);
    for product in PRODUCTS {
        let said = Facts::of(&contract.document, has(product.name));
        let lowered = lowered(&contract.api, product.name);
        assert_eq!(lowered.difference(&said), [""; 0], "{}: the IR and the contract", product.name);
        let client = client(product.name);
        assert_eq!(client.operations, said.operations, "{}: the client and the contract", product.name);
        assert_eq!(client.statuses, said.statuses, "{}: the client and the contract", product.name);
        let answered = said.media_types.iter().filter(|m| m.split(' ').count() == 4).cloned().collect();
        assert_eq!(client.media_types, answered, "{}: the client and the contract", product.name);
        let mut server = (product.operations)();
        server.sort();
        let operations: Vec<String> = said.operations.iter().cloned().collect();
        assert_eq!(server, operations, "{}: the server and the contract", product.name);
        println!("{}: [operations, parameters, statuses, media types] = {:?}", product.name, said.counts());
    }
}

#[test]
fn every_schema_of_the_contract_is_a_type() {
    let contract = Contract::load();
    let components = contract.document.pointer("/components/schemas").and_then(Value::as_object).unwrap();
    let types: BTreeSet<&str> = TYPES.iter().map(|t| t.id).collect();
    let missing: Vec<_> = components.keys().filter(|name| !types.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "schemas without a type: {missing:?}");
    let named = |origin: &Origin| matches!(origin, Origin::Component(_));
    let named = contract.api.types.values().filter(|definition| named(&definition.origin)).count();
    assert_eq!(named, components.len());
    println!("{named} schemas and {} inline ones are types", types.len() - named);
}

#[test]
fn the_contract_says_what_upstream_publishes() {
    let contract = Contract::load();
    let Some(upstream) = Upstream::of(&contract.api.release) else { return };
    let merged = bundle::merged(&upstream.documents, &upstream.sources).unwrap_or_else(|e| panic!("{e}"));
    for product in PRODUCTS {
        let bundle = bundle::product(merged.clone(), &upstream.documents, &upstream.sources, product.name);
        let published = Facts::of(&bundle.unwrap_or_else(|e| panic!("{e}")), |_| true);
        let said = Facts::of(&contract.document, has(product.name));
        assert_eq!(said.difference(&published), [""; 0], "{}: contract and upstream", product.name);
    }
}

/// The facts of the IR, which parameters are generated from.
fn lowered(api: &Api, product: &str) -> Facts {
    let mut facts = Facts::default();
    for op in api.operations.iter().filter(|op| op.products.contains(product)) {
        let name = format!("{} {}", op.method.as_str(), op.path);
        let lists = [
            ("path", &op.path_params),
            ("query", &op.query_params),
            ("header", &op.header_params),
            ("cookie", &op.cookie_params),
        ];
        for (place, params) in lists {
            facts.parameters.extend(params.iter().map(|p| format!("{name} {place} {}", p.wire)));
        }
        for media in op.body.iter().flat_map(|body| &body.content) {
            facts.media_types.insert(format!("{name} {}", media.media_type));
        }
        for response in &op.responses {
            facts.statuses.insert(format!("{name} {}", response.status));
            let types = response.content.iter();
            facts.media_types.extend(types.map(|m| format!("{name} {} {}", response.status, m.media_type)));
        }
        facts.operations.insert(name);
    }
    facts
}

/// The facts that the generated client carries.
fn client(product: &str) -> Facts {
    let mut facts = Facts::default();
    for op in meshery_client::OPERATIONS.iter().filter(|op| op.products.contains(&product)) {
        let name = format!("{} {}", op.method, op.path);
        for response in op.responses {
            let status = documented(response);
            facts.statuses.insert(format!("{name} {status}"));
            let types = response.media_types.iter();
            facts.media_types.extend(types.map(|media| format!("{name} {status} {media}")));
        }
        facts.operations.insert(name);
    }
    facts
}

/// How the contract writes the statuses that a response is for: `200`, `4XX`, `default`.
fn documented(response: &ResponseInfo) -> String {
    match (response.status, response.last) {
        (status, last) if status == last => status.to_string(),
        (status, last) if last - status == 99 => format!("{}XX", status / 100),
        _ => "default".to_owned(),
    }
}
