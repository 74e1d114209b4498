//! Log files: each that is here, and each that a digest lists, gets one row.

use super::claims::Claims;
use super::names::LogName;
use super::paths::is_relocated;
use super::unreferenced::Unreferenced;
use super::{Chains, Content, Judged, LogReference};
use crate::record::{Integrity, Sha256};
use crate::text::Text;
use crate::verification::{Chain, LogRow, LogStatus, Note, PeriodRow};

/// A file that is no digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFile {
    /// The file.
    pub content: Content,
    /// What it is.
    pub kind: FileKind,
    /// Account and region of its first record, where it has any.
    pub place: Option<(Text, Text)>,
}

/// What a file is, apart from what digests say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A log by its content, or by its name where its content cannot be read.
    Log,
    /// Something that could not be read.
    Unread,
    /// Something else, left aside knowingly.
    Other,
}

/// What became of the files, and of what the digests list.
pub(super) struct Logs<'c> {
    /// A row for each log file and each entry, and the entry where its digest is not refuted; by account, region, object and file.
    pub(super) rows: Vec<(LogRow, Option<&'c LogReference>)>,
    /// Files that are something else and that no digest lists.
    pub(super) skipped: u64,
    /// Files that could not be read and that no digest lists, in order.
    pub(super) unread: Vec<Text>,
}

/// What a digest lists, and what the digest is worth.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listed<'c> {
    pub(super) log: &'c LogReference,
    pub(super) chain: &'c Chain,
    pub(super) node: usize,
    pub(super) is_signed: bool,
    pub(super) is_refuted: bool,
}

/// What a file is to what a digest lists under its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    Same,
    SameAndMore { listed_bytes: u64 },
    Other,
    NotKnown,
}

/// Holds the files against what the digests list.
pub(super) fn logs<'c>(
    chains: &'c Chains,
    judged: &Judged,
    periods: &[PeriodRow],
    files: &[LogFile],
) -> Logs<'c> {
    let listed = listed(chains, judged);
    let claims = Claims::new(&listed, files);
    let mut rows = Vec::with_capacity(files.len().max(listed.len()));
    for (listed, claimants) in listed.iter().zip(&claims.by_listed) {
        let object = chains.document(listed.node).key.object.clone();
        let digest = |row: LogRow| LogRow {
            digest: Some(object.clone()),
            ..row
        };
        let of_listed = rows_of_listed(listed, claimants, files);
        // What only a refuted digest lists proves nothing to be lacking.
        let proven = (!listed.is_refuted).then_some(listed.log);
        rows.extend(of_listed.map(|row| (digest(row), proven)));
    }
    let unreferenced = Unreferenced::new(periods, chains);
    let (mut skipped, mut unread) = (0, Vec::new());
    for file in claims.unclaimed.iter().map(|file| &files[*file]) {
        match file.kind {
            FileKind::Log => rows.push((unreferenced.row(file), None)),
            FileKind::Unread => unread.push(file.content.source.clone()),
            FileKind::Other => skipped += 1,
        }
    }
    rows.sort_by(|(one, _), (other, _)| order(one).cmp(&order(other)));
    unread.sort();
    Logs {
        rows,
        skipped,
        unread,
    }
}

fn order(row: &LogRow) -> (&Text, &Text, Option<&Text>, Option<&Text>) {
    let name = row.object.as_ref().or(row.source.as_ref());
    (&row.account, &row.region, name, row.source.as_ref())
}

/// Lists what all digests list, each object and sum once. Where a signed digest lists an object, what
/// others list as its content does not count.
fn listed<'c>(chains: &'c Chains, judged: &Judged) -> Vec<Listed<'c>> {
    let mut all: Vec<Listed<'c>> = Vec::new();
    for (node, known) in chains.nodes.iter().enumerate() {
        let of_node = chains.document(node).logs.iter().map(|log| Listed {
            log,
            chain: &known.chain,
            node,
            is_signed: judged.is_signed(node),
            is_refuted: judged.is_refuted(node),
        });
        all.extend(of_node);
    }
    all.sort_by(|one, other| {
        let worth = |listed: &Listed<'_>| (!listed.is_signed, listed.is_refuted, listed.log.sha256);
        (&one.log.key, worth(one), one.chain).cmp(&(&other.log.key, worth(other), other.chain))
    });
    let mut kept: Vec<Listed<'c>> = Vec::with_capacity(all.len());
    for listed in all {
        let of_object = kept
            .iter()
            .rev()
            .take_while(|known| known.log.key == listed.log.key);
        let is_told = of_object
            .clone()
            .any(|known| known.log.sha256 == listed.log.sha256);
        let is_overruled = !listed.is_signed && of_object.clone().any(|known| known.is_signed);
        if !is_told && !is_overruled {
            kept.push(listed);
        }
    }
    kept
}

fn rows_of_listed<'r>(
    listed: &'r Listed<'r>,
    claimants: &'r [usize],
    files: &'r [LogFile],
) -> impl Iterator<Item = LogRow> + 'r {
    let missing = claimants.is_empty().then(|| missing(listed));
    let is_same = |file: &usize| likeness(listed, &files[*file].content) == Likeness::Same;
    let first = claimants.iter().copied().find(is_same);
    let rows = claimants.iter().map(move |file| {
        let content = &files[*file].content;
        let is_copy = first.is_some_and(|first| first != *file);
        here(listed, content, is_copy)
    });
    missing.into_iter().chain(rows)
}

fn likeness(listed: &Listed<'_>, content: &Content) -> Likeness {
    let sum: Sha256 = listed.log.sha256;
    let has_more = content.first_member.is_some() || content.has_trailing_bytes;
    match content.content_sha256 {
        Some(same) if same == sum && !has_more => Likeness::Same,
        Some(same) if same == sum => Likeness::SameAndMore {
            listed_bytes: content.content_bytes,
        },
        known => match content.first_member {
            Some((first, listed_bytes)) if first == sum => Likeness::SameAndMore { listed_bytes },
            _ if known.is_none() => Likeness::NotKnown,
            _ => Likeness::Other,
        },
    }
}

/// Returns the row of a file that claims what is listed.
fn here(listed: &Listed<'_>, content: &Content, is_copy: bool) -> LogRow {
    let proven = match listed.is_signed {
        true => LogStatus::Valid,
        false => LogStatus::Consistent,
    };
    let likeness = likeness(listed, content);
    let (status, sound) = match likeness {
        Likeness::Same if content.damage.is_some() && listed.is_signed => {
            let status = LogStatus::ValidContainerDamaged;
            (status, status)
        }
        Likeness::Same if is_copy => (LogStatus::DuplicateCopy, proven),
        Likeness::Same => (proven, proven),
        Likeness::SameAndMore { .. } => (LogStatus::TrailingData, proven),
        Likeness::Other => (LogStatus::HashMismatch, LogStatus::HashMismatch),
        Likeness::NotKnown => (LogStatus::Unreadable, LogStatus::Unreadable),
    };
    let listed_bytes = match likeness {
        Likeness::SameAndMore { listed_bytes } => Some(listed_bytes),
        _ => None,
    };
    let object = listed.log.key.object.as_str();
    let is_relocated = is_relocated(content.source.as_str(), object);
    LogRow {
        status,
        source: Some(content.source.clone()),
        sha256: content.sha256,
        holder: content.holder,
        content_sha256: content.content_sha256,
        listed_bytes,
        integrity: sound.meaning().integrity.unwrap_or_default(),
        notes: is_relocated
            .then_some(Note::Relocated)
            .into_iter()
            .collect(),
        reason: reason(listed, content, likeness),
        ..missing(listed)
    }
}

fn reason(listed: &Listed<'_>, content: &Content, likeness: Likeness) -> Option<Text> {
    let refuted = "the digest that lists it is itself not what AWS signed";
    match likeness {
        Likeness::SameAndMore { listed_bytes } if listed_bytes < content.content_bytes => {
            Some(Text::from(format!(
                "{} bytes of content follow the {listed_bytes} that the digest lists",
                content.content_bytes - listed_bytes
            )))
        }
        Likeness::SameAndMore { .. } if content.first_member.is_some() => {
            Some("the listed content is spread over several gzip members".into())
        }
        Likeness::SameAndMore { .. } => {
            Some("bytes that are no gzip follow what the digest lists".into())
        }
        _ if listed.is_refuted => Some(refuted.into()),
        Likeness::Same | Likeness::NotKnown => content.damage.clone(),
        Likeness::Other => None,
    }
}

/// Returns the row of what is listed and not here.
fn missing(listed: &Listed<'_>) -> LogRow {
    let key = &listed.log.key;
    let name = LogName::parse(key.object.as_str());
    let refuted = "the digest that lists it is itself not what AWS signed";
    LogRow {
        status: LogStatus::Missing,
        account: name.as_ref().map_or(listed.chain.account.clone(), |name| {
            Text::from(name.account.as_str())
        }),
        region: name.as_ref().map_or(listed.chain.region.clone(), |name| {
            Text::from(name.region.as_str())
        }),
        trail: listed.chain.trail.clone(),
        time: name.map(|name| name.time),
        bucket: Some(key.bucket.clone()),
        object: Some(key.object.clone()),
        digest: None,
        source: None,
        sha256: None,
        holder: None,
        content_sha256: None,
        listed_sha256: Some(listed.log.sha256),
        listed_bytes: None,
        integrity: Integrity::NotChecked,
        notes: Vec::new(),
        reason: listed.is_refuted.then(|| Text::from(refuted)),
    }
}
