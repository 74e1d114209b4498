//! Calls that succeeded and on which no interval rests: they are told as rows too, for else nothing told
//! of them, and what is found of one says which call it was.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::findings::finding_kinds;
use crate::catalogue::Catalogue;
use crate::event::{Event, EventIndex, Outcome};
use crate::interval::{Attempt, Finding, Interval, Timeline};
use crate::members::{Members, Name};
use crate::text::Text;

/// So many resources of a call are named in a sentence.
const NAMED_MAX: usize = 6;

/// Says whether a call was made in vain: it failed, was a dry run, or changed nothing that it could have
/// changed. Of any other, its record tells no more than that it began and ended nothing.
pub fn is_in_vain(event: &Event, attempt: &Attempt) -> bool {
    let mut found = attempt.findings.iter();
    event.outcome != Outcome::Succeeded || found.any(|finding| sentence(finding).is_some())
}

/// Lists the ids of the calls without effect that findings of these intervals are on.
pub fn calls_without_effect_on(intervals: &[Interval]) -> BTreeSet<Text> {
    let findings = intervals.iter().flat_map(of_calls);
    findings
        .flat_map(|finding| &finding.event_ids)
        .cloned()
        .collect()
}

/// Adds the calls that succeeded and began and ended nothing to the attempts, and lets the findings on
/// calls without effect say which call they mean.
///
/// `found` is what is found of events by themselves.
pub fn add_calls_without_effect(
    catalogue: &Catalogue,
    timeline: &mut Timeline,
    found: &BTreeMap<EventIndex, Vec<Finding>>,
) {
    let rested_on = rested_on(timeline);
    let mut of_calls = tell_calls(catalogue, timeline, &rested_on);
    let events = (0..).map(EventIndex).zip(&timeline.events).zip(rested_on);
    let further =
        events.filter(|((_, event), rested_on)| !rested_on && event.outcome == Outcome::Succeeded);
    let further = further.map(|((index, event), _)| {
        let mut findings = found.get(&index).cloned().unwrap_or_default();
        findings.extend(of_calls.remove(&index).unwrap_or_default());
        Attempt {
            event: index,
            members: event.mentions.clone(),
            findings,
        }
    });
    timeline.attempts.extend(further);
    timeline.attempts.sort_by_key(|attempt| attempt.event);
}

/// Says of each event whether an interval begins or ends by it.
fn rested_on(timeline: &Timeline) -> Vec<bool> {
    let mut rested_on = vec![false; timeline.events.len()];
    for interval in &timeline.intervals {
        for index in [interval.start.event, interval.end.event] {
            if let Some(rested_on) = index.and_then(|index| rested_on.get_mut(index.0 as usize)) {
                *rested_on = true;
            }
        }
    }
    rested_on
}

/// Returns the sentence that tells the call, where a finding is on a call without effect.
fn sentence(finding: &Finding) -> Option<&'static str> {
    let kind = finding_kinds().get(&finding.code)?;
    kind.of_call.as_deref()
}

/// Lets the findings on calls without effect say which call they mean; returns them by call.
///
/// A call on which another interval rests did change something: of this one it is only said to follow.
fn tell_calls(
    catalogue: &Catalogue,
    timeline: &mut Timeline,
    rested_on: &[bool],
) -> BTreeMap<EventIndex, BTreeSet<Finding>> {
    let calls = calls(timeline);
    let mut of_calls: BTreeMap<EventIndex, BTreeSet<Finding>> = BTreeMap::new();
    if calls.is_empty() {
        return of_calls;
    }
    let (events, intervals) = (&timeline.events, &mut timeline.intervals);
    for interval in intervals {
        let (relation, members) = (interval.relation, &interval.members);
        for finding in &mut interval.findings {
            let call = finding.event_ids.first().and_then(|id| calls.get(id));
            let event = call.and_then(|index| Some((*index, events.get(index.0 as usize)?)));
            let sentences = finding_kinds().get(&finding.code);
            let sentences = sentences.and_then(|kind| Some((kind.of_call.as_deref()?, kind)));
            let (Some((index, event)), Some((of_call, kind))) = (event, sentences) else {
                continue;
            };
            let is_rested_on = rested_on.get(index.0 as usize) == Some(&true);
            let (sentence, of) = match (is_rested_on, kind.of_part.as_deref()) {
                (false, _) => (of_call, None),
                (true, Some(of_part)) => (of_part, Some(members)),
                (true, None) => continue,
            };
            let sentence = sentence.replace("{relation}", title(catalogue, &relation));
            let said = sentence.replace("{call}", &called(catalogue, event, of));
            finding.message = Text::from(said);
            of_calls.entry(index).or_default().insert(finding.clone());
        }
    }
    of_calls
}

/// Returns a relation's name for people.
fn title<'c>(catalogue: &'c Catalogue, name: &Name) -> &'c str {
    let mut relations = catalogue.relations();
    let found = relations.find(|(_, relation)| relation.name == *name);
    found.map_or("attachment", |(_, relation)| relation.title.as_str())
}

/// Finds the calls that findings of intervals are on and that changed nothing.
fn calls(timeline: &Timeline) -> HashMap<Text, EventIndex> {
    let found = timeline.intervals.iter().flat_map(of_calls);
    let ids: BTreeSet<&Text> = found.flat_map(|finding| &finding.event_ids).collect();
    if ids.is_empty() {
        return HashMap::new();
    }
    let events = (0..).map(EventIndex).zip(&timeline.events);
    events
        .filter(|(_, event)| ids.contains(&event.event_id))
        .map(|(index, event)| (event.event_id.clone(), index))
        .collect()
}

fn of_calls(interval: &Interval) -> impl Iterator<Item = &Finding> {
    let findings = interval.findings.iter();
    findings.filter(|finding| sentence(finding).is_some())
}

/// Tells a call: `DisassociateAddress by alice from 198.51.100.7 on eipassoc-0c… at 2024-03-01T12:00:00Z`.
/// With `of`, only those resources are named that are among these members.
fn called(catalogue: &Catalogue, event: &Event, of: Option<&Members<Text>>) -> String {
    let mut said = format!(
        "{} by {}",
        event.event_name.as_str(),
        event.actor.label.as_str()
    );
    if let Some(address) = &event.source_ip {
        said.push_str(" from ");
        said.push_str(address.as_str());
    }
    let named = event.mentions.iter().filter(|(member, _)| {
        let id = catalogue.member_id(member);
        id.is_some_and(|id| catalogue.identifies(id))
    });
    let named: Vec<&str> = named
        .flat_map(|(member, values)| {
            let is_of = move |value: &&Text| of.is_none_or(|of| of.get(member) == Some(*value));
            values.iter().filter(is_of).map(Text::as_str)
        })
        .collect();
    if !named.is_empty() {
        said.push_str(" on ");
        said.push_str(&named[..NAMED_MAX.min(named.len())].join(", "));
        if named.len() > NAMED_MAX {
            said.push_str(" and others");
        }
    }
    format!("{said} at {}", event.time)
}
