//! Piles: records of any calls, in the shapes of the fixtures, about a handful of things.
//!
//! Nothing in a pile need be possible. It shows what a law overlooks in relations that nobody thought
//! of when it was written.

use std::collections::BTreeMap;
use std::fs;
use std::sync::OnceLock;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use trailspan::catalogue::Catalogue;

use super::evidence::{Calls, fixtures};

/// One record of a pile, in numbers that shrink well.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    fixture: usize,
    /// Which of the things of each kind are meant.
    things: u8,
    second: i64,
    place: u8,
    actor: u8,
    fault: Fault,
}

/// How a call of a pile goes.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// As in its fixture.
    None,
    /// Nobody can say.
    Unknown,
    /// It is refused for one of the reasons that prove something.
    Refused(u8),
}

/// Makes piles about up to three files of the catalogue, in which calls often share a second.
pub(super) fn piles(records_max: usize) -> impl Strategy<Value = Calls> {
    let themes = vec(any::<prop::sample::Index>(), 1..4);
    let piece = (
        any::<prop::sample::Index>(),
        any::<u8>(),
        0..40_i64,
        prop_oneof![5 => Just(0_u8), 1 => 1..4_u8],
        0..3_u8,
        prop_oneof![
            16 => Just(Fault::None),
            2 => Just(Fault::Unknown),
            3 => (0..4_u8).prop_map(Fault::Refused),
        ],
    );
    (themes, vec(piece, 2..records_max)).prop_map(|(themes, pieces)| {
        let by_theme = by_theme();
        let names: Vec<&String> = by_theme.keys().collect();
        let chosen: Vec<usize> = themes
            .iter()
            .flat_map(|theme| by_theme[*theme.get(&names)].clone())
            .collect();
        let pieces = pieces
            .into_iter()
            .map(|(fixture, things, second, place, actor, fault)| Piece {
                fixture: *fixture.get(&chosen),
                things,
                second,
                place,
                actor,
                fault,
            });
        Calls(
            pieces
                .enumerate()
                .map(|(number, piece)| record(number, &piece))
                .collect(),
        )
    })
}

/// The fixtures, by the file of the catalogue that their event is in.
fn by_theme() -> &'static BTreeMap<String, Vec<usize>> {
    static THEMES: OnceLock<BTreeMap<String, Vec<usize>>> = OnceLock::new();
    THEMES.get_or_init(|| {
        let mut themes: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (number, record) in originals().iter().enumerate() {
            let name = record["eventName"].as_str().unwrap_or_default();
            if let Some(event) = Catalogue::embedded().event(name) {
                themes
                    .entry(event.resource.clone())
                    .or_default()
                    .push(number);
            }
        }
        themes
    })
}

fn originals() -> &'static [Value] {
    static ORIGINALS: OnceLock<Vec<Value>> = OnceLock::new();
    ORIGINALS.get_or_init(|| {
        let mut paths: Vec<_> = fs::read_dir(fixtures().join("records"))
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        paths.sort();
        let texts = paths.iter().map(|path| fs::read_to_string(path).unwrap());
        texts
            .filter_map(|text| serde_json::from_str(&text).ok())
            .collect()
    })
}

fn record(number: usize, piece: &Piece) -> Value {
    let mut record = originals()[piece.fixture].clone();
    for part in [
        "requestParameters",
        "responseElements",
        "serviceEventDetails",
    ] {
        rename(&mut record[part], piece.things);
    }
    let (minute, second) = (piece.second / 2 / 10, piece.second / 2 % 10);
    let account = ["111122223333", "444455556666"][usize::from(piece.place & 1)];
    record["userIdentity"] = actor(piece.actor);
    record["eventTime"] = json!(format!("2024-03-01T10:{minute:02}:{second:02}Z"));
    record["awsRegion"] = json!(["us-east-1", "eu-west-1"][usize::from(piece.place >> 1)]);
    record["recipientAccountId"] = json!(account);
    record["eventID"] = json!(format!("0000-{number:04}"));
    match piece.fault {
        Fault::None => (),
        Fault::Unknown => record["errorCode"] = json!("Server.InternalError"),
        Fault::Refused(reason) => refuse(&mut record, usize::from(reason)),
    }
    record
}

/// Gives a record an error that proves something, where there is any for its call.
fn refuse(record: &mut Value, reason: usize) {
    let name = record["eventName"].as_str().unwrap_or_default();
    let known = Catalogue::embedded().event(name);
    let proofs = known.map_or(&[][..], |known| &known.entry.proofs[..]);
    if let Some(proof) = proofs.get(reason % proofs.len().max(1)) {
        record["errorCode"] = json!(format!("Client.{}", proof.error));
        record["responseElements"] = Value::Null;
    }
}

/// Three who act: a person, a role, a service.
pub(super) fn actor(number: u8) -> Value {
    match number {
        0 => json!({
            "type": "IAMUser", "userName": "alice", "accountId": "111122223333",
            "arn": "arn:aws:iam::111122223333:user/alice", "principalId": "AIDAEXAMPLE",
            "accessKeyId": "AKIAEXAMPLE0000000000",
        }),
        1 => json!({
            "type": "AssumedRole", "accountId": "111122223333",
            "arn": "arn:aws:sts::111122223333:assumed-role/Deploy/bob",
            "principalId": "AROAEXAMPLE:bob", "accessKeyId": "ASIAEXAMPLE0000000000",
            "sessionContext": {"sessionIssuer": {
                "type": "Role", "userName": "Deploy", "arn": "arn:aws:iam::111122223333:role/Deploy",
            }},
        }),
        _ => json!({"type": "AWSService", "invokedBy": "autoscaling.amazonaws.com"}),
    }
}

/// Gives every id and address one of two names, so that records meet.
fn rename(value: &mut Value, things: u8) {
    match value {
        Value::String(text) => {
            if let Some(renamed) = renamed(text, things) {
                *text = renamed;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, things)),
        Value::Object(fields) => fields.values_mut().for_each(|field| rename(field, things)),
        _ => {}
    }
}

fn renamed(text: &str, things: u8) -> Option<String> {
    // Two different originals stay different in one record, half of the time.
    let salt = text
        .bytes()
        .fold(things, |sum, byte| sum.rotate_left(1) ^ byte);
    let which = 1 + salt.count_ones() % 2;
    if text.parse::<std::net::Ipv4Addr>().is_ok() {
        return Some(format!("203.0.113.{which}"));
    }
    let (prefix, digits) = text.rsplit_once('-')?;
    let is_id = digits.len() >= 8
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        && prefix.len() <= 24
        && prefix
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    is_id.then(|| format!("{prefix}-{which:017x}"))
}
