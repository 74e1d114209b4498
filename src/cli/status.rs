//! What a command ends with, and the exit status that scripts read.

use std::io;

use trailspan::error::{Error, ErrorKind};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// Answered.
    Answered,
    /// Answered: nothing found.
    Nothing,
    /// Answered, but part of the evidence could not be used.
    Holes,
    /// Answered, and something is not what it was.
    Failed,
}

impl Status {
    /// Takes into account that an instant was asked about which the archive does not cover: whatever is
    /// told of it, or not, the archive does not know.
    pub(crate) fn outside(self, is_outside: bool) -> Self {
        match (self, is_outside) {
            (Self::Answered | Self::Nothing, true) => Self::Holes,
            _ => self,
        }
    }

    /// Returns the number that the shell sees.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Answered => 0,
            Self::Nothing => 1,
            Self::Holes => 3,
            Self::Failed => 4,
        }
    }
}

/// The exit statuses that scripts read, each with what it means to a person.
pub(crate) const STATUSES: [(u8, &str); 6] = [
    (0, "answered"),
    (1, "answered: nothing found"),
    (
        2,
        "could not answer: a mistake in the command, or what it needs cannot be read",
    ),
    (
        3,
        "answered, but the evidence has holes: damaged or unread input, known gaps, not proven",
    ),
    (4, "an integrity check failed: something is not what it was"),
    (130, "interrupted; run again to go on"),
];

/// Why a command could not answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The library says why.
    Library(Error),
    /// A query cannot be understood.
    Query {
        /// The query, carets under what is wrong with it, and why.
        shown: String,
        /// What the person can do about it.
        hint: String,
    },
    /// Standard output cannot be written.
    Output(io::Error),
}

/// What a step of a command gives, or why the command could not answer.
pub(crate) type Step<T> = Result<T, Failure>;

/// What a command ends with.
pub(crate) type Outcome = Step<Status>;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Library(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Returns the worse of two exit statuses: interrupted, then a failed check, then what could not be
/// answered, then holes, then nothing found.
pub(crate) fn worst(one: u8, other: u8) -> u8 {
    let order = [0, 1, 3, 2, 4, 130];
    let rank = |status: &u8| order.iter().position(|known| known == status);
    // A status that is not known is the worst.
    [one, other]
        .into_iter()
        .max_by_key(|status| rank(status).unwrap_or(order.len()))
        .unwrap_or(one)
}

/// Returns the number that the shell sees for an error.
pub(crate) fn code(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Usage | ErrorKind::Input | ErrorKind::Index => 2,
        ErrorKind::Integrity => 4,
        ErrorKind::Interrupted => 130,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_that_the_program_ends_with_is_told() {
        let ends = [
            Status::Answered,
            Status::Nothing,
            Status::Holes,
            Status::Failed,
        ];
        let refusals = [
            ErrorKind::Usage,
            ErrorKind::Input,
            ErrorKind::Index,
            ErrorKind::Integrity,
            ErrorKind::Interrupted,
        ];
        let mut ended: Vec<u8> = ends.into_iter().map(Status::code).collect();
        ended.extend(refusals.into_iter().map(code));
        ended.sort_unstable();
        ended.dedup();
        assert_eq!(ended, STATUSES.map(|(status, _)| status));
    }
}
