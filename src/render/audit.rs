//! An audit as people read it: how many things compare how, and each that does not match.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Style;
use super::cell::{Cell, Tone};
use super::grid::{self, Plan};
use super::stack::write_labelled;
use crate::audit::{AuditRow, Status, What};
use crate::text::count;

pub(super) const DEVIATIONS: Plan = Plan {
    fields: &["STATUS", "WHAT", "FILE", "NOTE"],
    layouts: &["STATUS | WHAT | FILE | NOTE"],
};

/// Writes the sums, then a row for each thing that does not match; returns how many things there were.
///
/// # Errors
///
/// What the writer says.
pub fn write(out: &mut dyn Write, style: &Style, rows: &[AuditRow]) -> io::Result<usize> {
    let mut counts: BTreeMap<(What, Status), u64> = BTreeMap::new();
    for row in rows {
        *counts.entry((row.what, row.status)).or_default() += 1;
    }
    for what in What::ALL {
        let of_what = Status::ALL.iter().filter_map(|status| {
            let number = counts.get(&(what, *status))?;
            Some(format!("{} {}", count(*number), status.word()))
        });
        let said: Vec<String> = of_what.collect();
        if !said.is_empty() {
            let said = Cell::prose(said.join(" + "));
            write_labelled(out, style, what.word(), "manifest".len(), &said)?;
        }
    }
    let deviating = rows.iter().filter(|row| row.status != Status::Matched);
    if deviating.clone().next().is_none() {
        return Ok(rows.len());
    }
    writeln!(out)?;
    let deviating = deviating.map(|row| {
        let tone = match (row.has_failed(), row.is_hole()) {
            (true, _) => Tone::Bad,
            (false, true) => Tone::Doubtful,
            (false, false) => Tone::Plain,
        };
        vec![
            Cell::fixed(row.status.word()).tone(tone),
            Cell::fixed(row.what.word()),
            Cell::fixed(&row.path),
            note(row),
        ]
    });
    grid::write(out, style, &DEVIATIONS, deviating)?;
    Ok(rows.len())
}

fn note(row: &AuditRow) -> Cell {
    if let Some(note) = &row.note {
        return Cell::prose(note);
    }
    match (row.expected_sha256, row.found_sha256) {
        (Some(then), Some(now)) if then != now => {
            Cell::prose(format!("sha256 was {then}, is {now}"))
        }
        _ => Cell::prose(""),
    }
}
