//! The same handlers on dropshot, with the types that are written by hand.

use crate::by_hand::{Config, Connection, Payload, Stored, stored};
use crate::sample;
use dropshot::{
    ApiDescription, ConfigDropshot, HttpError, HttpResponseOk, Path, RequestContext, ServerBuilder, TypedBody,
    endpoint,
};
use schemars::JsonSchema;
use serde::Deserialize;
use std::hint::black_box;
use std::net::SocketAddr;
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
struct Which {
    id: Uuid,
}

fn check(context: &RequestContext<Stored>) -> Result<(), HttpError> {
    let value = context.request.headers().get(http::header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    match value.and_then(|value| value.strip_prefix("Bearer ")) {
        Some(secret) if secret == sample::SECRET => Ok(()),
        _ => Err(HttpError::for_bad_request(None, "a known token is needed".to_owned())),
    }
}

#[endpoint { method = GET, path = "/api/integrations/connections/{id}/controllers/config" }]
async fn read(
    context: RequestContext<Stored>,
    path: Path<Which>,
) -> Result<HttpResponseOk<Connection>, HttpError> {
    check(&context)?;
    black_box(path.into_inner().id);
    Ok(HttpResponseOk(context.context().connection.clone()))
}

#[endpoint { method = PUT, path = "/api/system/controllers/config" }]
async fn write(
    context: RequestContext<Stored>,
    body: TypedBody<Payload>,
) -> Result<HttpResponseOk<Config>, HttpError> {
    check(&context)?;
    black_box(body.into_inner());
    Ok(HttpResponseOk(context.context().stored.clone()))
}

/// Starts it.
pub fn start() -> SocketAddr {
    let mut api = ApiDescription::new();
    api.register(read).expect("it is registered");
    api.register(write).expect("it is registered");
    let log = slog::Logger::root(slog::Discard, slog::o!());
    let config = ConfigDropshot {
        bind_address: SocketAddr::from(([127, 0, 0, 1], 0)),
        default_request_body_max_bytes: 1024 * 1024,
        ..ConfigDropshot::default()
    };
    let server = ServerBuilder::new(api, stored(), log).config(config).start().expect("it starts");
    let address = server.local_addr();
    tokio::spawn(server);
    address
}
