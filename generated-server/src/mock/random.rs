//! Randomness that is the same on every machine and in every version: SplitMix64, seeded by FNV-1a.

/// A source of randomness.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// One whose numbers depend on these alone.
    pub(super) fn new(seed: u64, parts: &[&[u8]]) -> Self {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for part in parts {
            // The length keeps neighbours apart: `ab`, `c` is not `a`, `bc`.
            for byte in (part.len() as u64).to_le_bytes().iter().chain(part.iter()) {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
        Self(hash)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `n`; 0 if `n` is 0.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.next().checked_rem(n).unwrap_or_default()
    }

    /// True once in `n`.
    pub(super) fn once_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// One of a list that is not empty; the default of one that is.
    pub(super) fn pick<T: Copy + Default>(&mut self, list: &[T]) -> T {
        let index = usize::try_from(self.below(list.len() as u64)).unwrap_or_default();
        list.get(index).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn it_is_the_same_everywhere() {
        let mut random = Random::new(7, &[b"a", b"b"]);
        let first = random.next();
        assert_eq!(Random::new(7, &[b"a", b"b"]).next(), first);
        assert_ne!(Random::new(8, &[b"a", b"b"]).next(), first);
        assert_ne!(Random::new(7, &[b"ab", b""]).next(), first);
        assert!((0..1000).all(|_| random.below(3) < 3));
        assert_eq!(random.below(0), 0);
    }
}
