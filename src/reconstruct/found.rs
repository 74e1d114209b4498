//! What in an archive deserves a look: found in all of it, whatever is asked, then narrowed.

use std::collections::BTreeSet;

use super::gathered::Gathered;
use super::kept::Kept;
use super::rows::Sieve;
use super::subject::Subject;
use super::{Archive, Holes, gaps};
use crate::archive::FileFindings;
use crate::catalogue::Catalogue;
use crate::coverage::Coverage;
use crate::error::Result;
use crate::event::Event;
use crate::findings::{self, Findings, Found, Rules, Severity, Surroundings};
use crate::interval::{Finding, Timeline};
use crate::members::Members;
use crate::query::Filter;
use crate::text::Text;
use crate::verification::Gap;

/// Which findings are asked for; what is absent lets everything through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FindingFilter {
    /// Codes.
    pub codes: Vec<String>,
    /// At least so severe.
    pub severity_min: Option<Severity>,
}

/// What was found, and how far the archive can tell.
#[derive(Debug, Clone, Default)]
pub struct FindingsAnswer {
    /// What was found.
    pub findings: Findings,
    /// How many there were before `--limit` cut them.
    pub rows_total: usize,
    /// Which time the archive covers.
    pub coverage: Coverage,
    /// What of the evidence could not be used.
    pub holes: Holes,
    /// The times within what was asked for of which digests prove that the archive lacks something.
    pub gaps: Vec<Gap>,
}

/// Answers `findings`: what in the archive deserves a look.
///
/// # Errors
///
/// Where the index cannot be read.
pub fn findings(
    archive: Archive<'_>,
    filter: &Filter,
    wanted: &FindingFilter,
) -> Result<FindingsAnswer> {
    let rules = Rules::embedded();
    let kept = Kept::open(archive).and_then(|kept| kept.found());
    let mut findings = match kept {
        Some(findings) => findings,
        None => of_all(archive)?,
    };
    findings.found.extend(of_files(archive, rules)?);
    let sieve = Sieve::new(archive.catalogue, filter);
    let severity = |found: &Found| rules.get(&found.code).map(|rule| rule.entry.severity);
    findings.found.retain(|found| {
        let is_code = wanted.codes.is_empty()
            || wanted
                .codes
                .iter()
                .any(|code| code.eq_ignore_ascii_case(&found.code));
        is_code
            && severity(found) >= wanted.severity_min
            && sieve.passes_found(archive.catalogue, found, &findings.events)
    });
    findings::sort(rules, &mut findings.found);
    let rows_total = findings.found.len();
    findings.found.truncate(filter.limit.unwrap_or(rows_total));
    Ok(FindingsAnswer {
        findings: findings.without_unused_events(),
        rows_total,
        coverage: archive.reader.coverage().clone(),
        holes: Holes::of(archive.reader),
        gaps: gaps(archive.reader, filter),
    })
}

/// Finds what a history has to do with.
pub(super) fn touching(
    archive: Archive<'_>,
    subject: &Subject,
    filter: &Filter,
    told: &Timeline,
) -> Result<Findings> {
    let about = about(told, subject);
    let kept = Kept::open(archive).and_then(|kept| kept.found_near(&about));
    let mut findings = match kept {
        Some(findings) => findings,
        None => of_all(archive)?,
    };
    let sieve = Sieve::new(archive.catalogue, filter);
    let events = &findings.events;
    findings.found.retain(|found| {
        let mut rests_on = found.events.iter().map(|event| &events[event.0 as usize]);
        let is_reported = told_already(found);
        let touches = subject.is_in_members(&found.members)
            || rests_on.clone().any(|event| subject.is_actor(&event.actor))
            || found.relations.is_empty()
                && rests_on
                    .clone()
                    .any(|event| about.contains(&event.event_id));
        !is_reported
            && touches
            && rests_on.any(|event| about.contains(&event.event_id))
            && sieve.passes_found(archive.catalogue, found, events)
    });
    Ok(findings.without_unused_events())
}

/// Says whether the fold has told it: then it stands at its interval, or among the timeline's findings.
fn told_already(found: &Found) -> bool {
    let rule = Rules::embedded().get(&found.code);
    rule.is_some_and(|rule| matches!(rule.entry.pattern, findings::Pattern::Reported {}))
}

/// Lists the ids of the events that an answer about one thing rests on.
fn about(told: &Timeline, subject: &Subject) -> BTreeSet<Text> {
    let bounds = told
        .intervals
        .iter()
        .flat_map(|interval| [interval.start.event, interval.end.event]);
    let attempts = told.attempts.iter().map(|attempt| Some(attempt.event));
    let pointed_to = bounds.chain(attempts).flatten();
    let pointed_to = pointed_to.filter_map(|index| told.event(index));
    let named = told
        .events
        .iter()
        .filter(|event| subject.is_in_event(event));
    pointed_to
        .chain(named)
        .map(|event| event.event_id.clone())
        .collect()
}

/// Reads and folds everything, and finds.
fn of_all(archive: Archive<'_>) -> Result<Findings> {
    let told = Gathered::of(archive)?.everything()?.timeline;
    let found = found(archive, &told)?;
    let findings = Findings {
        found,
        events: told.events,
    };
    Ok(findings.without_unused_events())
}

/// Finds all that there is in the timeline of an archive, in which nothing was left aside.
///
/// # Errors
///
/// Where the index cannot be read.
pub(super) fn found(archive: Archive<'_>, told: &Timeline) -> Result<Vec<Found>> {
    // The index sums up which hours have records; the ledger knows them.
    let mut coverage = Coverage::default();
    for file in archive.reader.files()? {
        coverage.merge(&file.coverage);
    }
    let around = Surroundings {
        coverage: &coverage,
        gaps: archive.reader.verified().gaps(),
    };
    let catalogue = archive.catalogue;
    Ok(findings::find(catalogue, Rules::embedded(), told, around))
}

/// Tells of single files.
fn of_files(archive: Archive<'_>, rules: &Rules) -> Result<Vec<Found>> {
    let mut told = FileFindings::default();
    let files = archive.reader.files()?;
    files.iter().for_each(|file| told.take(file));
    Ok(told
        .told()
        .into_iter()
        .filter_map(|finding| of_file(rules, &finding))
        .collect())
}

fn of_file(rules: &Rules, finding: &Finding) -> Option<Found> {
    Some(Found {
        code: rules.get(&finding.code)?.code,
        message: finding.message.clone(),
        account: Text::default(),
        region: Text::default(),
        first: None,
        last: None,
        relations: Vec::new(),
        members: Members::new(),
        events: Vec::new(),
        sources: finding.sources.clone(),
    })
}

impl Sieve<'_> {
    /// Says whether a finding passes: one of its events does.
    pub(super) fn passes_found(
        &self,
        catalogue: &Catalogue,
        found: &Found,
        events: &[Event],
    ) -> bool {
        let mut rests_on = found.events.iter().map(|event| &events[event.0 as usize]);
        let acts_alike = |event: &Event| match found.relations.is_empty() {
            true => self.passes_call(catalogue, event),
            false => self.passes_place(event) && self.is_wanted(event),
        };
        let is_kind = found.relations.is_empty()
            || found
                .relations
                .iter()
                .any(|relation| self.is_kind(relation));
        match found.events.is_empty() {
            true => !self.narrows(),
            false => {
                is_kind && self.is_in_period(found.first, found.last) && rests_on.any(acts_alike)
            }
        }
    }
}
