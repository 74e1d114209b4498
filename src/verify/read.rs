//! Reading the files of an archive: what each is to the verification.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rayon::prelude::*;
use serde_json::Value;
use sha2::Digest as _;

use super::{Options, Progress};
use crate::archive::{self, Candidate, Examined, Limits, Scope};
use crate::digest::{Content, DigestFile, DigestName, Document, FileKind, LogFile, LogName};
use crate::error::{Error, ErrorKind, Result};
use crate::record::Sha256;
use crate::report::FileOutcome;
use crate::text::Text;
use crate::verification::{TrailChange, statuses};

/// The content of a digest, in bytes: one that lists a hundred thousand files has some 40 million.
const DIGEST_BYTES_MAX: usize = 128 << 20;

/// What one file is to the verification.
pub(super) enum Fact {
    Digest(DigestFile),
    Other(LogFile),
}

pub(super) fn read_all(
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

pub(super) fn log_file(examined: &Examined) -> LogFile {
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
