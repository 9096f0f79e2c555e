//! Which shapes, of either contract, mean the same.
//!
//! Shapes are told apart round by round: first by their own facts, then by those of the shapes in
//! them. When a round tells no more apart, what is left together is equal however deep one looks;
//! loops need no special case.

use super::shapes::{Edge, Id, Shapes};
use std::collections::HashMap;

/// The class of each shape of A, and of B: equal numbers, equal shapes.
pub(crate) struct Classes(pub(crate) [Vec<usize>; 2]);

impl Classes {
    /// Tells the shapes of two contracts apart.
    pub(crate) fn of(both: [&Shapes<'_>; 2]) -> Self {
        let mut edges: HashMap<&Edge, usize> = HashMap::new();
        let mut children: [Vec<Vec<(usize, Id)>>; 2] = [Vec::new(), Vec::new()];
        for (side, shapes) in both.into_iter().enumerate() {
            for shape in &shapes.all {
                let numbered = shape.edges.iter().map(|(edge, child)| {
                    let next = edges.len();
                    (*edges.entry(edge).or_insert(next), *child)
                });
                children[side].push(numbered.collect());
            }
        }
        let mut numbers = HashMap::new();
        let own = both.map(|shapes| {
            let facts = shapes.all.iter().map(|shape| format!("{:?} {:?}", shape.facts, shape.groups));
            facts.map(|facts| number(&mut numbers, facts)).collect::<Vec<_>>()
        });
        let mut classes = own;
        let mut count = numbers.len();
        loop {
            let mut numbers = HashMap::new();
            let mut next: [Vec<usize>; 2] = [Vec::new(), Vec::new()];
            for side in 0..2 {
                for (class, children) in classes[side].iter().zip(&children[side]) {
                    let inside: Vec<_> =
                        children.iter().map(|(edge, child)| (*edge, classes[side][*child])).collect();
                    next[side].push(number(&mut numbers, (*class, inside)));
                }
            }
            classes = next;
            if numbers.len() == count {
                return Self(classes);
            }
            count = numbers.len();
        }
    }

    /// Whether a shape of A and one of B are equal.
    pub(crate) fn same(&self, a: Id, b: Id) -> bool {
        self.0[0].get(a) == self.0[1].get(b)
    }
}

fn number<K: std::hash::Hash + Eq>(numbers: &mut HashMap<K, usize>, key: K) -> usize {
    let next = numbers.len();
    *numbers.entry(key).or_insert(next)
}
