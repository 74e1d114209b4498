//! What was found: one row for each, those that touch one thing, and all that is known of one kind.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::cell::{Cell, Tone};
use super::grid::{self, Plan, Row, Written};
use super::intervals::place;
use super::stack::write_labelled;
use super::{Style, time, words};
use crate::event::EventIndex;
use crate::findings::{Findings, Found, Rule, Rules, Severity};
use crate::interval::{Finding, Timeline};
use crate::text::{Text, count, several};

/// On a terminal, so many events of a finding are named.
const EVENTS_SHOWN_MAX: usize = 6;

pub(super) const FOUND: Plan = Plan {
    fields: &[
        "SEVERITY", "FIRST", "LAST", "FINDING", "WHAT", "WHERE", "EVENTS",
    ],
    layouts: &[
        "SEVERITY | FIRST | LAST | FINDING | WHAT | WHERE | EVENTS",
        "SEVERITY | FIRST | FINDING | WHAT | WHERE",
        "SEVERITY+FIRST | FINDING+WHERE | WHAT",
        "SEVERITY+FIRST | FINDING+WHAT",
    ],
};

/// Writes one row for each finding.
///
/// # Errors
///
/// What the writer says.
pub fn write(out: &mut dyn Write, style: &Style, findings: &Findings) -> io::Result<Written> {
    let rows = findings.found.iter().map(|found| row(style, found));
    grid::write(out, style, &FOUND, rows)
}

fn row(style: &Style, found: &Found) -> Row {
    let severity = severity(found);
    let when = |time| match time {
        Some(time) => Cell::fixed(time::show(time, &style.zone)),
        None => Cell::fixed("-"),
    };
    let events = found.events.len();
    vec![
        Cell::fixed(severity.word()).tone(tone(severity)),
        when(found.first),
        when(found.last.filter(|last| Some(*last) != found.first)),
        Cell::fixed(found.code),
        what(found),
        match found.events.is_empty() {
            true => Cell::fixed("-"),
            false => place(&found.account, &found.region),
        },
        Cell::fixed(count(events as u64)),
    ]
}

/// Shows what it is, and the first of the files that it is of.
fn what(found: &Found) -> Cell {
    let said = Cell::prose(&found.message);
    match (&found.sources[..], found.events.is_empty()) {
        ([source, more @ ..], true) => {
            let said = said.and_fixed(source);
            match more.len() as u64 {
                0 => said,
                more => said.and(Cell::prose(format!(
                    "and {}",
                    several(more, "more file", "more files")
                ))),
            }
        }
        _ => said,
    }
}

/// Returns how severe a finding is.
pub(super) fn severity(found: &Found) -> Severity {
    let rule = Rules::embedded().get(&found.code);
    rule.map_or(Severity::Info, |rule| rule.entry.severity)
}

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::High => Tone::Bad,
        Severity::Medium => Tone::Doubtful,
        Severity::Low => Tone::Plain,
        Severity::Info => Tone::Faint,
    }
}

/// Lets intervals and attempts carry the findings that touch them: one of its events began or ended the
/// interval, or is the attempt, and the finding is about what takes part in it.
pub(super) fn carried(timeline: &Timeline, findings: &Findings) -> Timeline {
    let mut timeline = timeline.clone();
    let mut by_event: BTreeMap<&Text, Vec<&Found>> = BTreeMap::new();
    for found in &findings.found {
        for event in findings.events_of(found) {
            by_event.entry(&event.event_id).or_default().push(found);
        }
    }
    let events = &timeline.events;
    let of = |event: Option<EventIndex>| {
        let event = event.and_then(|event| events.get(event.0 as usize));
        event
            .and_then(|event| by_event.get(&event.event_id))
            .into_iter()
            .flatten()
            .copied()
    };
    for interval in &mut timeline.intervals {
        let (start, end) = (interval.start.event, interval.end.event);
        let mut told: Vec<&Found> = of(start).chain(of(end)).collect();
        told.retain(|found| {
            let members = interval.members.iter();
            let mut shared =
                members.filter_map(|(name, value)| Some((found.members.get(name)?, value)));
            found.relations.is_empty()
                || found.relations.contains(&interval.relation)
                    && shared.any(|(values, value)| values.contains(value))
        });
        carry(findings, &mut interval.findings, &told);
    }
    for attempt in &mut timeline.attempts {
        let told: Vec<&Found> = of(Some(attempt.event)).collect();
        carry(findings, &mut attempt.findings, &told);
    }
    timeline
}

fn carry(findings: &Findings, carried: &mut Vec<Finding>, told: &[&Found]) {
    for found in told {
        let finding = Finding {
            code: found.code.to_string(),
            message: found.message.clone(),
            event_ids: findings
                .events_of(found)
                .map(|event| event.event_id.clone())
                .collect(),
            sources: Vec::new(),
        };
        if !carried.contains(&finding) {
            carried.push(finding);
        }
    }
}

/// Writes the findings that touch the subject of a history, as the last entries of its findings.
///
/// # Errors
///
/// What the writer says.
pub fn write_touching(
    out: &mut dyn Write,
    style: &Style,
    findings: &Findings,
    has_heading: bool,
) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    if !has_heading {
        writeln!(out, "{}", Tone::Strong.paint("FINDINGS", style.color))?;
    }
    for (number, found) in findings.found.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        write_one(out, style, findings, found)?;
    }
    Ok(())
}

fn write_one(
    out: &mut dyn Write,
    style: &Style,
    findings: &Findings,
    found: &Found,
) -> io::Result<()> {
    let severity = severity(found);
    let title = Cell::fixed(format!("{}, {}:", found.code, severity.word())).tone(tone(severity));
    write_labelled(out, style, "  ", 0, &title.and(Cell::prose(&found.message)))?;
    let shown = match style.width {
        Some(_) => EVENTS_SHOWN_MAX,
        None => usize::MAX,
    };
    for event in findings.events_of(found).take(shown) {
        let cell = Cell::fixed("event")
            .and_fixed(&event.event_id)
            .and_fixed(&event.event_name)
            .and_fixed("by")
            .and(words::actor_cell(Some(&event.actor)));
        write_labelled(out, style, "  ", 2, &cell.tone(Tone::Faint))?;
    }
    match found.events.len().saturating_sub(shown) {
        0 => Ok(()),
        more => write_labelled(
            out,
            style,
            "  ",
            2,
            &Cell::prose(format!("and {} more events", count(more as u64))),
        ),
    }
}

/// Writes all that is known of a kind of finding.
///
/// # Errors
///
/// What the writer says.
pub fn write_rule(out: &mut dyn Write, style: &Style, rule: &Rule) -> io::Result<()> {
    let entry = &rule.entry;
    let heading = |out: &mut dyn Write, text: &str| {
        writeln!(out, "{}", Tone::Strong.paint(text, style.color))
    };
    heading(out, &rule.code)?;
    for (title, said) in [
        ("title", &entry.title[..]),
        ("severity", entry.severity.word()),
        ("meaning", &entry.meaning),
        ("evidence", &entry.evidence),
    ] {
        write_labelled(out, style, &format!("  {title}"), 10, &Cell::prose(said))?;
    }
    for (title, sentences) in [
        ("ASK NEXT", &entry.ask),
        ("WHAT ELSE LOOKS THE SAME", &entry.false_positives),
    ] {
        if sentences.is_empty() {
            continue;
        }
        writeln!(out)?;
        heading(out, title)?;
        for sentence in sentences {
            write_labelled(out, style, "  -", 2, &Cell::prose(sentence))?;
        }
    }
    if !entry.attack.is_empty() {
        let version = Rules::embedded().attack_version();
        writeln!(out)?;
        heading(out, &format!("ATT&CK TECHNIQUES (version {version})"))?;
        let ids = entry.attack.iter();
        let cell = ids.fold(Cell::default(), |cell, id| cell.and_fixed(id));
        write_labelled(out, style, "", 0, &cell)?;
    }
    Ok(())
}

/// Writes the codes of all that can be found with their titles, the most severe first.
///
/// # Errors
///
/// What the writer says.
pub fn write_rules(out: &mut dyn Write, style: &Style, rules: &Rules) -> io::Result<()> {
    let columns = rules.iter().map(|rule| rule.code.len()).max().unwrap_or(0);
    for severity in Severity::ALL {
        let of_severity = || rules.iter().filter(|rule| rule.entry.severity == severity);
        if of_severity().next().is_none() {
            continue;
        }
        let heading = format!("findings of severity {}", severity.word());
        writeln!(out, "\n{}", Tone::Strong.paint(&heading, style.color))?;
        for rule in of_severity() {
            let code = format!("  {}", rule.code);
            write_labelled(
                out,
                style,
                &code,
                columns + 2,
                &Cell::prose(&rule.entry.title),
            )?;
        }
    }
    Ok(())
}

/// Names who made the calls that a finding rests on, each once.
pub(super) fn actors<'f>(findings: &'f Findings, found: &'f Found) -> Vec<&'f Text> {
    let mut labels: Vec<&Text> = findings
        .events_of(found)
        .map(|event| &event.actor.label)
        .filter(|label| !label.is_empty())
        .collect();
    labels.sort_unstable();
    labels.dedup();
    labels
}
