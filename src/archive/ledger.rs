//! The ledger of one file: every element moves into exactly one fate, and the sums follow from that.

use std::collections::BTreeSet;

use super::budget::Budget;
use super::covered::Covered;
use super::dig::RESEMBLING;
use super::fields::{Fields, NoText, all_texts, first_keys};
use super::head::{Head, RawHead, validate};
use super::keys::Field;
use super::resemblance::{holds, resembles};
use super::seen::{Documents, Seen};
use super::{Cut, Limits, Scope};
use crate::error::Warning;
use crate::report::{FileRecords, MalformedRecord};
use crate::text::{Text, several};

/// Why a record is malformed that is one event to some readers, and another to others.
const HIDDEN_EVENT: &str =
    "eventName or eventSource stands twice: the last is out of scope, another is in scope";

/// So many different values of one key are compared at most.
const READINGS_MAX: usize = 64;

/// What was counted and noted while a file was read.
pub(super) struct Ledger<'a> {
    source: &'a Text,
    member: Option<&'a Text>,
    pub(super) limits: &'a Limits,
    budget: &'a Budget,
    scope: Scope<'a>,
    sink: &'a mut dyn FnMut(Cut<'_>),
    pub(super) records: FileRecords,
    /// How many records were met, sound or not.
    pub(super) records_met: u64,
    pub(super) covered: Covered,
    pub(super) warnings: Vec<Warning>,
    warnings_left_out: u64,
    pub(super) bad_records: Vec<MalformedRecord>,
    /// Something in the file is CloudTrail's, so what else is in it counts.
    pub(super) is_recognised: bool,
    /// What is not CloudTrail's names an event in scope and has a key that records have.
    pub(super) resembles_a_log: bool,
    /// What the first thing was that is not CloudTrail's.
    pub(super) seen: Option<Seen>,
    /// Where the structure was first lost, if it was, and how.
    pub(super) lost: Option<(u64, &'static str)>,
    pub(super) documents: Documents,
    pub(super) duplicate_keys: u64,
    /// How often a key of what holds the records came again.
    pub(super) duplicate_wrapper_keys: u64,
    /// How many commas and braces between elements are missing or too many.
    pub(super) irregularities: u64,
    pub(super) zero_bytes: u64,
    pub(super) byte_order_marks: u64,
}

/// What becomes of one element.
enum Fate {
    InScope,
    OutOfScope,
    Malformed { names_an_event_in_scope: bool },
}

impl<'a> Ledger<'a> {
    pub(super) fn new(
        (source, member): (&'a Text, Option<&'a Text>),
        (limits, budget): (&'a Limits, &'a Budget),
        scope: Scope<'a>,
        sink: &'a mut dyn FnMut(Cut<'_>),
    ) -> Self {
        Self {
            source,
            member,
            limits,
            budget,
            scope,
            sink,
            records: FileRecords::default(),
            records_met: 0,
            covered: Covered::default(),
            warnings: Vec::new(),
            warnings_left_out: 0,
            bad_records: Vec::new(),
            is_recognised: false,
            resembles_a_log: false,
            seen: None,
            lost: None,
            documents: Documents::default(),
            duplicate_keys: 0,
            duplicate_wrapper_keys: 0,
            irregularities: 0,
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

    /// Takes an object with `eventName` and `eventSource`, its fields and its place.
    #[inline]
    pub(super) fn record(&mut self, object: &[u8], fields: &Fields, offset: u64) {
        self.is_recognised = true;
        self.records_met += 1;
        let head = RawHead::read(object, fields);
        let (Ok(source), Ok(name)) = (&head.event_source, &head.event_name) else {
            return self.malformed(object, offset, "eventName or eventSource is no valid text");
        };
        if !(self.scope.contains)(source, name) {
            if fields.has_second_name && self.hides_an_event(object) {
                self.duplicate_keys += 1;
                return self.malformed_record(true, object, offset, HIDDEN_EVENT);
            }
            self.duplicate_keys += u64::from(fields.has_duplicate);
            if let Ok(time) = head.event_time {
                self.covered
                    .count(self.budget, &head.account, &head.region, time);
            }
            return self.settle(Fate::OutOfScope);
        }
        match validate(object) {
            Ok(valid) => {
                self.duplicate_keys += u64::from(valid.has_duplicate);
                self.record_in_scope(valid.raw, head, fields, offset);
            }
            Err(reason) => self.malformed_record(true, object, offset, reason),
        }
    }

    /// Says whether some reader would see an event in scope in a record that names its event twice.
    fn hides_an_event(&self, object: &[u8]) -> bool {
        let sources: BTreeSet<_> = all_texts(object, Field::EventSource).into_iter().collect();
        let names: BTreeSet<_> = all_texts(object, Field::EventName).into_iter().collect();
        if sources.len() > READINGS_MAX || names.len() > READINGS_MAX {
            return true; // nobody writes so many but to hide something
        }
        sources
            .iter()
            .any(|source| names.iter().any(|name| self.is_in_scope(source, name)))
    }

    fn record_in_scope(&mut self, raw: &str, head: RawHead<'_>, fields: &Fields, offset: u64) {
        let event_time = match head.event_time {
            Ok(time) => time,
            Err(why) => {
                let reason = match why {
                    NoText::Absent => "no eventTime",
                    NoText::Unreadable => "eventTime is no time",
                };
                return self.malformed_record(true, raw.as_bytes(), offset, reason);
            }
        };
        let (Ok(event_source), Ok(event_name)) = (head.event_source, head.event_name) else {
            let reason = "no eventName or eventSource";
            return self.malformed_record(true, raw.as_bytes(), offset, reason);
        };
        self.covered
            .count(self.budget, &head.account, &head.region, event_time);
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
            member: self.member,
            ordinal: self.records.seen,
            offset,
        });
    }

    /// Takes an element of CloudTrail that is no record of a call, such as an Insight.
    pub(super) fn other_record(&mut self, object: &[u8], fields: &Fields) {
        self.is_recognised = true;
        self.records_met += 1;
        let head = RawHead::read(object, fields);
        if let Ok(time) = head.event_time {
            self.covered
                .count(self.budget, &head.account, &head.region, time);
        }
        self.settle(Fate::OutOfScope);
    }

    /// Takes a message of another service that came in the same envelope as records do.
    ///
    /// It counts only if something else in the file is CloudTrail's, or if it resembles a record in scope.
    pub(super) fn other_service(&mut self, what: &str, element: &[u8], offset: u64) {
        self.note_seen(|| Seen::OtherJson(what.to_owned()));
        if self.resembles_a_record(element) {
            return self.malformed(element, offset, &format!("{RESEMBLING}: {what}"));
        }
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

    /// Returns how many elements were counted that are records or may be such.
    pub(super) fn counted(&self) -> u64 {
        self.records_met + self.records.malformed
    }

    /// Says whether something that is no record names an event in scope as records do, or as those do
    /// who take records apart.
    pub(super) fn resembles_a_record(&self, element: &[u8]) -> bool {
        resembles(element, self.scope.names)
    }

    /// Notes that a part of the file may be a record, where its whole is counted.
    pub(super) fn note_resemblance(&mut self, element: &[u8]) {
        self.resembles_a_log = self.resembles_a_log || self.resembles_a_record(element);
    }

    /// Takes an element that cannot be read; `element` is as much of it as there is.
    pub(super) fn malformed(&mut self, element: &[u8], offset: u64, reason: &str) {
        let names_an_event_in_scope = self
            .scope
            .names
            .iter()
            .any(|name| holds(element, name.as_bytes()));
        if names_an_event_in_scope {
            self.note_resemblance(element);
        }
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
        let kept = self.bad_records.len();
        if kept < self.limits.file_warnings_max && self.budget.allows_warning(kept) {
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
        let kept = self.warnings.len();
        if kept >= self.limits.file_warnings_max || !self.budget.allows_warning(kept) {
            self.warnings_left_out += 1;
            return;
        }
        self.warnings.push(Warning {
            source: self.source.clone(),
            member: self.member.cloned(),
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
                member: self.member.cloned(),
                offset: None,
                reason: Text::from(several(
                    self.warnings_left_out,
                    "more warning like these",
                    "more warnings like these",
                )),
            });
        }
    }

    /// Forgets what was counted, for a file in which nothing was CloudTrail's after all.
    pub(super) fn forget(&mut self) {
        self.records = FileRecords::default();
        self.covered = Covered::default();
        self.warnings.clear();
        self.warnings_left_out = 0;
        self.bad_records.clear();
    }
}
