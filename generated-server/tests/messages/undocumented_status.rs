//! A status that the contract does not document for the operation.

use meshery_server::meshery::evaluation::EvaluateRelationshipsResponse;

fn main() {
    let _ = EvaluateRelationshipsResponse::Conflict("already evaluated".into());
}
