//! Which intervals and attempts belong to an answer: filters.

use std::collections::BTreeSet;
use std::net::IpAddr;

use jiff::Timestamp;

use crate::catalogue::{Catalogue, Relation};
use crate::event::Event;
use crate::interval::{Attempt, Bound, BoundKind, Interval, Timeline};
use crate::members::Name;
use crate::query::Filter;
use crate::timeline::is_in_vain;

/// A filter whose relation names are resolved.
pub(super) struct Sieve<'f> {
    filter: &'f Filter,
    relations: Option<BTreeSet<(Name, Option<Name>)>>,
    actors: Vec<String>,
}

impl<'f> Sieve<'f> {
    /// Resolves a filter.
    pub(super) fn new(catalogue: &Catalogue, filter: &'f Filter) -> Self {
        let relations = (!filter.kinds.is_empty()).then(|| {
            let ids = filter.kinds.iter().flat_map(|kind| catalogue.kinds(kind));
            ids.map(|id| {
                let relation = catalogue.relation(id);
                let resource = relation
                    .resource
                    .map(|member| catalogue.member(member).name);
                (relation.name, resource)
            })
            .collect()
        });
        Self {
            filter,
            relations,
            actors: filter
                .actors
                .iter()
                .map(|actor| actor.to_lowercase())
                .collect(),
        }
    }

    /// Says whether relations were named.
    pub(super) fn names_relations(&self) -> bool {
        self.relations.is_some()
    }

    /// Returns how many rows are wanted, where a row can be told from the interval alone.
    pub(super) fn limit(&self) -> Option<usize> {
        self.filter.limit.filter(|_| !self.asks_for_events())
    }

    /// Says whether there are filters on events.
    fn asks_for_events(&self) -> bool {
        !self.actors.is_empty()
            || !self.filter.source_networks.is_empty()
            || !self.filter.events.is_empty()
    }

    /// Says whether an interval's kind and place pass.
    pub(super) fn passes(&self, interval: &Interval) -> bool {
        let kind = (interval.relation, interval.resource);
        self.relations
            .as_ref()
            .is_none_or(|relations| relations.contains(&kind))
            && listed(&self.filter.accounts, interval.account.as_str())
            && listed(&self.filter.regions, interval.region.as_str())
    }

    /// Says whether an interval has ended, and its kind, place and end pass.
    pub(super) fn passes_end(&self, interval: &Interval) -> bool {
        interval.end.kind != BoundKind::Open
            && self.passes(interval)
            && self.is_in_period(interval.end.not_before, interval.latest_end_in_period())
    }

    /// Says whether one of these bounds' events passes the filters on events; without such filters,
    /// all do.
    ///
    /// Who made a call that only proves a bound did not make it: by actor and address such a bound is not
    /// found.
    pub(super) fn passes_event(&self, timeline: &Timeline, bounds: &[&Bound]) -> bool {
        let asks_who = !self.actors.is_empty() || !self.filter.source_networks.is_empty();
        let mut bounds = bounds.iter();
        !self.asks_for_events()
            || bounds.any(|bound| {
                let event = bound.event.and_then(|event| timeline.event(event));
                (bound.kind.is_doing() || !asks_who)
                    && event.is_some_and(|event| self.is_wanted(event))
            })
    }

    /// Drops findings on events that cannot bear on what is asked for. An event before the period may.
    pub(super) fn keep_findings(&self, catalogue: &Catalogue, told: &mut Timeline) {
        if told.findings.is_empty() {
            return;
        }
        let concerns: BTreeSet<&str> = told
            .events
            .iter()
            .filter(|event| self.passes_call(catalogue, event))
            .map(|event| event.event_id.as_str())
            .collect();
        told.findings.retain(|finding| {
            let mut ids = finding.event_ids.iter();
            ids.any(|id| concerns.contains(id.as_str()))
        });
    }

    /// Says whether a call in vain passes; what only began and ended nothing does not.
    pub(super) fn passes_attempt(
        &self,
        timeline: &Timeline,
        catalogue: &Catalogue,
        attempt: &Attempt,
    ) -> bool {
        let event = timeline.event(attempt.event);
        event.is_some_and(|event| is_in_vain(event, attempt))
            && self.passes_told_call(timeline, catalogue, attempt)
    }

    /// Says whether a call in vain passes that was to end something which `detachments` tells.
    pub(super) fn passes_attempt_to_end(
        &self,
        timeline: &Timeline,
        ending: &BTreeSet<&str>,
        attempt: &Attempt,
    ) -> bool {
        timeline.event(attempt.event).is_some_and(|event| {
            ending.contains(event.event_name.as_str())
                && is_in_vain(event, attempt)
                && self.passes_but_kind(event)
                && self.filter.since.is_none_or(|since| event.time >= since)
        })
    }

    /// Lists the calls that end what `detachments` tells.
    pub(super) fn ending_calls<'c>(&self, catalogue: &'c Catalogue) -> BTreeSet<&'c str> {
        let is_told = |relation: &Relation| match &self.relations {
            Some(relations) => {
                let resource = relation
                    .resource
                    .map(|member| catalogue.member(member).name);
                relations.contains(&(relation.name, resource))
            }
            None => !relation.aside,
        };
        catalogue.ending_calls(is_told).into_iter().collect()
    }

    /// Says whether a call passes that is told with or without effect.
    pub(super) fn passes_told_call(
        &self,
        timeline: &Timeline,
        catalogue: &Catalogue,
        attempt: &Attempt,
    ) -> bool {
        timeline.event(attempt.event).is_some_and(|event| {
            self.passes_call(catalogue, event)
                && self.filter.since.is_none_or(|since| event.time >= since)
        })
    }

    /// Says whether a call passes, but for where the period begins.
    pub(super) fn passes_call(&self, catalogue: &Catalogue, event: &Event) -> bool {
        let acts_on = |relations: &BTreeSet<(Name, Option<Name>)>| {
            let known = catalogue.event(event.event_name.as_str());
            known
                .into_iter()
                .flat_map(|known| &known.relations)
                .any(|id| {
                    let relation = catalogue.relation(*id);
                    relations.iter().any(|(name, _)| *name == relation.name)
                })
        };
        self.passes_but_kind(event) && self.relations.as_ref().is_none_or(acts_on)
    }

    fn passes_but_kind(&self, event: &Event) -> bool {
        self.passes_place(event)
            && self.is_wanted(event)
            && self.filter.until.is_none_or(|until| event.time < until)
    }

    /// Says whether a call's account and region pass.
    pub(super) fn passes_place(&self, event: &Event) -> bool {
        listed(&self.filter.accounts, event.account.as_str())
            && listed(&self.filter.regions, event.region.as_str())
    }

    /// Says whether a relation of this name was asked for.
    pub(super) fn is_kind(&self, relation: &str) -> bool {
        let named = self.relations.as_ref();
        named.is_none_or(|named| named.iter().any(|(name, _)| *name == relation))
    }

    /// Says whether there is any filter but the number of rows.
    pub(super) fn narrows(&self) -> bool {
        Filter {
            limit: None,
            ..self.filter.clone()
        }
        .narrows()
    }

    /// Says whether an end between these times may lie within the period asked for.
    pub(super) fn is_in_period(
        &self,
        earliest: Option<Timestamp>,
        latest: Option<Timestamp>,
    ) -> bool {
        let after_since = self
            .filter
            .since
            .is_none_or(|since| latest.is_none_or(|latest| latest >= since));
        let before_until = self
            .filter
            .until
            .is_none_or(|until| earliest.is_none_or(|earliest| earliest < until));
        after_since && before_until
    }

    /// Says whether an interval may have held at any time within the period asked for, or ended as the
    /// period began.
    ///
    /// What has an uncertain end may still hold, as it may at an instant.
    pub(super) fn overlaps_period(&self, interval: &Interval) -> bool {
        let earliest = interval.start.not_before;
        let begins_in_time = self
            .filter
            .until
            .is_none_or(|until| earliest.is_none_or(|earliest| earliest < until));
        let latest = interval.latest_end();
        let ends_in_time = self
            .filter
            .since
            .is_none_or(|since| latest.is_none_or(|latest| latest >= since));
        begins_in_time && ends_in_time
    }

    pub(super) fn is_wanted(&self, event: &Event) -> bool {
        let actor = &event.actor;
        let names = || {
            let names = actor.names();
            names.map(|name| name.as_str().to_lowercase())
        };
        let address = || {
            event
                .source_ip
                .as_ref()
                .and_then(|ip| ip.as_str().parse::<IpAddr>().ok())
        };
        (self.actors.is_empty()
            || names().any(|name| self.actors.iter().any(|actor| name.contains(actor))))
            && (self.filter.source_networks.is_empty()
                || address().is_some_and(|address| {
                    self.filter
                        .source_networks
                        .iter()
                        .any(|network| network.contains(address))
                }))
            && (self.filter.events.is_empty()
                || self
                    .filter
                    .events
                    .iter()
                    .any(|name| name.eq_ignore_ascii_case(event.event_name.as_str())))
    }
}

fn listed(wanted: &[String], value: &str) -> bool {
    wanted.is_empty() || wanted.iter().any(|wanted| wanted == value)
}
