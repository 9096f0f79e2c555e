//! What cannot be done without a cluster, and so is answered with 501 and the reason.

use super::{Caller, Local};
use meshery_server::meshery::console::*;
use meshery_server::meshery::evaluation::*;
use meshery_server::{Context, Failure};
use meshery_types::v1beta1::evaluation::EvaluationRequest;

/// 501, with what is missing here.
pub(super) fn needed(what: &str) -> Failure {
    Failure::unsupported(format!("the local provider manages no cluster: {what}"))
}

impl Console<Caller> for Local {
    async fn get_console_capabilities(
        &self,
        _: Context<Caller>,
        _: GetConsoleCapabilitiesPath,
        _: GetConsoleCapabilitiesQuery,
    ) -> Result<GetConsoleCapabilitiesResponse, Failure> {
        Err(needed("what a console can do is asked of the cluster"))
    }

    async fn open_log_console(
        &self,
        _: Context<Caller>,
        _: OpenLogConsolePath,
        _: OpenLogConsoleQuery,
    ) -> Result<OpenLogConsoleResponse, Failure> {
        Err(needed("logs are read from the cluster"))
    }

    async fn open_terminal_console(
        &self,
        _: Context<Caller>,
        _: OpenTerminalConsolePath,
        _: OpenTerminalConsoleQuery,
    ) -> Result<OpenTerminalConsoleResponse, Failure> {
        Err(needed("terminals are opened in the cluster"))
    }
}

impl Evaluation<Caller> for Local {
    async fn evaluate_relationships(
        &self,
        _: Context<Caller>,
        _: EvaluationRequest,
    ) -> Result<EvaluateRelationshipsResponse, Failure> {
        Err(Failure::unsupported("the local provider has no policy engine to evaluate relationships with"))
    }
}
