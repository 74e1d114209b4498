//! What a question is about, and which further identifiers its records lead to.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::catalogue::{Catalogue, Relation};
use crate::event::{Actor, Event, MemberId, RelationId};
use crate::interval::{Attempt, Interval, Timeline};
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
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        if let ["arn", _, "ec2", region, account, resource] = parts[..]
            && let Some((_, id)) = resource.split_once('/')
        {
            let named = |part: &str| (!part.is_empty()).then(|| part.to_owned());
            return Self {
                id: id.to_lowercase(),
                account: named(account),
                region: named(region),
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
    /// Of these only the records of their deletion are read.
    pub(super) deletions: BTreeSet<String>,
}

impl Leads {
    /// Adds what a timeline's intervals lead to; says whether that is anything new.
    ///
    /// A relation says which of its members are worth following: an interface leads to its instance, a
    /// VPC does not lead to everything in it. An interval leads on only if it is reached by one of them.
    pub(super) fn add(
        &mut self,
        catalogue: &Catalogue,
        subject: &Subject,
        timeline: &Timeline,
    ) -> bool {
        let before = (self.followed.len(), self.deletions.len());
        for interval in &timeline.intervals {
            let Some((id, relation)) = relation_of(catalogue, interval) else {
                continue;
            };
            let value = |member: &MemberId| interval.members.get(&catalogue.member(*member).name);
            let reached = relation
                .follow
                .iter()
                .filter_map(value)
                .any(|value| self.followed.contains(value.as_str()))
                || interval.members.values().any(|value| subject.is(value));
            if reached {
                let followed = relation.follow.iter().filter_map(value);
                self.followed
                    .extend(followed.map(|value| value.as_str().to_owned()));
                let ends = catalogue.ends_of(id).into_iter();
                let deletions = ends.filter_map(|member| value(&member));
                self.deletions
                    .extend(deletions.map(|value| value.as_str().to_owned()));
            }
        }
        before != (self.followed.len(), self.deletions.len())
    }
}

fn relation_of<'c>(
    catalogue: &'c Catalogue,
    interval: &Interval,
) -> Option<(RelationId, &'c Relation)> {
    catalogue
        .kinds(&interval.relation)
        .into_iter()
        .find_map(|id| {
            let relation = catalogue.relation(id);
            let name = |member: &MemberId| catalogue.member(*member).name.as_str();
            let fits = match &interval.resource {
                Some(resource) => relation
                    .resource
                    .is_some_and(|member| name(&member) == resource.as_str()),
                None => relation.resource.is_none(),
            };
            fits.then_some((id, relation))
        })
}
