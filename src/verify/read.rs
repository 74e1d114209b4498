//! Reading the files of an archive: what each is to the verification.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rayon::prelude::*;
use serde_json::Value;
use sha2::Digest as _;

use super::{Options, Progress};
use crate::archive::{self, Candidate, Examined, Limits, Scope};
use crate::digest::{Content, DigestFile, DigestName, Document, FileKind, LogFile, LogName};
use crate::error::{Error, ErrorKind};
use crate::record::{Sha256, holder_sum};
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
) -> crate::error::Result<Vec<(Fact, Vec<TrailChange>)>> {
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
    let facts: Vec<Option<Vec<_>>> = pool.install(|| {
        let files = files.par_iter();
        files.map_init(archive::Reader::new, read).collect()
    });
    Ok(facts.into_iter().flatten().flatten().collect())
}

/// Reads one file and what lies in it if it is a bundle, and the calls in them that changed trails.
fn read_file(
    reader: &mut archive::Reader,
    file: &Candidate,
    limits: &Limits,
) -> Vec<(Fact, Vec<TrailChange>)> {
    let kinds = &statuses().trail_changes;
    let names: Vec<&str> = kinds.event_names.iter().map(String::as_str).collect();
    let contains = |source: &str, name: &str| source == kinds.event_source && names.contains(&name);
    let scope = Scope {
        contains: &contains,
        names: &names,
    };
    let mut changes: BTreeMap<Option<Text>, Vec<TrailChange>> = BTreeMap::new();
    let examined = reader.examine(file, limits, scope, &mut |cut| {
        let source = named(&file.source, cut.member);
        let of_member = changes.entry(cut.member.cloned()).or_default();
        of_member.extend(change(cut.raw, &source, &kinds.trail));
    });
    let on_disk = examined.first().and_then(|examined| examined.entry.sha256);
    let mut contents = contents(reader, file, limits, &examined);
    // Of a bundle that was read to its end nothing is to be said but what lies in it.
    let is_container = |examined: &&Examined| {
        examined.entry.bundle.is_some() && examined.entry.outcome == FileOutcome::Read
    };
    let told = examined.iter().filter(|examined| !is_container(examined));
    told.map(|examined| {
        let member = &examined.entry.member;
        let content = content_of(examined, on_disk);
        let fact = match (is_digest(examined), member) {
            (false, _) => Fact::Other(log_file_of(examined, content)),
            (true, None) => {
                let bytes = reader.first_member(file, DIGEST_BYTES_MAX);
                Fact::Digest(digest_file(content, bytes))
            }
            (true, Some(member)) => {
                let bytes = contents.remove(member);
                let gone = || Err(Text::from("the file changed while it was read"));
                Fact::Digest(digest_file(content, bytes.unwrap_or_else(gone)))
            }
        };
        (fact, changes.remove(member).unwrap_or_default())
    })
    .collect()
}

/// Says whether a file is a digest, by its content or, where that says nothing, by its name.
fn is_digest(examined: &Examined) -> bool {
    let name = named(&examined.entry.source, examined.entry.member.as_ref());
    let is_named_so = || DigestName::parse(name.as_str()).is_some();
    examined.is_digest || !examined.is_log && examined.entry.bundle.is_none() && is_named_so()
}

/// Names a file on disk, or what lies in it: `dump.tar!/2024/03/01/x.json.gz`.
fn named(source: &Text, member: Option<&Text>) -> Text {
    match member {
        None => source.clone(),
        Some(member) => Text::from(format!("{}!/{}", source.as_str(), member.as_str())),
    }
}

/// Reads the digests that lie in a bundle, all of them in one more pass over it.
fn contents(
    reader: &mut archive::Reader,
    file: &Candidate,
    limits: &Limits,
    examined: &[Examined],
) -> BTreeMap<Text, Result<Vec<u8>, Text>> {
    let digests = examined.iter().filter(|examined| is_digest(examined));
    let wanted: BTreeSet<Text> = digests
        .filter_map(|examined| examined.entry.member.clone())
        .collect();
    let mut contents = BTreeMap::new();
    if !wanted.is_empty() {
        let wanted = (&wanted, DIGEST_BYTES_MAX);
        reader.members(file, limits, wanted, &mut |member, content| {
            contents.insert(member.clone(), content);
        });
    }
    contents
}

fn digest_file(content: Content, bytes: Result<Vec<u8>, Text>) -> DigestFile {
    let known = content
        .first_member
        .map(|(sha256, _)| sha256)
        .or(content.content_sha256);
    let document = bytes.and_then(|bytes| {
        let sum = Sha256(sha2::Sha256::digest(&bytes).into());
        match known == Some(sum) {
            true => Document::parse(&bytes),
            false => Err(Text::from("the file changed while it was read")),
        }
    });
    DigestFile { content, document }
}

/// Takes a file that could not be opened, or was set aside.
pub(super) fn log_file(examined: &Examined) -> LogFile {
    log_file_of(examined, content_of(examined, examined.entry.sha256))
}

fn log_file_of(examined: &Examined, content: Content) -> LogFile {
    let entry = &examined.entry;
    let kind = match &entry.outcome {
        _ if examined.is_log => FileKind::Log,
        FileOutcome::Failed { .. } if LogName::parse(content.source.as_str()).is_some() => {
            FileKind::Log
        }
        FileOutcome::Failed { .. } => FileKind::Unread,
        FileOutcome::Partial { .. } if entry.bundle.is_some() => FileKind::Unread,
        _ => FileKind::Other,
    };
    let accounts = entry.coverage.accounts.iter();
    let mut places = accounts
        .filter_map(|(account, regions)| Some((account.clone(), regions.keys().next()?.clone())));
    LogFile {
        content,
        kind,
        place: places.next(),
    }
}

fn content_of(examined: &Examined, on_disk: Option<Sha256>) -> Content {
    let entry = &examined.entry;
    let damage = match &entry.outcome {
        FileOutcome::Failed { reason } if !examined.is_digest => Some(reason.clone()),
        _ => examined.damage.clone(),
    };
    Content {
        source: named(&entry.source, entry.member.as_ref()),
        sha256: entry.sha256,
        holder: on_disk.map(|sum| holder_sum(sum, entry.member.as_ref())),
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
