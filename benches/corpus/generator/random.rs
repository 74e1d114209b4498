//! Numbers that look random and depend on a seed alone (SplitMix64, Steele and others 2014).

/// A sequence of numbers.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// Begins the sequence that belongs to these numbers, whatever their order of magnitude.
    pub(crate) fn of(parts: &[u64]) -> Self {
        let mut random = Self(0);
        for part in parts {
            random.0 ^= *part;
            random.0 = random.next();
        }
        random
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    /// Returns a number below `end`, small ones more often: as names and resources are used.
    pub(crate) fn low_below(&mut self, end: u64) -> u64 {
        let both = u128::from(self.below(1 << 32)) * u128::from(self.below(1 << 32));
        ((both * u128::from(end)) >> 64) as u64
    }
}

/// Mixes numbers and a label into one number: the same for the same ones.
pub(crate) fn hash(parts: &[u64], label: &str) -> u64 {
    let bytes = label.bytes().map(u64::from);
    let all: Vec<u64> = parts.iter().copied().chain(bytes).collect();
    Random::of(&all).next()
}
