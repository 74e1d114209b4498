//! Verifying: from the files of an archive, public keys and saved metadata to what can be said of each.
//!
//! Every file is read once, a digest a second time, as is a bundle with digests in it, by the same reader that ingests: what is hashed is
//! what would be indexed. Not for: what follows from what was read (`digest`), or how it is kept beside
//! an index (`index`).

mod read;
mod trust;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use crate::archive::{self, Examined, Found, Limits, OwnFolder};
use crate::digest::{self, Chains, Judged, LogFile};
use crate::error::{Error, ErrorKind, Result};
use crate::verification::{TrailChange, Verification};

use read::{Fact, log_file, read_all};
pub use trust::{Trusted, trusted};

/// What to verify and how.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// Files of public keys, as `aws cloudtrail list-public-keys` printed them.
    pub keys: Vec<PathBuf>,
    /// Files of metadata, as `aws s3api head-object` printed it.
    pub metadata: Vec<PathBuf>,
    /// Until when there should be digests.
    pub expect_until: Option<Timestamp>,
    /// The folder of an index, which may lie within the archive and is no part of it.
    pub aside: Option<PathBuf>,
    /// How many files are read at once; 0 means one per processor.
    pub threads: usize,
    /// What is read at most.
    pub limits: Limits,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read, as they lie on disk.
    pub bytes_done: u64,
    /// Bytes of all files.
    pub bytes_total: u64,
    /// Files read.
    pub files_done: u64,
    /// All files.
    pub files_total: u64,
}

/// What was read of an archive.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// The digests, by what they say they are.
    pub chains: Chains,
    /// All other files, in order.
    pub files: Vec<LogFile>,
    /// The calls that changed trails, in order, each once.
    pub changes: Vec<TrailChange>,
}

/// Reads the files of an archive; `progress` is told of every file that is done, from any thread.
///
/// # Errors
///
/// Where a path does not exist, or the run is interrupted.
pub fn survey(
    options: &Options,
    progress: &(dyn Fn(Progress) + Sync),
    interrupted: &AtomicBool,
) -> Result<Survey> {
    let (mut candidates, mut asides) = (Vec::new(), Vec::new());
    let own = options.aside.as_deref().map(OwnFolder::of);
    let is_evidence = |found: &Found| !own.as_ref().is_some_and(|own| own.holds(found));
    for found in archive::walk(&options.paths)?
        .into_iter()
        .filter(is_evidence)
    {
        match found {
            Found::File(file) => candidates.push(file),
            Found::Aside(entry) => asides.push(Examined::from(*entry)),
        }
    }
    let read = read_all(&candidates, options, progress, interrupted)?;
    if interrupted.load(Ordering::Relaxed) {
        return Err(Error::new(ErrorKind::Interrupted, "verify", "interrupted")
            .hint("run the same command again"));
    }
    let mut survey = Survey::default();
    let mut digests = Vec::new();
    for (fact, changes) in read {
        match fact {
            Fact::Digest(file) => digests.push(file),
            Fact::Other(file) => survey.files.push(file),
        }
        survey.changes.extend(changes);
    }
    survey.files.extend(asides.iter().map(log_file));
    survey
        .files
        .sort_by(|one, other| one.content.source.cmp(&other.content.source));
    survey.chains = Chains::new(digests);
    // Copies of a record tell one call; the first in order stands for it.
    survey.changes.sort();
    survey.changes.dedup_by(|one, other| {
        one.event_id.is_some() && one.event_id == other.event_id && one.time == other.time
    });
    Ok(survey)
}

/// Says of every digest, log file and period what can be said.
pub fn verify(survey: &Survey, trusted: &Trusted, options: &Options) -> Verification {
    let judged = Judged::new(&survey.chains, &trusted.keys, &trusted.metadata);
    let mut verification = digest::verify(
        &survey.chains,
        &judged,
        &survey.files,
        &survey.changes,
        options.expect_until,
    );
    verification.summary.keys = trusted.key_files.clone();
    verification.summary.metadata = trusted.metadata_files.clone();
    verification
}
