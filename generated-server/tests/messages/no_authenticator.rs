//! A server without anybody at the door.

use meshery_server::meshery::Api;

fn main() {
    let _ = Api::new().into_router();
}
