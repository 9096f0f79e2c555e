//! The implementation is for other callers than the authenticator's.

use meshery_server::meshery::{Api, Evaluation, evaluation::EvaluateRelationshipsResponse};
use meshery_server::{Context, Failure};
use meshery_types::v1beta1::evaluation::EvaluationRequest;

struct ForNumbers;

impl Evaluation<u64> for ForNumbers {
    async fn evaluate_relationships(
        &self,
        _: Context<u64>,
        _: EvaluationRequest,
    ) -> Result<EvaluateRelationshipsResponse, Failure> {
        Ok(EvaluateRelationshipsResponse::BadRequest)
    }
}

fn main() {
    let _ = Api::insecure("anybody").evaluation(ForNumbers);
}
