//! How intervals begin: a new one, one that is known already, or one that takes another's place.

use super::end::Ending;
use super::findings::finding;
use super::state::{Id, Live, Now, Number, State};
use crate::catalogue::Exclusive;
use crate::event::{Change, Lookup, MemberId, RelationId, Support, Transition};
use crate::interval::{Bound, BoundKind};
use crate::text::Text;

impl State<'_> {
    pub(super) fn open(
        &mut self,
        now: Now<'_>,
        transition: &Transition,
        mut members: Vec<Id>,
    ) -> Number {
        let relation = transition.relation;
        self.look_up(relation, &mut members);
        if let Some(number) = self.same_interval(relation, &members) {
            if self.confirm(now, number, transition, &members) {
                self.displace(now, transition, &members, Some(number));
            }
            return number;
        }
        if let Some(number) = self.displace(now, transition, &members, None) {
            return number;
        }
        let start = start(now, transition);
        self.begin(now, relation, members, start)
    }

    /// Looks up members that the record does not name.
    pub(super) fn look_up(&self, relation: RelationId, members: &mut Vec<Id>) {
        for learn in &self.catalogue.relation(relation).learn {
            let is_told = members.iter().any(|(member, _)| *member == learn.member);
            let by = members.iter().find(|(member, _)| *member == learn.by);
            if let Some(by) = by.filter(|_| !is_told)
                && let Some(value) = self.looked_up(learn, by)
            {
                members.push((learn.member, value));
            }
        }
    }

    /// Finds a member in the one open interval that another leads to.
    pub(super) fn looked_up(&self, lookup: &Lookup, by: &Id) -> Option<Text> {
        let mut found = self.open_with(lookup.from, by);
        found.retain(|number| self.live(*number).agrees(&lookup.prefer));
        match found[..] {
            [number] => self.live(number).members.get(&lookup.member).cloned(),
            _ => None,
        }
    }

    /// Finds the open interval that these members name: by handle, else all members alike.
    fn same_interval(&self, relation: RelationId, members: &[Id]) -> Option<Number> {
        let known = self.catalogue.relation(relation);
        let of = |wanted: &[MemberId]| -> Vec<&Id> {
            members
                .iter()
                .filter(|(member, _)| wanted.contains(member))
                .collect()
        };
        let handles = of(&known.handle);
        for id in &handles {
            if let Some(number) = self.open_with(relation, id).first() {
                return Some(*number);
            }
        }
        let mut others = [of(&known.held), of(&known.holder)].concat();
        others.retain(|id| !handles.contains(id));
        let fewest = self.by_selectivity(relation, &others).into_iter().next()?;
        self.open_with(relation, fewest).into_iter().find(|number| {
            let live = self.live(*number);
            let is_unconfirmed = live.start.kind == BoundKind::Uncertain;
            let repeats = known.exclusive.is_empty() && handles.is_empty();
            (is_unconfirmed || repeats) && live.agrees(members)
        })
    }

    /// Takes a further record of the beginning of an open interval; says whether it has begun for
    /// certain only now.
    fn confirm(
        &mut self,
        now: Now<'_>,
        number: Number,
        transition: &Transition,
        members: &[Id],
    ) -> bool {
        self.learn(number, members);
        let is_unconfirmed = self.live(number).start.kind == BoundKind::Uncertain;
        if transition.support == Support::Uncertain {
            return false;
        }
        let live = self.live_mut(number);
        live.held_at = Some(now.time());
        if is_unconfirmed {
            live.start = start(now, transition);
        }
        is_unconfirmed
    }

    /// Ends what holds an exclusive member, unless it is the interval `begun`; returns the interval that
    /// merely is repeated.
    fn displace(
        &mut self,
        now: Now<'_>,
        transition: &Transition,
        members: &[Id],
        begun: Option<Number>,
    ) -> Option<Number> {
        let relation = transition.relation;
        let catalogue = self.catalogue;
        let known = catalogue.relation(relation);
        for exclusive in &known.exclusive {
            let Some(ids) = exclusive_ids(exclusive, members) else {
                continue;
            };
            for number in self.unproven_with(relation, &ids[0]) {
                if self.live(number).has(&ids) {
                    self.prove(number, now.time());
                }
            }
            for number in self.open_with(relation, &ids[0]) {
                if begun == Some(number) || !holds(self.live(number), exclusive, members) {
                    continue;
                }
                let former_ends = match transition.change {
                    Change::Open {
                        former_ends: Some(support),
                    } => support,
                    _ => exclusive.former_ends,
                };
                let may_repeat = former_ends != Support::Inferred || known.told_again;
                if begun.is_none() && may_repeat && self.is_repetition(relation, number, members) {
                    self.repeat(now, number, members);
                    return Some(number);
                }
                if transition.support != Support::Uncertain {
                    self.end_former(now, number, former_ends);
                }
            }
        }
        None
    }

    fn is_repetition(&self, relation: RelationId, number: Number, members: &[Id]) -> bool {
        let known = self.catalogue.relation(relation);
        let live = self.live(number);
        let same = |wanted: &[MemberId]| {
            let mut told = members
                .iter()
                .filter(|(member, _)| wanted.contains(member))
                .peekable();
            told.peek().is_some()
                && told.all(|(member, value)| {
                    live.members.get(member).is_none_or(|known| known == value)
                })
        };
        let shares = |wanted: &[MemberId]| {
            members.iter().any(|(member, value)| {
                wanted.contains(member) && live.members.get(member) == Some(value)
            })
        };
        same(&known.holder) && shares(&known.holder) && same_held(known, live, members)
    }

    fn repeat(&mut self, now: Now<'_>, number: Number, members: &[Id]) {
        let relation = self.live(number).relation;
        let is_told_again = self.catalogue.relation(relation).told_again;
        let handles = &self.catalogue.relation(relation).handle;
        let handles: Vec<Id> = members
            .iter()
            .filter(|(member, _)| handles.contains(member))
            .cloned()
            .collect();
        self.learn(number, members);
        for id in handles {
            self.alias(number, id);
        }
        let live = self.live_mut(number);
        live.held_at = Some(now.time());
        if !is_told_again {
            live.findings.push(finding("repeated", &now.fact.event_id));
        }
    }

    fn end_former(&mut self, now: Now<'_>, number: Number, support: Support) {
        let ending = Ending {
            support,
            asynchronous: false,
            by_resource: false,
            idempotent: false,
        };
        if support == Support::Inferred {
            let live = self.live_mut(number);
            live.findings
                .push(finding("missing-detach", &now.fact.event_id));
        }
        self.end_one(now, number, ending);
    }
}

fn start(now: Now<'_>, transition: &Transition) -> Bound {
    let time = Some(now.time());
    match transition.support {
        Support::Observed => now.exactly(BoundKind::Observed),
        Support::Implied if transition.asynchronous => now.bound(BoundKind::Implied, time, None),
        Support::Implied => now.exactly(BoundKind::Implied),
        Support::Inferred => now.bound(BoundKind::Inferred, None, time),
        Support::Uncertain => now.bound(BoundKind::Uncertain, time, None),
    }
}

fn same_held(relation: &crate::catalogue::Relation, live: &Live, members: &[Id]) -> bool {
    members
        .iter()
        .filter(|(member, _)| relation.held.contains(member) && !relation.handle.contains(member))
        .all(|(member, value)| live.members.get(member).is_none_or(|known| known == value))
}

/// Returns the exclusive members, where all are named.
fn exclusive_ids(exclusive: &Exclusive, members: &[Id]) -> Option<Vec<Id>> {
    let find = |wanted: &MemberId| members.iter().find(|(member, _)| member == wanted).cloned();
    exclusive.members.iter().map(find).collect()
}

/// Says whether an interval holds what another is to hold now.
fn holds(live: &Live, exclusive: &Exclusive, members: &[Id]) -> bool {
    let named = |wanted: &MemberId| {
        members
            .iter()
            .find(|(member, _)| member == wanted)
            .map(|(_, value)| value)
    };
    exclusive
        .members
        .iter()
        .all(|member| live.members.get(member) == named(member))
        && exclusive
            .same
            .iter()
            .all(|member| live.members.get(member) == named(member))
}
