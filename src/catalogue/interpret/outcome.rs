//! What became of a call, by its error code: the codes are data, `schema/outcomes.json`.

use serde::Deserialize;

use crate::catalogue::Event as Known;
use crate::catalogue::path::View;
use crate::event::Outcome;
use crate::members::Members;
use crate::text::Text;

/// What error codes say of whether a call changed anything, as `schema/outcomes.json` has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::catalogue) struct Outcomes {
    /// Where its schema is, for editors.
    #[serde(rename = "$schema", default)]
    _schema: Option<String>,
    /// What the file is for, and where it is from; for its readers only.
    #[serde(rename = "about")]
    _about: String,
    /// What CloudTrail writes before a code and the API reference does not.
    prefixes: Vec<String>,
    /// Codes that say that the call was only asked for.
    dry_run: Vec<String>,
    /// What begins codes that leave the outcome open.
    uncertain_prefixes: Vec<String>,
    /// Codes that leave the outcome open, without prefix.
    uncertain: Vec<String>,
    /// Values of a response that are true of a success; false leaves the outcome open.
    success_marks: Vec<String>,
}

impl Outcomes {
    /// Says what became of a call.
    pub(super) fn of(
        &self,
        known: &Known,
        error_code: Option<&str>,
        mentions: &Members<Vec<Text>>,
    ) -> Outcome {
        let Some(code) = error_code else {
            return Outcome::Succeeded;
        };
        let bare = self.bare(code);
        let is_among = |codes: &[String]| codes.iter().any(|known| known == bare);
        let begins_uncertain = || {
            let mut prefixes = self.uncertain_prefixes.iter();
            prefixes.any(|prefix| code.starts_with(prefix))
        };
        if is_among(&self.dry_run) {
            Outcome::DryRun
        } else if begins_uncertain()
            || is_among(&self.uncertain)
            || (is_among(&known.entry.uncertain_errors) && may_be_half_done(known, mentions))
        {
            Outcome::Uncertain
        } else {
            Outcome::Failed
        }
    }

    /// Says whether the response of a call without error code denies its success.
    pub(super) fn is_denied(&self, view: &View<'_>) -> bool {
        let mut marks = self.success_marks.iter();
        marks.any(|mark| view.denies(mark))
    }

    /// Drops what CloudTrail writes before a code and the API reference does not.
    pub(super) fn bare<'t>(&self, code: &'t str) -> &'t str {
        self.prefixes
            .iter()
            .find_map(|prefix| code.strip_prefix(prefix))
            .unwrap_or(code)
    }
}

/// Says whether a call names several things of which it may have done some.
fn may_be_half_done(known: &Known, mentions: &Members<Vec<Text>>) -> bool {
    let member = known.entry.uncertain_if_several.as_deref();
    member.is_none_or(|member| {
        let named = mentions.get(member);
        named.is_some_and(|values| values.len() > 1)
    })
}

#[cfg(test)]
mod tests {
    use crate::catalogue::Catalogue;
    use crate::event::Outcome;
    use crate::members::Members;
    use crate::text::Text;

    #[test]
    fn an_error_code_says_what_became_of_the_call() {
        let catalogue = Catalogue::embedded();
        let known = catalogue.event("DetachNetworkInterface").expect("a call");
        for (code, outcome) in [
            (None, Outcome::Succeeded),
            (Some("Client.DryRunOperation"), Outcome::DryRun),
            (Some("DryRunOperation"), Outcome::DryRun),
            (Some("Server.InternalError"), Outcome::Uncertain),
            (Some("Server.Anything"), Outcome::Uncertain),
            (Some("InternalFailure"), Outcome::Uncertain),
            (Some("Client.Unavailable"), Outcome::Uncertain),
            (Some("Client.UnauthorizedOperation"), Outcome::Failed),
            (Some("AccessDenied"), Outcome::Failed),
            (Some(""), Outcome::Failed),
        ] {
            let told = catalogue.outcomes.of(known, code, &Members::new());
            assert_eq!(told, outcome, "{code:?}");
        }
    }

    #[test]
    fn a_call_about_one_thing_cannot_be_half_done() {
        let catalogue = Catalogue::embedded();
        let known = catalogue.event("TerminateInstances").expect("a call");
        let code = Some("Client.OperationNotPermitted");
        for (named, outcome) in [
            (vec![], Outcome::Failed),
            (vec!["i-1"], Outcome::Failed),
            (vec!["i-1", "i-2"], Outcome::Uncertain),
        ] {
            let mut mentions = Members::new();
            let values: Vec<Text> = named.iter().copied().map(Text::from).collect();
            mentions.insert("instance", values);
            let told = catalogue.outcomes.of(known, code, &mentions);
            assert_eq!(told, outcome, "{named:?}");
        }
    }
}
