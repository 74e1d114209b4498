//! What one file on disk may cost: bytes that are unpacked, and what is kept of all that lies in it.
//!
//! A file may hold a million others, each made to leave much behind. So each is granted a little, and the
//! rest is granted once for all of them.

use std::cell::Cell;

use super::Limits;

/// How many warnings are kept of each content, and of all of one file together.
const WARNINGS_FREE: usize = 2;
const WARNINGS_MAX: usize = 10_000;

/// How many hours of an account and region are kept of each content, and of all of one file together.
const HOURS_FREE: usize = 16;
const HOURS_MAX: usize = 1 << 20;

/// What one file on disk may still cost, with all that lies in it.
pub(super) struct Budget {
    left: Cell<u64>,
    total: u64,
    warnings: Cell<usize>,
    hours: Cell<usize>,
}

impl Budget {
    /// Grants what a file of that size may hold; `None` where the size is not known.
    pub(super) fn new(limits: &Limits, size_bytes: Option<u64>) -> Self {
        let by_ratio = size_bytes.map_or(u64::MAX, |size| size.saturating_mul(limits.ratio_max));
        let total = by_ratio
            .max(limits.decoded_bytes_max)
            .min(limits.unpacked_bytes_max);
        Self {
            left: Cell::new(total),
            total,
            warnings: Cell::new(WARNINGS_MAX),
            hours: Cell::new(HOURS_MAX),
        }
    }

    /// Says whether one more warning may be kept of a content that has so many.
    pub(super) fn allows_warning(&self, kept: usize) -> bool {
        kept < WARNINGS_FREE || take_one(&self.warnings)
    }

    /// Says whether one more hour of an account and region may be kept of a content that has so many.
    pub(super) fn allows_hour(&self, kept: usize) -> bool {
        kept < HOURS_FREE || take_one(&self.hours)
    }

    /// Returns how many bytes may still be unpacked.
    pub(super) fn left(&self) -> u64 {
        self.left.get()
    }

    /// Says whether all of it was used.
    pub(super) fn is_used_up(&self) -> bool {
        self.left.get() == 0
    }

    /// Uses some of it.
    pub(super) fn spend(&self, bytes: usize) {
        self.left.set(self.left.get().saturating_sub(bytes as u64));
    }

    /// Says what is beyond it.
    pub(super) fn reason(&self) -> String {
        format!("more than {} bytes are unpacked from one file", self.total)
    }
}

fn take_one(left: &Cell<usize>) -> bool {
    let next = left.get().checked_sub(1);
    left.set(next.unwrap_or_default());
    next.is_some()
}
