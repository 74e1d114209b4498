//! What a question is about, and which further identifiers its records lead to.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::reading::Reading;
use crate::catalogue::Catalogue;
use crate::event::{Actor, Change, Event, MemberId, RelationId, Transition};
use crate::interval::{Attempt, Interval, Timeline};
use crate::search;
use crate::text::Text;

/// What `history` is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The identifier as it is compared: trimmed, lower case where it is a resource's.
    pub id: String,
    /// Only this account, where an ARN names one.
    pub account: Option<String>,
    /// Only this region, where an ARN names one.
    pub region: Option<String>,
}

impl Subject {
    /// Reads what a person pasted: an id, an address, an ARN of a resource, or anything that names an
    /// actor (ARN, access key, user name, principal id).
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        if let Some(name) = search::resource_name(text) {
            return Self {
                id: name.id.to_lowercase(),
                account: name.account.map(str::to_owned),
                region: name.region.map(str::to_owned),
            };
        }
        let is_resource = text.parse::<IpAddr>().is_ok() || looks_like_resource_id(text);
        let id = if is_resource {
            text.to_lowercase()
        } else {
            text.to_owned()
        };
        Self {
            id,
            account: None,
            region: None,
        }
    }

    /// Says whether an interval is about the subject: one of its members is it, or an actor of its
    /// bounds.
    pub fn is_in_interval(&self, timeline: &Timeline, interval: &Interval) -> bool {
        self.is_in_place(&interval.account, &interval.region)
            && (interval.members.values().any(|value| self.is(value))
                || [&interval.start, &interval.end]
                    .into_iter()
                    .filter_map(|bound| timeline.event(bound.event?))
                    .any(|event| self.is_actor(&event.actor)))
    }

    /// Says whether an attempt is about the subject.
    pub fn is_in_attempt(&self, event: &Event, attempt: &Attempt) -> bool {
        self.is_in_place(&event.account, &event.region)
            && (attempt
                .members
                .values()
                .flatten()
                .any(|value| self.is(value))
                || self.is_actor(&event.actor))
    }

    /// Says whether an event is about the subject.
    pub fn is_in_event(&self, event: &Event) -> bool {
        self.is_in_place(&event.account, &event.region)
            && (event
                .mentions
                .values()
                .flatten()
                .any(|value| self.is(value))
                || self.is_actor(&event.actor))
    }

    fn is(&self, value: &Text) -> bool {
        value.as_str().eq_ignore_ascii_case(&self.id)
    }

    fn is_actor(&self, actor: &Actor) -> bool {
        let names = [
            Some(&actor.label),
            actor.arn.as_ref(),
            actor.principal_id.as_ref(),
            actor.user_name.as_ref(),
            actor.issuer_arn.as_ref(),
            actor.access_key_id.as_ref(),
            actor.source_identity.as_ref(),
        ];
        names.into_iter().flatten().any(|name| self.is(name))
    }

    fn is_in_place(&self, account: &Text, region: &Text) -> bool {
        self.account
            .as_ref()
            .is_none_or(|wanted| wanted == account.as_str())
            && self
                .region
                .as_ref()
                .is_none_or(|wanted| wanted == region.as_str())
    }
}

/// `eni-0a1b2c3d`, `i-0a1b…`: letters and hyphens, then hexadecimal digits.
fn looks_like_resource_id(text: &str) -> bool {
    text.rsplit_once('-').is_some_and(|(prefix, digits)| {
        digits.len() >= 8
            && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
            && prefix
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
    })
}

/// The identifiers whose records can decide what is told of a subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Leads {
    /// Every record that mentions one of these is read.
    pub(super) followed: BTreeSet<String>,
    /// Of these, by the kind of resource that they are, only records that begin, end, or disprove their
    /// lifetime are read.
    pub(super) lifetimes: BTreeMap<MemberId, BTreeSet<String>>,
}

impl Leads {
    /// Adds what a timeline's intervals and attempts lead to; says whether that is anything new.
    pub(super) fn add(
        &mut self,
        catalogue: &Catalogue,
        subject: &Subject,
        timeline: &Timeline,
    ) -> bool {
        let before = self.count();
        for interval in &timeline.intervals {
            if let Some(relation) = relation_of(catalogue, interval) {
                let member = |id: MemberId| interval.members.get(&catalogue.member(id).name);
                let is_it = subject.is_in_interval(timeline, interval);
                self.add_interval(catalogue, relation, &member, is_it);
            }
        }
        for attempt in &timeline.attempts {
            self.add_attempt(catalogue, subject, timeline, attempt);
        }
        before != self.count()
    }

    /// Adds what single records lead to; says whether that is anything new.
    ///
    /// What a record says of an interval need not show in it: of two records of one beginning the first
    /// is believed. And it may change what it does not name, as the groups of an instance are those of
    /// its interface.
    pub(super) fn add_records(
        &mut self,
        catalogue: &Catalogue,
        subject: &Subject,
        readings: &[Reading],
    ) -> bool {
        let before = self.count();
        for transition in readings.iter().flat_map(Reading::transitions) {
            let named = named(transition);
            let member = |id: MemberId| {
                let found = named.iter().find(|(member, _)| *member == id);
                found.map(|(_, value)| value)
            };
            let is_it = named.iter().any(|(_, value)| subject.is(value));
            self.add_interval(catalogue, transition.relation, &member, is_it);
            if let Change::Assign { owner, values, .. } = &transition.change
                && values.iter().any(|value| subject.is(value))
            {
                self.followed.insert(owner.1.as_str().to_owned());
            }
        }
        before != self.count()
    }

    fn count(&self) -> usize {
        let lifetimes = self.lifetimes.values().map(BTreeSet::len);
        self.followed.len() + lifetimes.sum::<usize>()
    }

    /// A relation says which of its members are worth following: an interface leads to its instance, a
    /// VPC does not lead to everything in it. An interval leads on only if it is reached by one of them.
    fn add_interval<'v>(
        &mut self,
        catalogue: &Catalogue,
        id: RelationId,
        member: &dyn Fn(MemberId) -> Option<&'v Text>,
        is_it: bool,
    ) {
        let relation = catalogue.relation(id);
        let mut follow = relation.follow.iter().filter_map(|id| member(*id));
        let reached = is_it || follow.any(|value| self.followed.contains(value.as_str()));
        if reached {
            let follow = relation.follow.iter().filter_map(|id| member(*id));
            self.followed
                .extend(follow.map(|value| value.as_str().to_owned()));
        }
        let lives = relation.resource.is_some_and(|resource| {
            let known = self.lifetimes.get(&resource).zip(member(resource));
            known.is_some_and(|(known, value)| known.contains(value.as_str()))
        });
        if !reached && !lives {
            return;
        }
        // What it ends with, what is looked up by it, and whether it was there before.
        let looked_up = relation.learn.iter().map(|learn| learn.by);
        let mut members = relation.ends_with.clone();
        members.extend(looked_up.chain(relation.held.iter().copied()));
        for id in members {
            if let Some(value) = member(id) {
                let known = self.lifetimes.entry(id).or_default();
                known.insert(value.as_str().to_owned());
            }
        }
    }

    /// What a failed call names by a handle is told with it.
    fn add_attempt(
        &mut self,
        catalogue: &Catalogue,
        subject: &Subject,
        timeline: &Timeline,
        attempt: &Attempt,
    ) {
        let event = timeline.event(attempt.event);
        if !event.is_some_and(|event| subject.is_in_attempt(event, attempt)) {
            return;
        }
        for (member, values) in &attempt.members {
            let id = catalogue.member_id(member);
            if id.is_some_and(|id| catalogue.is_handle(id)) {
                let values = values.iter().map(|value| value.as_str().to_owned());
                self.followed.extend(values);
            }
        }
    }
}

/// Lists all members that a transition names.
fn named(transition: &Transition) -> Vec<&(MemberId, Text)> {
    let further: &[(MemberId, Text)] = match &transition.change {
        Change::Replace { former, .. } => former,
        Change::Update { of } => of,
        Change::Assign { owner, .. } => std::slice::from_ref(owner),
        Change::Open { .. } | Change::Close { .. } | Change::ProvesEnded | Change::ProvesHeld => {
            &[]
        }
    };
    further.iter().chain(&transition.members).collect()
}

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
