//! What the fold can find strange, as data: `schema/findings.json`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::interval::Finding;
use crate::text::Text;

/// What a kind of finding means.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingKind {
    /// One sentence for people; the findings of a kind share it.
    pub message: Text,
    /// Of a finding on a call that succeeded and changed nothing: the sentence that tells the call, in
    /// which `{call}` stands for its name, actor, source, resources and time.
    #[serde(default)]
    pub of_call: Option<String>,
    /// The same, where the call changed something else: `{call}` names only what this interval is of.
    #[serde(default)]
    pub of_part: Option<String>,
    /// Of a finding on records that differ: the sentence that tells how, in which `{handle}` stands for
    /// the member that both name, `{member}` for the one that differs, `{told}` and `{known}` for its
    /// values.
    #[serde(default)]
    pub of_values: Option<String>,
    /// What may explain it, and what to look at.
    pub explanation: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "$schema", default)]
    _schema: Option<String>,
    findings: BTreeMap<String, FindingKind>,
}

/// Returns every kind of finding by its code.
///
/// # Panics
///
/// Never in a tested build: the embedded file is checked by a test.
pub fn finding_kinds() -> &'static BTreeMap<String, FindingKind> {
    static KINDS: OnceLock<BTreeMap<String, FindingKind>> = OnceLock::new();
    KINDS.get_or_init(|| {
        serde_json::from_str::<File>(include_str!("../../schema/findings.json"))
            .expect("the embedded findings are checked by a test")
            .findings
    })
}

/// Makes a finding that rests on one event.
pub(super) fn finding(code: &str, event_id: &Text) -> Finding {
    let message = finding_kinds()
        .get(code)
        .map_or_else(|| Text::from(code), |kind| kind.message.clone());
    Finding {
        code: code.to_owned(),
        message,
        event_ids: vec![event_id.clone()],
        sources: Vec::new(),
    }
}
