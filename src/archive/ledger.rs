//! The ledger of one file: every element moves into exactly one fate, and the sums follow from that.

use std::ops::Range;

use jiff::Timestamp;

use super::fields::{Fields, NoText, first_keys};
use super::head::{Head, RawHead, validate};
use super::keys::Field;
use super::{Cut, Limits, Scope};
use crate::coverage::Coverage;
use crate::error::Warning;
use crate::report::{FileRecords, MalformedRecord};
use crate::text::Text;

/// From the year of the first EC2 instance to 2100, in seconds since 1970.
const PLAUSIBLE_SECONDS: Range<i64> = 1_136_073_600..4_133_980_800;

/// What was counted and noted while a file was read.
pub(super) struct Ledger<'a> {
    source: &'a Text,
    pub(super) limits: &'a Limits,
    scope: Scope<'a>,
    sink: &'a mut dyn FnMut(Cut<'_>),
    pub(super) records: FileRecords,
    pub(super) coverage: Coverage,
    pub(super) warnings: Vec<Warning>,
    warnings_left_out: u64,
    pub(super) bad_records: Vec<MalformedRecord>,
    /// Something in the file is CloudTrail's, so what else is in it counts.
    pub(super) is_recognised: bool,
    /// What the first thing was that is not CloudTrail's.
    pub(super) seen: Option<Seen>,
    /// Where the structure was first lost, if it was, and how.
    pub(super) lost: Option<(u64, &'static str)>,
    pub(super) documents: Documents,
    pub(super) duplicate_keys: u64,
    pub(super) implausible_times: u64,
    pub(super) zero_bytes: u64,
    pub(super) byte_order_marks: u64,
}

/// The JSON documents of a file.
#[derive(Debug, Default)]
pub(super) struct Documents {
    /// How many began.
    pub(super) begun: u64,
    /// How many began after one that holds `Records`, as AWS writes it: alone in its file.
    pub(super) after_records: u64,
    /// One that holds `Records` has begun.
    pub(super) holds_records: bool,
}

/// What a file that is no log of CloudTrail was seen to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seen {
    /// JSON of something else, in words.
    OtherJson(String),
    /// A digest file of CloudTrail.
    Digest,
    /// No JSON; its first bytes.
    NoJson(Vec<u8>),
}

/// What becomes of one element.
enum Fate {
    InScope,
    OutOfScope,
    Malformed { names_an_event_in_scope: bool },
}

impl<'a> Ledger<'a> {
    pub(super) fn new(
        source: &'a Text,
        limits: &'a Limits,
        scope: Scope<'a>,
        sink: &'a mut dyn FnMut(Cut<'_>),
    ) -> Self {
        Self {
            source,
            limits,
            scope,
            sink,
            records: FileRecords::default(),
            coverage: Coverage::default(),
            warnings: Vec::new(),
            warnings_left_out: 0,
            bad_records: Vec::new(),
            is_recognised: false,
            seen: None,
            lost: None,
            documents: Documents::default(),
            duplicate_keys: 0,
            implausible_times: 0,
            zero_bytes: 0,
            byte_order_marks: 0,
        }
    }

    /// Moves one element into its fate: the only place where records are counted.
    fn settle(&mut self, fate: Fate) {
        self.records.seen += 1;
        match fate {
            Fate::InScope => self.records.in_scope += 1,
            Fate::OutOfScope => self.records.out_of_scope += 1,
            Fate::Malformed {
                names_an_event_in_scope,
            } => {
                self.records.malformed += 1;
                self.records.malformed_in_scope += u64::from(names_an_event_in_scope);
            }
        }
    }

    /// Counts a record's time as covered, unless no record of that time can be: one forged date must
    /// not stretch what the archive is taken to cover.
    fn cover(&mut self, account: &str, region: &str, time: Timestamp) {
        if PLAUSIBLE_SECONDS.contains(&time.as_second()) {
            self.coverage.add(account, region, time);
        } else {
            self.implausible_times += 1;
        }
    }

    /// Takes an object with `eventName` and `eventSource`, its fields and its place.
    #[inline]
    pub(super) fn record(&mut self, object: &[u8], fields: &Fields, offset: u64) {
        self.is_recognised = true;
        self.duplicate_keys += u64::from(fields.has_duplicate);
        let head = RawHead::read(object, fields);
        let (Ok(source), Ok(name)) = (&head.event_source, &head.event_name) else {
            return self.malformed(object, offset, "eventName or eventSource is no valid text");
        };
        if !(self.scope.contains)(source, name) {
            if let Ok(time) = head.event_time {
                self.cover(&head.account, &head.region, time);
            }
            return self.settle(Fate::OutOfScope);
        }
        match validate(object) {
            Ok(raw) => self.record_in_scope(raw, head, fields, offset),
            Err(reason) => self.malformed_record(true, object, offset, reason),
        }
    }

    fn record_in_scope(&mut self, raw: &str, head: RawHead<'_>, fields: &Fields, offset: u64) {
        let event_time = match head.event_time {
            Ok(time) => time,
            Err(NoText::Absent) => {
                return self.malformed_record(true, raw.as_bytes(), offset, "no eventTime");
            }
            Err(NoText::Unreadable) => {
                return self.malformed_record(true, raw.as_bytes(), offset, "eventTime is no time");
            }
        };
        let (Ok(event_source), Ok(event_name)) = (head.event_source, head.event_name) else {
            return self.malformed_record(
                true,
                raw.as_bytes(),
                offset,
                "no eventName or eventSource",
            );
        };
        self.cover(&head.account, &head.region, event_time);
        self.settle(Fate::InScope);
        let head = Head {
            event_source,
            event_name,
            event_time,
            region: head.region,
            account: head.account,
            event_id: fields.text_if_any(raw.as_bytes(), Field::EventId),
        };
        (self.sink)(Cut {
            raw,
            head: &head,
            ordinal: self.records.seen,
            offset,
        });
    }

    /// Takes an element of CloudTrail that is no record of a call, such as an Insight.
    pub(super) fn other_record(&mut self, object: &[u8], fields: &Fields) {
        self.is_recognised = true;
        let head = RawHead::read(object, fields);
        if let Ok(time) = head.event_time {
            self.cover(&head.account, &head.region, time);
        }
        self.settle(Fate::OutOfScope);
    }

    /// Takes a message of another service that came in the same envelope as records do.
    ///
    /// It counts only if something else in the file is CloudTrail's.
    pub(super) fn other_service(&mut self, what: impl Into<String>) {
        self.note_seen(|| Seen::OtherJson(what.into()));
        self.settle(Fate::OutOfScope);
    }

    /// Takes an element that stands where a record is expected and is none.
    ///
    /// It counts only if something else in the file is CloudTrail's.
    pub(super) fn no_record(&mut self, element: &[u8], offset: u64, what: &str) {
        self.note_seen(|| match element.first() {
            Some(b'{') => Seen::OtherJson(format!("{what} with {}", first_keys(element))),
            _ => Seen::OtherJson(what.to_owned()),
        });
        self.malformed(element, offset, &format!("no record: {what}"));
    }

    /// Takes an element that cannot be read; `element` is as much of it as there is.
    pub(super) fn malformed(&mut self, element: &[u8], offset: u64, reason: &str) {
        let names_an_event_in_scope = self
            .scope
            .names
            .iter()
            .any(|name| memchr::memmem::find(element, name.as_bytes()).is_some());
        self.malformed_record(names_an_event_in_scope, element, offset, reason);
    }

    /// Takes an element that cannot be read, of which the event is known or known to be unknown;
    /// `element` is as much of it as there is, or nothing.
    pub(super) fn malformed_record(
        &mut self,
        names_an_event_in_scope: bool,
        element: &[u8],
        offset: u64,
        reason: impl Into<String>,
    ) {
        self.settle(Fate::Malformed {
            names_an_event_in_scope,
        });
        let reason = reason.into();
        if self.bad_records.len() < self.limits.file_warnings_max {
            let record = MalformedRecord::new(self.records.seen, offset, element, &reason);
            self.bad_records.push(record);
        }
        self.warn(Some(offset), reason);
    }

    /// Says whether the catalogue has such an event.
    pub(super) fn is_in_scope(&self, source: &str, name: &str) -> bool {
        (self.scope.contains)(source, name)
    }

    /// Notes what spoils a part of the file without being an element.
    pub(super) fn warn(&mut self, offset: Option<u64>, reason: impl Into<String>) {
        if self.warnings.len() >= self.limits.file_warnings_max {
            self.warnings_left_out += 1;
            return;
        }
        self.warnings.push(Warning {
            source: self.source.clone(),
            offset,
            reason: Text::from(reason.into()),
        });
    }

    /// Notes where the structure was lost, so that not all of the file can be read.
    pub(super) fn lose(&mut self, offset: u64, how: &'static str) {
        self.lost = self.lost.or(Some((offset, how)));
    }

    /// Notes what the first thing was that is not CloudTrail's.
    pub(super) fn note_seen(&mut self, seen: impl FnOnce() -> Seen) {
        if self.seen.is_none() {
            self.seen = Some(seen());
        }
    }

    /// Adds the warning that says how many more there were, if there were.
    pub(super) fn close_warnings(&mut self) {
        if self.warnings_left_out > 0 {
            self.warnings.push(Warning {
                source: self.source.clone(),
                offset: None,
                reason: Text::from(format!(
                    "{} more warnings like these",
                    self.warnings_left_out
                )),
            });
        }
    }

    /// Forgets what was counted, for a file in which nothing was CloudTrail's after all.
    pub(super) fn forget(&mut self) {
        self.records = FileRecords::default();
        self.coverage = Coverage::default();
        self.warnings.clear();
        self.warnings_left_out = 0;
        self.bad_records.clear();
    }
}
