//! How an answer ends: what it leaves out, what leaves it in doubt, and the exit status.

use trailspan::index::Reader;
use trailspan::interval::Finding;
use trailspan::reconstruct::Answer;
use trailspan::render::rows;
use trailspan::text::Escaped;

use super::status::Outcome;
use super::terminal::Terminal;
use super::{note_gaps, note_holes, several, status};

/// The findings that leave an answer in doubt: for one event, for several, and why.
const DOUBTS: [(&str, &str, &str, &str); 2] = [
    (
        "response-missing",
        "call succeeded",
        "calls succeeded",
        "without the response in its record, so what it made or attached may be missing here",
    ),
    (
        "conflicting-duplicate",
        "event here has",
        "events here have",
        "records of one eventID that differ, and may not be what happened",
    ),
];

/// Notes what the answer leaves out, and makes the exit status.
pub(super) fn conclude(
    answer: &Answer,
    shown: &rows::Shown,
    reader: &Reader,
    terminal: &mut Terminal,
) -> Outcome {
    terminal.note_guarded(shown)?;
    if answer.rows_aside > 0 {
        terminal.note(&format!(
            "{} more ends of assignments and settings (security groups, private addresses, routes, …) \
             are told when --kind names them; `timeline` tells all",
            answer.rows_aside
        ))?;
    }
    if shown.rows < answer.rows_total {
        terminal.note(&format!(
            "{} of {} rows; see --limit",
            shown.rows, answer.rows_total
        ))?;
    }
    if shown.rows == 0 {
        let period = match (answer.coverage.first(), answer.coverage.last()) {
            (Some(first), Some(last)) => format!(", which covers {first} to {last}"),
            _ => String::new(),
        };
        let events = reader.events_count()?;
        terminal.note(&format!(
            "not in this archive{period}: {events} events were looked at"
        ))?;
    }
    let is_doubtful = note_doubts(&answer.timeline.findings, terminal)?;
    note_holes(answer.holes, terminal)?;
    note_gaps(&answer.gaps, terminal)?;
    // What may be told by a record that is not whole is not known to be absent.
    let has_holes = answer.holes.any() || !answer.gaps.is_empty() || is_doubtful && shown.rows == 0;
    Ok(status(has_holes, shown.rows))
}

/// Notes events that may have done more than is told; says whether there are any.
fn note_doubts(findings: &[Finding], terminal: &mut Terminal) -> std::io::Result<bool> {
    let mut any = false;
    for (code, one, many, what) in DOUBTS {
        let mut of_code = findings.iter().filter(|finding| finding.code == code);
        let Some(first) = of_code.next() else {
            continue;
        };
        any = true;
        let ids: Vec<String> = first
            .event_ids
            .iter()
            .map(|id| Escaped(id.as_str()).to_string())
            .collect();
        terminal.note(&format!(
            "{} {what}; see `trailspan show {}`",
            several(1 + of_code.count() as u64, one, many),
            ids.join(" "),
        ))?;
    }
    Ok(any)
}
