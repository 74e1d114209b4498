//! What a mapping can take values from.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::catalogue::Catalogue;
use crate::catalogue::entry::Effect;
use crate::event::Event;
use crate::export::source::Told;
use crate::interval::{Bound, Interval, Timeline};
use crate::record::Sha256;
use crate::render::json::{HitObject, IntervalObject};
use crate::render::rows::WithIds;
use crate::render::sentence::{self, Side};

/// Makes the input of an event:
///
/// ```text
/// {"record":{…},"event":{…},"raw":"{…}","raw_bytes":1234,"raw_sha256":"9f86…","message":"alice: …",
///  "activity":"update","mentions":[{"member":"instance","title":"instance","id":"i-0b…"}],"ids":["i-0b…"],
///  "readable":"{…}",
///  "provenance":[{"value":"0002a88a-…","data":{"places":[…],"integrity":"valid"}}]}
/// ```
pub(in crate::export) fn event(catalogue: &Catalogue, told: &Told) -> Value {
    let (event, raw) = (&told.event, &*told.raw);
    let record: Value = serde_json::from_str(raw).unwrap_or_default();
    let mentions = mentions(catalogue, event);
    let ids = mentions.iter().filter_map(|mention| mention["id"].as_str());
    let ids: BTreeSet<&str> = ids.collect();
    json!({
        "activity": activity(catalogue, event, &record),
        "event": HitObject::new(event),
        "provenance": [{
            "value": event.event_id.as_str(),
            "data": {"places": event.places, "integrity": event.integrity},
        }],
        "ids": ids,
        "mentions": mentions,
        "message": sentence::call(catalogue, event),
        "raw": raw,
        "raw_bytes": raw.len(),
        "raw_sha256": Sha256::of(raw.as_bytes()),
        "readable": readable(raw, &record),
        "record": record,
    })
}

/// Returns the record as plaso can read it: at a `userIdentity` that is no object, and at an ARN, an
/// account or an address that is no text, it stops and reads nothing that follows.
fn readable(raw: &str, record: &Value) -> String {
    let mut readable = record.clone();
    let Value::Object(fields) = &mut readable else {
        return raw.to_owned();
    };
    let identity = fields.entry("userIdentity").or_insert(Value::Null);
    match identity {
        Value::Object(identity) => as_text(identity, "arn"),
        other => *other = Value::Object(Map::new()),
    }
    as_text(fields, "accountId");
    as_text(fields, "sourceIPAddress");
    match readable == *record {
        true => raw.to_owned(),
        false => readable.to_string(),
    }
}

/// Makes text of a value that is none.
fn as_text(fields: &mut Map<String, Value>, name: &str) {
    if let Some(value) = fields.get_mut(name)
        && !value.is_null()
        && !value.is_string()
    {
        *value = Value::from(value.to_string());
    }
}

/// Says in one word what a call does: `read`, `create`, `delete`, `update`, or `other`.
fn activity(catalogue: &Catalogue, event: &Event, record: &Value) -> &'static str {
    if record["readOnly"].as_bool() == Some(true) {
        return "read";
    }
    let known = catalogue.event(event.event_name.as_str());
    let effects = known.map_or(&[][..], |known| &known.entry.effects);
    let any = |is: fn(&Effect) -> bool| effects.iter().any(is);
    if any(|effect| matches!(effect, Effect::Create { .. })) {
        "create"
    } else if any(|effect| matches!(effect, Effect::Delete { .. })) {
        "delete"
    } else if any(Effect::is_change) {
        "update"
    } else {
        "other"
    }
}

/// Lists the ids that a call names.
fn mentions(catalogue: &Catalogue, event: &Event) -> Vec<Value> {
    let mentions = event.mentions.iter().filter_map(|(name, ids)| {
        let member = catalogue.member_id(name)?;
        let title = &catalogue.member(member).title;
        catalogue.identifies(member).then_some((name, title, ids))
    });
    mentions
        .flat_map(|(name, title, ids)| {
            ids.iter()
                .map(move |id| json!({"member": name.as_str(), "title": title, "id": id.as_str()}))
        })
        .collect()
}

/// Makes the input of one end of an interval:
///
/// ```text
/// {"interval":{…},"bound":{"kind":"observed",…},"side":"end","time":"2024-…Z","interval_id":"0a1b…",
///  "message":"eni-… on i-…: detached by …","meaning":"ENI detached"}
/// ```
pub(in crate::export) fn bound(
    catalogue: &Catalogue,
    told: &Timeline,
    (interval, interval_id): (&Interval, &str),
    side: Side,
) -> Value {
    let object = IntervalObject::new(catalogue, told, interval);
    let row = json!(WithIds::new(catalogue, interval, &object));
    let (name, end) = match side {
        Side::Start => ("start", &interval.start),
        Side::End => ("end", &interval.end),
    };
    let mut input = Map::new();
    input.insert("bound".to_owned(), row[name].clone());
    input.insert("interval".to_owned(), row);
    let findings = interval
        .findings
        .iter()
        .map(|finding| finding.code.as_str());
    let findings: Vec<&str> = findings.collect();
    if !findings.is_empty() {
        input.insert("findings".to_owned(), Value::from(findings));
    }
    for (key, value) in [
        ("interval_id", interval_id.to_owned()),
        ("side", name.to_owned()),
        ("meaning", sentence::meaning(catalogue, interval, side)),
        ("message", sentence::bound(catalogue, told, interval, side)),
    ] {
        input.insert(key.to_owned(), Value::from(value));
    }
    let time = time(end).map(|time| Value::from(time.to_string()));
    input.insert("time".to_owned(), time.unwrap_or_default());
    Value::Object(input)
}

/// Returns the time that an end is shown at: the earliest that is known, else the latest.
pub(in crate::export) fn time(bound: &Bound) -> Option<jiff::Timestamp> {
    bound.not_before.or(bound.not_after)
}
