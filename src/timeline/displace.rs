//! What a beginning takes the place of: whatever held something exclusive before.
//!
//! A call of open outcome only puts it in doubt. Many such calls leave many holders of one thing, so
//! each is put in doubt once, and again only after a record proved it.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use jiff::Timestamp;

use super::end::Ending;
use super::findings::finding;
use super::state::{Id, Live, Now, Number, State, Value};
use crate::catalogue::Exclusive;
use crate::event::{Change, EventIndex, MemberId, RelationId, Support, Transition};

/// What is exclusive: by relation, which of its exclusive members, and their values.
pub(super) type Contended = (RelationId, usize, Vec<Option<Value>>);

/// What begins, where it is known already, and the call of open outcome that asked for it before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Begun {
    pub(super) number: Number,
    pub(super) asked: Option<EventIndex>,
}

/// Which holders of what is exclusive calls of open outcome have put in doubt.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    /// Intervals with lower numbers were looked at.
    looked_at: HashMap<Contended, Number, RandomState>,
    /// Of these, those that have to be looked at again.
    again: HashMap<Contended, Vec<Number>, RandomState>,
}

impl State<'_> {
    /// Ends what holds an exclusive member, or puts it in doubt, unless it is the interval `begun`, which
    /// a call of open outcome may have asked for before.
    pub(super) fn displace(
        &mut self,
        now: Now<'_>,
        transition: &Transition<Value>,
        members: &[Id],
        begun: Option<Begun>,
    ) {
        let relation = transition.relation;
        let catalogue = self.catalogue;
        let exclusive = catalogue.relation(relation).exclusive.iter().enumerate();
        for (position, exclusive) in exclusive {
            let Some((_, values)) = contended(exclusive, members) else {
                continue;
            };
            let former_ends = former_ends(transition, exclusive);
            let (support, holders) = if transition.support != Support::Uncertain {
                self.prove_displaced(now, relation, exclusive, members);
                (former_ends, self.holders(relation, exclusive, members))
            } else if former_ends == Support::Inferred {
                // It is possible only where nothing holds it any more, and may not have been.
                continue;
            } else {
                let key = (relation, position, values);
                let holders = self.undoubted(key, exclusive, members);
                (Support::Uncertain, holders)
            };
            let own = begun.map(|begun| begun.number);
            for number in holders.into_iter().filter(|number| own != Some(*number)) {
                let is_kept = self.live(number).knows_any(&exclusive.kept_by);
                let support = match (is_kept, support) {
                    (true, Support::Uncertain) => continue,
                    (true, _) => Support::Inferred,
                    (false, support) => support,
                };
                let again = begun.and_then(|begun| begun.asked);
                self.end_former(
                    now,
                    number,
                    Ending {
                        again,
                        ..Ending::of(support)
                    },
                );
            }
        }
    }

    /// A beginning proves that what had the exclusive members, and was ending, has ended.
    fn prove_displaced(
        &mut self,
        now: Now<'_>,
        relation: RelationId,
        exclusive: &Exclusive,
        members: &[Id],
    ) {
        let ids = exclusive_ids(exclusive, members).unwrap_or_default();
        let Some(first) = ids.first() else {
            return;
        };
        for number in self.unproven_with(relation, *first) {
            if self.live(number).has(&ids) {
                self.prove_with(number, now.time());
            }
        }
    }

    /// Lists the open intervals that have the exclusive members.
    pub(super) fn holders(
        &self,
        relation: RelationId,
        exclusive: &Exclusive,
        members: &[Id],
    ) -> Vec<Number> {
        self.holders_from(relation, exclusive, members, 0)
    }

    /// Lists the holders whose numbers are not below `from`.
    fn holders_from(
        &self,
        relation: RelationId,
        exclusive: &Exclusive,
        members: &[Id],
        from: Number,
    ) -> Vec<Number> {
        let Some(ids) = exclusive_ids(exclusive, members) else {
            return Vec::new();
        };
        let Some(fewest) = self.by_selectivity(relation, &ids).into_iter().next() else {
            return Vec::new();
        };
        let mut numbers = self.open_from(relation, fewest, from);
        numbers.retain(|number| holds(self.live(*number), exclusive, members));
        numbers
    }

    /// Lists the holders that no call of open outcome has put in doubt since they were last proved.
    fn undoubted(&mut self, key: Contended, exclusive: &Exclusive, members: &[Id]) -> Vec<Number> {
        let relation = key.0;
        let mut numbers = self.doubts.again.remove(&key).unwrap_or_default();
        let all = self.intervals.len() as Number;
        let from = self.doubts.looked_at.insert(key, all).unwrap_or(0);
        numbers.retain(|number| {
            let live = self.live(*number);
            live.end.is_none() && holds(live, exclusive, members)
        });
        numbers.extend(self.holders_from(relation, exclusive, members, from));
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// An open interval is in no doubt any more, or holds something else: a further call may put it in
    /// doubt.
    pub(super) fn doubt_again(&mut self, number: Number) {
        if self.doubts.looked_at.is_empty() {
            return;
        }
        let live = self.live(number);
        let relation = live.relation;
        let exclusive = self.catalogue.relation(relation).exclusive.iter();
        let keys: Vec<Contended> = (0..)
            .zip(exclusive)
            .filter_map(|(position, exclusive)| {
                let (_, values) = contended(exclusive, live.members.ids())?;
                Some((relation, position, values))
            })
            .collect();
        for key in keys {
            if self.doubts.looked_at.contains_key(&key) {
                self.doubts.again.entry(key).or_default().push(number);
            }
        }
    }

    /// Returns when what had the exclusive members last is known to have ended.
    pub(super) fn last_held(
        &self,
        relation: RelationId,
        exclusive: &Exclusive,
        members: &[Id],
    ) -> Option<Timestamp> {
        let number = self.last_holder(relation, exclusive, members)?;
        self.live(number).end.as_ref()?.not_before
    }

    /// Returns what had the exclusive members, where it ended last of all that had the first of them.
    pub(super) fn last_holder(
        &self,
        relation: RelationId,
        exclusive: &Exclusive,
        members: &[Id],
    ) -> Option<Number> {
        let ids = exclusive_ids(exclusive, members)?;
        let number = self.last_ended_with(relation, *ids.first()?)?;
        holds(self.live(number), exclusive, members).then_some(number)
    }

    /// Ends what something else took the place of.
    pub(super) fn end_former(&mut self, now: Now<'_>, number: Number, ending: Ending) {
        if ending.support == Support::Inferred {
            let live = self.live_mut(number);
            live.findings
                .push(finding("missing-detach", &now.fact.event_id));
        }
        self.end_one(now, number, ending);
    }
}

/// Says how the end of what a beginning takes the place of is known: by the call, else by the relation.
pub(super) fn former_ends(transition: &Transition<Value>, exclusive: &Exclusive) -> Support {
    match transition.change {
        Change::Open {
            former_ends: Some(support),
            ..
        } => support,
        _ => exclusive.former_ends,
    }
}

/// Returns the exclusive members, where all are named.
fn exclusive_ids(exclusive: &Exclusive, members: &[Id]) -> Option<Vec<Id>> {
    let find = |wanted: &MemberId| members.iter().find(|(member, _)| member == wanted).copied();
    exclusive.members.iter().map(find).collect()
}

/// Returns the values that only one interval can have at a time, and the first of them.
pub(super) fn contended(exclusive: &Exclusive, members: &[Id]) -> Option<(Id, Vec<Option<Value>>)> {
    let own = exclusive_ids(exclusive, members)?;
    let named = |wanted: &MemberId| members.iter().find(|(member, _)| member == wanted);
    let same = exclusive.same.iter().map(named);
    let values = own.iter().map(|id| Some(id.1));
    let values = values.chain(same.map(|id| id.map(|(_, value)| *value)));
    Some((*own.first()?, values.collect()))
}

/// Says whether an interval holds what another is to hold now.
pub(super) fn holds(live: &Live, exclusive: &Exclusive, members: &[Id]) -> bool {
    let named = |wanted: &MemberId| {
        members
            .iter()
            .find(|(member, _)| member == wanted)
            .map(|(_, value)| *value)
    };
    exclusive
        .members
        .iter()
        .chain(&exclusive.same)
        .all(|member| live.members.get(*member) == named(member))
}
