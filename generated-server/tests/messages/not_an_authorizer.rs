//! An authorizer for another identity.

use meshery_server::meshery::Api;
use meshery_server::{Asked, Authorize, Denied};

struct ForNumbers;

impl Authorize<u64> for ForNumbers {
    async fn authorize(&self, _: &u64, _: Asked<'_>) -> Result<(), Denied> {
        Ok(())
    }
}

fn main() {
    let _ = Api::insecure("anybody").authorizer(ForNumbers).into_router();
}
