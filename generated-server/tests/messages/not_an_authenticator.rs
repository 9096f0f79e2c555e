//! Somebody at the door who does not know anybody.

use meshery_server::meshery::Api;

struct Door;

fn main() {
    let _ = Api::new(Door).into_router();
}
