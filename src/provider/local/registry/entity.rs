//! Entities of the registry: how their documents become records.

use crate::provider::local::kind::{CATEGORY, COMPONENT, Kind, MODEL, POLICY, REGISTRANT, RELATIONSHIP};
use crate::provider::local::objects::{Document, read, set};
use crate::store::Record;
use meshery_server::Failure;
use meshery_types::v1alpha3::relationship::Relationship;
use meshery_types::v1beta1::registry::{RegistryComponent, RegistryModel};
use serde_json::{Value, json};
use uuid::Uuid;

/// The mark of what annotates, and stands for nothing that runs.
pub(super) const ANNOTATION: &str = "annotation";
/// The kind of a registrant that nothing is said of.
const ANONYMOUS: &str = "meshery";

/// What an entity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Model,
    Component,
    Relationship,
    Policy,
}

impl Sort {
    /// By the word that callers use, in the singular or the plural.
    pub(super) fn parse(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        Some(match &*word {
            "model" | "models" => Self::Model,
            "component" | "components" => Self::Component,
            "relationship" | "relationships" => Self::Relationship,
            "policy" | "policies" => Self::Policy,
            _ => return None,
        })
    }

    /// By what a document says of its own form: `components.meshery.io/v1beta3`.
    pub(super) fn of(document: &Document) -> Option<Self> {
        let version = document.get("schemaVersion").and_then(Value::as_str)?;
        Self::parse(version.split('.').next()?)
    }

    pub(super) fn kind(self) -> &'static Kind {
        match self {
            Self::Model => &MODEL,
            Self::Component => &COMPONENT,
            Self::Relationship => &RELATIONSHIP,
            Self::Policy => &POLICY,
        }
    }
}

/// The records that an entity comes to: itself, and the model, the category and the registrant that
/// it names. The error says to the caller what is wrong with it.
pub(super) fn records(sort: Sort, document: Document, registrant: &Document) -> Result<Vec<Record>, String> {
    match sort {
        Sort::Model => model(document, registrant),
        Sort::Component => component(document, registrant),
        Sort::Relationship => relationship(document, registrant),
        Sort::Policy => policy(document, registrant),
    }
}

fn model(mut document: Document, registrant: &Document) -> Result<Vec<Record>, String> {
    let name = required(&document, &["name"])?;
    let version = text(&document, &["model", "version"]);
    let category = Some(text(&document, &["category", "name"])).filter(|c| !c.is_empty());
    let category = category.unwrap_or_else(|| "Uncategorized".to_owned());
    let source = registrant_record(&document, registrant);
    let category_record = category_record(&category, &document);
    document.insert("registrantId".to_owned(), source.id.to_string().into());
    document.insert("registrant".to_owned(), whole(&REGISTRANT, &source)?);
    document.insert("categoryId".to_owned(), category_record.id.to_string().into());
    document.insert("category".to_owned(), whole(&CATEGORY, &category_record)?);
    fill(
        &mut document,
        &[
            ("displayName", name.clone().into()),
            ("description", "".into()),
            ("components", json!([])),
            ("relationships", json!([])),
            ("componentsCount", 0.into()),
            ("relationshipsCount", 0.into()),
            ("schemaVersion", "models.meshery.io/v1beta2".into()),
            ("status", "enabled".into()),
            ("subCategory", "Uncategorized".into()),
            ("version", "v1.0.0".into()),
        ],
    );
    let mut record = Record::new(MODEL.name, identity(&document, &["model", &name, &version]));
    record.search = format!("{name}\n{}", text(&document, &["displayName"])).to_lowercase();
    record.class = category;
    record.variant = source.class.clone();
    record.source = source.class.clone();
    record.mark = mark(&document);
    record.status = text(&document, &["status"]);
    record.name = name;
    record.version = version;
    set(&MODEL, &mut record, document);
    checked::<RegistryModel>(&MODEL, &record)?;
    Ok(vec![category_record, source, record])
}

fn component(mut document: Document, registrant: &Document) -> Result<Vec<Record>, String> {
    let kind = required(&document, &["component", "kind"])?;
    let api_version = text(&document, &["component", "version"]);
    let mut records = Vec::new();
    let held = document.get("model").and_then(Value::as_object).cloned();
    let owner = if held.is_some() { "model" } else { "modelReference" };
    let model_name = required(&document, &[owner, "name"])?;
    let version = text(&document, &[owner, "model", "version"]);
    let mut source = source_of(&document, owner, registrant);
    if let Some(held) = held {
        records = model(held, registrant)?;
        source = records.last().map(|model| model.source.clone()).unwrap_or_default();
        // The component holds its model whole.
        if let Some(model) = records.last() {
            document.insert("model".to_owned(), whole(&MODEL, model)?);
            document.insert("modelId".to_owned(), model.id.to_string().into());
        }
    }
    let category = records.first().map(|category| category.name.clone()).unwrap_or_default();
    let reference = json!({
        "id": records.last().map_or(Uuid::nil(), |model| model.id), "name": model_name, "version": "v1.0.0",
        "displayName": model_name, "model": {"version": version}, "registrant": {"kind": text(registrant, &["kind"])},
    });
    complete(&mut document);
    fill(
        &mut document,
        &[
            ("displayName", kind.clone().into()),
            ("description", "".into()),
            ("format", "JSON".into()),
            ("configuration", json!({})),
            ("modelReference", reference),
            ("version", "v1.0.0".into()),
            ("schemaVersion", "components.meshery.io/v1beta3".into()),
            ("status", "enabled".into()),
        ],
    );
    let identity = identity(&document, &["component", &model_name, &version, &api_version, &kind]);
    let mut record = Record::new(COMPONENT.name, identity);
    record.search = format!("{kind}\n{}", text(&document, &["displayName"])).to_lowercase();
    record.class = category;
    record.mark = mark(&document);
    record.source = source;
    record.variant = api_version;
    record.status = text(&document, &["status"]);
    record.parent = model_name;
    record.name = kind;
    record.version = version;
    set(&COMPONENT, &mut record, document);
    checked::<RegistryComponent>(&COMPONENT, &record)?;
    records.push(record);
    Ok(records)
}

/// What components of earlier versions leave out inside of their members, and this one does not.
fn complete(component: &mut Document) {
    if let Value::Object(metadata) = component.entry("metadata").or_insert_with(|| json!({})) {
        fill(
            metadata,
            &[
                ("configurationUISchema", "".into()),
                ("genealogy", "".into()),
                ("instanceDetails", json!({})),
                ("isAnnotation", false.into()),
                ("isNamespaced", false.into()),
                ("published", false.into()),
            ],
        );
    }
    // A position that is nowhere is none.
    let placed =
        |position: &Value| ["x", "y"].iter().all(|axis| position.get(axis).is_some_and(Value::is_number));
    if let Some(styles) = component.get_mut("styles").and_then(Value::as_object_mut)
        && styles.get("position").is_some_and(|position| !placed(position))
    {
        styles.remove("position");
    }
}

fn relationship(mut document: Document, registrant: &Document) -> Result<Vec<Record>, String> {
    let kind = required(&document, &["kind"])?;
    let model = required(&document, &["model", "name"])?;
    let version = text(&document, &["model", "model", "version"]);
    let (sort, finer) = (text(&document, &["type"]), text(&document, &["subType"]));
    fill(&mut document, &[("status", "enabled".into())]);
    // Relationships have no names: without an id, what they say tells them apart.
    let said = Value::Object(document.clone()).to_string();
    let mut record =
        Record::new(RELATIONSHIP.name, identity(&document, &["relationship", &model, &version, &said]));
    record.search = format!("{kind}\n{sort}\n{finer}").to_lowercase();
    record.status = text(&document, &["status"]);
    (record.parent, record.name, record.version) = (model, kind, version);
    (record.class, record.variant) = (sort, finer);
    record.source = source_of(&document, "model", registrant);
    set(&RELATIONSHIP, &mut record, document);
    checked::<Relationship>(&RELATIONSHIP, &record)?;
    Ok(vec![record])
}

fn policy(document: Document, registrant: &Document) -> Result<Vec<Record>, String> {
    let name = required(&document, &["name"]).or_else(|_| required(&document, &["kind"]))?;
    let model = required(&document, &["model", "name"])?;
    let mut record = Record::new(POLICY.name, identity(&document, &["policy", &model, &name]));
    record.version = text(&document, &["model", "model", "version"]);
    record.search = name.to_lowercase();
    (record.parent, record.name) = (model, name);
    record.source = source_of(&document, "model", registrant);
    set(&POLICY, &mut record, document);
    Ok(vec![record])
}

fn category_record(name: &str, model: &Document) -> Record {
    let mut record = Record::new(CATEGORY.name, stable(&["category", name]));
    record.search = name.to_lowercase();
    record.name = name.to_owned();
    let metadata = model.get("category").and_then(|category| category.get("metadata")).cloned();
    let mut document = Document::new();
    document.insert("name".to_owned(), name.into());
    document.insert("metadata".to_owned(), metadata.filter(Value::is_object).unwrap_or_else(|| json!({})));
    set(&CATEGORY, &mut record, document);
    record
}

/// Who registers: the connection that a model names, or else the caller's.
fn registrant_record(model: &Document, registrant: &Document) -> Record {
    let mut document = model.get("registrant").and_then(Value::as_object).unwrap_or(registrant).clone();
    let kind = Some(text(&document, &["kind"])).filter(|kind| !kind.is_empty());
    let kind = kind.unwrap_or_else(|| ANONYMOUS.to_owned());
    fill(
        &mut document,
        &[
            ("kind", kind.clone().into()),
            ("name", kind.clone().into()),
            ("status", "registered".into()),
            ("type", "registry".into()),
            ("subType", "".into()),
            ("schemaVersion", "connections.meshery.io/v1beta1".into()),
        ],
    );
    let mut record = Record::new(REGISTRANT.name, stable(&["registrant", &kind]));
    record.search = kind.clone();
    (record.name, record.class) = (kind.clone(), kind);
    // A connection's secrets and settings are nobody's business here.
    for member in ["metadata", "credentialId", "environments", "createdAt", "updatedAt", "deletedAt"] {
        document.remove(member);
    }
    set(&REGISTRANT, &mut record, document);
    record
}

/// The kind of who registered an entity: of its model, or else of the caller.
fn source_of(document: &Document, model: &str, registrant: &Document) -> String {
    let stated = text(document, &[model, "registrant", "kind"]);
    let kind = if stated.is_empty() { text(registrant, &["kind"]) } else { stated };
    if kind.is_empty() { ANONYMOUS.to_owned() } else { kind }
}

/// Whether an entity annotates, as lists tell it apart.
fn mark(document: &Document) -> String {
    let said = document.get("metadata").and_then(|metadata| metadata.get("isAnnotation"));
    if said.and_then(Value::as_bool) == Some(true) { ANNOTATION.to_owned() } else { String::new() }
}

/// The id that a document states, or one that follows from what it is.
fn identity(document: &Document, parts: &[&str]) -> Uuid {
    let stated = document.get("id").and_then(Value::as_str).and_then(|id| Uuid::parse_str(id).ok());
    stated.filter(|id| !id.is_nil()).unwrap_or_else(|| stable(parts))
}

fn stable(parts: &[&str]) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, parts.join("\u{0}").as_bytes())
}

/// A record as a document, to be part of another.
fn whole(kind: &Kind, record: &Record) -> Result<Value, String> {
    let mut text = String::new();
    kind.shape.write(record, &mut text);
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

/// Whether a record is one of the contract's: what a list could not show is not let in.
fn checked<T: meshery_types::wire::Decode>(kind: &Kind, record: &Record) -> Result<(), String> {
    let outcome: Result<T, Failure> = read(kind, record);
    outcome.map(drop).map_err(|error| format!("it is no {} of the contract: {error}", kind.name))
}

fn fill(document: &mut Document, defaults: &[(&str, Value)]) {
    for (name, value) in defaults {
        document.entry(*name).or_insert_with(|| value.clone());
    }
}

/// The text at a path, or nothing.
pub(super) fn text(document: &Document, path: &[&str]) -> String {
    let (first, rest) = match path.split_first() {
        Some((first, rest)) => (document.get(*first), rest),
        None => (None, path),
    };
    let found = rest.iter().fold(first, |value, name| value.and_then(|value| value.get(name)));
    found.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn required(document: &Document, path: &[&str]) -> Result<String, String> {
    Some(text(document, path))
        .filter(|text| !text.trim().is_empty())
        .ok_or_else(|| format!("`{}` is missing", path.join(".")))
}

#[cfg(test)]
mod tests {
    use super::{Sort, records};
    use crate::provider::local::identity::members;
    use serde_json::{Value, json};

    fn component() -> Value {
        json!({
            "component": {"kind": "Cache", "version": "cache/v1", "schema": "{}"},
            "model": {"name": "cache", "model": {"version": "v2.1.0"}, "category": {"name": "Database"}},
            "metadata": {"configurationUISchema": "", "genealogy": "", "instanceDetails": {}, "isAnnotation": false,
                "isNamespaced": true, "published": true},
        })
    }

    #[test]
    fn a_component_brings_its_model_category_and_registrant() {
        let registrant = members(json!({"kind": "hub"}));
        let made = records(Sort::Component, members(component()), &registrant).unwrap();
        let kinds: Vec<_> = made.iter().map(|record| (record.kind, &*record.name)).collect();
        assert_eq!(
            kinds,
            [("category", "Database"), ("registrant", "hub"), ("model", "cache"), ("component", "Cache")]
        );
        let again = records(Sort::Component, members(component()), &registrant).unwrap();
        assert_eq!(made[3].id, again[3].id, "the same component is the same record");
    }

    #[test]
    fn what_earlier_versions_leave_out_is_filled_in() {
        let mut sparse = component();
        sparse["metadata"] = json!({"isAnnotation": true});
        sparse["styles"] = json!({"primaryColor": "#000000", "shape": "ellipse", "svgColor": "",
            "svgComplete": "", "svgWhite": "", "position": {}});
        let made = records(Sort::Component, members(sparse), &members(json!({"kind": "hub"}))).unwrap();
        let body: Value = serde_json::from_str(&made[3].body).unwrap();
        assert_eq!((&body["metadata"]["published"], body["styles"].get("position")), (&json!(false), None));
        assert_eq!((&*made[3].mark, &*made[3].source), ("annotation", "hub"));
    }

    #[test]
    fn what_is_missing_is_said() {
        let mut nameless = component();
        nameless["model"]["name"] = json!(" ");
        let message = records(Sort::Component, members(nameless), &members(json!({}))).unwrap_err();
        assert!(message.contains("model.name"), "{message}");
    }
}
