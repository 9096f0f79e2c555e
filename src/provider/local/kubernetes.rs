//! Kubernetes contexts: read from a kubeconfig, kept as connections. No cluster is asked anything.

use super::connections::{credential_of, settle};
use super::kind::{CONNECTION, CREDENTIAL};
use super::objects::{ATTEMPTS, Document, contended, document, failed, named};
use super::reading::{LARGEST_YAML, Unreadable, aside, yaml};
use super::{Caller, Local};
use crate::store::{Change, Record, StoreError};
use meshery_server::{Failure, FilePart};
use serde_json::{Value, json};
use uuid::Uuid;

/// The kind of connections that are Kubernetes contexts.
pub(super) const CLASS: &str = "kubernetes";
/// The most contexts that are read from one file.
const MOST_CONTEXTS: usize = 500;
/// The most bytes of clusters and users that the contexts of one file come to: many contexts may name
/// the same ones, and each is kept with its own copy.
const LARGEST_FOUND: usize = 8 << 20;

/// A context of a kubeconfig, with the cluster and the user that it names.
pub(super) struct Found {
    name: String,
    server: String,
    cluster: Document,
    auth: Document,
}

/// The contexts of a kubeconfig; `None` where it is none, or more than is read of one.
pub(super) async fn uploaded(file: FilePart) -> Result<Option<Vec<Found>>, Failure> {
    let outcome = if file.len() > LARGEST_YAML as u64 {
        Err(Unreadable::TooLarge)
    } else {
        let bytes = file.bytes().await?;
        aside(move || contexts(&bytes)).await?
    };
    if let Err(why) = outcome {
        tracing::debug!(%why, "a kubeconfig is not read");
    }
    Ok(outcome.ok())
}

fn contexts(file: &[u8]) -> Result<Vec<Found>, Unreadable> {
    let config = yaml(file)?;
    let contexts = config.get("contexts").and_then(Value::as_array).ok_or(Unreadable::Malformed)?;
    let mut left = LARGEST_FOUND;
    let mut all = Vec::new();
    for found in contexts.iter().take(MOST_CONTEXTS).filter_map(|entry| context_in(&config, entry)) {
        left = left.checked_sub(found.size()).ok_or(Unreadable::TooLarge)?;
        all.push(found);
    }
    Ok(all)
}

fn context_in(config: &Value, entry: &Value) -> Option<Found> {
    let context = entry.get("context")?;
    let cluster = entry_of(config, "clusters", "cluster", context.get("cluster")?.as_str()?)?;
    let auth = context.get("user").and_then(Value::as_str);
    Some(Found {
        name: entry.get("name")?.as_str()?.to_owned(),
        server: cluster.get("server")?.as_str()?.to_owned(),
        cluster,
        auth: auth.and_then(|name| entry_of(config, "users", "user", name)).unwrap_or_default(),
    })
}

/// The entry of a list of named entries.
fn entry_of(config: &Value, list: &str, member: &str, name: &str) -> Option<Document> {
    let entries = config.get(list)?.as_array()?;
    let entry = entries.iter().find(|entry| entry.get("name").and_then(Value::as_str) == Some(name))?;
    entry.get(member)?.as_object().cloned()
}

impl Found {
    /// The same id whenever the same context is found.
    pub(super) fn id(&self) -> Uuid {
        Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("{}#{}", self.server, self.name).as_bytes())
    }

    /// How many bytes it comes to when it is kept.
    fn size(&self) -> usize {
        let size = |document: &Document| serde_json::to_vec(document).map_or(0, |text| text.len());
        size(&self.cluster) + size(&self.auth)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The context as the contract has it, without what it authenticates with.
    pub(super) fn describe(&self) -> Value {
        json!({"id": self.id().simple().to_string(), "name": self.name, "server": self.server, "deploymentType": "out_cluster"})
    }
}

/// The context that a connection stands for.
pub(super) fn context_of(record: &Record) -> Result<Value, Failure> {
    let document = document(record)?;
    let mut context = document.get("metadata").cloned().unwrap_or_else(|| json!({}));
    if let Some(context) = context.as_object_mut() {
        context.insert("connectionId".to_owned(), record.id.to_string().into());
        context.insert("createdAt".to_owned(), record.created_at.to_string().into());
        context.insert("updatedAt".to_owned(), record.updated_at.to_string().into());
        if let Some(owner) = record.owner {
            context.insert("owner".to_owned(), owner.to_string().into());
        }
    }
    Ok(context)
}

impl Local {
    /// Keeps a context as a connection, with what it authenticates with as a sealed credential. One
    /// that is kept already is renewed. It is discovered, and not more: nobody asked the cluster.
    pub(super) async fn keep(
        &self,
        caller: Caller,
        found: &Found,
        options: Option<&Value>,
    ) -> Result<Value, Failure> {
        // The same context of two callers is two connections.
        let id = Uuid::new_v5(&caller.id(), found.id().as_bytes());
        for _ in 0..ATTEMPTS {
            let before = self.find(caller, &CONNECTION, id).await?;
            let record = before.clone().unwrap_or_else(|| Record::new(CONNECTION.name, id));
            let (record, credential) = self.renewed(caller, record, found, options)?;
            let mut changes = vec![Change::Insert(credential)];
            if let Some(before) = before {
                changes.extend(self.old_credential(caller, &before).await?);
                changes.push(Change::Replace(record.clone()));
            } else {
                changes.push(Change::Insert(record.clone()));
            }
            match self.store().commit(changes).await {
                Ok(()) => return context_of(&record),
                // The same context is kept by another request, too.
                Err(StoreError::Exists | StoreError::Stale) => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Err(contended(&CONNECTION))
    }

    /// The connection of a context, and its credential.
    fn renewed(
        &self,
        caller: Caller,
        mut record: Record,
        found: &Found,
        options: Option<&Value>,
    ) -> Result<(Record, Record), Failure> {
        let option = |name: &str| options.and_then(|options| options.get(name)).and_then(Value::as_str);
        let name = option("name").filter(|name| !name.trim().is_empty()).unwrap_or(&found.name);
        let mut metadata = found.describe();
        if let Some(mode) = option("meshsyncDeploymentMode") {
            metadata["meshsyncDeploymentMode"] = mode.into();
        }
        let mut secret = Document::new();
        secret.insert("cluster".to_owned(), found.cluster.clone().into());
        secret.insert("auth".to_owned(), found.auth.clone().into());
        let credential = self.credential(caller, name, CLASS, &secret)?;
        if record.status.is_empty() {
            record.status = "discovered".to_owned();
        }
        let body = super::identity::members(json!({
            "name": name, "kind": CLASS, "type": "platform", "subType": "orchestration",
            "status": record.status, "metadata": metadata, "credentialId": credential.id,
        }));
        record.owner = Some(caller.id());
        named(&mut record, name);
        record.class = CLASS.to_owned();
        record.variant = "platform".to_owned();
        settle(&mut record, body);
        Ok((record, credential))
    }

    /// The removal of the credential that a connection had, if it is still there.
    async fn old_credential(&self, caller: Caller, connection: &Record) -> Result<Option<Change>, Failure> {
        let Some(id) = credential_of(&document(connection)?) else { return Ok(None) };
        let there = self.find(caller, &CREDENTIAL, id).await?.is_some();
        Ok(there.then_some(Change::Delete { kind: CREDENTIAL.name, id }))
    }
}

#[cfg(test)]
mod tests {
    use super::contexts;
    use crate::provider::local::reading::Unreadable;

    #[test]
    fn contexts_come_with_their_cluster_and_user() {
        let file = b"
contexts:
- {name: one, context: {cluster: c, user: u}}
- {name: lost, context: {cluster: nowhere, user: u}}
clusters:
- {name: c, cluster: {server: 'https://203.0.113.7:6443', certificate-authority-data: AAAA}}
users:
- {name: u, user: {token: hush}}
";
        let found = contexts(file).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].auth["token"], "hush");
        assert!(!found[0].describe().to_string().contains("hush"));
        for none in [&b"a: b"[..], b"\xff", b"[1, 2"] {
            assert_eq!(contexts(none).err(), Some(Unreadable::Malformed));
        }
    }

    #[test]
    fn what_many_contexts_name_is_counted_for_each() {
        let cluster =
            format!("clusters: [{{name: c, cluster: {{server: s, more: {}}}}}]\n", "x".repeat(1 << 20));
        let context = "{name: n, context: {cluster: c}},";
        let file = |times: usize| format!("{cluster}contexts: [{}]\n", context.repeat(times));
        assert_eq!(contexts(file(4).as_bytes()).map(|all| all.len()), Ok(4));
        assert_eq!(contexts(file(400).as_bytes()).err(), Some(Unreadable::TooLarge));
    }
}
