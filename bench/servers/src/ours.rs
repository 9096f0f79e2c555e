//! The generated server.

use crate::sample;
use meshery_server::meshery::controllers::*;
use meshery_server::meshery::{Api, Controllers};
use meshery_server::{ApiService, Asked, Authenticate, Context, Denied, Failure, Router};
use meshery_types::v1alpha1::controllers_config::{
    ConnectionControllersConfig, MesheryControllersConfig, MesheryControllersConfigPayload,
};
use std::hint::black_box;

struct Door;

impl Authenticate for Door {
    type Identity = ();

    async fn authenticate(&self, asked: Asked<'_>) -> Result<(), Denied> {
        let known = asked.token.is_some_and(|token| token.secret() == sample::SECRET);
        known.then_some(()).ok_or_else(|| Denied::unauthenticated("a known token is needed"))
    }
}

struct Server {
    connection: ConnectionControllersConfig,
    stored: MesheryControllersConfig,
}

impl Controllers<()> for Server {
    async fn get_connection_controllers_config(
        &self,
        _: Context<()>,
        path: GetConnectionControllersConfigPath,
    ) -> Result<GetConnectionControllersConfigResponse, Failure> {
        black_box(path.connection_id);
        Ok(GetConnectionControllersConfigResponse::Ok(self.connection.clone()))
    }

    async fn update_connection_controllers_config(
        &self,
        _: Context<()>,
        _: UpdateConnectionControllersConfigPath,
        _: MesheryControllersConfigPayload,
    ) -> Result<UpdateConnectionControllersConfigResponse, Failure> {
        Ok(UpdateConnectionControllersConfigResponse::Ok(self.connection.clone()))
    }

    async fn get_controllers_default_config(
        &self,
        _: Context<()>,
    ) -> Result<GetControllersDefaultConfigResponse, Failure> {
        Ok(GetControllersDefaultConfigResponse::Ok(self.stored.clone()))
    }

    async fn update_controllers_default_config(
        &self,
        _: Context<()>,
        body: MesheryControllersConfigPayload,
    ) -> Result<UpdateControllersDefaultConfigResponse, Failure> {
        black_box(body);
        Ok(UpdateControllersDefaultConfigResponse::Ok(self.stored.clone()))
    }
}

fn api() -> Api<()> {
    let connection = serde_json::from_value(sample::connection()).expect("it fits its type");
    let stored = serde_json::from_value(sample::stored()).expect("it fits its type");
    Api::new(Door).controllers(Server { connection, stored })
}

/// It, as a router of axum's.
pub fn router() -> Router {
    api().into_router()
}

/// It, as a service of its own.
pub fn service() -> ApiService {
    api().into_service()
}
