//! What a file was seen to hold, apart from records.

/// The JSON documents of a file.
#[derive(Debug, Default)]
pub(super) struct Documents {
    /// How many began.
    pub(super) begun: u64,
    /// How many began after one that holds `Records`, as AWS writes it: alone in its file.
    pub(super) after_records: u64,
    /// One that holds `Records` has begun.
    pub(super) holds_records: bool,
}

/// What a file that is no log of CloudTrail was seen to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seen {
    /// JSON of something else, in words.
    OtherJson(String),
    /// A digest file of CloudTrail.
    Digest,
    /// No JSON; its first bytes.
    NoJson(Vec<u8>),
}
