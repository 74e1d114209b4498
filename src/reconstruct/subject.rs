//! What a question is about: one thing or principal, or all that one event names.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::event::{Actor, Event, Outcome};
use crate::interval::{Attempt, Interval, Timeline};
use crate::members::Members;
use crate::search;
use crate::text::Text;
use crate::timeline::is_in_vain;

/// What `history` is asked about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// The identifier as it is compared: trimmed, lower case where it is a resource's, an address in its
    /// shortest form.
    pub id: String,
    /// Only this account, where an ARN names one.
    pub account: Option<String>,
    /// Only this region, where an ARN names one.
    pub region: Option<String>,
    /// Further identifiers that are asked about with it, in lower case.
    others: BTreeSet<String>,
    /// The address that is asked about, IPv4 in IPv6 as the IPv4 that it means.
    address: Option<IpAddr>,
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
                ..Self::default()
            };
        }
        let address = address(text);
        let id = match address {
            Some(address) => address.to_string(),
            None if looks_like_resource_id(text) => text.to_lowercase(),
            None => text.to_owned(),
        };
        Self {
            id,
            address,
            ..Self::default()
        }
    }

    /// Asks about several identifiers at once, where an event has them.
    pub(super) fn of_event(event: &Event, ids: BTreeSet<String>) -> Self {
        let mut others: BTreeSet<String> = ids.iter().map(|id| id.to_lowercase()).collect();
        Self {
            id: others.pop_first().unwrap_or_default(),
            account: Some(event.account.as_str().to_owned()),
            region: Some(event.region.as_str().to_owned()),
            others,
            address: None,
        }
    }

    /// Lists the identifiers that are asked about.
    pub(super) fn ids(&self) -> BTreeSet<String> {
        let others = self.others.iter();
        others.chain([&self.id]).cloned().collect()
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

    /// Says whether an attempt is about the subject; `on` are the calls without effect on the intervals
    /// that are about it, by [`calls_without_effect_on`](crate::timeline::calls_without_effect_on).
    ///
    /// What succeeded and merely began and ended nothing is about who called: of the resources that it
    /// names, other records tell whether it did.
    pub fn is_in_attempt(&self, event: &Event, attempt: &Attempt, on: &BTreeSet<Text>) -> bool {
        match event.outcome {
            Outcome::Succeeded => {
                self.is_in_place(&event.account, &event.region)
                    && (self.is_actor(&event.actor) || on.contains(&event.event_id))
            }
            Outcome::Failed | Outcome::DryRun | Outcome::Uncertain => {
                self.may_be_in_attempt(event, attempt)
            }
        }
    }

    /// Says whether an attempt may be about the subject, as far as it tells by itself.
    pub(super) fn may_be_in_attempt(&self, event: &Event, attempt: &Attempt) -> bool {
        let is_named = || {
            let mut values = attempt.members.values().flatten();
            is_in_vain(event, attempt) && values.any(|value| self.is(value))
        };
        self.is_in_place(&event.account, &event.region)
            && (self.is_actor(&event.actor) || is_named())
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

    /// Says whether a value is one of the identifiers, in whatever case or spelling.
    pub(super) fn is(&self, value: &Text) -> bool {
        let value = value.as_str();
        value.eq_ignore_ascii_case(&self.id)
            || !self.others.is_empty() && self.others.contains(&value.to_lowercase())
            || self.address.is_some() && self.address == address(value)
    }

    /// Says whether one of these resources is the subject.
    pub(super) fn is_in_members(&self, members: &Members<Vec<Text>>) -> bool {
        members.values().flatten().any(|value| self.is(value))
    }

    /// Says whether an actor is the subject.
    pub(super) fn is_actor(&self, actor: &Actor) -> bool {
        actor.names().any(|name| self.is(name))
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

/// Reads an address in any spelling.
fn address(text: &str) -> Option<IpAddr> {
    let address: IpAddr = text.parse().ok()?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_in_every_spelling() {
        for (typed, id, same) in [
            ("2001:db8:0:0:0:0:0:1", "2001:db8::1", "2001:DB8::0001"),
            (" 2001:DB8::1 ", "2001:db8::1", "2001:db8::1"),
            ("::ffff:203.0.113.7", "203.0.113.7", "203.0.113.7"),
            ("203.0.113.7", "203.0.113.7", "::FFFF:CB00:7107"),
        ] {
            let subject = Subject::parse(typed);
            assert_eq!(subject.id, id);
            assert!(subject.is(&same.into()), "{typed}");
            assert!(!subject.is(&"203.0.113.8".into()) && !subject.is(&"".into()));
        }
    }
}
