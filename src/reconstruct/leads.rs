//! Which identifiers the records of a subject lead to, and what is to be read of each.

use std::collections::{BTreeMap, BTreeSet};

use super::named::{identifiers, named};
use super::reading::Reading;
use super::subject::Subject;
use crate::catalogue::Catalogue;
use crate::event::{Change, Event, MemberId, Outcome, RelationId, Support, Transition};
use crate::index::{Selection, Which};
use crate::interval::{Attempt, Interval, Timeline};
use crate::text::Text;
use crate::timeline::perhaps_created;

/// The identifiers whose records can decide what is told of a subject; they only grow.
pub(super) struct Leads<'a> {
    catalogue: &'a Catalogue,
    subject: &'a Subject,
    known: Ids,
    /// Those that nothing was read of yet.
    new: Ids,
}

/// Identifiers, by what is read of them.
#[derive(Default)]
struct Ids {
    /// Every record that mentions one of these is read.
    followed: BTreeSet<String>,
    /// Of these, by the kind of resource that they are, only records that begin, end, or disprove their
    /// lifetime are read.
    lifetimes: BTreeMap<MemberId, BTreeSet<String>>,
    /// A refusal says that these are gone. Any later call about them disproves that, so every record that
    /// mentions one of these is read too; but they lead nowhere.
    refused: BTreeSet<String>,
}

impl<'a> Leads<'a> {
    /// Begins with the subject.
    pub(super) fn of(catalogue: &'a Catalogue, subject: &'a Subject) -> Self {
        let mut leads = Self {
            catalogue,
            subject,
            known: Ids::default(),
            new: Ids::default(),
        };
        leads.follow(subject.ids());
        leads
    }

    /// Returns what is to be read now: of every identifier once.
    pub(super) fn take(&mut self) -> Vec<Selection> {
        let Ids {
            followed,
            mut lifetimes,
            refused,
        } = std::mem::take(&mut self.new);
        let mut selections = Vec::new();
        let whole = followed.into_iter().chain(refused).collect();
        selections.push(Selection::from(Which::Mentions(whole)));
        for (member, ids) in &mut lifetimes {
            ids.retain(|id| !self.known.followed.contains(id));
            for (calls, failed) in [
                (self.catalogue.lifetime_calls(*member), false),
                (self.catalogue.lifetime_proofs(*member), true),
            ] {
                if !calls.is_empty() {
                    selections.push(Selection {
                        events: calls.into_iter().map(str::to_owned).collect(),
                        failed,
                        ..Selection::from(Which::Mentions(ids.clone()))
                    });
                }
            }
        }
        selections.retain(|selection| selection.which != Which::Mentions(BTreeSet::new()));
        selections
    }

    /// Says whether anything is to be read.
    pub(super) fn lead_on(&self) -> bool {
        let new = &self.new;
        !(new.followed.is_empty() && new.lifetimes.is_empty() && new.refused.is_empty())
    }

    /// Follows everything that identifies something in a call of the subject's.
    pub(super) fn add_call(&mut self, event: &Event) {
        let named = identifiers(self.catalogue, event);
        self.follow(named.map(|value| value.as_str().to_owned()));
    }

    /// Adds what a single record leads to, new or not: it is read again with each identifier of it that
    /// has become known.
    ///
    /// What a record says of an interval need not show in it: of two records of one beginning the first
    /// is believed. And it may change what it does not name, as the groups of an instance are those of
    /// its interface.
    pub(super) fn add_reading(&mut self, reading: &Reading) {
        let event = reading.event();
        for transition in reading.transitions() {
            let named = named(transition);
            let member = |id: MemberId| {
                let found = named.iter().find(|(member, _)| *member == id);
                found.map(|(_, value)| value)
            };
            let is_it = named.iter().any(|(_, value)| self.subject.is(value));
            self.add_interval(transition.relation, &member, is_it);
            match &transition.change {
                Change::Assign { owner, values, .. }
                    if values.iter().any(|value| self.subject.is(value)) =>
                {
                    self.follow([owner.1.as_str().to_owned()]);
                }
                Change::ProvesEnded if event.outcome == Outcome::Failed => {
                    let refused = self.doubted(transition);
                    self.add_refused(refused);
                }
                Change::Close { .. } if transition.support == Support::Uncertain => {
                    let doubted = self.doubted(transition);
                    self.follow(doubted);
                }
                // Any call that names it may show that it was there before.
                Change::Open { existing: true, .. }
                    if perhaps_created(self.catalogue, transition).is_some() =>
                {
                    let perhaps_existing = self.doubted(transition);
                    self.add_refused(perhaps_existing);
                }
                _ => (),
            }
        }
        let is_undone =
            event.outcome != Outcome::Succeeded || !reading.interpretation.undone.is_empty();
        if is_undone && self.subject.is_in_event(event) {
            let mentions = event.mentions.iter();
            self.add_handles(mentions.map(|(member, values)| (member.as_str(), &values[..])));
        }
    }

    /// Adds what a timeline's intervals and attempts lead to.
    pub(super) fn add_timeline(&mut self, timeline: &Timeline) {
        for interval in &timeline.intervals {
            if let Some(relation) = relation_of(self.catalogue, interval) {
                let catalogue = self.catalogue;
                let member = |id: MemberId| interval.members.get(&catalogue.member(id).name);
                let is_it = self.subject.is_in_interval(timeline, interval);
                self.add_interval(relation, &member, is_it);
            }
        }
        for attempt in &timeline.attempts {
            self.add_attempt(timeline, attempt);
        }
    }

    fn follow(&mut self, ids: impl IntoIterator<Item = String>) {
        for id in ids {
            if self.known.followed.insert(id.clone()) {
                self.new.followed.insert(id);
            }
        }
    }

    /// A relation says which of its members are worth following: an interface leads to its instance, a
    /// VPC does not lead to everything in it. An interval leads on only if it is reached by one of them.
    fn add_interval<'v>(
        &mut self,
        id: RelationId,
        member: &dyn Fn(MemberId) -> Option<&'v Text>,
        is_it: bool,
    ) {
        let relation = self.catalogue.relation(id);
        let follow = || relation.follow.iter().filter_map(|id| member(*id));
        let is_followed = |value: &Text| self.known.followed.contains(value.as_str());
        let reached = is_it || follow().any(is_followed);
        if reached {
            self.follow(follow().map(|value| value.as_str().to_owned()));
        }
        let lives = relation.resource.is_some_and(|resource| {
            let known = self.known.lifetimes.get(&resource).zip(member(resource));
            known.is_some_and(|(known, value)| known.contains(value.as_str()))
        });
        if !reached && !lives {
            return;
        }
        // What it ends with, what is looked up by it, and whether it was there before.
        let looked_up = relation.learn.iter().map(|learn| learn.by);
        let mut members = relation.ends_with.clone();
        members.extend(looked_up.chain(relation.held.iter().copied()));
        members.extend(&relation.closed_by);
        for id in members {
            if let Some(value) = member(id) {
                let known = self.known.lifetimes.entry(id).or_default();
                if known.insert(value.as_str().to_owned()) {
                    let new = self.new.lifetimes.entry(id).or_default();
                    new.insert(value.as_str().to_owned());
                }
            }
        }
    }

    /// Lists what a transition says to be gone, for certain or perhaps, of which only the lifetime was of
    /// interest so far. Another call may show that it was not gone: any that names it, and where nobody can
    /// say whether it was deleted, any that shows something to hold which could not have outlived it.
    fn doubted(&self, transition: &Transition) -> Vec<String> {
        let identifying = &self.catalogue.relation(transition.relation).handle;
        let named = transition.members.iter();
        let doubted = named.filter(|(member, value)| {
            let known = self.known.lifetimes.get(member);
            identifying.contains(member)
                && known.is_some_and(|known| known.contains(value.as_str()))
        });
        doubted
            .map(|(_, value)| value.as_str().to_owned())
            .collect()
    }

    fn add_refused(&mut self, ids: Vec<String>) {
        for id in ids {
            if !self.known.followed.contains(&id) && self.known.refused.insert(id.clone()) {
                self.new.refused.insert(id);
            }
        }
    }

    fn add_attempt(&mut self, timeline: &Timeline, attempt: &Attempt) {
        let event = timeline.event(attempt.event);
        if event.is_some_and(|event| self.subject.may_be_in_attempt(event, attempt)) {
            let members = attempt.members.iter();
            self.add_handles(members.map(|(member, values)| (member.as_str(), &values[..])));
        }
    }

    /// What a failed call names by a handle is told with it.
    fn add_handles<'v>(&mut self, members: impl Iterator<Item = (&'v str, &'v [Text])>) {
        for (member, values) in members {
            let id = self.catalogue.member_id(member);
            if id.is_some_and(|id| self.catalogue.is_handle(id)) {
                self.follow(values.iter().map(|value| value.as_str().to_owned()));
            }
        }
    }
}

/// Finds the relation of an interval.
fn relation_of(catalogue: &Catalogue, interval: &Interval) -> Option<RelationId> {
    catalogue.kinds(&interval.relation).into_iter().find(|id| {
        let relation = catalogue.relation(*id);
        let name = |member: &MemberId| catalogue.member(*member).name.as_str();
        match &interval.resource {
            Some(resource) => relation
                .resource
                .is_some_and(|member| name(&member) == resource.as_str()),
            None => relation.resource.is_none(),
        }
    })
}
