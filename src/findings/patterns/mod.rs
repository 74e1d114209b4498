//! The general patterns, one file each for those that look alike.
//!
//! `ends` looks at single bounds, `moves` at intervals that follow one another, `together` at those that
//! lie near one another, `calls` at calls alone, `shared` at one id in several accounts, `gaps` at what the
//! archive may lack, `reported` at what others have told.

mod calls;
mod ends;
mod finder;
mod gaps;
mod moves;
mod reported;
mod shared;
mod together;

use std::collections::{BTreeMap, BTreeSet};

use super::entry::Pattern;
use super::rules::{Rule, Rules};
use super::world::{Surroundings, World};
use super::{Found, Severity};
use crate::catalogue::Catalogue;
use crate::event::EventIndex;
use crate::interval::Timeline;
use finder::Finder;

/// Finds all that the rules describe: what is most severe first, then in order of time.
///
/// Takes time in proportion to the intervals and events, however they are made up.
pub fn find(
    catalogue: &Catalogue,
    rules: &Rules,
    told: &Timeline,
    around: Surroundings<'_>,
) -> Vec<Found> {
    let world = World::new(catalogue, told, around, &rules.automation);
    let mut reported = reported::by_code(&world);
    let mut all = Vec::new();
    for rule in rules.iter() {
        let mut finder = Finder::new(&world, rule);
        match &rule.entry.pattern {
            Pattern::Reported {} => {
                reported::told(&mut finder, reported.remove(rule.code.as_str()));
            }
            Pattern::Ends {
                of,
                held_below,
                not_deleted_within,
                not_asked_elsewhere,
            } => {
                let limits = (*held_below, *not_deleted_within);
                ends::ends(&mut finder, of, limits, *not_asked_elsewhere);
            }
            Pattern::Begins { of } => ends::begins(&mut finder, of),
            Pattern::Moved {
                of,
                within,
                and_any,
            } => moves::moved(&mut finder, of, *within, and_any),
            Pattern::Displaced { of, same, and_any } => {
                moves::displaced(&mut finder, of, *same, and_any);
            }
            Pattern::Several {
                of,
                differ_in,
                holder_older_than,
            } => moves::several(&mut finder, of, differ_in, *holder_older_than),
            Pattern::Together { steps, within } => together::together(&mut finder, steps, *within),
            Pattern::Burst { of, count, within } => {
                together::burst(&mut finder, of, *count, *within);
            }
            Pattern::Near {
                calls,
                ends,
                within,
            } => together::near(&mut finder, calls, ends, *within),
            Pattern::Calls {
                calls,
                count,
                apart,
            } => calls::calls(&mut finder, calls, *count, *apart),
            Pattern::FirstSeen { what, after, calls } => {
                calls::first_seen(&mut finder, *what, *after, calls);
            }
            Pattern::InGap { of, gap } => gaps::in_gap(&mut finder, of, *gap),
            Pattern::SharedId {
                members,
                digits_min,
                unless,
            } => shared::shared_id(&mut finder, members, *digits_min, unless),
        }
        all.extend(finder.found);
    }
    yielding(rules, &mut all);
    sort(rules, &mut all);
    all
}

/// Puts findings in order: what is most severe first, then by time.
pub fn sort(rules: &Rules, all: &mut [Found]) {
    let severity = severities(rules);
    all.sort_by(|a, b| {
        let severity = |found: &Found| severity.get(found.code.as_str()).copied();
        let order = |found: &Found| (found.first, found.last, found.code);
        severity(b)
            .cmp(&severity(a))
            .then_with(|| order(a).cmp(&order(b)))
            .then_with(|| (&a.account, &a.region).cmp(&(&b.account, &b.region)))
            .then_with(|| (&a.events, &a.sources).cmp(&(&b.events, &b.sources)))
            .then_with(|| a.message.cmp(&b.message))
    });
}

fn severities(rules: &Rules) -> BTreeMap<&str, Severity> {
    let rules = rules.iter();
    rules
        .map(|rule| (rule.code.as_str(), rule.entry.severity))
        .collect()
}

/// Drops what another finding of the same events tells better.
fn yielding(rules: &Rules, all: &mut Vec<Found>) {
    let mut better: BTreeMap<&str, BTreeSet<EventIndex>> = BTreeMap::new();
    let yields: Vec<&Rule> = rules
        .iter()
        .filter(|rule| !rule.entry.yields_to.is_empty())
        .collect();
    for rule in &yields {
        let others = all.iter().filter(|found| {
            let mut to = rule.entry.yields_to.iter();
            to.any(|code| *code == found.code.as_str())
        });
        better.insert(
            rule.code.as_str(),
            others
                .flat_map(|found| found.events.iter().copied())
                .collect(),
        );
    }
    all.retain(|found| {
        let told = better.get(found.code.as_str());
        told.is_none_or(|told| !found.events.iter().all(|event| told.contains(event)))
    });
}
