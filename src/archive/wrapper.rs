//! The wrapper: an object whose members are read one by one, because it holds elements or because
//! it is too large to be held in one piece.

use super::NESTING_MAX;
use super::broken::Skipping;
use super::fields::{Fields, Walk, string, walk};
use super::keys::{EMBEDDING, Field, field};
use super::ledger::Ledger;
use super::scan::{Scan, Stop, member, peek, space_end, value_end};
use super::seen::Seen;
use super::wrapping::{Frame, Last, Page, Role, Scanner, Step, Wrapper, limited};

impl Scanner {
    /// Begins to read an object member by member.
    pub(super) fn open_wrapper(
        &mut self,
        page: Page<'_>,
        at: usize,
        ledger: &mut Ledger<'_>,
    ) -> Step {
        let start = self.offset(page, at);
        if self.frames.len() >= NESTING_MAX {
            ledger.malformed(&[], start, "wrapped too deeply");
            self.skipping = Skipping::value();
            return Step::To(at);
        }
        let wrapper = Wrapper {
            start,
            ..Wrapper::default()
        };
        self.frames.push(Frame::Wrapper(Box::new(wrapper)));
        self.last = Last::Opening;
        Step::To(at + 1)
    }

    /// Reads the next member of the innermost wrapper.
    pub(super) fn step_wrapper(
        &mut self,
        page: Page<'_>,
        at: usize,
        ledger: &mut Ledger<'_>,
    ) -> Step {
        let at = space_end(page.bytes, at);
        match page.bytes.get(at) {
            None => Step::To(at),
            Some(b',') => self.comma(at, ledger),
            Some(b'}') => {
                self.closed(ledger);
                self.close_wrapper(ledger);
                Step::To(at + 1)
            }
            Some(_) => {
                let before = std::mem::replace(&mut self.last, Last::Element);
                let step = match self.wrapper_member(page, at, ledger) {
                    Ok(next) => Step::To(next),
                    Err(stop) => self.stopped(page, at, stop, ledger),
                };
                self.began(before, &step, ledger);
                step
            }
        }
    }

    fn wrapper_member(
        &mut self,
        page: Page<'_>,
        at: usize,
        ledger: &mut Ledger<'_>,
    ) -> Scan<usize> {
        let member = member(page.bytes, at)?;
        limited(page, at, Ok(member.value), ledger)?;
        let field = field(&page.bytes[member.key]);
        let first = peek(page.bytes, member.value)?;
        if let Some(field) = field
            && field.is_container()
            && first == b'['
        {
            self.note_key(field, ledger);
            self.open_array(field, ledger);
            return Ok(member.value + 1);
        }
        let end = value_end(page.bytes, member.value);
        let end = match limited(page, at, end, ledger) {
            Err(Stop::TooLarge) => {
                self.enter(first, self.offset(page, member.value));
                return Ok(member.value + usize::from(!self.skipping.is_active()));
            }
            end => end?,
        };
        if let Some(field) = field {
            self.note_key(field, ledger);
        }
        let offset = self.offset(page, member.value);
        self.wrapper_value(field, &page.bytes[member.value..end], offset, ledger);
        Ok(end)
    }

    /// Notes a key of the innermost wrapper that the archive looks at, and whether it came before.
    fn note_key(&mut self, field: Field, ledger: &mut Ledger<'_>) {
        let is_counted = self.depth == 0;
        let Some(wrapper) = self.wrapper() else {
            return;
        };
        let bit = 1 << field as u32;
        if wrapper.keys & bit != 0 {
            ledger.duplicate_wrapper_keys += u64::from(is_counted);
            wrapper.has_second_name |= matches!(field, Field::EventName | Field::EventSource);
        }
        wrapper.keys |= bit;
    }

    /// Begins to read a member of the innermost wrapper that is too large to be held in one piece, or to
    /// skip it where nothing in it can be a record.
    fn enter(&mut self, first: u8, start: u64) {
        let is_record = self.wrapper().is_some_and(|wrapper| wrapper.is_record());
        if is_record || self.frames.len() >= NESTING_MAX {
            self.skipping = Skipping::value();
            return;
        }
        match first {
            b'[' => {
                self.last = Last::Opening;
                self.frames.push(Frame::Array(Role::Inner));
            }
            b'{' => {
                self.last = Last::Opening;
                self.frames.push(Frame::Wrapper(Box::new(Wrapper {
                    start,
                    is_inner: true,
                    ..Wrapper::default()
                })));
            }
            _ => self.skipping = Skipping::value(),
        }
    }

    /// Begins to read the array of elements that a member of the innermost wrapper holds.
    fn open_array(&mut self, field: Field, ledger: &mut Ledger<'_>) {
        let is_control_message = self.wrapper().is_some_and(|wrapper| {
            wrapper.holds_elements = true;
            wrapper.is_control_message
        });
        let role = match field {
            Field::LogEvents if is_control_message => {
                ledger.note_seen(|| Seen::OtherJson("a CloudWatch Logs control message".into()));
                Role::Ignored
            }
            Field::Records => {
                ledger.is_recognised = true;
                ledger.documents.holds_records |= self.depth == 0;
                Role::Record
            }
            Field::QueryResultRows => {
                ledger.is_recognised = true;
                Role::Row
            }
            _ => {
                let what = "log events without a record of CloudTrail";
                ledger.note_seen(|| Seen::OtherJson(what.into()));
                Role::LogEvent
            }
        };
        self.last = Last::Opening;
        self.frames.push(Frame::Array(role));
    }

    /// Takes a member of the innermost wrapper that is held in one piece.
    fn wrapper_value(
        &mut self,
        field: Option<Field>,
        value: &[u8],
        offset: u64,
        ledger: &mut Ledger<'_>,
    ) {
        let Some(wrapper) = self.wrapper() else {
            return;
        };
        let Some(field) = field else {
            return self.wrapper_part(value, offset, ledger);
        };
        let is_string = value.starts_with(b"\"");
        match field {
            Field::EventName => wrapper.event_name = name(value),
            Field::EventSource => wrapper.event_source = name(value),
            Field::MessageType => {
                wrapper.is_control_message = value == br#""CONTROL_MESSAGE""#;
            }
            Field::DigestStartTime => ledger.note_seen(|| Seen::Digest),
            Field::Detail if value.starts_with(b"{") => {
                wrapper.holds_elements = true;
                self.detail(value, offset, ledger);
            }
            field if is_string && EMBEDDING.contains(&field) => {
                wrapper.holds_elements = true;
                self.embedded(field, value, offset, ledger);
            }
            _ => self.wrapper_part(value, offset, ledger),
        }
    }

    /// Takes a member of the innermost wrapper that says nothing about what the object holds.
    fn wrapper_part(&mut self, value: &[u8], offset: u64, ledger: &mut Ledger<'_>) {
        if self.wrapper().is_some_and(|wrapper| wrapper.is_record()) {
            return;
        }
        if self.part(value, offset, ledger)
            && let Some(wrapper) = self.wrapper()
        {
            wrapper.holds_elements = true;
        }
    }

    /// Ends the innermost wrapper.
    pub(super) fn close_wrapper(&mut self, ledger: &mut Ledger<'_>) {
        let Some(Frame::Wrapper(wrapper)) = self.frames.pop() else {
            return;
        };
        let max = ledger.limits.element_bytes_max();
        match (wrapper.event_source, wrapper.event_name) {
            (Some(source), Some(name)) => {
                ledger.is_recognised = true;
                let reason = if wrapper.holds_elements {
                    "a record that holds records".to_owned()
                } else {
                    format!("a record of more than {max} bytes")
                };
                // Which of two names counts, readers see differently.
                let is_in_scope = wrapper.has_second_name || ledger.is_in_scope(&source, &name);
                ledger.malformed_record(is_in_scope, &[], wrapper.start, reason);
            }
            _ if !wrapper.holds_elements && !wrapper.is_inner => {
                let what = format!("an object of more than {max} bytes");
                ledger.no_record(&[], wrapper.start, &what);
            }
            _ => {} // its elements were counted one by one
        }
    }

    /// Takes the `detail` of an EventBridge event.
    pub(super) fn detail(&mut self, detail: &[u8], offset: u64, ledger: &mut Ledger<'_>) {
        let mut fields = Fields::default();
        match walk(detail, &mut fields, false) {
            Ok(Walk::End(_)) => self.object(detail, &fields, Role::Detail, offset, ledger),
            // Not reached: these bytes were walked over before.
            Ok(Walk::Container(_)) | Err(_) => ledger.malformed(detail, offset, "damaged detail"),
        }
    }

    fn wrapper(&mut self) -> Option<&mut Wrapper> {
        match self.frames.last_mut() {
            Some(Frame::Wrapper(wrapper)) => Some(wrapper),
            Some(Frame::Array(_)) | None => None,
        }
    }
}

impl Wrapper {
    /// Says whether it is a record that is too large, as far as it was read.
    fn is_record(&self) -> bool {
        self.event_source.is_some() && self.event_name.is_some()
    }
}

fn name(value: &[u8]) -> Option<String> {
    match string(value) {
        Ok(name) => Some(name.into_owned()),
        Err(_) => None,
    }
}
