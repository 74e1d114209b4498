//! From readings to a timeline: put together event by event, folded.

use rayon::prelude::*;

use super::Reading;
use crate::catalogue::{Catalogue, Interpretation};
use crate::coverage::Coverage;
use crate::event::{EventIndex, Fact, Outcome};
use crate::interval::{Attempt, Finding, Interval, Timeline};
use crate::text::Text;
use crate::timeline::{self, finding_kinds};

/// Puts readings together into a timeline: every interval, every attempt, in order.
pub fn assemble(
    catalogue: &Catalogue,
    mut readings: Vec<Reading>,
    coverage: &Coverage,
) -> Timeline {
    readings.par_sort_by(|a, b| {
        let (a, b) = (a.event(), b.event());
        (a.time, &a.event_id).cmp(&(b.time, &b.event_id))
    });
    let mut timeline = Timeline::default();
    timeline.events.reserve_exact(readings.len());
    let mut facts = Vec::with_capacity(readings.len());
    for (index, reading) in (0..).map(EventIndex).zip(readings) {
        timeline.findings.extend(findings(&reading));
        let Interpretation {
            event, transitions, ..
        } = reading.interpretation;
        if event.outcome != Outcome::Succeeded {
            let members = event.mentions.clone();
            timeline.attempts.push(Attempt {
                event: index,
                members,
            });
        }
        if !transitions.is_empty() {
            facts.push(Fact {
                event: index,
                time: event.time,
                account: event.account.clone(),
                region: event.region.clone(),
                event_id: event.event_id.clone(),
                outcome: event.outcome,
                transitions,
            });
        }
        timeline.events.push(event);
    }
    timeline.intervals = folded(catalogue, facts, coverage);
    timeline::resolve_attempts(
        catalogue,
        &timeline.events,
        &timeline.intervals,
        &mut timeline.attempts,
    );
    timeline.findings.sort();
    timeline
}

/// Folds each account and region by itself, several at once.
fn folded(catalogue: &Catalogue, facts: Vec<Fact>, coverage: &Coverage) -> Vec<Interval> {
    let mut intervals: Vec<Interval> = timeline::partitions(facts)
        .into_par_iter()
        .flat_map_iter(|(_, facts)| timeline::fold_partition(catalogue, facts, coverage))
        .collect();
    intervals.par_sort_by(timeline::interval_order);
    intervals
}

fn findings(reading: &Reading) -> Vec<Finding> {
    let event = reading.event();
    let make = |code: &str| Finding {
        code: code.to_owned(),
        message: finding_kinds()
            .get(code)
            .map_or_else(|| Text::from(code), |kind| kind.message.clone()),
        event_ids: vec![event.event_id.clone()],
        sources: event
            .places
            .iter()
            .map(|place| place.source.clone())
            .collect(),
    };
    let mut findings = Vec::new();
    if reading.conflicting {
        findings.push(make("conflicting-duplicate"));
    }
    if reading.interpretation.response_missing {
        findings.push(make("response-missing"));
    }
    findings
}
