//! A timeline for Timesketch and lnav: every event, and both ends of every interval, in order of time.

use std::io::Write;
use std::iter::Peekable;
use std::vec::IntoIter;

use jiff::Timestamp;

use super::mapping::{Mapping, bound, event, line, time};
use super::rows::interval_ids;
use super::{Source, Step, Written};
use crate::interval::Timeline;
use crate::render::sentence::Side;

/// Writes one object a line; where times are equal, events come first.
pub(super) fn write(source: &Source<'_>, out: &mut dyn Write) -> Step<Written> {
    let whole = source.whole()?;
    let told = whole.timeline;
    let mut bounds = Bounds::new(source, &told);
    let mut written = Written {
        timeless_bounds: bounds.timeless,
        ..Written::of(source)
    };
    written
        .rows
        .extend([("events", 0), ("ends of intervals", 0)]);
    let catalogue = source.archive.catalogue;
    let further = source.each_event(
        |told| {
            let made = Mapping::timesketch_event().apply(&event(catalogue, &told));
            (told.event.time, line(&made))
        },
        |(time, line)| {
            bounds.write(Some(time), out, &mut written)?;
            written.count("events");
            Ok(out.write_all(&line?)?)
        },
    )?;
    bounds.write(None, out, &mut written)?;
    written.left_out = whole.intervals_left_out as u64 + further;
    written.doubts.findings = told.findings;
    Ok(written)
}

/// The ends that are still to be written.
struct Bounds<'b, 's> {
    source: &'b Source<'s>,
    told: &'b Timeline,
    ids: Vec<String>,
    left: Peekable<IntoIter<(Timestamp, usize, Side)>>,
    timeless: u64,
}

impl<'b, 's> Bounds<'b, 's> {
    fn new(source: &'b Source<'s>, told: &'b Timeline) -> Self {
        let mut timed = Vec::new();
        let mut timeless = 0;
        for (number, interval) in told.intervals.iter().enumerate() {
            for (side, end) in [(Side::Start, &interval.start), (Side::End, &interval.end)] {
                match time(end) {
                    Some(time) => timed.push((time, number, side)),
                    None => timeless += 1,
                }
            }
        }
        timed.sort_unstable();
        Self {
            source,
            told,
            ids: interval_ids(source, told),
            left: timed.into_iter().peekable(),
            timeless,
        }
    }

    /// Writes those before a time; without one, all.
    fn write(
        &mut self,
        until: Option<Timestamp>,
        out: &mut dyn Write,
        written: &mut Written,
    ) -> Step<()> {
        let is_due = |next: &(Timestamp, usize, Side)| until.is_none_or(|until| next.0 < until);
        while let Some((_, number, side)) = self.left.next_if(is_due) {
            self.source.go_on()?;
            let named = (&self.told.intervals[number], self.ids[number].as_str());
            let input = bound(self.source.archive.catalogue, self.told, named, side);
            out.write_all(&line(&Mapping::timesketch_bound().apply(&input))?)?;
            written.count("ends of intervals");
        }
        Ok(())
    }
}
