//! What every record says: when, where, who, with what outcome, and which resources it names.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use sha2::Digest as _;

use super::UnreadableRecord;
use super::actor::account_id;
use super::fields::Fields;
use super::outcome::Outcomes;
use super::unsuccessful;
use super::values::first;
use crate::catalogue::Event as Known;
use crate::catalogue::path::{Path, View};
use crate::event::{Actor, Event, Integrity, Outcome};
use crate::members::{Members, Name};
use crate::record::{Place, Sha256};
use crate::text::Text;

/// Reads the event of a record, without places.
pub(super) fn event(
    outcomes: &Outcomes,
    fields: &Fields<'_>,
    view: &View<'_>,
    known: &Known,
    actor: Arc<Actor>,
) -> Result<Event, UnreadableRecord> {
    let repeated = |name: &str| -> Result<Option<Text>, UnreadableRecord> {
        let text = fields.scalar(name)?;
        Ok(text.map(|text| view.kept(&text)))
    };
    let account = repeated("recipientAccountId")?
        .map(|account| account_id(&account))
        .or_else(|| actor.account.clone())
        .unwrap_or_default();
    let mut error_code = repeated("errorCode")?;
    let mut error_message = repeated("errorMessage")?;
    let mentions = mentions(view, known);
    let mut outcome = outcomes.of(known, error_code.as_ref().map(Text::as_str), &mentions);
    if outcome == Outcome::Succeeded {
        if let Some(failure) = unsuccessful::failure(view, known, &mentions) {
            outcome = Outcome::Failed;
            (error_code, error_message) = (failure.code, failure.message);
        } else if outcomes.is_denied(view) {
            outcome = Outcome::Uncertain;
        }
    }
    let request_id = fields.scalar("requestID")?;
    Ok(Event {
        event_id: event_id(fields)?,
        event_name: repeated("eventName")?.unwrap_or_default(),
        time: event_time(fields.string("eventTime")?)?,
        account,
        region: repeated("awsRegion")?.unwrap_or_default(),
        outcome,
        error_code,
        error_message,
        source_ip: repeated("sourceIPAddress")?,
        user_agent: repeated("userAgent")?,
        request_id: request_id.map(|id| Text::from(&*id)),
        actor,
        mentions,
        places: Vec::<Place>::new(),
        integrity: Integrity::NotChecked,
    })
}

/// Reads the resources that a record names, by member.
fn mentions(view: &View<'_>, known: &Known) -> Members<Vec<Text>> {
    let mentions = known.mentions.iter();
    let named: Vec<(Name, Vec<Text>)> = mentions
        .map(|(name, paths)| (*name, mentioned(view, paths)))
        .filter(|(_, values)| !values.is_empty())
        .collect();
    named.into_iter().collect()
}

fn mentioned(view: &View<'_>, paths: &[Path]) -> Vec<Text> {
    match first(view, paths) {
        Some(path) if !path.is_constant() => path.values(view),
        _ => Vec::new(),
    }
}

/// Reads `eventTime`: RFC 3339, or as CloudTrail Lake writes it, `2023-01-22 16:53:53.000` in UTC.
fn event_time(text: Option<Cow<'_, str>>) -> Result<Timestamp, UnreadableRecord> {
    let text = text.ok_or_else(|| UnreadableRecord("no eventTime".to_owned()))?;
    text.parse()
        .or_else(|_| format!("{}Z", text.replacen(' ', "T", 1)).parse())
        .map_err(|_| UnreadableRecord(format!("eventTime is no time: {text}")))
}

/// Returns `eventID`, or a sum over the record's canonical JSON where it has none.
fn event_id(fields: &Fields<'_>) -> Result<Text, UnreadableRecord> {
    match fields.scalar("eventID")? {
        Some(id) if id.len() <= 256 => Ok(Text::from(&*id)),
        _ => {
            // serde_json's map is sorted by key, so printing it is canonical.
            let sum = Sha256(sha2::Sha256::digest(fields.whole()?.to_string()).into());
            Ok(Text::from(format!("sha256:{sum}")))
        }
    }
}
