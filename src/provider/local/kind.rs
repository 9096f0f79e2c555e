//! The constructs that are kept, and how each spells what all records have.

use crate::store::Record;
use serde_json::{Map, Value};

/// A construct as a kind of record.
#[derive(Debug)]
pub(super) struct Kind {
    /// What its records are called in the store, and in messages.
    pub(super) name: &'static str,
    /// How documents of it spell the members that are columns.
    pub(super) shape: Shape,
}

/// The names of the members that are not in the document, but columns of the record.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) created: &'static str,
    pub(super) updated: &'static str,
    pub(super) owner: Option<&'static str>,
    pub(super) parent: Option<&'static str>,
}

pub(super) const CAMEL: Shape =
    Shape { created: "createdAt", updated: "updatedAt", owner: Some("owner"), parent: None };
pub(super) const SNAKE: Shape =
    Shape { created: "created_at", updated: "updated_at", owner: Some("owner"), parent: None };
const USER_CAMEL: Shape = Shape { owner: Some("userId"), ..CAMEL };
const USER_SNAKE: Shape = Shape { owner: Some("user_id"), ..SNAKE };
const OWNERLESS: Shape = Shape { owner: None, ..CAMEL };

pub(super) static COMPONENT: Kind = Kind { name: "component", shape: OWNERLESS };
pub(super) static CATEGORY: Kind = Kind { name: "category", shape: OWNERLESS };
pub(super) static CONNECTION: Kind = Kind { name: "connection", shape: CAMEL };
pub(super) static CONTROLLERS: Kind = Kind { name: "controllers configuration", shape: CAMEL };
pub(super) static CREDENTIAL: Kind = Kind { name: "credential", shape: USER_CAMEL };
pub(super) static DEFINITION: Kind = Kind { name: "connection definition", shape: OWNERLESS };
pub(super) static DESIGN: Kind = Kind { name: "design", shape: USER_CAMEL };
pub(super) static ENVIRONMENT: Kind =
    Kind { name: "environment", shape: Shape { parent: Some("organizationId"), ..CAMEL } };
pub(super) static EVENT: Kind = Kind { name: "event", shape: USER_CAMEL };
pub(super) static KEY: Kind = Kind { name: "key", shape: CAMEL };
pub(super) static MODEL: Kind = Kind { name: "model", shape: OWNERLESS };
pub(super) static ORGANIZATION: Kind = Kind { name: "organization", shape: CAMEL };
pub(super) static POLICY: Kind = Kind { name: "policy", shape: OWNERLESS };
pub(super) static PROFILE: Kind = Kind { name: "performance profile", shape: CAMEL };
pub(super) static REGISTRANT: Kind = Kind { name: "registrant", shape: Shape { owner: None, ..SNAKE } };
pub(super) static RELATIONSHIP: Kind = Kind { name: "relationship", shape: OWNERLESS };
pub(super) static RESULT: Kind =
    Kind { name: "performance result", shape: Shape { parent: Some("performanceProfile"), ..CAMEL } };
pub(super) static TEAM: Kind = Kind { name: "team", shape: CAMEL };
pub(super) static USER: Kind = Kind { name: "user", shape: OWNERLESS };
pub(super) static VIEW: Kind = Kind { name: "view", shape: USER_CAMEL };
pub(super) static WORKSPACE: Kind =
    Kind { name: "workspace", shape: Shape { parent: Some("organizationId"), ..CAMEL } };

/// Teams, designs and views as their older versions spell them, which some pages still hold.
pub(super) static OLD_TEAM: Shape = SNAKE;
pub(super) static OLD_DESIGN: Shape = USER_SNAKE;
pub(super) static OLD_VIEW: Shape = USER_SNAKE;

impl Kind {
    /// Whether its records are part of an organization, and so of all its members.
    pub(super) fn is_of_organization(&self) -> bool {
        self.shape.parent == Some("organizationId")
    }
}

impl Shape {
    /// A record as a document: its body, and the members that are columns.
    pub(super) fn write(&self, record: &Record, text: &mut String) {
        let body = record.body.trim_end();
        text.push_str(body.strip_suffix('}').unwrap_or("{"));
        if !text.ends_with('{') {
            text.push(',');
        }
        text.push_str("\"id\":\"");
        text.push_str(&record.id.to_string());
        for (name, value) in [(self.created, record.created_at), (self.updated, record.updated_at)] {
            member(text, name, &value.to_string());
        }
        if let (Some(name), Some(owner)) = (self.owner, record.owner) {
            member(text, name, &owner.to_string());
        }
        if let Some(deleted) = record.deleted_at {
            let name = if self.created == CAMEL.created { "deletedAt" } else { "deleted_at" };
            member(text, name, &deleted.to_string());
        }
        if let Some(name) = self.parent.filter(|_| !record.parent.is_empty()) {
            member(text, name, &record.parent);
        }
        text.push_str("\"}");
    }

    /// A document without the members that are columns.
    pub(super) fn strip(&self, document: &mut Map<String, Value>) {
        let names = [Some("id"), Some(self.created), Some(self.updated), self.owner, self.parent];
        for name in names.into_iter().flatten() {
            document.remove(name);
        }
    }
}

/// One more member whose value is a text without anything to escape: an id or a time.
fn member(text: &mut String, name: &str, value: &str) {
    text.push_str("\",\"");
    text.push_str(name);
    text.push_str("\":\"");
    text.push_str(value);
}
