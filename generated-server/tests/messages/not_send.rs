//! The future of a handler cannot move between threads.

use meshery_server::meshery::{Evaluation, evaluation::EvaluateRelationshipsResponse};
use meshery_server::{Context, Failure};
use meshery_types::v1beta1::evaluation::EvaluationRequest;
use std::rc::Rc;

struct Counted;

impl Evaluation<()> for Counted {
    async fn evaluate_relationships(
        &self,
        _: Context<()>,
        _: EvaluationRequest,
    ) -> Result<EvaluateRelationshipsResponse, Failure> {
        let count = Rc::new(1);
        std::future::ready(()).await;
        drop(count);
        Ok(EvaluateRelationshipsResponse::BadRequest)
    }
}

fn main() {}
