//! Events over time, a step a line.

use std::io::{self, Write};

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr as _;

use super::Style;
use super::cell::Tone;
use super::grid::{GAP, WIDTH_MIN};
use super::time;
use crate::histogram::{Bucket, Histogram};

/// How long the longest bar is where there is no terminal that it could fill, in columns.
const PLAIN_COLUMNS: usize = 60;

/// Writes one line for each step: where it begins, how many events, and a bar of them, in which those that
/// failed stand last; returns how many lines. On a terminal the longest bar fills the line; elsewhere bars
/// are of `#` and `x`.
///
/// # Errors
///
/// What the writer says.
pub fn write(out: &mut dyn Write, style: &Style, histogram: &Histogram) -> io::Result<usize> {
    let buckets = &histogram.buckets;
    let most = buckets
        .iter()
        .map(|bucket| bucket.events)
        .max()
        .unwrap_or(0);
    if most == 0 {
        return Ok(0);
    }
    let labels = labels(buckets, &style.zone);
    let of_label = labels
        .iter()
        .map(|label| label.width())
        .max()
        .unwrap_or(0)
        .max("FROM".len());
    let of_count = most.to_string().len().max("EVENTS".len());
    let (columns, marks) = match style.width {
        Some(width) => {
            let room = width
                .max(WIDTH_MIN)
                .saturating_sub(of_label + of_count + 2 * GAP);
            (room.max(1), ["█", "▒"])
        }
        None => (PLAIN_COLUMNS, ["#", "x"]),
    };
    let [events, failed] = marks;
    let legend = format!("{events} events, {failed} of them failed");
    let title = format!("{:of_label$}  {:>of_count$}", "FROM", "EVENTS");
    writeln!(
        out,
        "{}  {}",
        Tone::Strong.paint(&title, style.color),
        Tone::Faint.paint(&legend, style.color)
    )?;
    for (bucket, label) in buckets.iter().zip(&labels) {
        let whole = scaled(bucket.events, most, columns);
        let of_failed = scaled(bucket.failed, most, columns).min(whole);
        let bar = events.repeat(whole - of_failed);
        let failed = Tone::Bad.paint(&failed.repeat(of_failed), style.color);
        let line = format!(
            "{label:of_label$}  {:>of_count$}  {bar}{failed}",
            bucket.events
        );
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(buckets.len())
}

/// Says how many columns stand for so many events: at least one where there is any.
fn scaled(events: u64, most: u64, columns: usize) -> usize {
    let exact = u128::from(events) * columns as u128;
    let rounded = exact.div_ceil(u128::from(most.max(1)));
    usize::try_from(rounded).unwrap_or(columns).min(columns)
}

/// Names the steps by their beginnings: days by their dates, shorter steps by their clock too.
fn labels(buckets: &[Bucket], zone: &TimeZone) -> Vec<String> {
    const DAY: SignedDuration = SignedDuration::from_hours(23);
    let are_days = buckets
        .iter()
        .all(|bucket| bucket.until.duration_since(bucket.from) >= DAY);
    let label = |bucket: &Bucket| match are_days {
        true => zone.to_datetime(bucket.from).date().to_string(),
        false => time::show(bucket.from, zone),
    };
    buckets.iter().map(label).collect()
}
