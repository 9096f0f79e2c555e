//! The same handlers, written by hand on axum: types by derive, a check of the token, nothing
//! validated beyond the types.

use crate::sample;
use axum::extract::{FromRequestParts, Path, State};
use axum::routing::{get, put};
use axum::{Json, Router};
use http::StatusCode;
use http::header::AUTHORIZATION;
use http::request::Parts;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use uuid::Uuid;

macro_rules! object {
    ($(#[$attribute:meta])* $name:ident { $($field:ident: $ty:ty,)* }) => {
        #[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct $name {
            $(#[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<$ty>,)*
        }
    };
}

object!(Broker { replicas: i64, version: String, service: Service, });
object!(Service {
    annotations: BTreeMap<String, String>,
    external_endpoint_override: String,
    load_balancer_class: String,
    load_balancer_source_ranges: Vec<String>,
    r#type: ServiceType,
});
object!(MeshSync {
    broker_content_dedup: bool,
    debug_logging: bool,
    output_namespaces: Vec<String>,
    output_resources: Vec<String>,
    redact_secrets: bool,
    replicas: i64,
    version: String,
    watch_list: WatchList,
});
object!(WatchList { blacklist: Vec<String>, whitelist: Vec<Watched>, });
object!(Watched { events: Vec<Event>, resource: String, });
object!(Operator { deployment_mode: Mode, version: String, });
object!(Payload { broker: Broker, meshsync: MeshSync, operator: Operator, });
object!(Config { schema_version: String, broker: Broker, meshsync: MeshSync, operator: Operator, });
object!(Connection { default: Config, effective: Config, r#override: Config, });

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Serialize)]
pub enum ServiceType {
    ClusterIP,
    NodePort,
    LoadBalancer,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Event {
    Added,
    Modified,
    Deleted,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    Operator,
    Embedded,
}

/// What is answered.
#[derive(Clone)]
pub struct Stored {
    pub connection: Connection,
    pub stored: Config,
}

/// As every server here has it.
pub fn stored() -> Stored {
    Stored {
        connection: serde_json::from_value(sample::connection()).expect("it fits its type"),
        stored: serde_json::from_value(sample::stored()).expect("it fits its type"),
    }
}

/// Somebody who showed the token.
struct Known;

impl<S: Sync> FromRequestParts<S> for Known {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let value = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        match value.and_then(|value| value.strip_prefix("Bearer ")) {
            Some(secret) if secret == sample::SECRET => Ok(Self),
            _ => Err(StatusCode::UNAUTHORIZED),
        }
    }
}

async fn read(_: Known, State(stored): State<Arc<Stored>>, Path(id): Path<Uuid>) -> Json<Connection> {
    black_box(id);
    Json(stored.connection.clone())
}

async fn write(_: Known, State(stored): State<Arc<Stored>>, Json(body): Json<Payload>) -> Json<Config> {
    black_box(body);
    Json(stored.stored.clone())
}

/// It.
pub fn router() -> Router {
    Router::new()
        .route("/api/integrations/connections/{id}/controllers/config", get(read))
        .route(sample::PUT_PATH, put(write))
        .with_state(Arc::new(stored()))
}
