//! The contract has an operation that the implementation does not.

use meshery_server::meshery::Evaluation;

struct Half;

impl Evaluation<()> for Half {}

fn main() {}
