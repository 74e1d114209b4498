//! Judging digests: which are signed, which are refuted, and which are neither.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::ObjectKey;
use super::chain::Chains;
use super::keys::{Found, KeyRing};
use super::metadata::Metadata;
use super::signature::{fits, signed_text};
use crate::record::Sha256;
use crate::text::Text;
use crate::verification::DigestStatus;

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
