//! The characters of a time: which digits are its year, its minute, its zone.
//!
//! Not for: which instants they mean (`time`).

use std::ops::Range;
use std::str::FromStr;

use jiff::SignedDuration;
use jiff::civil::{Date, ISOWeekDate, Time, Weekday};
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

use crate::search::failure::quoted;
use crate::search::{SearchError, nearest};

/// What every refusal of a time shows as a way to write one.
const EXAMPLES: &str = "`2024-03-01`, `2024-03-01T10:00` or `2024-03-01T10:00:00Z`";

/// A time as it was written.
pub(super) struct Written {
    /// The day, or the first day of what was written.
    pub(super) date: Date,
    /// How long a date was written.
    pub(super) unit: DateUnit,
    /// What the clock showed, if it was written.
    pub(super) clock: Clock,
    /// The zone or offset, if it was written.
    pub(super) zone: Option<TimeZone>,
    /// The date and the clock, without the zone.
    pub(super) local_text: String,
    /// Where the time stands in the text, without blanks around.
    pub(super) span: Range<usize>,
}

/// How much of the calendar a date covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateUnit {
    /// `2024`
    Year,
    /// `2024-03`
    Month,
    /// `2024-W10`
    Week,
    /// `2024-03-01`, `2024-W10-5`
    Day,
}

/// The finer half of a written time.
pub(super) enum Clock {
    /// A date only.
    None,
    /// A time of day.
    At {
        /// In whole seconds.
        time: Time,
        /// What was written beyond them.
        fraction_nanos: i64,
        /// An hour, a minute or a second.
        precision: SignedDuration,
    },
    /// Seconds since 1970, instead of a date.
    Epoch(i64),
}

/// Says whether `text` begins as a date does: `2024-03`, then its end or `-05`; or `2024-W10`.
pub(in crate::search) fn looks_like_a_date(text: &str) -> bool {
    let shape = text.bytes().take(8).map(|byte| match byte {
        b'0'..=b'9' => b'0',
        other => other,
    });
    let shape: Vec<u8> = shape.collect();
    shape == b"0000-00"
        || shape == b"0000-W00"
        || shape == b"0000-00-" && text.as_bytes().get(8).is_some_and(|b| b.is_ascii_digit())
}

/// Returns the zone of that name: `Z`, an offset such as `+01:00`, or a name of the IANA database
/// that the program carries, in any case; what `--tz` takes.
///
/// # Errors
///
/// An unknown name, with the nearest known one.
pub fn zone(name: &str) -> Result<TimeZone, SearchError> {
    if name.eq_ignore_ascii_case("z") {
        return Ok(TimeZone::UTC);
    }
    let refused =
        |what: &str| SearchError::new(0..name.len(), format_args!("{what} {}", quoted(name)));
    if name.starts_with(['+', '-']) {
        return offset(name)
            .map(TimeZone::fixed)
            .ok_or_else(|| refused("this is no offset from UTC:").suggest("`+01:00`"));
    }
    named(name).ok_or_else(|| {
        let zones = TimeZoneDatabase::bundled();
        let known: Vec<String> = zones.available().map(|zone| zone.to_string()).collect();
        let error = refused("there is no time zone");
        match nearest(name, known.iter().map(String::as_str)) {
            Some(near) => error.suggest(format_args!("`{near}`")),
            None => error.suggest("`UTC`, `+01:00` or `Europe/Berlin`"),
        }
    })
}

/// Returns a zone of the IANA database that the program carries; never one of the machine.
pub(super) fn named(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

/// Reads `+01:00`, `+0100` or `+01`.
pub(super) fn offset(text: &str) -> Option<Offset> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits = text.strip_prefix(['+', '-'])?;
    let (hours, minutes) = match digits.len() {
        2 => (digits, "00"),
        4 => digits.split_at_checked(2)?,
        _ => digits
            .split_once(':')
            .filter(|(hours, _)| hours.len() == 2)?,
    };
    let number = |text: &str| {
        let plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse::<i32>().ok()).flatten()
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 60 + minutes) * 60).ok()
}

/// Reads a whole time.
pub(super) fn read(text: &str) -> Result<Written, SearchError> {
    let at = text.len() - text.trim_start().len();
    let trimmed = text.trim();
    let mut reader = Reader {
        text: trimmed,
        at: 0,
    };
    let seconds = trimmed.strip_prefix('@').unwrap_or(trimmed);
    let is_epoch = seconds.len() == 10 || seconds.len() < trimmed.len();
    let result = if is_epoch && seconds.bytes().all(|byte| byte.is_ascii_digit()) {
        reader.epoch(seconds)
    } else {
        reader.calendar()
    };
    result
        .map_err(|error| error.shifted(at))
        .map(|written| Written {
            span: at..at + trimmed.len(),
            ..written
        })
}

/// Reads the characters of one time from left to right.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn epoch(&self, seconds: &str) -> Result<Written, SearchError> {
        let seconds = seconds.parse().map_err(|_| self.refuse("is not a time"))?;
        Ok(Written {
            date: Date::ZERO,
            unit: DateUnit::Day,
            clock: Clock::Epoch(seconds),
            zone: None,
            local_text: self.text.to_owned(),
            span: 0..self.text.len(),
        })
    }

    fn calendar(&mut self) -> Result<Written, SearchError> {
        let not_a_time = "is not a time";
        let year = self.number(4).ok_or_else(|| self.refuse(not_a_time))?;
        let (date, unit) = self.date(year)?;
        let clock = match unit {
            DateUnit::Day => self.clock()?,
            DateUnit::Year | DateUnit::Month | DateUnit::Week => Clock::None,
        };
        let local_text = self.text[..self.at].to_owned();
        let zone = self.zone()?;
        Ok(Written {
            date,
            unit,
            clock,
            zone,
            local_text,
            span: 0..self.text.len(),
        })
    }

    /// Reads what follows the year of a date: a month and a day, or a week and a day of it.
    fn date(&mut self, year: i16) -> Result<(Date, DateUnit), SearchError> {
        if let Some(week) = self.after("-W")? {
            return self.week(year, week);
        }
        let month = self.after("-")?;
        let day = match month {
            Some(_) => self.after("-")?,
            None => None,
        };
        let unit = match (month, day) {
            (_, Some(_)) => DateUnit::Day,
            (Some(_), None) => DateUnit::Month,
            (None, None) => DateUnit::Year,
        };
        let date = self.first_day(year, month.unwrap_or(1), day.unwrap_or(1))?;
        Ok((date, unit))
    }

    /// Reads the day of a week, from 1 for Monday, where there is one.
    fn week(&mut self, year: i16, week: i8) -> Result<(Date, DateUnit), SearchError> {
        let rest = &self.text[self.at..];
        let day = rest.strip_prefix('-').and_then(|rest| rest.chars().next());
        let (weekday, unit) = match day {
            None => (Weekday::Monday, DateUnit::Week),
            Some(day) => {
                self.at += 1 + day.len_utf8();
                let number = day.to_digit(10).and_then(|day| i8::try_from(day).ok());
                let weekday = number.and_then(|day| Weekday::from_monday_one_offset(day).ok());
                let refused = || self.refuse("is not a time: the days of a week are 1 to 7");
                (weekday.ok_or_else(refused)?, DateUnit::Day)
            }
        };
        let date = ISOWeekDate::new(year, week, weekday).map_err(|_| {
            self.refuse(format_args!(
                "is not a time: {year:04} has no week {week:02}"
            ))
        })?;
        Ok((date.date(), unit))
    }

    fn first_day(&self, year: i16, month: i8, day: i8) -> Result<Date, SearchError> {
        if !(1..=12).contains(&month) {
            return Err(self.refuse(format_args!("is not a time: there is no month {month:02}")));
        }
        Date::new(year, month, day).map_err(|_| {
            self.refuse(format_args!(
                "is not a time: {year:04}-{month:02} has no day {day:02}"
            ))
        })
    }

    /// Reads `T10`, `T10:00`, `T10:00:05` or `T10:00:05.25`; a blank may stand for the `T`.
    fn clock(&mut self) -> Result<Clock, SearchError> {
        let rest = &self.text[self.at..];
        let digits = match rest.strip_prefix(['T', 't']) {
            Some(digits) => digits,
            None => rest.trim_start(),
        };
        if digits.len() == rest.len() || !digits.starts_with(|c: char| c.is_ascii_digit()) {
            return Ok(Clock::None);
        }
        self.at += rest.len() - digits.len();
        let hour = self.number(2).ok_or_else(|| self.refuse("is not a time"))?;
        let minute = self.after(":")?;
        let second = match minute {
            Some(_) => self.after(":")?,
            None => None,
        };
        let fraction_nanos = match second {
            Some(_) => self.fraction(),
            None => 0,
        };
        let precision = match (minute, second) {
            (_, Some(_)) => SignedDuration::from_secs(1),
            (Some(_), None) => SignedDuration::from_mins(1),
            (None, None) => SignedDuration::from_hours(1),
        };
        let (minute, second) = (minute.unwrap_or(0), second.unwrap_or(0));
        let time = Time::new(hour, minute, second, 0).map_err(|_| {
            self.refuse(format_args!(
                "is not a time: no clock shows {hour:02}:{minute:02}:{second:02}"
            ))
        })?;
        Ok(Clock::At {
            time,
            fraction_nanos,
            precision,
        })
    }

    /// Reads up to nine digits behind a point or comma, as billionths; drops finer ones.
    fn fraction(&mut self) -> i64 {
        let rest = &self.text[self.at..];
        let Some(rest) = rest.strip_prefix(['.', ',']) else {
            return 0;
        };
        let digits_count = rest.bytes().take_while(u8::is_ascii_digit).count();
        self.at += 1 + digits_count;
        let digits = rest
            .bytes()
            .take(digits_count)
            .map(|byte| i64::from(byte - b'0'));
        digits
            .chain(std::iter::repeat(0))
            .take(9)
            .fold(0, |nanos, digit| nanos * 10 + digit)
    }

    fn zone(&mut self) -> Result<Option<TimeZone>, SearchError> {
        let name = self.text[self.at..].trim_start();
        if name.is_empty() {
            return Ok(None);
        }
        let at = self.text.len() - name.len();
        let is_apart = at > self.at;
        if !is_apart && !name.starts_with(['+', '-', 'Z', 'z']) {
            return Err(self.refuse("is not a time"));
        }
        zone(name).map(Some).map_err(|error| error.shifted(at))
    }

    /// Reads two digits behind `mark`; `None` where the mark does not stand.
    fn after(&mut self, mark: &str) -> Result<Option<i8>, SearchError> {
        if !self.text[self.at..].starts_with(mark) {
            return Ok(None);
        }
        self.at += mark.len();
        match self.number(2) {
            Some(number) => Ok(Some(number)),
            None => Err(self.refuse("is not a time")),
        }
    }

    fn number<N: FromStr>(&mut self, digits_count: usize) -> Option<N> {
        let digits = self.text.get(self.at..self.at + digits_count)?;
        let number = digits
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| digits.parse().ok());
        self.at += digits_count;
        number.flatten()
    }

    fn refuse(&self, what: impl std::fmt::Display) -> SearchError {
        let message = format!("{} {what}", quoted(self.text));
        SearchError::new(0..self.text.len(), message).suggest(EXAMPLES)
    }
}
