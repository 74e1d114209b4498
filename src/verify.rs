//! Verifying: from the files of an archive, public keys and saved metadata to what can be said of each.
//!
//! Every file is read once, a digest a second time, by the same reader that ingests: what is hashed is
//! what would be indexed. Not for: what follows from what was read (`digest`), or how it is kept beside
//! an index (`index`).

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use jiff::Timestamp;
use rayon::prelude::*;
use serde_json::Value;
use sha2::Digest as _;

use crate::archive::{self, Candidate, Examined, Found, Limits, Scope};
use crate::digest::{
    self, Chains, Content, DigestFile, DigestName, Document, FileKind, Judged, KeyRing, LogFile,
    LogName, Metadata,
};
use crate::error::{Error, ErrorKind, Result};
use crate::record::Sha256;
use crate::report::FileOutcome;
use crate::text::Text;
use crate::verification::{KeyFile, TrailChange, Verification, statuses};

/// The content of a digest, in bytes: one that lists a hundred thousand files has some 40 million.
const DIGEST_BYTES_MAX: usize = 128 << 20;

/// A file of keys or metadata, in bytes.
const TRUSTED_BYTES_MAX: u64 = 64 << 20;

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

/// What the files of keys and metadata hold.
#[derive(Debug, Clone, Default)]
pub struct Trusted {
    /// The public keys.
    pub keys: KeyRing,
    /// The metadata.
    pub metadata: Metadata,
    key_files: Vec<KeyFile>,
    metadata_files: Vec<KeyFile>,
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
    let aside = options
        .aside
        .as_deref()
        .and_then(|path| path.canonicalize().ok());
    for found in archive::walk(&options.paths)? {
        match found {
            Found::File(file) if aside.as_deref().is_some_and(|own| lies_in(&file, own)) => {}
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

/// Reads the files of keys and metadata.
///
/// # Errors
///
/// Where a file cannot be read, or does not hold what it is named for.
pub fn trusted(options: &Options) -> Result<Trusted> {
    let mut trusted = Trusted::default();
    for path in &options.keys {
        let keys = &mut trusted.keys;
        let file = trust(path, |_, content| keys.add(content)).map_err(|error| {
            error.hint(
                "give what `aws cloudtrail list-public-keys` printed; \
                 `trailspan verify --how-to-collect` prints the commands",
            )
        })?;
        trusted.key_files.push(file);
    }
    for path in &options.metadata {
        let metadata = &mut trusted.metadata;
        let file =
            trust(path, |source, content| metadata.add(source, content)).map_err(|error| {
                error.hint("give what `aws s3api head-object` printed of a digest's object")
            })?;
        trusted.metadata_files.push(file);
    }
    trusted.key_files.sort();
    trusted.metadata_files.sort();
    Ok(trusted)
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

fn lies_in(file: &Candidate, folder: &Path) -> bool {
    let parent = file.path.parent().map(Path::canonicalize);
    matches!(parent, Some(Ok(parent)) if parent.starts_with(folder))
}

fn trust(
    path: &Path,
    add: impl FnOnce(&Text, &[u8]) -> std::result::Result<u64, String>,
) -> Result<KeyFile> {
    let source = Text::from(path.display().to_string());
    let unusable = |what: &str| Error::new(ErrorKind::Input, source.clone(), what);
    let metadata = std::fs::metadata(path);
    let metadata = metadata.map_err(|error| unusable("cannot be read").because(error))?;
    if !metadata.is_file() {
        return Err(unusable("no regular file"));
    }
    if metadata.len() > TRUSTED_BYTES_MAX {
        return Err(unusable("too large to be what it should be"));
    }
    let content = std::fs::read(path).map_err(|error| unusable("cannot be read").because(error))?;
    let entries = add(&source, &content).map_err(|why| unusable("cannot be used").because(why))?;
    Ok(KeyFile {
        sha256: Sha256(sha2::Sha256::digest(&content).into()),
        source,
        entries,
    })
}

/// What one file is to the verification.
enum Fact {
    Digest(DigestFile),
    Other(LogFile),
}

fn read_all(
    files: &[Candidate],
    options: &Options,
    progress: &(dyn Fn(Progress) + Sync),
    interrupted: &AtomicBool,
) -> Result<Vec<(Fact, Vec<TrailChange>)>> {
    let total = Progress {
        bytes_total: files.iter().map(|file| file.size_bytes).sum(),
        files_total: files.len() as u64,
        ..Progress::default()
    };
    progress(total);
    let (bytes_done, files_done) = (AtomicU64::new(0), AtomicU64::new(0));
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads)
        .build()
        .map_err(|error| {
            Error::new(ErrorKind::Input, "verify", "cannot start threads").because(error)
        })?;
    let read = |reader: &mut archive::Reader, file: &Candidate| {
        if interrupted.load(Ordering::Relaxed) {
            return None;
        }
        let fact = read_file(reader, file, &options.limits);
        let bytes = bytes_done.fetch_add(file.size_bytes, Ordering::Relaxed) + file.size_bytes;
        let files = files_done.fetch_add(1, Ordering::Relaxed) + 1;
        progress(Progress {
            bytes_done: bytes,
            files_done: files,
            ..total
        });
        Some(fact)
    };
    let facts: Vec<Option<_>> = pool.install(|| {
        let files = files.par_iter();
        files.map_init(archive::Reader::new, read).collect()
    });
    Ok(facts.into_iter().flatten().collect())
}

/// Reads one file, and the calls in it that changed trails.
fn read_file(
    reader: &mut archive::Reader,
    file: &Candidate,
    limits: &Limits,
) -> (Fact, Vec<TrailChange>) {
    let kinds = &statuses().trail_changes;
    let names: Vec<&str> = kinds.event_names.iter().map(String::as_str).collect();
    let contains = |source: &str, name: &str| source == kinds.event_source && names.contains(&name);
    let scope = Scope {
        contains: &contains,
        names: &names,
    };
    let mut changes = Vec::new();
    let examined = reader.examine(file, limits, scope, &mut |cut| {
        changes.extend(change(cut.raw, &file.source, &kinds.trail));
    });
    let source = examined.entry.source.as_str();
    let is_digest = examined.is_digest || !examined.is_log && DigestName::parse(source).is_some();
    let fact = match is_digest {
        true => Fact::Digest(digest_file(reader, file, &examined)),
        false => Fact::Other(log_file(&examined)),
    };
    (fact, changes)
}

fn digest_file(reader: &mut archive::Reader, file: &Candidate, examined: &Examined) -> DigestFile {
    let content = content_of(examined);
    let known = content
        .first_member
        .map(|(sha256, _)| sha256)
        .or(content.content_sha256);
    let document = reader.content(file, DIGEST_BYTES_MAX).and_then(|bytes| {
        let sum = Sha256(sha2::Sha256::digest(&bytes).into());
        match known == Some(sum) {
            true => Document::parse(&bytes),
            false => Err(Text::from("the file changed while it was read")),
        }
    });
    DigestFile { content, document }
}

fn log_file(examined: &Examined) -> LogFile {
    let entry = &examined.entry;
    let kind = match &entry.outcome {
        _ if examined.is_log => FileKind::Log,
        FileOutcome::Failed { .. } if LogName::parse(entry.source.as_str()).is_some() => {
            FileKind::Log
        }
        FileOutcome::Failed { .. } => FileKind::Unread,
        _ => FileKind::Other,
    };
    let accounts = entry.coverage.accounts.iter();
    let mut places = accounts
        .filter_map(|(account, regions)| Some((account.clone(), regions.keys().next()?.clone())));
    LogFile {
        content: content_of(examined),
        kind,
        place: places.next(),
    }
}

fn content_of(examined: &Examined) -> Content {
    let entry = &examined.entry;
    let damage = match &entry.outcome {
        FileOutcome::Failed { reason } if !examined.is_digest => Some(reason.clone()),
        _ => examined.damage.clone(),
    };
    Content {
        source: entry.source.clone(),
        sha256: entry.sha256,
        content_sha256: entry.content_sha256,
        first_member: examined.first_member,
        content_bytes: entry.content_bytes,
        has_trailing_bytes: examined.has_trailing_bytes,
        damage,
    }
}

/// Reads a call that changed a trail; `None` where it failed, or names no trail.
fn change(raw: &str, source: &Text, trail: &str) -> Option<TrailChange> {
    let record: Value = serde_json::from_str(raw).ok()?;
    let text = |pointer: &str| Some(Text::from(record.pointer(pointer)?.as_str()?));
    if record.get("errorCode").is_some_and(|code| !code.is_null()) {
        return None;
    }
    Some(TrailChange {
        time: text("/eventTime")?.as_str().parse().ok()?,
        event_name: text("/eventName")?,
        event_id: text("/eventID"),
        trail: text(trail)?,
        region: text("/awsRegion").unwrap_or_default(),
        actor: text("/userIdentity/arn"),
        source: source.clone(),
    })
}
