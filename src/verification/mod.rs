//! What `verify` said: of every log file, every digest file, and every period.
//!
//! Plain data, as it is shown and as the index keeps it. Not for: how it is found out (`digest`), or
//! which files are read for that (`verify`).

mod select;
mod signed;
mod status;
mod summary;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::record::{Integrity, Sha256};
use crate::text::Text;

pub use select::Selection;
pub use signed::{Place, Span};
pub use status::{
    DigestStatus, LogStatus, Meaning, Note, PeriodStatus, Statuses, TrailChanges, Weight, statuses,
};
pub use summary::{KeyFile, Summary};

/// A chain of digests: those of one trail for one account and region.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chain {
    /// The account whose logs the digests list; empty where the name does not say.
    pub account: Text,
    /// The region whose logs the digests list; empty where the name does not say.
    pub region: Text,
    /// The trail's name; empty where the name of the digest does not say.
    pub trail: Text,
    /// The trail's home region.
    pub home_region: Text,
    /// Whether these are backfill digests, which list what came too late for its own digest.
    pub backfill: bool,
}

/// A period of one chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodRow {
    /// The chain.
    pub chain: Chain,
    /// What is said of it.
    pub status: PeriodStatus,
    /// From when on; absent before the first digest.
    pub from: Option<Timestamp>,
    /// Up to when, exclusive; absent after the last digest.
    pub until: Option<Timestamp>,
    /// How many digests it has, or lacks where it is a gap.
    pub digests: u64,
    /// How many of them AWS signed.
    pub signed: u64,
    /// What explains it, in words.
    pub reason: Option<Text>,
    /// The calls that changed the trail around it, in order of time.
    pub changes: Vec<TrailChange>,
}

/// A call that stopped, started or changed a trail.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct TrailChange {
    /// When.
    pub time: Timestamp,
    /// `eventName`.
    pub event_name: Text,
    /// `eventID`, where it has one.
    pub event_id: Option<Text>,
    /// The name or ARN of the trail, as the call gave it.
    pub trail: Text,
    /// `awsRegion`.
    pub region: Text,
    /// `userIdentity.arn`, where there is one.
    pub actor: Option<Text>,
    /// The file that it was found in.
    pub source: Text,
}

/// A digest file: one that is here, or one that is named by its successor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestRow {
    /// The chain; empty where the file cannot be read.
    pub chain: Chain,
    /// What is said of it.
    pub status: DigestStatus,
    /// `digestStartTime`.
    pub from: Option<Timestamp>,
    /// `digestEndTime`.
    pub until: Option<Timestamp>,
    /// The bucket that it says it lies in.
    pub bucket: Option<Text>,
    /// The object key that it says it has.
    pub object: Option<Text>,
    /// The file; absent where it is missing.
    pub source: Option<Text>,
    /// The SHA-256 of the file as it lies on disk.
    pub sha256: Option<Sha256>,
    /// The SHA-256 of its inflated content, which is what was signed.
    pub content_sha256: Option<Sha256>,
    /// The fingerprint of the key that it names.
    pub key_fingerprint: Option<Text>,
    /// How many log files it lists.
    pub logs: u64,
    /// What is to be known besides.
    pub notes: Vec<Note>,
    /// Why, in words.
    pub reason: Option<Text>,
}

/// A log file: one that is here, or one that a digest lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// What is said of it.
    pub status: LogStatus,
    /// The account of its name.
    pub account: Text,
    /// The region of its name.
    pub region: Text,
    /// The trail whose digest lists it; empty where none does.
    pub trail: Text,
    /// When it was delivered, by its name.
    pub time: Option<Timestamp>,
    /// The bucket that the digest lists it in.
    pub bucket: Option<Text>,
    /// The object key that the digest lists.
    pub object: Option<Text>,
    /// The object key of that digest.
    pub digest: Option<Text>,
    /// The file; absent where it is missing.
    pub source: Option<Text>,
    /// The SHA-256 of the file as it lies on disk, or as the bundle gives it out.
    pub sha256: Option<Sha256>,
    /// The sum by which places name it: [`holder_sum`](crate::record::holder_sum).
    pub holder: Option<Sha256>,
    /// The SHA-256 of its inflated content.
    pub content_sha256: Option<Sha256>,
    /// The SHA-256 that the digest lists.
    pub listed_sha256: Option<Sha256>,
    /// How many bytes of the inflated content are what the digest lists, where more follow.
    pub listed_bytes: Option<u64>,
    /// What events within the listed content carry.
    pub integrity: Integrity,
    /// What is to be known besides.
    pub notes: Vec<Note>,
    /// Why, in words.
    pub reason: Option<Text>,
}

/// A time of which the digests prove that the archive lacks something.
///
/// `{"account":"111122223333","region":"eu-west-1","trail":"main","status":"GAP","from":"2025-06-02T03:00:00Z","until":"2025-06-02T05:00:00Z"}`
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// The account that it concerns.
    pub account: Text,
    /// The region that it concerns.
    pub region: Text,
    /// From when on.
    pub from: Timestamp,
    /// Up to when, exclusive.
    pub until: Timestamp,
    /// `GAP` or `RESTART` of the digests, or `MISSING` for listed log files that are not here.
    pub status: Text,
    /// The trail whose digests prove it.
    pub trail: Text,
}

impl Gap {
    /// Says whether it lies, in part, in a period whose ends may be open.
    pub fn touches(&self, since: Option<Timestamp>, until: Option<Timestamp>) -> bool {
        since.is_none_or(|since| self.until > since) && until.is_none_or(|until| self.from < until)
    }
}

/// All that was found out, each list in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// Every period, by chain and time.
    pub periods: Vec<PeriodRow>,
    /// Every digest, by chain and time.
    pub digests: Vec<DigestRow>,
    /// Every log file, by account, region and name.
    pub logs: Vec<LogRow>,
    /// The times of which the digests prove that the archive lacks something, other trails considered.
    pub gaps: Vec<Gap>,
    /// What it comes to.
    pub summary: Summary,
}

impl PeriodRow {
    /// Returns what it does to the answer of the whole.
    pub fn weight(&self) -> Weight {
        self.status.weight()
    }
}

impl DigestRow {
    /// Returns what it does to the answer of the whole, its notes included.
    pub fn weight(&self) -> Weight {
        worst(self.status.weight(), &self.notes)
    }
}

impl LogRow {
    /// Returns what it does to the answer of the whole, its notes included.
    pub fn weight(&self) -> Weight {
        worst(self.status.weight(), &self.notes)
    }
}

fn worst(status: Weight, notes: &[Note]) -> Weight {
    let notes = notes.iter().map(|note| note.weight());
    notes.fold(status, Weight::max)
}
