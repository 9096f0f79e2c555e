//! A tool error must never look like "no drift", a panic neither.

use crate::outcome::{Failure, Outcome};
use anyhow::anyhow;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Does it; a panic is a failure of the tool, and what is wrong with its input is not what it finds.
pub(super) fn guarded(work: impl FnOnce() -> Outcome) -> Outcome {
    let outcome = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given");
        Err(Failure::Load(anyhow!("the comparison failed, which is a fault of this tool: {said}")))
    });
    match outcome {
        Err(Failure::Findings(found) | Failure::Advised(found, _)) => Err(Failure::Unloadable(found)),
        outcome => outcome,
    }
}

#[cfg(test)]
mod tests {
    use super::guarded;
    use crate::outcome::Failure;

    #[test]
    fn a_panic_is_a_failure() {
        let outcome = guarded(|| panic!("out of luck"));
        assert!(matches!(&outcome, Err(Failure::Load(error)) if error.to_string().contains("out of luck")));
        assert!(guarded(|| Ok(())).is_ok());
    }
}
