//! What can go wrong, told once, at the edge where it is known.
//!
//! An [`Error`] stops the run; a [`Warning`] spoils one file or one record, is counted, and costs
//! nothing else. Both read `subject: what failed: cause`, then a hint. Not for: usage errors of the
//! command line, which clap reports.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// What stops a run.
///
/// Shown as `subject: what failed: cause`, lower case, no full stop; the hint is shown apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// What kind of failure it is; decides the exit status.
    pub kind: ErrorKind,
    /// What it is about: a path, a query, a time; escaped on display.
    pub subject: Text,
    /// What failed, in our words.
    pub what: String,
    /// Why, in the words of the library or system that said so; may quote evidence.
    pub cause: Option<Text>,
    /// What the person can do about it.
    pub hint: Option<String>,
}

/// The kinds of failure that callers tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// What was asked cannot be understood.
    Usage,
    /// A file, folder or device refused.
    Input,
    /// The index is missing, foreign, or damaged.
    Index,
    /// An integrity check failed.
    Integrity,
    /// The person interrupted the run.
    Interrupted,
}

/// The result of whatever can stop a run.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Makes an error about `subject`: `what` failed.
    pub fn new(kind: ErrorKind, subject: impl Into<Text>, what: impl Into<String>) -> Self {
        Self {
            kind,
            subject: subject.into(),
            what: what.into(),
            cause: None,
            hint: None,
        }
    }

    /// Adds the cause, as the library or system told it.
    #[must_use]
    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.cause = Some(Text::from(cause.to_string()));
        self
    }

    /// Adds what the person can do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject, self.what)?;
        if let Some(cause) = &self.cause {
            write!(f, ": {cause}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// What spoiled one file or one record, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Warning {
    /// The file, as in [`Place::source`](crate::record::Place::source).
    pub source: Text,
    /// The path inside a bundle, as in [`Place::member`](crate::record::Place::member).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub member: Option<Text>,
    /// Where in the inflated content, in bytes from its start; absent where the whole file is meant.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub offset: Option<u64>,
    /// What could not be used and why, such as `truncated gzip stream after 2 records`.
    pub reason: Text,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.source)?;
        if let Some(member) = &self.member {
            write!(f, "{member}: ")?;
        }
        if let Some(offset) = self.offset {
            write!(f, "at byte {offset}: ")?;
        }
        write!(f, "{}", self.reason)
    }
}
