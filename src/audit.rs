//! What an audit found: each file of the index, and of the evidence, against what is known of it.
//!
//! Plain data, in the words of hashdeep's audits.

use serde::{Deserialize, Serialize};

use crate::record::Sha256;
use crate::text::Text;

/// One thing that was audited.
///
/// `{"what":"evidence","path":"…","status":"changed","expected_size_bytes":1136,"expected_sha256":"055e…",
/// "found_size_bytes":1137,"found_sha256":"97a1…","note":null}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// What kind of thing it is.
    pub what: What,
    /// Its path: in the folder of the index for its files, else as the audit reached it.
    pub path: Text,
    /// How it compares.
    pub status: Status,
    /// Its size when it was written or ingested, in bytes; null where that is not known.
    pub expected_size_bytes: Option<u64>,
    /// Its SHA-256 then.
    pub expected_sha256: Option<Sha256>,
    /// Its size now; null where it is not there or cannot be read.
    pub found_size_bytes: Option<u64>,
    /// Its SHA-256 now.
    pub found_sha256: Option<Sha256>,
    /// What more there is to say.
    pub note: Option<Text>,
}

/// What was audited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// A file of the index.
    Index,
    /// The manifest.
    Manifest,
    /// What the index holds, by its content digest.
    Content,
    /// A file of the evidence.
    Evidence,
}

/// How a thing compares with what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It is what it was.
    Matched,
    /// The same bytes are elsewhere than they were.
    Moved,
    /// It is not known.
    New,
    /// It is known, and not there.
    Missing,
    /// It cannot be read now.
    Unreadable,
    /// It tells of an earlier state: the run after it did not come to its end.
    Outdated,
    /// Its bytes are not those that they were.
    Changed,
}

impl What {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Index, Self::Manifest, Self::Content, Self::Evidence];

    /// Returns its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Manifest => "manifest",
            Self::Content => "content",
            Self::Evidence => "evidence",
        }
    }
}

impl Status {
    /// All of them, the harmless first.
    pub const ALL: [Self; 7] = [
        Self::Matched,
        Self::Moved,
        Self::New,
        Self::Missing,
        Self::Unreadable,
        Self::Outdated,
        Self::Changed,
    ];

    /// Returns its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Moved => "moved",
            Self::New => "new",
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
            Self::Outdated => "outdated",
            Self::Changed => "changed",
        }
    }
}

impl AuditRow {
    /// Says of a thing how it compares; sizes and sums are added by who knows them.
    pub fn new(what: What, path: impl Into<Text>, status: Status) -> Self {
        Self {
            what,
            path: path.into(),
            status,
            expected_size_bytes: None,
            expected_sha256: None,
            found_size_bytes: None,
            found_sha256: None,
            note: None,
        }
    }

    /// Adds what was known.
    #[must_use]
    pub fn expected(mut self, size_bytes: u64, sha256: Option<Sha256>) -> Self {
        (self.expected_size_bytes, self.expected_sha256) = (Some(size_bytes), sha256);
        self
    }

    /// Adds what was found.
    #[must_use]
    pub fn found(mut self, size_bytes: u64, sha256: Option<Sha256>) -> Self {
        (self.found_size_bytes, self.found_sha256) = (Some(size_bytes), sha256);
        self
    }

    /// Adds what more there is to say.
    #[must_use]
    pub fn note(mut self, note: impl Into<Text>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Says whether something is not what it was: evidence that is not there may be elsewhere, a
    /// part of the index may not.
    pub fn has_failed(&self) -> bool {
        match self.status {
            Status::Changed => true,
            Status::Missing | Status::Unreadable => self.what == What::Index,
            Status::Matched | Status::Moved | Status::New | Status::Outdated => false,
        }
    }

    /// Says whether something could not be compared.
    pub fn is_hole(&self) -> bool {
        match self.status {
            Status::Missing | Status::Unreadable | Status::Outdated => !self.has_failed(),
            Status::New => self.what == What::Evidence,
            Status::Matched | Status::Moved | Status::Changed => false,
        }
    }
}
