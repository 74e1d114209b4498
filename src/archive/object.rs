//! What an object held in one piece is: a record, an envelope around one, or neither.

use super::dig::{RESEMBLING, holds_json, is_json};
use super::fields::{Fields, Walk, string, walk};
use super::keys::{EMBEDDING, Field};
use super::ledger::Ledger;
use super::scan::{space_end, value_end};
use super::seen::Seen;
use super::wrapping::{Role, Scanner};

/// Values of `eventType` whose records name no call: CloudTrail's own summaries of calls.
const SUMMARIES: [&str; 2] = ["AwsCloudTrailInsight", "AwsAggregatedEvent"];

impl Scanner {
    /// Takes an object in one piece.
    pub(super) fn object(
        &mut self,
        object: &[u8],
        fields: &Fields,
        role: Role,
        offset: u64,
        ledger: &mut Ledger<'_>,
    ) {
        if fields.is_record(object) {
            return ledger.record(object, fields, offset);
        }
        let met = ledger.records_met;
        let tried = self.envelope(object, fields, role, offset, ledger);
        if ledger.records_met > met {
            return;
        }
        if fields.is_digest(object) {
            ledger.note_seen(|| Seen::Digest);
            return ledger.other_service("a digest file of CloudTrail", object, offset);
        }
        if let Some(event_type) = fields.text_if_any(object, Field::EventType)
            && SUMMARIES.contains(&event_type.as_ref())
        {
            return ledger.other_record(object, fields);
        }
        let counted = ledger.counted();
        self.dig(object, offset, tried, ledger);
        if ledger.counted() == counted {
            self.no_record(object, fields, role, offset, tried, ledger);
        }
    }

    /// Takes the member of an envelope that we know, if the object has one; returns where it begins.
    fn envelope(
        &mut self,
        object: &[u8],
        fields: &Fields,
        role: Role,
        offset: u64,
        ledger: &mut Ledger<'_>,
    ) -> Option<usize> {
        let start = |field| fields.value_start(field);
        if let Some(detail) = fields.value(object, Field::Detail)
            && detail.starts_with(b"{")
            && role != Role::Detail
        {
            let start = start(Field::Detail);
            self.detail(detail, self.inner_offset(offset, start), ledger);
            return Some(start);
        }
        let field = EMBEDDING.into_iter().find(|field| {
            let value = fields.value(object, *field);
            value.is_some_and(holds_json)
        })?;
        let offset = self.inner_offset(offset, start(field));
        self.embedded(field, fields.value(object, field)?, offset, ledger);
        Some(start(field))
    }

    /// Takes an object in which there is no record, unless what is in its envelope was counted.
    fn no_record(
        &self,
        object: &[u8],
        fields: &Fields,
        role: Role,
        offset: u64,
        tried: Option<usize>,
        ledger: &mut Ledger<'_>,
    ) {
        let has_text = |field: &Field| {
            let value = fields.value(object, *field);
            value.is_some_and(|value| value.starts_with(b"\""))
        };
        let text = EMBEDDING.into_iter().find(has_text);
        match (tried, text, role) {
            (None, _, Role::Inner) if !ledger.resembles_a_record(object) => {}
            (None, _, Role::Inner) => ledger.malformed(object, offset, RESEMBLING),
            (Some(_), _, _) => ledger.note_resemblance(object),
            (None, Some(Field::Message), _) => {
                ledger.other_service("a message of plain text", object, offset);
            }
            (None, Some(_), _) => {
                ledger.no_record(object, offset, "a string that holds no JSON");
            }
            (None, None, Role::Envelope | Role::Detail) => {
                ledger.other_service("a notification of another kind", object, offset);
            }
            (None, None, _) => ledger.no_record(object, offset, "an object"),
        }
    }

    /// Takes a string that may hold JSON, quotes included.
    pub(super) fn embedded(
        &mut self,
        field: Field,
        value: &[u8],
        offset: u64,
        ledger: &mut Ledger<'_>,
    ) {
        let Ok(text) = string(value) else {
            return ledger.malformed(value, offset, "a string that is no valid text");
        };
        let top = match field {
            _ if !is_json(&text) => {
                return ledger.no_record(value, offset, "a string that holds no JSON");
            }
            Field::Message => Role::Envelope,
            _ => Role::Document,
        };
        if self.depth >= ledger.limits.embedded_depth_max {
            let reason = format!("JSON within more than {} strings", self.depth);
            return ledger.malformed(value, offset, &reason);
        }
        self.feed_string(&text, offset, top, ledger);
    }

    /// Takes a row of a CloudTrail Lake query: an array of objects with one column each.
    pub(super) fn row(&mut self, row: &[u8], offset: u64, ledger: &mut Ledger<'_>) {
        let mut at = 1;
        loop {
            at = space_end(row, at);
            if row.get(at) == Some(&b',') {
                at += 1;
                continue;
            }
            let mut fields = Fields::default();
            if row.get(at) == Some(&b'{')
                && let Ok(Walk::End(end)) = walk(&row[at..], &mut fields, false)
            {
                if let Some(value) = fields.value(&row[at..], Field::EventJson) {
                    let start = at + fields.value_start(Field::EventJson);
                    let offset = self.inner_offset(offset, start);
                    return self.embedded(Field::EventJson, value, offset, ledger);
                }
                at += end;
                continue;
            }
            match value_end(row, at) {
                Ok(end) => at = end,
                Err(_) => break, // the closing bracket
            }
        }
        ledger.malformed(row, offset, "a row without eventJson: select that column");
    }

    /// Returns the offset of what begins `inside` bytes after an element.
    pub(super) fn inner_offset(&self, offset: u64, inside: usize) -> u64 {
        self.string_offset.unwrap_or(offset + inside as u64)
    }
}
