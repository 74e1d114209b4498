//! From a record to an event and its transitions.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde_json::Value;
use sha2::Digest as _;

use super::compile::{Effect, EffectKind, Input, Proof};
use super::entry::Proves;
use super::path::{Path, ROWS_MAX, Row, View, rows, scalar};
use super::{Catalogue, Event as Known, actor};
use crate::event::{Change, Event, Integrity, Lookup, MemberId, Outcome, Support, Transition};
use crate::record::{Place, Sha256};
use crate::text::Text;

/// What a record says, by the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpretation {
    /// The event, without places: the caller knows them.
    pub event: Event,
    /// What it changes; for a failed call, what it tells about the state at that second.
    pub transitions: Vec<Transition>,
    /// The call succeeded but the record lacks the response that its effects are read from.
    pub response_missing: bool,
}

/// Why a record cannot be interpreted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableRecord(
    /// The reason, such as `no eventTime`.
    pub String,
);

impl fmt::Display for UnreadableRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnreadableRecord {}

impl Catalogue {
    /// Reads a record; `None` where it is out of scope.
    ///
    /// # Errors
    ///
    /// What makes the record unusable: it is no JSON object, or has no readable `eventTime`.
    pub fn interpret(&self, raw: &str) -> Result<Option<Interpretation>, UnreadableRecord> {
        let record: Value =
            serde_json::from_str(raw).map_err(|error| UnreadableRecord(error.to_string()))?;
        let name = record["eventName"].as_str().unwrap_or_default();
        let source = record["eventSource"].as_str().unwrap_or_default();
        let Some(known) = self
            .event(name)
            .filter(|known| known.entry.source == source)
        else {
            return Ok(None);
        };
        let view = View::new(&record);
        let event = event(&record, &view, known)?;
        let transitions = match event.outcome {
            Outcome::Succeeded | Outcome::Uncertain => self.effects(&view, known, event.outcome),
            Outcome::Failed => self.proofs(&view, known, &event),
            Outcome::DryRun => Vec::new(),
        };
        Ok(Some(Interpretation {
            response_missing: event.outcome == Outcome::Succeeded && lacks_response(&view, known),
            event,
            transitions,
        }))
    }

    fn effects(&self, view: &View<'_>, known: &Known, outcome: Outcome) -> Vec<Transition> {
        let uncertain = outcome == Outcome::Uncertain || known.entry.uncertain;
        let mut transitions = Vec::new();
        for effect in &known.effects {
            let before = transitions.len();
            self.apply(view, effect, &mut transitions);
            if uncertain {
                for transition in &mut transitions[before..] {
                    transition.support = Support::Uncertain;
                    transition.asynchronous = true;
                }
            }
        }
        if uncertain {
            // What the call would have changed among several things cannot be half told.
            transitions.retain(|transition| {
                matches!(
                    transition.change,
                    Change::Open { .. } | Change::Close { .. }
                ) && self.is_told(transition)
            });
        }
        transitions
    }

    /// Says whether an uncertain beginning names both what would be attached and to what: anything less
    /// would be an interval without a name.
    fn is_told(&self, transition: &Transition) -> bool {
        if !matches!(transition.change, Change::Open { .. }) {
            return true;
        }
        let relation = self.relation(transition.relation);
        let knows = |members: &[MemberId]| {
            transition
                .members
                .iter()
                .any(|(member, _)| members.contains(member))
        };
        knows(&relation.held) && (relation.holder.is_empty() || knows(&relation.holder))
    }

    fn apply(&self, view: &View<'_>, effect: &Effect, transitions: &mut Vec<Transition>) {
        let transition = |change, members| Transition {
            relation: effect.relation,
            change,
            members,
            support: effect.support,
            asynchronous: effect.asynchronous,
        };
        let slots = effect_rows(view, effect);
        match &effect.kind {
            EffectKind::Open { former_ends } => transitions.extend(slots.into_iter().map(|row| {
                let change = Change::Open {
                    former_ends: *former_ends,
                };
                transition(change, members(effect, &row))
            })),
            EffectKind::Close {
                lacking,
                idempotent,
            } => {
                transitions.extend(slots.into_iter().map(|row| {
                    let change = Change::Close {
                        lacking: lacking.clone(),
                        idempotent: *idempotent,
                    };
                    transition(change, members(effect, &row))
                }));
            }
            EffectKind::Replace { former, inherit } => {
                transitions.extend(slots.into_iter().filter_map(|row| {
                    let (old, new) = split(effect, &row, *former);
                    let change = Change::Replace {
                        former: old,
                        inherited: inherit.clone(),
                    };
                    let change_is_told =
                        matches!(&change, Change::Replace { former, .. } if !former.is_empty());
                    change_is_told.then(|| transition(change, new))
                }));
            }
            EffectKind::Assign { through } => transitions.extend(
                assignment(effect, &slots, through.as_ref())
                    .into_iter()
                    .map(|change| transition(change, Vec::new())),
            ),
            EffectKind::Update { of } => {
                transitions.extend(slots.into_iter().filter_map(|row| {
                    let (of, new) = split(effect, &row, *of);
                    let told = !of.is_empty() && !new.is_empty();
                    told.then(|| transition(Change::Update { of }, new))
                }));
            }
        }
    }

    fn proofs(&self, view: &View<'_>, known: &Known, event: &Event) -> Vec<Transition> {
        let code = event
            .error_code
            .as_ref()
            .map_or("", |code| bare_code(code.as_str()));
        let told = known.proofs.iter().filter(|proof| proof.error == code);
        told.flat_map(|proof| proof_transitions(view, proof))
            .collect()
    }
}

fn proof_transitions(view: &View<'_>, proof: &Proof) -> Vec<Transition> {
    let chosen: Vec<(usize, &Path)> = chosen(view, &proof.inputs);
    let complete = |row: &Row| row.len() == proof.inputs.len();
    let told = rows(view, &chosen).into_iter().filter(complete);
    told.map(|row| Transition {
        relation: proof.relation,
        change: match proof.proves {
            Proves::Ended => Change::ProvesEnded,
            Proves::Held => Change::ProvesHeld,
        },
        members: row_members(&proof.inputs, &row, 0..proof.inputs.len()),
        support: Support::Inferred,
        asynchronous: false,
    })
    .collect()
}

/// Returns the rows of an effect that say something.
fn effect_rows(view: &View<'_>, effect: &Effect) -> Vec<Row> {
    let mut found = rows(view, &chosen(view, &effect.inputs));
    let excepted: Vec<(usize, Vec<Text>)> = effect
        .except
        .iter()
        .map(|(slot, paths)| (*slot, first_values(view, paths)))
        .collect();
    found.retain(|row| {
        let has = |slot: &usize| row.contains_key(slot);
        let says_something = effect
            .inputs
            .iter()
            .enumerate()
            .any(|(slot, input)| input.member.is_some() && has(&slot));
        let is_unchanged = effect.unchanged.is_some_and(|(before, after)| {
            row.get(&before).is_some() && row.get(&before) == row.get(&after)
        });
        let is_excepted = excepted
            .iter()
            .any(|(slot, values)| row.get(slot).is_some_and(|value| values.contains(value)));
        says_something
            && effect.needs.iter().all(has)
            && !effect.unless.iter().any(has)
            && !is_unchanged
            && !is_excepted
    });
    found.truncate(ROWS_MAX);
    found
}

/// Chooses for every input the first alternative that finds anything.
fn chosen<'i>(view: &View<'_>, inputs: &'i [Input]) -> Vec<(usize, &'i Path)> {
    inputs
        .iter()
        .enumerate()
        .filter_map(|(slot, input)| Some((slot, first(view, &input.paths)?)))
        .collect()
}

fn first<'p>(view: &View<'_>, paths: &'p [Path]) -> Option<&'p Path> {
    match paths {
        [only] => Some(only),
        several => several.iter().find(|path| path.finds(view)),
    }
}

fn first_values(view: &View<'_>, paths: &[Path]) -> Vec<Text> {
    first(view, paths)
        .map(|path| path.values(view))
        .unwrap_or_default()
}

fn members(effect: &Effect, row: &Row) -> Vec<(MemberId, Text)> {
    row_members(&effect.inputs, row, 0..effect.inputs.len())
}

fn split(effect: &Effect, row: &Row, at: usize) -> (Vec<(MemberId, Text)>, Vec<(MemberId, Text)>) {
    (
        row_members(&effect.inputs, row, 0..at),
        row_members(&effect.inputs, row, at..effect.inputs.len()),
    )
}

fn row_members(
    inputs: &[Input],
    row: &Row,
    slots: std::ops::Range<usize>,
) -> Vec<(MemberId, Text)> {
    let mut members: Vec<(MemberId, Text)> = slots
        .filter_map(|slot| Some((inputs[slot].member?, row.get(&slot)?.clone())))
        .collect();
    members.sort_by_key(|(member, _)| *member);
    members
}

/// Gathers the rows of an assignment: one owner, and the set that it has from now on.
fn assignment(effect: &Effect, rows: &[Row], through: Option<&Lookup>) -> Vec<Change> {
    let (Some(owner_id), Some(member)) = (effect.inputs[0].member, effect.inputs[1].member) else {
        return Vec::new();
    };
    let mut sets: BTreeMap<&Text, Vec<Text>> = BTreeMap::new();
    for row in rows {
        if let (Some(owner), Some(value)) = (row.get(&0), row.get(&1)) {
            sets.entry(owner).or_default().push(value.clone());
        }
    }
    sets.into_iter()
        .map(|(owner, values)| Change::Assign {
            owner: (owner_id, owner.clone()),
            through: through.cloned(),
            member,
            values,
        })
        .collect()
}

fn lacks_response(view: &View<'_>, known: &Known) -> bool {
    let absent = view.response.is_null() || !view.response["omitted"].is_null();
    absent
        && known
            .entry
            .members
            .values()
            .flat_map(|paths| paths.alternatives())
            .any(|path| path.starts_with("response."))
}

fn event(record: &Value, view: &View<'_>, known: &Known) -> Result<Event, UnreadableRecord> {
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
        outcome: outcome(known, error_code.as_ref()),
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

/// Drops `Client.` or `Server.`, which CloudTrail adds and the API reference does not.
pub(super) fn bare_code(code: &str) -> &str {
    code.strip_prefix("Client.")
        .or_else(|| code.strip_prefix("Server."))
        .unwrap_or(code)
}

fn outcome(known: &Known, error_code: Option<&Text>) -> Outcome {
    let Some(code) = error_code.map(Text::as_str) else {
        return Outcome::Succeeded;
    };
    let bare = bare_code(code);
    if bare == "DryRunOperation" {
        Outcome::DryRun
    } else if code.starts_with("Server.")
        || [
            "InternalError",
            "InternalFailure",
            "Unavailable",
            "ServiceUnavailable",
        ]
        .contains(&bare)
        || known
            .entry
            .uncertain_errors
            .iter()
            .any(|error| error == bare)
    {
        Outcome::Uncertain
    } else {
        Outcome::Failed
    }
}
