//! Checks the catalogue's files and joins them: names become numbers, mistakes become messages.
//!
//! First the names that files declare (`names`), then the relations between them (`relations`, `ends`),
//! then the calls (`events`) and what each does (`effects`). Not for: how the files are written
//! (`catalogue::entry`).

mod effects;
mod ends;
mod events;
mod inputs;
mod names;
mod read;
mod relations;

use sha2::Digest as _;

use self::names::Names;
use super::entry::{File, Proves};
use super::interpret::Outcomes;
use super::path::Path;
use super::{Catalogue, CatalogueError, OUTCOMES, Relation};
use crate::event::{Lookup, MemberId, RelationId, Support};
use crate::record::Sha256;
use crate::text::Text;

pub(super) use names::member_id;

/// An effect whose names and paths are resolved.
#[derive(Debug)]
pub(in crate::catalogue) struct Effect {
    pub(in crate::catalogue) relation: RelationId,
    pub(in crate::catalogue) kind: EffectKind,
    /// What is read from the record; the position is the slot of a row.
    pub(in crate::catalogue) inputs: Vec<Input>,
    /// Slots without which a row says nothing.
    pub(in crate::catalogue) needs: Vec<usize>,
    /// Slots with which a row says nothing.
    pub(in crate::catalogue) unless: Vec<usize>,
    /// Two slots that say before and after.
    pub(in crate::catalogue) unchanged: Option<(usize, usize)>,
    /// The value of the second of these slots that says that the resource is gone.
    pub(in crate::catalogue) gone: Option<Text>,
    /// A slot with the state that the call left a resource in, and the states with which a row says
    /// nothing.
    pub(in crate::catalogue) ending: Option<(usize, Vec<Text>)>,
    /// A slot with the state that the call left something in, and the states in which whether it begins
    /// is uncertain.
    pub(in crate::catalogue) pending: Option<(usize, Vec<Text>)>,
    /// A slot, and the values of which it must have one.
    pub(in crate::catalogue) was: Option<(usize, Vec<Text>)>,
    /// A slot, and paths to the values that it must not have.
    pub(in crate::catalogue) except: Vec<(usize, Vec<Path>)>,
    pub(in crate::catalogue) support: Support,
    pub(in crate::catalogue) asynchronous: bool,
}

impl Effect {
    /// Says whether it ends intervals of its relation by what it asks for.
    pub(in crate::catalogue) fn ends(&self) -> bool {
        match self.kind {
            EffectKind::Close { .. } | EffectKind::Replace { .. } | EffectKind::Assign { .. } => {
                true
            }
            EffectKind::Open { .. } | EffectKind::Update { .. } | EffectKind::Hold => false,
        }
    }

    /// Returns the member by which a call ends intervals of a relation that it names by nothing that is
    /// followed: the peer of a connection.
    pub(in crate::catalogue) fn closes_by(&self, relation: &Relation) -> Option<MemberId> {
        let is_close = matches!(self.kind, EffectKind::Close { .. });
        let mut members = self.inputs.iter().filter_map(|input| input.member);
        let is_followed =
            |member| relation.follow.contains(&member) || relation.handle.contains(&member);
        let first = members.clone().next();
        first.filter(|_| is_close && !members.any(is_followed))
    }
}

/// What an effect does, in numbers.
#[derive(Debug)]
pub(in crate::catalogue) enum EffectKind {
    Open {
        former_ends: Option<Support>,
        elsewhere: bool,
        existing: bool,
    },
    /// The first `members` slots identify what ends, the others tell of it.
    Close {
        members: usize,
        finding: Option<crate::members::Name>,
        lacking: Vec<MemberId>,
        idempotent: bool,
        also_unseen: bool,
        never_began: bool,
        elsewhere: bool,
    },
    /// The first `former` slots identify what ends.
    Replace {
        former: usize,
        inherit: Vec<MemberId>,
    },
    /// Slot 0 is the owner, slot 1 the member of the set.
    Assign { through: Option<Lookup> },
    /// The first `of` slots identify what changes.
    Update { of: usize },
    /// All slots identify what holds.
    Hold,
}

/// A value that an effect reads.
#[derive(Debug)]
pub(in crate::catalogue) struct Input {
    /// Which member it is; none for a detail.
    pub(in crate::catalogue) member: Option<MemberId>,
    /// The alternatives, in order.
    pub(in crate::catalogue) paths: Vec<Path>,
}

/// What a response lists as failed.
#[derive(Debug)]
pub(in crate::catalogue) struct Unsuccessful {
    /// The members whose values the call may have failed for.
    pub(in crate::catalogue) members: Vec<crate::members::Name>,
    pub(in crate::catalogue) values: Vec<Path>,
    pub(in crate::catalogue) error_code: Vec<Path>,
    pub(in crate::catalogue) error_message: Vec<Path>,
}

/// What a response tells of the state before and after.
#[derive(Debug)]
pub(in crate::catalogue) struct Unchanged {
    /// The members that the states are of, then the states.
    pub(in crate::catalogue) inputs: Vec<Input>,
    /// The slots of the states.
    pub(in crate::catalogue) states: (usize, usize),
}

/// What a failed call proves, in numbers.
#[derive(Debug)]
pub(in crate::catalogue) struct Proof {
    pub(in crate::catalogue) error: String,
    pub(in crate::catalogue) proves: Proves,
    pub(in crate::catalogue) relation: RelationId,
    pub(in crate::catalogue) inputs: Vec<Input>,
}

/// Reads, checks and joins the files.
pub(in crate::catalogue) fn catalogue<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Catalogue, CatalogueError> {
    let mut sorted: Vec<(&str, &str)> = files.into_iter().collect();
    sorted.sort_unstable();
    let mut hash = sha2::Sha256::new();
    for part in sorted
        .iter()
        .chain([&OUTCOMES])
        .flat_map(|(name, content)| [name, content])
    {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let files: Result<Vec<(String, File)>, _> = sorted
        .into_iter()
        .map(|(name, content)| Ok((name.to_owned(), read::file(name, content)?)))
        .collect();
    let files = files?;
    let names = Names::collect(&files)?;
    let mut relations = names.relations(&files)?;
    let fixed = names.fixed(&files)?;
    let (ends_by_member, ends_by_relation) = names.ends(&files, &relations)?;
    for (member, ends) in (0..).map(MemberId).zip(&ends_by_member) {
        for end in ends {
            let ends_with = &mut relations[usize::from(end.relation.0)].ends_with;
            ends_with.push(member);
        }
    }
    let events = names.events(files, &relations)?;
    for effect in events.values().flat_map(|event| &event.effects) {
        let relation = &mut relations[usize::from(effect.relation.0)];
        let member = effect.closes_by(relation);
        relation.closed_by.extend(member);
    }
    let sources = events
        .values()
        .map(|event| event.entry.source.clone())
        .collect();
    Ok(Catalogue {
        ends_by_member,
        ends_by_relation,
        fixed,
        sources,
        events,
        members: names.members,
        relations,
        outcomes: outcomes()?,
        digest: Sha256(hash.finalize().into()),
    })
}

fn outcomes() -> Result<Outcomes, CatalogueError> {
    let (name, content) = OUTCOMES;
    serde_json::from_str(content).map_err(|error| CatalogueError {
        file: name.to_owned(),
        entry: String::new(),
        what: error.to_string(),
    })
}
