//! Callers become users: who calls for the first time gets an account and an organization.

use super::kind::{ORGANIZATION, USER};
use super::objects::{Document, MEMBERS, failed, named, set};
use super::{Caller, Local};
use crate::store::{Change, Link, Record, StoreError};
use meshery_server::Failure;
use serde_json::{Value, json};
use uuid::Uuid;

/// What the provider calls itself where users say where they come from.
const PROVIDER: &str = "Local";

impl Local {
    /// Makes sure that a caller is a user, and a member of an organization of their own.
    pub(super) async fn welcome(&self, caller: Caller) -> Result<(), Failure> {
        // Asked each time: another process may have emptied the store.
        if self.store().get(USER.name, caller.id()).await.map_err(failed)?.is_some() {
            return Ok(());
        }
        let organization = organization(caller);
        let changes = vec![
            Change::Insert(user(caller)),
            Change::Link(Link::new(MEMBERS, organization.id, caller.id())),
            Change::Insert(organization),
        ];
        match self.store().commit(changes).await {
            // Another request, or another process, was first.
            Ok(()) | Err(StoreError::Exists) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }
}

/// The organization that a caller has from the start: always the same one for the same caller.
pub(super) fn home(caller: Caller) -> Uuid {
    Uuid::new_v5(&caller.id(), b"organization")
}

fn user(caller: Caller) -> Record {
    let mut record = Record::new(USER.name, caller.id());
    record.owner = Some(caller.id());
    let now = record.created_at.to_string();
    let (first, last, username) = if caller.is_local() {
        ("Meshery", "Meshery", "meshery".to_owned())
    } else {
        ("", "", caller.id().to_string())
    };
    let email = format!("{username}@meshery.local");
    named(&mut record, format!("{first} {last}").trim());
    record.search.push_str(&format!("\n{username}\n{email}"));
    record.status = "active".to_owned();
    let document = json!({
        "userId": caller.id(), "username": username, "firstName": first, "lastName": last, "email": email, "provider": PROVIDER,
        "status": "active", "lastLoginTime": now, "firstLoginTime": now, "deletedAt": null, "roleNames": [],
    });
    set(&USER, &mut record, members(document));
    record
}

fn organization(caller: Caller) -> Record {
    let mut record = Record::new(ORGANIZATION.name, home(caller));
    record.owner = Some(caller.id());
    let name = "My Org";
    named(&mut record, name);
    let document = json!({
        "name": name, "description": "", "country": "", "region": "",
        "metadata": {"preferences": preferences()},
    });
    set(&ORGANIZATION, &mut record, members(document));
    record
}

/// The preferences of an organization that never said any.
pub(super) fn preferences() -> Value {
    let nothing = json!({"svg": "", "location": ""});
    json!({
        "dashboard": {},
        "theme": {"id": Uuid::nil(), "logo": {
            "darkDesktopView": nothing, "darkMobileView": nothing, "desktopView": nothing, "mobileView": nothing,
        }},
    })
}

/// The members of an object that was spelt out here.
pub(super) fn members(value: Value) -> Document {
    match value {
        Value::Object(document) => document,
        _ => Document::new(),
    }
}
