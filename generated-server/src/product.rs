//! What is known of a product.

use crate::OperationInfo;

/// A product of the contract.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ProductInfo {
    /// Its name, as `x-internal` has it: `meshery`.
    pub name: &'static str,
    /// What people call it: `Meshery Server`.
    pub title: &'static str,
    /// Its operations, by group.
    pub operations: &'static [&'static OperationInfo],
}
