//! The rows of digests: every file that is one, and every one that is named and not here.

use super::chain::{Chains, DigestFile};
use super::judge::Judged;
use super::names::DigestName;
use super::paths::is_relocated;
use crate::text::Text;
use crate::verification::{Chain, DigestRow, DigestStatus, Note};

/// Lists a row for every digest file, and one for each object that a digest names and that is not here.
pub(super) fn rows(chains: &Chains, judged: &Judged) -> Vec<DigestRow> {
    let mut rows: Vec<DigestRow> = Vec::new();
    for (index, node) in chains.nodes.iter().enumerate() {
        let (status, reason) = &judged.statuses[index];
        let document = chains.document(index);
        for (copy, file) in node.files.iter().enumerate() {
            let file = &chains.files[*file];
            rows.push(DigestRow {
                chain: node.chain.clone(),
                status: *status,
                from: Some(document.start),
                until: Some(document.end),
                bucket: Some(document.key.bucket.clone()),
                object: Some(document.key.object.clone()),
                key_fingerprint: Some(document.fingerprint.clone()),
                logs: document.logs.len() as u64,
                notes: notes(file, document.key.object.as_str(), copy > 0),
                reason: reason.clone(),
                ..row(Some(file))
            });
        }
    }
    for index in chains.unreadable.values().flatten() {
        let file = &chains.files[*index];
        let name = DigestName::parse(file.content.source.as_str());
        rows.push(DigestRow {
            until: name.as_ref().map(|name| name.time),
            chain: name.map(Chain::from).unwrap_or_default(),
            reason: file.document.as_ref().err().cloned(),
            ..row(Some(file))
        });
    }
    rows.extend(missing(chains, judged));
    rows.sort_by(|one, other| {
        let key = |row: &DigestRow| (row.until, row.object.clone(), row.source.clone());
        (&one.chain, key(one)).cmp(&(&other.chain, key(other)))
    });
    rows
}

/// Returns the row of a file that is no digest, or of none.
fn row(file: Option<&DigestFile>) -> DigestRow {
    DigestRow {
        chain: Chain::default(),
        status: match file {
            Some(_) => DigestStatus::Malformed,
            None => DigestStatus::Missing,
        },
        from: None,
        until: None,
        bucket: None,
        object: None,
        source: file.map(|file| file.content.source.clone()),
        sha256: file.and_then(|file| file.content.sha256),
        content_sha256: file.and_then(DigestFile::signed_sha256),
        key_fingerprint: None,
        logs: 0,
        notes: Vec::new(),
        reason: None,
    }
}

fn notes(file: &DigestFile, object: &str, is_copy: bool) -> Vec<Note> {
    let content = &file.content;
    let has_more = content.first_member.is_some() || content.has_trailing_bytes;
    [
        (
            is_relocated(content.source.as_str(), object),
            Note::Relocated,
        ),
        (is_copy, Note::DuplicateCopy),
        (has_more, Note::TrailingData),
        (content.damage.is_some(), Note::ContainerDamaged),
    ]
    .into_iter()
    .filter_map(|(is_so, note)| is_so.then_some(note))
    .collect()
}

/// Lists the objects that digests name as the ones before them, where the chain goes on before.
fn missing(chains: &Chains, judged: &Judged) -> Vec<DigestRow> {
    let mut rows = Vec::new();
    for (chain, keys) in &chains.chains {
        for key in keys.iter().skip(1) {
            let node = judged.chosen[key];
            let Some(previous) = &chains.document(node).previous else {
                continue;
            };
            let is_here = chains.claimants.contains_key(&previous.key);
            if is_here || chains.is_unreadable(&previous.key) || judged.is_refuted(node) {
                continue;
            }
            let name = DigestName::parse(previous.key.object.as_str());
            rows.push(DigestRow {
                chain: chain.clone(),
                until: name.map(|name| name.time),
                bucket: Some(previous.key.bucket.clone()),
                object: Some(previous.key.object.clone()),
                reason: Some(Text::from(format!(
                    "named by the digest that ends at {}",
                    chains.document(node).end
                ))),
                ..row(None)
            });
        }
    }
    rows
}
