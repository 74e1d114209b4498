//! What was found, as objects: `schema/finding.schema.json`, and `schema/finding-entry.schema.json`.

use jiff::Timestamp;
use serde::Serialize;

use super::objects::{Members, known};
use crate::findings::{Findings, Found, Rule, Rules, Severity};
use crate::members::Name;
use crate::render::found::{actors, severity};
use crate::text::Text;

/// Something that was found: `schema/finding.schema.json`.
#[derive(Debug, Serialize)]
pub struct FoundObject<'a> {
    code: &'a str,
    message: &'a str,
    severity: Severity,
    title: &'a str,
    account: Option<&'a str>,
    region: Option<&'a str>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    relations: Vec<&'a str>,
    members: Members<'a>,
    actors: Vec<&'a Text>,
    attack: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    event_ids: Vec<&'a Text>,
    #[serde(skip_serializing_if = "<[Text]>::is_empty")]
    sources: &'a [Text],
}

impl<'a> FoundObject<'a> {
    /// Borrows a finding.
    pub fn new(findings: &'a Findings, found: &'a Found) -> Self {
        let entry = Rules::embedded().get(&found.code).map(|rule| &rule.entry);
        Self {
            code: found.code.as_str(),
            message: found.message.as_str(),
            severity: severity(found),
            title: entry.map_or("", |entry| &entry.title),
            account: known(&found.account),
            region: known(&found.region),
            first: found.first,
            last: found.last,
            relations: found.relations.iter().map(Name::as_str).collect(),
            members: Members::all(&found.members),
            actors: actors(findings, found),
            attack: entry.map_or(&[], |entry| &entry.attack),
            event_ids: findings
                .events_of(found)
                .map(|event| &event.event_id)
                .collect(),
            sources: &found.sources,
        }
    }
}

/// What is known of a kind of finding: `schema/finding-entry.schema.json`.
#[derive(Debug, Serialize)]
pub struct RuleObject<'a> {
    finding: &'a str,
    title: &'a str,
    severity: Severity,
    meaning: &'a str,
    evidence: &'a str,
    ask: &'a [String],
    false_positives: &'a [String],
    attack: &'a [String],
    attack_version: &'a str,
}

impl<'a> RuleObject<'a> {
    /// Borrows what is known.
    pub fn new(rule: &'a Rule) -> Self {
        let entry = &rule.entry;
        Self {
            finding: rule.code.as_str(),
            title: &entry.title,
            severity: entry.severity,
            meaning: &entry.meaning,
            evidence: &entry.evidence,
            ask: &entry.ask,
            false_positives: &entry.false_positives,
            attack: &entry.attack,
            attack_version: Rules::embedded().attack_version(),
        }
    }
}
