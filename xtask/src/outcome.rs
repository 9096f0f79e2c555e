//! How a verb ends, and the exit code for it.

use crate::talk::Talk;
use meshery_generator::diagnostic::{Diagnostics, Severity};
use std::process::ExitCode;

/// Why a verb did not do what it was asked to.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Its input or the tree is not as it should be: exit code 1.
    Findings(Diagnostics),
    /// The same, and what can be done about it: exit code 1.
    Advised(Diagnostics, String),
    /// What was compared differs, and has been shown: exit code 1.
    Differs(String),
    /// What it was asked contradicts itself or names what is not there: exit code 2.
    Usage(String),
    /// The source cannot be loaded, and these are the places: exit code 3.
    Unloadable(Diagnostics),
    /// An input cannot be read, or a tool that it needs does not work: exit code 3.
    Load(anyhow::Error),
    /// What was compared is fine, and the generated code is not of the contract: exit code 4.
    Stale(Diagnostics),
}

impl From<Diagnostics> for Failure {
    fn from(found: Diagnostics) -> Self {
        Self::Findings(found)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Load(error)
    }
}

/// How a verb ends.
pub(crate) type Outcome = Result<(), Failure>;

/// Says why a verb failed and turns it into an exit code.
pub(crate) fn report(outcome: Outcome, talk: &Talk) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Findings(found)) => {
            list(&found, talk);
            ExitCode::from(1)
        }
        Err(Failure::Advised(found, advice)) => {
            list(&found, talk);
            talk.advice(&advice);
            ExitCode::from(1)
        }
        Err(Failure::Differs(message)) => {
            talk.error(&message);
            ExitCode::from(1)
        }
        Err(Failure::Usage(message)) => {
            talk.error(&message);
            ExitCode::from(2)
        }
        Err(Failure::Unloadable(found)) => {
            list(&found, talk);
            ExitCode::from(3)
        }
        Err(Failure::Stale(found)) => {
            list(&found, talk);
            ExitCode::from(4)
        }
        Err(Failure::Load(error)) => {
            talk.error(&format!("{error:#}"));
            ExitCode::from(3)
        }
    }
}

fn list(found: &Diagnostics, talk: &Talk) {
    talk.findings(found);
    let (errors, warnings) = (found.count(Severity::Error), found.count(Severity::Warning));
    talk.error(&format!("{errors} errors, {warnings} warnings"));
}
