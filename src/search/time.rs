//! Times as a person types them, alike for every command: a period of the precision written.
//!
//! Not for: how times are shown (`render`).

mod foreign;
mod forms;
mod frame;
mod pasted;
mod relative;
mod text;

use std::ops::Range;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan};

use self::text::{Clock, DateUnit, Written};
use super::SearchError;
use super::failure::quoted;
pub use forms::{FORMS, Form};
pub use frame::Frame;
pub(super) use pasted::{goes_on, looks_relative};
pub use relative::units;
pub(super) use text::looks_like_a_date;
pub use text::zone;

/// Returns the period that `text` writes: from its start (inclusive) to its end (exclusive).
///
/// | written | period |
/// |---|---|
/// | `2024` · `2024-03` · `2024-W10` · `2024-03-01` · `2024-W10-5` | that year, month, week of ISO 8601, day |
/// | `2024-03-01T10` · `2024-03-01 10:00` | that hour, minute |
/// | `2024-03-01T10:00:05Z` · `2024-03-01T10:00:05.25+01:00` | that second, whatever the fraction, since CloudTrail writes whole seconds |
/// | `1709287205` · `@1709287205` | that second since 1970 |
/// | `last 7d` · `7d` · `last week` | from so long before the archive's newest event, up to and with it |
/// | `2h ago` | that second, so long before the archive's newest event |
///
/// `T` may be a blank or small. Behind any but the last may stand, with or without blanks, `Z`, an
/// offset (`+01:00`, `+0100`, `+01`) or, after a blank, a zone of the IANA database that we carry
/// (`Europe/Berlin`); without, `frame` decides. Blanks around are ignored. A day begins with its
/// first instant, also where its midnight is skipped. Units of relative times are `s`, `min`, `h`, `d`,
/// `w`, `mo`, `y` and their English names; days and longer ones follow the calendar of the zone.
///
/// # Errors
///
/// What is no such time; a zone that does not exist, with the nearest; an hour or finer that the
/// clocks of the zone skipped or showed twice, with both readings; a relative time where there is no
/// event to count from; what could mean two things (`03/04/2024`, `5m`), with both. The span lies in
/// `text`.
pub fn period(text: &str, frame: &Frame) -> Result<(Timestamp, Timestamp), SearchError> {
    if let Some(period) = relative::period(text, frame) {
        return period;
    }
    let written = text::read(text).map_err(|error| foreign::explained(text, error))?;
    bounds(&written, frame.zone())
}

/// Returns the instant that `text` writes: the start of its period, with the fraction of a second.
///
/// This is what `--since`, `--until` and `at TIME` take.
///
/// # Errors
///
/// As [`period`].
pub fn instant(text: &str, frame: &Frame) -> Result<Timestamp, SearchError> {
    if let Some(period) = relative::period(text, frame) {
        return period.map(|(start, _)| start);
    }
    let written = text::read(text).map_err(|error| foreign::explained(text, error))?;
    let (start, _) = bounds(&written, frame.zone())?;
    let fraction = match &written.clock {
        Clock::At { fraction_nanos, .. } => *fraction_nanos,
        Clock::None | Clock::Epoch(_) => 0,
    };
    start
        .checked_add(SignedDuration::from_nanos(fraction))
        .map_err(|_| outside(&written))
}

/// Returns what `A..B` covers: from the start of A up to the **end** of B, as precise as written.
///
/// `2024-03-01..2024-03-05` holds all of March 5; either side may be missing, not both. A text
/// without `..` is one period.
///
/// # Errors
///
/// As [`period`]; a range that ends before it begins.
pub fn range(
    text: &str,
    frame: &Frame,
) -> Result<(Option<Timestamp>, Option<Timestamp>), SearchError> {
    let Some((from, to)) = text.split_once("..") else {
        let (start, end) = period(text, frame)?;
        return Ok((Some(start), Some(end)));
    };
    between(from, 0, to, from.len() + 2, frame)
}

/// Returns what `from` to `to`, each with the byte at which it stands in the whole, covers.
pub(super) fn between(
    from: &str,
    from_at: usize,
    to: &str,
    to_at: usize,
    frame: &Frame,
) -> Result<(Option<Timestamp>, Option<Timestamp>), SearchError> {
    let all = from_at..to_at + to.len();
    let side = |text: &str, at: usize| match text.trim().is_empty() {
        true => Ok(None),
        false => period(text, frame)
            .map(Some)
            .map_err(|error| error.shifted(at)),
    };
    match (side(from, from_at)?, side(to, to_at)?) {
        (None, None) => Err(SearchError::new(all, "a range needs a time on one side")
            .suggest("`2024-03-01..2024-03-05` or `2024-03-01..`")),
        (Some((start, _)), Some((_, end))) if end <= start => Err(SearchError::new(
            all,
            "the range ends before it begins",
        )
        .suggest(format_args!("`{}..{}`", to.trim(), from.trim()))),
        (from, to) => Ok((from.map(|(start, _)| start), to.map(|(_, end)| end))),
    }
}

fn bounds(written: &Written, zone: &TimeZone) -> Result<(Timestamp, Timestamp), SearchError> {
    let zone = written.zone.as_ref().unwrap_or(zone);
    match &written.clock {
        Clock::None => {
            let first = written.date;
            let length = match written.unit {
                DateUnit::Year => 1.year(),
                DateUnit::Month => 1.month(),
                DateUnit::Week => 1.week(),
                DateUnit::Day => 1.day(),
            };
            let after = first.checked_add(length).map_err(|_| outside(written))?;
            Ok((
                day_start(first, zone, written)?,
                day_start(after, zone, written)?,
            ))
        }
        Clock::At {
            time, precision, ..
        } => {
            let start = on_the_clock(written, *time, zone)?;
            Ok((start, later(start, *precision, written)?))
        }
        Clock::Epoch(seconds) => {
            let start = Timestamp::from_second(*seconds).map_err(|_| outside(written))?;
            Ok((start, later(start, SignedDuration::from_secs(1), written)?))
        }
    }
}

fn later(
    start: Timestamp,
    by: SignedDuration,
    written: &Written,
) -> Result<Timestamp, SearchError> {
    start.checked_add(by).map_err(|_| outside(written))
}

/// Returns the first instant of a day: midnight, or what the clocks showed instead of it.
fn day_start(date: Date, zone: &TimeZone, written: &Written) -> Result<Timestamp, SearchError> {
    match date.to_zoned(zone.clone()) {
        Ok(zoned) => Ok(zoned.timestamp()),
        Err(_) => Err(outside(written)),
    }
}

/// Returns the instant at which the clocks of the zone showed this time, if it was one.
fn on_the_clock(written: &Written, time: Time, zone: &TimeZone) -> Result<Timestamp, SearchError> {
    let shown = DateTime::from_parts(written.date, time);
    let ambiguous = zone.to_ambiguous_timestamp(shown);
    let shown_text = quoted(&written.local_text);
    let (what, first, second) = match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => {
            return ambiguous.compatible().map_err(|_| outside(written));
        }
        AmbiguousOffset::Gap { before, after } => (format!("skipped {shown_text}"), before, after),
        AmbiguousOffset::Fold { before, after } => {
            (format!("showed {shown_text} twice"), before, after)
        }
    };
    let name = zone.iana_name().unwrap_or("this zone");
    let text = written.local_text.replacen(' ', "T", 1);
    let place = written.span.clone();
    Err(
        SearchError::new(place, format_args!("the clocks of {name} {what}")).suggest(format_args!(
            "`{text}{}` or `{text}{}`",
            offset_text(first),
            offset_text(second)
        )),
    )
}

/// Returns an offset as RFC 3339 has it, such as `+01:00`.
fn offset_text(offset: Offset) -> String {
    let minutes = offset.seconds().abs() / 60;
    let sign = if offset.seconds() < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

fn outside(written: &Written) -> SearchError {
    let place: Range<usize> = written.span.clone();
    SearchError::new(place, "the time lies outside the years 0 to 9999")
}

#[cfg(test)]
mod tests;
