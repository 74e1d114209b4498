//! What became of an interval between two instants.

use serde::Serialize;

/// How two instants differ in an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Held at the first instant, no longer at the second.
    Gone,
    /// Held at the second instant, not yet at the first.
    New,
}

impl Change {
    /// Returns the contract's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::New => "new",
        }
    }
}
