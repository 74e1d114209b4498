//! Calls that AWS did not refuse, and of which everything failed: their response says so, item by item.

use std::collections::BTreeSet;

use super::values::first_values;
use crate::catalogue::Event as Known;
use crate::catalogue::path::{Path, View};
use crate::members::Members;
use crate::text::Text;

/// What the items of a response say of why they failed, where all say the same.
pub(super) struct Failure {
    pub(super) code: Option<Text>,
    pub(super) message: Option<Text>,
}

/// Says why a call failed whose response lists all that it names as failed; `None` for any other.
pub(super) fn failure(
    view: &View<'_>,
    known: &Known,
    mentions: &Members<Vec<Text>>,
) -> Option<Failure> {
    let unsuccessful = known.unsuccessful.as_ref()?;
    let failed: BTreeSet<Text> = first_values(view, &unsuccessful.values)
        .into_iter()
        .collect();
    let members = unsuccessful.members.iter();
    let mut named = members
        .filter_map(|member| mentions.get(member.as_str()))
        .flatten()
        .peekable();
    let is_whole = named.peek().is_some() && named.all(|value| failed.contains(value));
    is_whole.then(|| Failure {
        code: only(view, &unsuccessful.error_code),
        message: only(view, &unsuccessful.error_message),
    })
}

fn only(view: &View<'_>, paths: &[Path]) -> Option<Text> {
    let values: BTreeSet<Text> = first_values(view, paths).into_iter().collect();
    let mut values = values.into_iter();
    values.next().filter(|_| values.next().is_none())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::catalogue::Catalogue;
    use crate::event::Outcome;
    use crate::text::Text;

    #[test]
    fn a_call_of_which_everything_failed_is_a_failed_call() {
        let item = |id: &str, code: &str| json!({"resourceId": id, "error": {"code": code, "message": "no"}});
        let (a, b) = ("vpce-00000001", "vpce-00000002");
        for (named, items, outcome, code) in [
            (vec![a], json!([]), Outcome::Succeeded, None),
            (
                vec![a],
                json!(item(a, "Busy")),
                Outcome::Failed,
                Some("Busy"),
            ),
            (
                vec![a, b],
                json!([item(a, "Busy")]),
                Outcome::Succeeded,
                None,
            ),
            (
                vec![a, b],
                json!([item(a, "Busy"), item(b, "Busy")]),
                Outcome::Failed,
                Some("Busy"),
            ),
            (
                vec![a, b],
                json!([item(a, "Busy"), item(b, "Kept")]),
                Outcome::Failed,
                None,
            ),
            (vec![], json!([item(a, "Busy")]), Outcome::Succeeded, None),
        ] {
            let named = json!(named);
            let record = json!({
                "eventSource": "ec2.amazonaws.com", "eventName": "DeleteVpcEndpoints",
                "eventTime": "2024-03-01T10:00:00Z",
                "requestParameters": {"DeleteVpcEndpointsRequest": {"VpcEndpointId": named}},
                "responseElements": {"DeleteVpcEndpointsResponse": {"unsuccessful": {"item": items}}},
            });
            let read = Catalogue::embedded().interpret(&record.to_string());
            let read = read.expect("readable").expect("in scope");
            assert_eq!(read.event.outcome, outcome, "{record}");
            let told = read.event.error_code.as_ref().map(Text::as_str);
            assert_eq!(told, code, "{record}");
            let is_change = read.transitions.is_empty();
            assert_eq!(
                is_change,
                outcome == Outcome::Failed || named == json!([]),
                "{record}"
            );
        }
    }

    #[test]
    fn a_response_that_denies_success_leaves_the_outcome_open() {
        for (mark, outcome) in [
            (json!(true), Outcome::Succeeded),
            (json!(false), Outcome::Uncertain),
            (json!("false"), Outcome::Uncertain),
        ] {
            let record = json!({
                "eventSource": "ec2.amazonaws.com", "eventName": "DetachNetworkInterface",
                "eventTime": "2024-03-01T10:00:00Z",
                "requestParameters": {"attachmentId": "eni-attach-00000001"},
                "responseElements": {"_return": mark},
            });
            let read = Catalogue::embedded().interpret(&record.to_string());
            let read = read.expect("readable").expect("in scope");
            assert_eq!(read.event.outcome, outcome, "{record}");
        }
    }
}
