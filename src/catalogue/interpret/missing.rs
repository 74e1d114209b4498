//! Whether a call did something that only its response names, and the record has no response.

use crate::catalogue::compile::{Effect, EffectKind, Input};
use crate::catalogue::path::{Path, View};
use crate::catalogue::{Catalogue, Event as Known};

/// Says whether a record of a successful call lacks the response that one of its effects is read from.
///
/// CloudTrail writes null for an empty response, and `{"omitted":true,…}` for one that is too large.
pub(super) fn lacks_response(catalogue: &Catalogue, view: &View<'_>, known: &Known) -> bool {
    view.lacks_response()
        && known
            .effects
            .iter()
            .any(|effect| rests_on_response(view, effect) || lacks_handle(catalogue, view, effect))
}

/// Says whether an effect begins something whose handle only the response names: what later calls name
/// by it cannot be found.
fn lacks_handle(catalogue: &Catalogue, view: &View<'_>, effect: &Effect) -> bool {
    let handle = &catalogue.relation(effect.relation).handle;
    let finds = |slot: &usize| {
        effect.inputs[*slot]
            .paths
            .iter()
            .any(|path| path.finds(view))
    };
    let is_lost = |input: &Input| {
        let is_handle = input.member.is_some_and(|member| handle.contains(&member));
        is_handle && !input.paths.is_empty() && input.paths.iter().all(Path::is_of_response)
    };
    matches!(effect.kind, EffectKind::Open { .. })
        && effect.needs.iter().all(finds)
        && !effect.unless.iter().any(finds)
        && effect.inputs.iter().any(is_lost)
}

/// Says whether an effect is lost with the response: it needs a member that only the response names,
/// and whatever else decides whether it applies is there.
fn rests_on_response(view: &View<'_>, effect: &Effect) -> bool {
    let finds = |slot: &usize| {
        let mut paths = effect.inputs[*slot].paths.iter();
        paths.any(|path| path.finds(view))
    };
    let is_of_response = |slot: &usize| {
        let paths = &effect.inputs[*slot].paths;
        !paths.is_empty() && paths.iter().all(Path::is_of_response)
    };
    if effect.unless.iter().any(finds) {
        return false;
    }
    let needs = match (&effect.kind, &effect.needs[..]) {
        (EffectKind::Assign { .. }, _) => vec![0, 1],
        // Any one member makes a row.
        (_, []) => {
            let members =
                || (0..effect.inputs.len()).filter(|slot| effect.inputs[*slot].member.is_some());
            return !members().any(|slot| finds(&slot))
                && members().any(|slot| is_of_response(&slot));
        }
        (_, needs) => needs.to_vec(),
    };
    let (of_response, others): (Vec<usize>, Vec<usize>) =
        needs.iter().partition(|slot| is_of_response(slot));
    !of_response.is_empty() && others.iter().all(finds)
}

#[cfg(test)]
mod tests {
    use crate::catalogue::Catalogue;

    #[test]
    fn only_what_the_response_alone_names_is_missed() {
        let omitted = r#"{"omitted":true,"reason":"responseElements too large"}"#;
        for (name, request, response, expected) in [
            ("RunInstances", "{}", "null", true),
            ("RunInstances", "{}", omitted, true),
            ("AllocateAddress", "{}", "null", true),
            (
                "AttachNetworkInterface",
                r#"{"networkInterfaceId":"eni-00000001","instanceId":"i-00000001"}"#,
                "null",
                true,
            ),
            (
                "DetachNetworkInterface",
                r#"{"attachmentId":"eni-attach-00000001"}"#,
                "null",
                false,
            ),
            (
                "AttachInternetGateway",
                r#"{"internetGatewayId":"igw-00000001","vpcId":"vpc-00000001"}"#,
                omitted,
                false,
            ),
        ] {
            let record = format!(
                r#"{{"eventSource":"ec2.amazonaws.com","eventName":"{name}",
                "eventTime":"2024-03-01T10:00:00Z","requestParameters":{request},
                "responseElements":{response}}}"#
            );
            let read = Catalogue::embedded().interpret(&record);
            let read = read.expect("readable").expect("in scope");
            assert_eq!(read.response_missing, expected, "{record}");
        }
    }
}
