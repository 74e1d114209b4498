//! Intervals as bars over an axis of time: who held what when, at a glance.
//!
//! The axis is that of the report: every time has its place in order, and long waits are shortened. Only
//! what is certain is drawn full.

mod in_vain;
mod sheet;

use std::io::{self, Write};

use jiff::Timestamp;

use super::axis::Axis;
use super::cell::{Cell, Tone};
use super::{Style, words};
use crate::catalogue::Catalogue;
use crate::interval::{Interval, Timeline};
use crate::text::Text;
use in_vain::{InVain, attempts};
use sheet::Sheet;

/// Writes one bar for each interval, in their order, and one line for the attempts of each principal;
/// returns how many lines.
///
/// # Errors
///
/// What the writer says.
pub(super) fn write(
    out: &mut dyn Write,
    style: &Style,
    catalogue: &Catalogue,
    timeline: &Timeline,
) -> io::Result<usize> {
    let attempts = attempts(timeline);
    let lanes = timeline.intervals.len() + attempts.len();
    if lanes == 0 {
        return Ok(0);
    }
    let axis = Axis::over(times(timeline));
    let labels: Vec<Cell> = timeline
        .intervals
        .iter()
        .enumerate()
        .map(|(index, interval)| label(style, catalogue, interval, index))
        .chain(attempts.iter().map(InVain::label))
        .collect();
    let sheet = Sheet::fitting(style, &labels);
    sheet.write_axis(out, style, &axis)?;
    let bars = timeline
        .intervals
        .iter()
        .map(|interval| sheet.bar(&axis, interval, style.color));
    let in_vain = attempts
        .iter()
        .map(|lane| sheet.attempts(&axis, &lane.times, style.color));
    for (label, bar) in labels.iter().zip(bars.chain(in_vain)) {
        sheet.write_lane(out, style, label, &bar)?;
    }
    sheet.write_legend(out, style)?;
    Ok(lanes)
}

/// Lists the times that the axis must have.
fn times(timeline: &Timeline) -> Vec<Timestamp> {
    let bounds = timeline.intervals.iter();
    let bounds = bounds.flat_map(|interval| [&interval.start, &interval.end]);
    let times = bounds
        .flat_map(|bound| [bound.not_before, bound.not_after])
        .flatten();
    let attempts = timeline.attempts.iter();
    let attempts = attempts.filter_map(|attempt| timeline.event(attempt.event));
    times.chain(attempts.map(|event| event.time)).collect()
}

/// Names an interval: its number where rows have one, its kind, what is attached, and to what.
fn label(style: &Style, catalogue: &Catalogue, interval: &Interval, index: usize) -> Cell {
    let number = style.first_row.map(|first| Cell::fixed(first + index));
    let cell = number
        .unwrap_or_default()
        .and(words::kind_cell(catalogue, interval).tone(Tone::Faint));
    let held = words::held(catalogue, interval).map(|(_, id)| id);
    let holder: Option<&Text> = words::holder(catalogue, interval).map(|(_, id)| id);
    let cell = cell.and(words::held_cell(catalogue, interval));
    match holder {
        Some(holder) if Some(holder) != held => cell.and_fixed("→").and_fixed(holder),
        _ => cell,
    }
}
