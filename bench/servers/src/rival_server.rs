//! The same handlers on what openapi-to-rust generates. It leaves security to a layer: here is one.

use crate::rival::{
    GetConnectionControllersConfigResponse, GetConnectionControllersConfigServerResponse,
    MesheryControllersConfigurationControllersApi, UpdateControllersDefaultConfigRequest,
    UpdateControllersDefaultConfigResponse, UpdateControllersDefaultConfigServerResponse,
    meshery_controllers_configuration_controllers_api_router,
};
use crate::sample;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use std::hint::black_box;
use std::sync::Arc;

#[derive(Clone)]
struct Server {
    connection: Arc<GetConnectionControllersConfigResponse>,
    stored: Arc<UpdateControllersDefaultConfigResponse>,
}

#[async_trait::async_trait]
impl MesheryControllersConfigurationControllersApi for Server {
    async fn get_connection_controllers_config(
        &self,
        connection_id: String,
    ) -> GetConnectionControllersConfigServerResponse {
        black_box(connection_id);
        GetConnectionControllersConfigServerResponse::Ok((*self.connection).clone())
    }

    async fn update_controllers_default_config(
        &self,
        body: UpdateControllersDefaultConfigRequest,
    ) -> UpdateControllersDefaultConfigServerResponse {
        black_box(body);
        UpdateControllersDefaultConfigServerResponse::Ok((*self.stored).clone())
    }
}

async fn check(request: Request, next: Next) -> Response {
    let value = request.headers().get(http::header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    match value.and_then(|value| value.strip_prefix("Bearer ")) {
        Some(secret) if secret == sample::SECRET => next.run(request).await,
        _ => http::StatusCode::UNAUTHORIZED.into_response(),
    }
}

/// It.
pub fn router() -> axum::Router {
    let server = Server {
        connection: Arc::new(serde_json::from_value(sample::connection()).expect("it fits its type")),
        stored: Arc::new(serde_json::from_value(sample::stored()).expect("it fits its type")),
    };
    meshery_controllers_configuration_controllers_api_router(server).layer(from_fn(check))
}
