//! What every record says: when, where, who, with what outcome, and which resources it names.

use jiff::Timestamp;
use serde_json::Value;
use sha2::Digest as _;

use super::UnreadableRecord;
use super::outcome::Outcomes;
use super::values::first;
use crate::catalogue::path::{Path, View, scalar};
use crate::catalogue::{Event as Known, actor};
use crate::event::{Event, Integrity};
use crate::record::{Place, Sha256};
use crate::text::Text;

/// Reads the event of a record, without places.
pub(super) fn event(
    outcomes: &Outcomes,
    record: &Value,
    view: &View<'_>,
    known: &Known,
) -> Result<Event, UnreadableRecord> {
    let actor = actor::actor(record);
    let account = scalar(&record["recipientAccountId"])
        .map(|account| actor::account_id(&account))
        .or_else(|| actor.account.clone())
        .unwrap_or_default();
    let error_code = scalar(&record["errorCode"]);
    let mentions = known
        .mentions
        .iter()
        .map(|(name, paths)| (name.clone(), mentioned(view, paths)))
        .filter(|(_, values)| !values.is_empty())
        .collect();
    Ok(Event {
        event_id: event_id(record),
        event_name: scalar(&record["eventName"]).unwrap_or_default(),
        time: event_time(&record["eventTime"])?,
        account,
        region: scalar(&record["awsRegion"]).unwrap_or_default(),
        outcome: outcomes.of(known, error_code.as_ref().map(Text::as_str)),
        error_code,
        error_message: scalar(&record["errorMessage"]),
        source_ip: scalar(&record["sourceIPAddress"]),
        user_agent: scalar(&record["userAgent"]),
        request_id: scalar(&record["requestID"]),
        actor,
        mentions,
        places: Vec::<Place>::new(),
        integrity: Integrity::NotChecked,
    })
}

fn mentioned(view: &View<'_>, paths: &[Path]) -> Vec<Text> {
    match first(view, paths) {
        Some(path) if !path.is_constant() => path.values(view),
        _ => Vec::new(),
    }
}

/// Reads `eventTime`: RFC 3339, or as CloudTrail Lake writes it, `2023-01-22 16:53:53.000` in UTC.
fn event_time(value: &Value) -> Result<Timestamp, UnreadableRecord> {
    let text = value
        .as_str()
        .ok_or_else(|| UnreadableRecord("no eventTime".to_owned()))?;
    text.parse()
        .or_else(|_| format!("{}Z", text.replacen(' ', "T", 1)).parse())
        .map_err(|_| UnreadableRecord(format!("eventTime is no time: {text}")))
}

/// Returns `eventID`, or a sum over the record's canonical JSON where it has none.
fn event_id(record: &Value) -> Text {
    match scalar(&record["eventID"]) {
        Some(id) if id.as_str().len() <= 256 => id,
        _ => {
            // serde_json's map is sorted by key, so printing it is canonical.
            let sum = Sha256(sha2::Sha256::digest(record.to_string()).into());
            Text::from(format!("sha256:{sum}"))
        }
    }
}
