//! Routes: in each product, no two operations may answer the same request.
//!
//! A literal segment beside a parameter is no collision: routers prefer the literal.

use super::{place_of, report};
use crate::diagnostic::{Code, Diagnostics};
use crate::ir::{Api, Operation, Segment};
use std::collections::BTreeMap;

pub(super) fn run(api: &mut Api, found: &mut Diagnostics) {
    for product in &api.products {
        let mut routes: BTreeMap<_, &Operation> = BTreeMap::new();
        for operation in api.operations.iter().filter(|o| o.products.contains(&product.name)) {
            // No literal has braces.
            let piece = |piece: &Segment| match piece {
                Segment::Literal(text) => text.clone(),
                Segment::Param(_) | Segment::Mixed(_) => "{}".to_owned(),
            };
            let shape: Vec<String> = operation
                .segments
                .iter()
                .map(|segment| segment.pieces().iter().map(piece).collect())
                .collect();
            if let Some(other) = routes.insert((operation.method, shape), operation) {
                let message = format!(
                    "{} {} and {} of `{}` match the same requests of {}",
                    operation.method.as_str(),
                    operation.path,
                    other.path,
                    other.id,
                    product.name
                );
                report(found, Code::CollidingRoutes, &place_of(operation), message, None);
            }
        }
    }
}
