//! What came of it.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// The figures of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Figures {
    /// How many answers had which status; 0: none came.
    pub(super) statuses: BTreeMap<u16, u64>,
    /// How many answers took so many tenths of a millisecond.
    pub(super) times: BTreeMap<u64, u64>,
    /// Resident memory in KiB, now and then.
    pub(super) memory: Vec<u64>,
    /// Idle connections that answered until the end, of how many.
    pub(super) idle: (usize, usize),
    /// When each slow caller was cut off.
    pub(super) cut_off: Vec<Option<Duration>>,
    /// How long it took.
    pub(super) seconds: f64,
}

impl Figures {
    /// Takes down an answer.
    pub(super) fn answered(&mut self, status: u16, time: Duration) {
        *self.statuses.entry(status).or_default() += 1;
        let tenths = u64::try_from(time.as_micros() / 100).unwrap_or(u64::MAX);
        *self.times.entry(tenths).or_default() += 1;
    }

    /// What is not as it should be.
    pub(super) fn wrong(&self, flat: f64) -> Vec<String> {
        let mut wrong = Vec::new();
        let bad: Vec<_> =
            self.statuses.iter().filter(|(status, _)| **status == 0 || **status >= 500).collect();
        if !bad.is_empty() {
            wrong.push(format!("answers that should not be: {bad:?}"));
        }
        if !(self.statuses.contains_key(&200) && self.statuses.contains_key(&400)) {
            wrong.push("valid and invalid requests were not both answered".to_owned());
        }
        let (early, late) = self.memory();
        if late as f64 > early as f64 * flat {
            wrong.push(format!("memory grew from {early} to {late} KiB"));
        }
        if self.idle.0 < self.idle.1 {
            wrong.push(format!(
                "{} of {} idle connections were there until the end",
                self.idle.0, self.idle.1
            ));
        }
        if self.cut_off.iter().any(Option::is_none) {
            wrong.push("a slow caller was not cut off".to_owned());
        }
        wrong
    }

    /// The most memory of the second quarter of the time, and of the last.
    fn memory(&self) -> (u64, u64) {
        let most = |of: &[u64]| of.iter().copied().max().unwrap_or_default();
        let quarter = self.memory.len() / 4;
        let second = self.memory.get(quarter..2 * quarter).unwrap_or_default();
        let last = self.memory.get(3 * quarter..).unwrap_or_default();
        (most(if second.is_empty() { last } else { second }), most(last))
    }

    /// The time within which so many of a hundred answers came, in milliseconds.
    fn percentile(&self, percent: f64) -> f64 {
        let total: u64 = self.times.values().sum();
        let (wanted, mut seen) = (total as f64 * percent / 100.0, 0);
        for (tenths, count) in &self.times {
            seen += count;
            if seen as f64 >= wanted {
                return *tenths as f64 / 10.0;
            }
        }
        0.0
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total: u64 = self.statuses.values().sum();
        writeln!(
            f,
            "answers: {total} in {:.0} s, {:.0} each second",
            self.seconds,
            total as f64 / self.seconds
        )?;
        let statuses: Vec<_> =
            self.statuses.iter().map(|(status, count)| format!("{status}: {count}")).collect();
        writeln!(f, "by status: {}", statuses.join(", "))?;
        let [half, most, nearly] = [50.0, 90.0, 99.0].map(|percent| self.percentile(percent));
        writeln!(
            f,
            "time: p50 {half} ms, p90 {most} ms, p99 {nearly} ms, longest {} ms",
            self.percentile(100.0)
        )?;
        let (early, late) = self.memory();
        writeln!(f, "memory: {} MiB in the second quarter, {} MiB in the last", early / 1024, late / 1024)?;
        writeln!(f, "idle connections there until the end: {} of {}", self.idle.0, self.idle.1)?;
        let cut: Vec<_> = self
            .cut_off
            .iter()
            .map(|cut| cut.map_or("never".to_owned(), |t| format!("{:.0} s", t.as_secs_f64())))
            .collect();
        writeln!(
            f,
            "slow callers were cut off after: {} (head), {} (body)",
            cut.first().map_or("-", String::as_str),
            cut.get(1).map_or("-", String::as_str)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Figures;
    use std::time::Duration;

    #[test]
    fn what_is_wrong_is_said() {
        let mut figures = Figures {
            memory: vec![90, 100, 100, 100],
            cut_off: vec![Some(Duration::ZERO); 2],
            ..Figures::default()
        };
        for (status, count) in [(200, 98), (400, 2)] {
            (0..count).for_each(|_| figures.answered(status, Duration::from_millis(u64::from(status))));
        }
        assert!(figures.wrong(1.1).is_empty(), "{:?}", figures.wrong(1.1));
        assert_eq!((figures.percentile(50.0), figures.percentile(99.0)), (200.0, 400.0));
        figures.answered(503, Duration::ZERO);
        figures.memory = vec![1, 100, 100, 120];
        figures.cut_off = vec![None];
        figures.idle = (1, 2);
        assert_eq!(figures.wrong(1.1).len(), 4);
    }
}
