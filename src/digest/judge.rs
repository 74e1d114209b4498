//! Judging digests: which are signed, which are refuted, and which are neither.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::ObjectKey;
use super::chain::{Chains, DigestFile};
use super::keys::{Found, KeyRing};
use super::metadata::Metadata;
use super::names::DigestName;
use super::paths::is_relocated;
use super::signature::{fits, signed_text};
use crate::record::Sha256;
use crate::text::Text;
use crate::verification::{Chain, DigestRow, DigestStatus, Note};

/// What is said of every digest.
#[derive(Debug, Clone, Default)]
pub struct Judged {
    /// The status of every node and why.
    pub(super) statuses: Vec<(DigestStatus, Option<Text>)>,
    /// Of the contents that claim an object, the one that is taken for it.
    pub(super) chosen: BTreeMap<ObjectKey, usize>,
}

/// What keys and signatures say of a node.
enum Proof {
    /// A signature fits.
    Signed,
    /// A key is there, and no signature that is named for the digest fits.
    Refuted {
        /// The signature is in metadata that was saved, not in another digest.
        by_metadata: bool,
    },
    /// A key is there, and no signature that is named for the digest.
    NoSignature {
        /// There are signatures that are named for none, and none of them fits.
        were_tried: bool,
    },
    /// The key of its fingerprint has another one.
    FalseKey,
    /// No key of its time is there.
    OutOfTime,
    /// No key is there.
    NoKey,
}

/// What the digests that follow say of a node's content.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    /// One that is not refuted has its hash.
    Fits,
    /// Those that are not refuted have another hash.
    Broken,
    /// Only refuted ones follow.
    Untrusted,
    /// None follows.
    None,
}

impl Judged {
    /// Judges every digest.
    pub fn new(chains: &Chains, keys: &KeyRing, metadata: &Metadata) -> Self {
        let proofs: Vec<Proof> = (0..chains.nodes.len())
            .into_par_iter()
            .map(|node| proof(chains, node, keys, metadata))
            .collect();
        let mut judged = Self {
            statuses: vec![(DigestStatus::UnsignedTail, None); chains.nodes.len()],
            chosen: BTreeMap::new(),
        };
        let mut newest_first: Vec<(&ObjectKey, &Vec<usize>)> = chains.claimants.iter().collect();
        newest_first.sort_by_key(|(_, nodes)| std::cmp::Reverse(chains.document(nodes[0]).end));
        for (key, nodes) in newest_first {
            judged.judge_claimants(chains, &proofs, key, nodes);
        }
        judged.judge_links(chains);
        judged
    }

    /// Judges the contents that claim one object, when the digests after it are judged.
    fn judge_claimants(
        &mut self,
        chains: &Chains,
        proofs: &[Proof],
        key: &ObjectKey,
        nodes: &[usize],
    ) {
        for node in nodes {
            let link = self.link(chains, key, &chains.nodes[*node].sha256);
            self.statuses[*node] = status(&proofs[*node], link);
            let contradiction = chains.contradiction(*node);
            if link == Link::None && !self.is_signed(*node) && contradiction.is_some() {
                self.statuses[*node] = (DigestStatus::Ambiguous, contradiction.map(Text::from));
            }
        }
        let is = |node: &&usize, wanted: DigestStatus| self.statuses[**node].0 == wanted;
        let signed = nodes.iter().find(|node| is(node, DigestStatus::Signed));
        let mut linked = nodes
            .iter()
            .filter(|node| self.link(chains, key, &chains.nodes[**node].sha256) == Link::Fits);
        let linked = linked.next().filter(|_| linked.next().is_none());
        let chosen = signed.or(linked);
        self.chosen
            .insert(key.clone(), *chosen.unwrap_or(&nodes[0]));
        if nodes.len() > 1 {
            let chosen = chosen.copied();
            let reason = format!("{} contents claim this object", nodes.len());
            for node in nodes {
                if Some(*node) != chosen && self.statuses[*node].0 != DigestStatus::Signed {
                    let reason = Some(Text::from(reason.clone()));
                    self.statuses[*node] = (DigestStatus::Ambiguous, reason);
                }
            }
        }
    }

    /// Says what the digests that follow have as the hash of an object.
    fn link(&self, chains: &Chains, key: &ObjectKey, sha256: &Sha256) -> Link {
        let carriers = chains.carriers_of(key);
        let mut trusted = carriers
            .iter()
            .filter(|carrier| !self.is_refuted(**carrier))
            .filter_map(|carrier| chains.document(*carrier).previous.as_ref())
            .peekable();
        if trusted.peek().is_none() {
            return match carriers.is_empty() {
                true => Link::None,
                false => Link::Untrusted,
            };
        }
        match trusted.any(|previous| previous.sha256 == *sha256) {
            true => Link::Fits,
            false => Link::Broken,
        }
    }

    /// Says whether a digest proves nothing, neither its list nor its time.
    pub(super) fn is_refuted(&self, node: usize) -> bool {
        matches!(
            self.statuses[node].0,
            DigestStatus::BadSignature
                | DigestStatus::PreviousHashMismatch
                | DigestStatus::Ambiguous
        )
    }

    /// Says whether AWS signed a digest.
    pub(super) fn is_signed(&self, node: usize) -> bool {
        self.statuses[node].0 == DigestStatus::Signed
    }

    /// Where a signed digest is not what its successor has as hash, the successor was changed.
    fn judge_links(&mut self, chains: &Chains) {
        for node in 0..chains.nodes.len() {
            let Some(previous) = &chains.document(node).previous else {
                continue;
            };
            let Some(named) = chains.claimants.get(&previous.key) else {
                continue;
            };
            let is_known = named
                .iter()
                .any(|known| chains.nodes[*known].sha256 == previous.sha256);
            let is_proven = named.iter().any(|known| self.is_signed(*known));
            if !is_known && is_proven && !self.is_refuted(node) {
                let reason = "the digest before it is signed and has another hash than it says";
                self.statuses[node] = (DigestStatus::PreviousHashMismatch, Some(reason.into()));
            }
        }
    }
}

fn proof(chains: &Chains, node: usize, keys: &KeyRing, metadata: &Metadata) -> Proof {
    let document = chains.document(node);
    let chain = &chains.nodes[node].chain;
    let keys = match keys.find(&document.fingerprint, document.end, chain.backfill) {
        Found::Keys(keys) => keys,
        Found::OutOfTime => return Proof::OutOfTime,
        Found::False => return Proof::FalseKey,
        Found::None => return Proof::NoKey,
    };
    let text = signed_text(document, &chains.nodes[node].sha256);
    let is_signed = |signature: &str| keys.iter().any(|key| fits(key, &text, signature));
    let carriers = chains.carriers_of(&document.key).iter();
    let mut carried: Vec<&Text> = carriers
        .filter_map(|carrier| chains.document(*carrier).previous.as_ref())
        .map(|previous| &previous.signature)
        .collect();
    carried.sort_unstable();
    carried.dedup();
    let (named, free) = metadata.of(&document.key);
    let all = carried.iter().map(|signature| signature.as_str());
    let all = all.chain(named.iter().map(|saved| saved.signature.as_str()));
    let mut all = all.chain(free.iter().map(|saved| saved.signature.as_str()));
    if all.any(is_signed) {
        return Proof::Signed;
    }
    match (carried.is_empty(), named.is_empty()) {
        (true, true) => Proof::NoSignature {
            were_tried: !free.is_empty(),
        },
        (_, false) => Proof::Refuted { by_metadata: true },
        (false, true) => Proof::Refuted { by_metadata: false },
    }
}

fn status(proof: &Proof, link: Link) -> (DigestStatus, Option<Text>) {
    use DigestStatus as Is;
    let untrusted = "the digest that follows, which holds its signature, is not what AWS signed";
    let broken = "the digest that follows has another hash of it";
    let (status, reason) = match (proof, link) {
        (Proof::Signed, _) => return (Is::Signed, None),
        (Proof::FalseKey, _) => (Is::KeyFingerprintMismatch, ""),
        (Proof::Refuted { by_metadata: true }, _) => (
            Is::BadSignature,
            "the signature in the saved metadata does not fit",
        ),
        (Proof::Refuted { .. }, Link::Broken) => (
            Is::BadSignature,
            "neither the signature nor the hash that the digest after it has of it fits",
        ),
        (Proof::Refuted { .. }, Link::Fits) => (
            Is::BadSignature,
            "the hash that the digest after it has of it fits, the signature does not",
        ),
        (_, Link::Untrusted) => (Is::UnsignedTail, untrusted),
        (_, Link::Broken) => (Is::PreviousHashMismatch, broken),
        (Proof::OutOfTime, Link::Fits) => (
            Is::KeyNotSupplied,
            "the key of its fingerprint was not valid at its time",
        ),
        (Proof::NoKey, Link::Fits) => (Is::KeyNotSupplied, ""),
        (Proof::NoSignature { were_tried: true }, _) => (
            Is::UnsignedTail,
            "no signature in the metadata that was supplied fits it",
        ),
        (Proof::OutOfTime | Proof::NoKey | Proof::NoSignature { .. }, _) => (Is::UnsignedTail, ""),
        (Proof::Refuted { .. }, Link::None) => (Is::BadSignature, ""),
    };
    (
        status,
        Some(reason)
            .filter(|reason| !reason.is_empty())
            .map(Text::from),
    )
}

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
