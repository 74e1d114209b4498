//! What an object held in one piece is: a record, an envelope around one, or neither.

use super::fields::{Fields, Walk, string, walk};
use super::keys::{EMBEDDING, Field};
use super::ledger::Ledger;
use super::scan::{space_end, value_end};
use super::seen::Seen;
use super::wrapping::{Ahead, Page, Role, Scanner};

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
        if let Some(detail) = fields.value(object, Field::Detail)
            && detail.starts_with(b"{")
            && role != Role::Detail
        {
            let offset = self.inner_offset(offset, fields.value_start(Field::Detail));
            return self.detail(detail, offset, ledger);
        }
        for field in EMBEDDING {
            if let Some(value) = fields.value(object, field)
                && value.starts_with(b"\"")
            {
                let offset = self.inner_offset(offset, fields.value_start(field));
                return self.embedded(field, value, offset, ledger);
            }
        }
        if fields.is_digest(object) {
            ledger.note_seen(|| Seen::Digest);
            return ledger.other_service("a digest file of CloudTrail");
        }
        if let Some(event_type) = fields.text_if_any(object, Field::EventType)
            && SUMMARIES.contains(&event_type.as_ref())
        {
            return ledger.other_record(object, fields);
        }
        match role {
            Role::Envelope | Role::Detail => ledger.other_service("a notification of another kind"),
            _ => ledger.no_record(object, offset, "an object"),
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
        let is_json = text.trim_start().starts_with(['{', '[']);
        let top = match field {
            Field::Message if !is_json => return ledger.other_service("a message of plain text"),
            Field::Message => Role::Envelope,
            _ if !is_json => return ledger.no_record(value, offset, "a string that holds no JSON"),
            _ => Role::Document,
        };
        if self.depth >= ledger.limits.embedded_depth_max {
            let reason = format!("JSON within more than {} strings", self.depth);
            return ledger.malformed(value, offset, &reason);
        }
        let page = Page {
            bytes: text.as_bytes(),
            base: 0,
            ahead: Ahead::End,
        };
        Scanner::within(self.depth + 1, Some(offset), top).feed(page, ledger);
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
    fn inner_offset(&self, offset: u64, inside: usize) -> u64 {
        self.string_offset.unwrap_or(offset + inside as u64)
    }
}
