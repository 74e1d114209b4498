//! The digest files of CloudTrail: which log files AWS delivered, as what content, and signed by whom.
//!
//! AWS writes a digest every hour for each trail, account and region. It lists the log files that were
//! delivered since the last one with the SHA-256 of their content, and it holds the hash and the
//! signature of the digest before it. So of every digest but the newest of a chain the signature is in
//! the archive itself, and with the public keys it can be checked without a network. See
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html>.
//!
//! ```text
//! digest files ─► document ─► chain ─► judge (keys, signature, metadata) ─► digests, periods
//!                                        │ what they list                        │
//! log files ─────────────────────────► logs ────────────────────────────────► gaps
//! ```
//!
//! Everything here is pure: it takes what was read, and says what follows. What it rests on:
//!
//! - *Nothing is called valid without a key.* Who can edit both a log and the digest that lists it can
//!   make them agree.
//! - *A digest that is refuted proves nothing,* neither its list nor its time.
//! - *No path is trusted.* A file is found by its content first, by its name second.
//! - *Memory follows the number of digests and of the log files that they list,* some two kilobytes for
//!   each digest and half a kilobyte for each log file, never their content.
//!
//! Not for: reading files (`archive`, `verify`), or what the statuses mean (`schema/statuses.json`).

mod chain;
mod claims;
mod collect;
mod document;
mod gaps;
mod judge;
mod keys;
mod logs;
mod metadata;
mod names;
mod paths;
mod periods;
mod rows;
mod signature;
#[cfg(test)]
mod tests;
mod unreferenced;

use crate::record::Sha256;
use crate::text::Text;

pub use chain::{Chains, DigestFile};
pub use collect::commands;
pub use document::{Document, LogReference};
pub use judge::Judged;
pub use keys::KeyRing;
pub use logs::{FileKind, LogFile};
pub use metadata::{Metadata, SavedSignature};
pub use names::{DigestName, LogName};
pub use periods::Expectation;

use crate::verification::{Summary, TrailChange, Verification};
use jiff::Timestamp;

/// Where an object of S3 lay: its bucket and its key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey {
    /// The bucket.
    pub bucket: Text,
    /// The key within it.
    pub object: Text,
}

/// What a file was found to hold, as far as digests are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The file, as in [`Place::source`](crate::record::Place::source), and behind `!/` the path inside it
    /// where it is a bundle.
    pub source: Text,
    /// The SHA-256 of the file as it lies on disk, or as the bundle gives it out; absent where it could
    /// not be read.
    pub sha256: Option<Sha256>,
    /// The sum by which places name it: [`holder_sum`](crate::record::holder_sum).
    pub holder: Option<Sha256>,
    /// The SHA-256 of its inflated content; absent where it could not be inflated to its end.
    pub content_sha256: Option<Sha256>,
    /// The SHA-256 and size of what its first gzip member holds, where more members follow.
    pub first_member: Option<(Sha256, u64)>,
    /// The size of its inflated content in bytes.
    pub content_bytes: u64,
    /// Whether bytes that are no gzip, and not just zeros, follow the last member.
    pub has_trailing_bytes: bool,
    /// What is wrong with its container, where anything is.
    pub damage: Option<Text>,
}

/// Says of every digest, log file and period what can be said.
///
/// `judged` has the statuses of the digests; `changes` are the calls that changed trails, as they were
/// found in the logs.
pub fn verify(
    chains: &Chains,
    judged: &Judged,
    files: &[LogFile],
    changes: &[TrailChange],
    expect_until: Option<Timestamp>,
) -> Verification {
    let expectation = Expectation {
        until: expect_until,
        changes,
    };
    let periods = periods::periods(chains, judged, &expectation);
    let logs = logs::logs(chains, judged, &periods, files);
    let gaps = gaps::gaps(&periods, &logs.rows);
    let mut verification = Verification {
        digests: rows::rows(chains, judged),
        periods,
        logs: logs.rows.into_iter().map(|(row, _)| row).collect(),
        gaps,
        summary: Summary {
            skipped: logs.skipped,
            unread: logs.unread,
            ..Summary::default()
        },
    };
    verification.sum_up();
    verification
}
