//! Time and allocations of two ways to do the same.

use std::time::Instant;

/// How often each is run, in batches, and how many calls a batch has.
const PAIRS: usize = 60;
const WARM: usize = 3;

/// Prints a line: the document, the size of the answer, and what each of the two costs.
pub fn report(document: &str, size: &str, calls: u32, ours: impl Fn() -> usize, peer: impl Fn() -> usize) {
    assert_eq!(ours(), peer(), "they read the same");
    let batch = |call: &dyn Fn() -> usize| {
        let started = Instant::now();
        (0..calls).for_each(|_| assert!(call() > 0));
        started.elapsed().as_nanos() as f64 / f64::from(calls)
    };
    (0..WARM).for_each(|_| drop((batch(&ours), batch(&peer))));
    let mut pairs = Vec::new();
    for turn in 0..PAIRS {
        // Neither is always the first.
        pairs.push(if turn % 2 == 0 {
            let first = batch(&ours);
            (first, batch(&peer))
        } else {
            let first = batch(&peer);
            (batch(&ours), first)
        });
    }
    let count = |call: &dyn Fn() -> usize| allocation_counter::measure(|| assert!(call() > 0)).count_total;
    println!(
        "{document}\t{size}\t{:.0}\t{}\t{:.0}\t{}\t{:.3}",
        median(pairs.iter().map(|(ours, _)| *ours).collect()),
        count(&ours),
        median(pairs.iter().map(|(_, peer)| *peer).collect()),
        count(&peer),
        median(pairs.iter().map(|(ours, peer)| ours / peer).collect()),
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
