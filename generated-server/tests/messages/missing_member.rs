//! A body without a member that is required.

use meshery_types::v1beta3::environment::EnvironmentPayload;

fn main() {
    let _ = EnvironmentPayload::builder().name("production").build();
}
