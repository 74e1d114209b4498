//! Chains: which digest follows which.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::document::Document;
use super::names::{DigestName, stem};
use super::paths::shared_parts;
use super::{Content, ObjectKey};
use crate::record::Sha256;
use crate::text::Text;
use crate::verification::Chain;

/// A file that is a digest by its content, or by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestFile {
    /// The file.
    pub content: Content,
    /// What it says, or why it cannot be read.
    pub document: Result<Document, Text>,
}

impl DigestFile {
    /// Returns the sum of what was signed: the content of the first gzip member, as AWS writes one.
    pub(super) fn signed_sha256(&self) -> Option<Sha256> {
        let first = self.content.first_member.map(|(sha256, _)| sha256);
        first.or(self.content.content_sha256)
    }
}

/// One content of one digest, and the files that hold it.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// The file that stands for it, then its copies: indexes into [`Chains::files`].
    pub(super) files: Vec<usize>,
    pub(super) sha256: Sha256,
    pub(super) chain: Chain,
}

/// All digests, by the object that they say they are.
#[derive(Debug, Clone, Default)]
pub struct Chains {
    pub(super) files: Vec<DigestFile>,
    pub(super) nodes: Vec<Node>,
    /// The contents that claim one object, in order of their sum.
    pub(super) claimants: BTreeMap<ObjectKey, Vec<usize>>,
    /// The nodes whose digest names an object as the one before it.
    pub(super) carriers: BTreeMap<ObjectKey, Vec<usize>>,
    /// The buckets of the objects that a digest names as the one before it.
    buckets: BTreeMap<Text, BTreeSet<Text>>,
    /// The objects of each chain, in order of time.
    pub(super) chains: BTreeMap<Chain, Vec<ObjectKey>>,
    /// The names, without endings, of files that cannot be read as digests.
    pub(super) unreadable: BTreeMap<String, Vec<usize>>,
}

impl Chains {
    /// Puts digest files in order; the order in which they come does not matter.
    pub fn new(mut files: Vec<DigestFile>) -> Self {
        files.sort_by(|one, other| one.content.source.cmp(&other.content.source));
        let mut chains = Self {
            files,
            ..Self::default()
        };
        chains.group();
        chains.link();
        chains
    }

    fn group(&mut self) {
        let mut contents: BTreeMap<(ObjectKey, Sha256), Vec<usize>> = BTreeMap::new();
        for (index, file) in self.files.iter().enumerate() {
            match (&file.document, file.signed_sha256()) {
                (Ok(document), Some(sha256)) => {
                    let key = (document.key.clone(), sha256);
                    contents.entry(key).or_default().push(index);
                }
                _ => {
                    let source = file.content.source.as_str();
                    let name = stem(source).unwrap_or(source).to_owned();
                    self.unreadable.entry(name).or_default().push(index);
                }
            }
        }
        for ((key, sha256), mut files) in contents {
            let object = key.object.as_str();
            let unlike = |index: &usize| {
                let source = self.files[*index].content.source.as_str();
                std::cmp::Reverse(shared_parts(source, object))
            };
            files.sort_by_key(unlike);
            let Ok(document) = &self.files[files[0]].document else {
                continue;
            };
            let node = Node {
                chain: chain_of(document),
                files,
                sha256,
            };
            self.claimants
                .entry(key)
                .or_default()
                .push(self.nodes.len());
            self.nodes.push(node);
        }
    }

    fn link(&mut self) {
        for index in 0..self.nodes.len() {
            if let Some(previous) = &self.document(index).previous {
                let key = previous.key.clone();
                let buckets = self.buckets.entry(key.object.clone()).or_default();
                buckets.insert(key.bucket.clone());
                self.carriers.entry(key).or_default().push(index);
            }
        }
        let mut chains: BTreeMap<Chain, Vec<(Timestamp, Timestamp, ObjectKey)>> = BTreeMap::new();
        for (key, nodes) in &self.claimants {
            let document = self.document(nodes[0]);
            let place = (document.end, document.start, key.clone());
            let chain = self.nodes[nodes[0]].chain.clone();
            chains.entry(chain).or_default().push(place);
        }
        self.chains = chains
            .into_iter()
            .map(|(chain, mut places)| {
                places.sort();
                (chain, places.into_iter().map(|(_, _, key)| key).collect())
            })
            .collect();
    }

    /// Returns what a node's digest says.
    pub(super) fn document(&self, node: usize) -> &Document {
        let file = &self.files[self.nodes[node].files[0]];
        file.document
            .as_ref()
            .expect("only files that were read become nodes")
    }

    /// Returns the nodes whose digests name this object as the one before them.
    pub(super) fn carriers_of(&self, key: &ObjectKey) -> &[usize] {
        self.carriers.get(key).map_or(&[], Vec::as_slice)
    }

    /// Says why a digest that no other one names cannot be what it says it is, if it cannot.
    pub(super) fn contradiction(&self, node: usize) -> Option<&'static str> {
        let object = &self.document(node).key.object;
        let named = self.buckets.get(object);
        if named.is_some() {
            return Some("another digest names this object in another bucket");
        }
        let is_other = |file: &usize| {
            let source = self.files[*file].content.source.as_str();
            DigestName::parse(source).is_some() && stem(source) != stem(object.as_str())
        };
        let files = &self.nodes[node].files;
        let is_misnamed = files.iter().all(is_other);
        is_misnamed.then_some("its file has the name of another digest than it says it is")
    }

    /// Says whether a file of this object's name is here that cannot be read.
    pub(super) fn is_unreadable(&self, key: &ObjectKey) -> bool {
        stem(key.object.as_str()).is_some_and(|name| self.unreadable.contains_key(name))
    }

    /// Lists what every digest says, of the files that can be read, in order of the files.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.files
            .iter()
            .filter_map(|file| file.document.as_ref().ok())
    }

    /// Lists the chains, each with its first and its last digest.
    pub fn ends(&self) -> impl Iterator<Item = (&Chain, &Document, &Document)> {
        self.chains.iter().filter_map(|(chain, keys)| {
            let document =
                |key: &ObjectKey| Some(self.document(*self.claimants.get(key)?.first()?));
            Some((chain, document(keys.first()?)?, document(keys.last()?)?))
        })
    }
}

/// Finds out the chain of a digest from its object key, which is signed.
fn chain_of(document: &Document) -> Chain {
    match DigestName::parse(document.key.object.as_str()) {
        Some(name) => name.into(),
        None => Chain {
            account: document.account.clone(),
            ..Chain::default()
        },
    }
}

impl From<DigestName> for Chain {
    fn from(name: DigestName) -> Self {
        Self {
            account: Text::from(name.account),
            region: Text::from(name.region),
            trail: Text::from(name.trail),
            home_region: Text::from(name.home_region),
            backfill: name.backfill,
        }
    }
}
