//! An interval while it is told, and the fact that is being applied.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Id, Known, Value};
use crate::event::{Fact, MemberId, RelationId};
use crate::interval::{Bound, BoundKind, Finding};
use crate::members::Name;
use crate::timeline::contradict::Contradictions;

/// An interval while it is told.
#[derive(Debug)]
pub(in crate::timeline) struct Live {
    pub(in crate::timeline) relation: RelationId,
    pub(in crate::timeline) members: Known,
    /// Further handles of the same interval, such as a second association id.
    pub(in crate::timeline) aliases: BTreeSet<Id>,
    pub(in crate::timeline) start: Bound,
    pub(in crate::timeline) end: Option<Bound>,
    /// The end follows from a rule that has exceptions: what this finding says of it.
    pub(in crate::timeline) presumed: Option<Name>,
    /// Ends whose records leave the outcome open, in order; the first counts where no other is found.
    pub(in crate::timeline) possible_ends: Vec<PossibleEnd>,
    /// The last time at which a record proves it open.
    pub(in crate::timeline) held_at: Option<Timestamp>,
    pub(in crate::timeline) findings: Vec<Finding>,
    /// What records under its handle tell otherwise.
    pub(in crate::timeline) contradictions: Contradictions,
}

impl Live {
    /// Lists everything that the interval is found by.
    pub(super) fn ids(&self) -> impl Iterator<Item = Id> {
        let members = self.members.ids().iter();
        members.chain(&self.aliases).copied()
    }

    /// Says whether no member that both know differs.
    pub(in crate::timeline) fn agrees(&self, members: &[Id]) -> bool {
        members
            .iter()
            .all(|id| !self.members.denies(*id) || self.aliases.contains(id))
    }

    /// Adds what is told of an interval that has ended, and by which it is not found.
    pub(in crate::timeline) fn tell(&mut self, told: &[Id]) {
        for id in told {
            self.members.insert(*id);
        }
    }

    /// Returns when the last of several calls was made each of which may have ended the interval.
    pub(super) fn doubted_until(&self) -> Option<Timestamp> {
        let is_doubted = self.end.as_ref().is_none_or(|end| {
            // The last call ended it, if no earlier one did, and nothing proves when.
            end.kind == BoundKind::Uncertain && end.not_after.is_none()
        });
        let ends = self.possible_ends.iter().filter(|_| is_doubted);
        let further = ends.skip(1);
        further.filter_map(|end| end.bound.not_before).max()
    }

    /// Says whether the interval has all of these members.
    pub(in crate::timeline) fn has(&self, members: &[Id]) -> bool {
        members.iter().all(|id| self.members.has(*id))
    }

    /// Says whether the interval knows any of these members.
    pub(in crate::timeline) fn knows_any(&self, members: &[MemberId]) -> bool {
        members
            .iter()
            .any(|member| self.members.get(*member).is_some())
    }
}

/// An end whose record leaves the outcome open.
#[derive(Debug, Clone)]
pub(in crate::timeline) struct PossibleEnd {
    pub(in crate::timeline) bound: Bound,
    /// The resources that it would have ended with.
    pub(in crate::timeline) causes: Causes,
}

/// The resources that an end follows from, each by the one before it: an instance, then an interface
/// that goes with it.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::timeline) struct Causes([Option<Id>; 4]);

impl Causes {
    /// Adds the resource that the others led to.
    pub(in crate::timeline) fn and(mut self, id: Id) -> Self {
        let free = self.0.iter_mut().find(|cause| cause.is_none());
        if let Some(free) = free {
            *free = Some(id);
        }
        self
    }

    /// Lists the resources.
    pub(in crate::timeline) fn ids(self) -> impl Iterator<Item = Id> {
        self.0.into_iter().flatten()
    }
}

/// The fact that is being applied.
#[derive(Clone, Copy)]
pub(in crate::timeline) struct Now<'f> {
    pub(in crate::timeline) fact: &'f Fact<Value>,
    pub(in crate::timeline) ties: &'f BTreeSet<Id>,
}

impl Now<'_> {
    /// Returns the time of the fact.
    pub(in crate::timeline) fn time(&self) -> Timestamp {
        self.fact.time
    }

    /// Makes a bound that rests on the fact.
    pub(in crate::timeline) fn bound(
        &self,
        kind: BoundKind,
        not_before: Option<Timestamp>,
        not_after: Option<Timestamp>,
    ) -> Bound {
        Bound {
            kind,
            not_before,
            not_after,
            tie: false,
            event: Some(self.fact.event),
        }
    }

    /// Makes a bound at the very time of the fact; between both where its record tells an earlier one.
    pub(in crate::timeline) fn exactly(&self, kind: BoundKind) -> Bound {
        self.bound(kind, Some(self.fact.told), Some(self.time()))
    }

    /// Marks a bound as a tie where the fact shares its second with another on one of the members.
    pub(super) fn tied(&self, members: &Known, mut bound: Bound) -> Bound {
        bound.tie = self.ties.iter().any(|id| members.has(*id));
        bound
    }
}
