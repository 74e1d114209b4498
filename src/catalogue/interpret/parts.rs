//! What a call that succeeded did not do: its response says so, thing by thing.
//!
//! Not for: calls of which everything failed (`unsuccessful`).

use std::collections::{BTreeMap, BTreeSet};

use super::values::{chosen, first};
use crate::catalogue::compile::{Unchanged, Unsuccessful};
use crate::catalogue::path::{View, rows};
use crate::catalogue::{Catalogue, Event as Known};
use crate::interval::Part;
use crate::members::{Members, Name};
use crate::text::Text;

/// What a call did not do, and the things that it named for it.
pub(super) type Undone = (Part, Members<Vec<Text>>);

/// Things by the members that name them.
type Named = BTreeMap<Name, BTreeSet<Text>>;

impl Catalogue {
    /// Lists what the response of a call that succeeded says that it did not do, in order.
    pub(super) fn undone(
        &self,
        view: &View<'_>,
        known: &Known,
        mentions: &Members<Vec<Text>>,
    ) -> Vec<Undone> {
        let unchanged = known.unchanged.as_ref();
        let unchanged = unchanged.and_then(|unchanged| self.unchanged(view, unchanged));
        let failed = known.unsuccessful.as_ref();
        let failed = failed.map(|unsuccessful| failed_items(view, unsuccessful, mentions));
        let mut undone: Vec<Undone> = unchanged.into_iter().collect();
        undone.extend(failed.into_iter().flatten());
        // A case keeps them by the million.
        undone.shrink_to_fit();
        undone
    }

    fn unchanged(&self, view: &View<'_>, unchanged: &Unchanged) -> Option<Undone> {
        let inputs = &unchanged.inputs;
        let (before, after) = unchanged.states;
        let mut named = Named::new();
        for row in rows(view, &chosen(view, inputs), inputs.len()) {
            if row[before].is_none() || row[before] != row[after] {
                continue;
            }
            for (input, value) in inputs.iter().zip(row) {
                if let Some((member, value)) = input.member.zip(value) {
                    let values = named.entry(self.member(member).name).or_default();
                    values.insert(value);
                }
            }
        }
        (!named.is_empty()).then(|| (Part::Unchanged, listed(named)))
    }
}

/// Lists what the response lists as failed, by the error.
fn failed_items(
    view: &View<'_>,
    unsuccessful: &Unsuccessful,
    mentions: &Members<Vec<Text>>,
) -> Vec<Undone> {
    let paths = [
        &unsuccessful.values,
        &unsuccessful.error_code,
        &unsuccessful.error_message,
    ];
    let paths: Vec<_> = (0..)
        .zip(paths)
        .filter_map(|(slot, paths)| Some((slot, first(view, paths)?)))
        .collect();
    // By which member the call names a thing; of a single member it need not.
    let mut named: BTreeMap<&Text, Name> = BTreeMap::new();
    for member in unsuccessful.members.iter().rev() {
        let values = mentions.get(member.as_str()).into_iter().flatten();
        named.extend(values.map(|value| (value, *member)));
    }
    let mut failed: BTreeMap<(Option<Text>, Option<Text>), Named> = BTreeMap::new();
    for row in rows(view, &paths, 3) {
        let Ok::<[Option<Text>; 3], _>([value, code, message]) = row.try_into() else {
            continue;
        };
        let Some(value) = value else {
            continue;
        };
        let member = match unsuccessful.members[..] {
            [only] => Some(only),
            _ => named.get(&value).copied(),
        };
        if let Some(member) = member {
            let named = failed.entry((code, message)).or_default();
            named.entry(member).or_default().insert(value);
        }
    }
    let failed = failed.into_iter().map(|((code, message), named)| {
        let part = Part::Failed {
            error_code: code,
            error_message: message,
        };
        (part, listed(named))
    });
    failed.collect()
}

fn listed(named: Named) -> Members<Vec<Text>> {
    let named = named.into_iter();
    named
        .map(|(member, values)| (member, values.into_iter().collect()))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::catalogue::Catalogue;
    use crate::interval::Part;

    fn undone(name: &str, request: &Value, response: &Value) -> Vec<String> {
        let record = json!({
            "eventSource": "ec2.amazonaws.com", "eventName": name,
            "eventTime": "2024-03-01T10:00:00Z",
            "requestParameters": request, "responseElements": response,
        });
        let read = Catalogue::embedded().interpret(&record.to_string());
        let read = read.expect("readable").expect("in scope");
        let undone = read.undone.iter().map(|(part, members)| {
            let members = members.iter().map(|(name, values)| {
                let values: Vec<&str> = values.iter().map(|value| value.as_str()).collect();
                format!("{name}={}", values.join(","))
            });
            let members: Vec<String> = members.collect();
            let said = match part {
                Part::Whole => "whole".to_owned(),
                Part::Unchanged => "unchanged".to_owned(),
                Part::Failed {
                    error_code,
                    error_message,
                } => {
                    let said = |text: &Option<crate::text::Text>| {
                        text.as_ref().map_or("-".to_owned(), ToString::to_string)
                    };
                    format!("{} {}", said(error_code), said(error_message))
                }
            };
            format!("{said}: {}", members.join(" "))
        });
        undone.collect()
    }

    #[test]
    fn what_failed_of_a_call_is_told_by_its_errors() {
        let request = |ids: &[&str]| json!({"DeleteVpcEndpointsRequest": {"VpcEndpointId": ids}});
        let response =
            |items: Value| json!({"DeleteVpcEndpointsResponse": {"unsuccessful": {"item": items}}});
        let item = |id: &str, code: &str, message: &str| json!({"resourceId": id, "error": {"code": code, "message": message}});
        for (items, told) in [
            (json!([]), vec![]),
            (item("b", "Busy", "no"), vec!["Busy no: vpc_endpoint=b"]),
            (
                json!([
                    item("c", "Busy", "no"),
                    item("b", "Busy", "no"),
                    item("d", "Kept", "why")
                ]),
                vec!["Busy no: vpc_endpoint=b,c", "Kept why: vpc_endpoint=d"],
            ),
            (json!({"resourceId": "b"}), vec!["- -: vpc_endpoint=b"]),
            (
                json!([item("x", "Busy", "no")]),
                vec!["Busy no: vpc_endpoint=x"],
            ),
            // Of everything that failed the call itself is told.
            (
                json!([
                    item("a", "Busy", "no"),
                    item("b", "Busy", "no"),
                    item("c", "Busy", "no"),
                    item("d", "Busy", "no")
                ]),
                vec![],
            ),
        ] {
            let found = undone(
                "DeleteVpcEndpoints",
                &request(&["a", "b", "c", "d"]),
                &response(items.clone()),
            );
            assert_eq!(found, told, "{items}");
        }
    }

    #[test]
    fn the_same_state_before_and_after_is_told() {
        let item = |id: &str, before: Value, after: &str| json!({"instanceId": id, "previousState": {"name": before}, "currentState": {"name": after}});
        for (name, items, told) in [
            (
                "StopInstances",
                vec![item("i-1", json!("running"), "stopping")],
                vec![],
            ),
            (
                "StopInstances",
                vec![item("i-1", json!("stopped"), "stopped")],
                vec!["unchanged: instance=i-1"],
            ),
            (
                "TerminateInstances",
                vec![
                    item("i-1", json!("running"), "shutting-down"),
                    item("i-3", json!("terminated"), "terminated"),
                    item("i-2", json!("shutting-down"), "shutting-down"),
                ],
                vec!["unchanged: instance=i-2,i-3"],
            ),
            (
                "StartInstances",
                vec![item("i-1", json!("running"), "running")],
                vec!["unchanged: instance=i-1"],
            ),
            (
                "StartInstances",
                vec![item("i-1", Value::Null, "running")],
                vec![],
            ),
        ] {
            let response = json!({"instancesSet": {"items": items}});
            let found = undone(name, &json!({}), &response);
            assert_eq!(found, told, "{name} {response}");
        }
    }
}
