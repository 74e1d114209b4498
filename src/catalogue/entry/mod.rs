//! The catalogue's files as they are written: one struct for each JSON object under `schema/catalogue/`.
//!
//! This part is the file and the call; `relation` and `effect` hold what they are made of. Unknown keys
//! are refused, so that a misspelt key is an error and not an omission. Not for: what the entries say
//! once they are checked and joined (`catalogue::Catalogue`).

mod effect;
mod relation;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use effect::{Effect, Proof, Proves};
pub use relation::{
    Deletes, EndsWith, EndsWithRelation, Exclusive, Learn, Lifetime, Relation, Words,
};

/// One file of `schema/catalogue/`: a resource kind, its relations and its events.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Points an editor to `schema/catalogue.schema.json`.
    #[serde(rename = "$schema", default)]
    pub schema: Option<String>,
    /// The resource kind that the file is about, such as `network-interface`.
    pub resource: String,
    /// The members that it introduces, by name in snake case.
    #[serde(default)]
    pub members: BTreeMap<String, Member>,
    /// The attachments and associations that belong to it, by name.
    #[serde(default)]
    pub relations: BTreeMap<String, Relation>,
    /// The calls that belong to it, by `eventName`.
    #[serde(default)]
    pub events: BTreeMap<String, Entry>,
}

/// A kind of thing that takes part in relations.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its name for people, such as `network interface`.
    pub title: String,
    /// What its ids begin with, such as `eni-`.
    #[serde(default)]
    pub prefix: Option<String>,
    /// Present for what is created and deleted: how its lifetime is told.
    #[serde(default)]
    pub lifetime: Option<Lifetime>,
}

/// What we know of a call.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// `eventSource`.
    #[serde(default = "ec2")]
    pub source: String,
    /// How the record is written, and how sure that is.
    pub shape: Shape,
    /// The identifiers that the record carries, by member.
    #[serde(default)]
    pub members: BTreeMap<String, Paths>,
    /// Further values that effects or sentences need.
    #[serde(default)]
    pub details: BTreeMap<String, Paths>,
    /// What a successful call changes.
    #[serde(default)]
    pub effects: Vec<Effect>,
    /// What a failed call tells about the state at that second.
    #[serde(default)]
    pub proofs: Vec<Proof>,
    /// Error codes, without `Client.`, after which the call may have had effect all the same.
    #[serde(default)]
    pub uncertain_errors: Vec<String>,
    /// Those leave the outcome open only where the call names several of this member: of one, nothing
    /// was done.
    #[serde(default)]
    pub uncertain_if_several: Option<String>,
    /// What the response of a call that AWS did not refuse lists as failed.
    #[serde(default)]
    pub unsuccessful: Option<Unsuccessful>,
    /// Whether the call's effect is uncertain even when it succeeded (a spot interruption).
    #[serde(default)]
    pub uncertain: bool,
    /// What the call means, in one sentence; `{member}` stands for the member's value.
    pub meaning: String,
    /// Why an investigator should care.
    #[serde(default)]
    pub why: Vec<String>,
    /// What to ask next.
    #[serde(default)]
    pub ask: Vec<String>,
    /// How to look, contain, undo, prevent.
    #[serde(default)]
    pub act: Vec<Act>,
    /// How we read it: what the record lacks and where that comes from.
    #[serde(default)]
    pub reading: Vec<String>,
    /// The AWS reference.
    pub reference: String,
    /// ATT&CK technique ids that public rules map the call to.
    #[serde(default)]
    pub attack: Vec<String>,
}

/// What a response lists as failed: a call of which everything failed is a failed call.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unsuccessful {
    /// The members whose values it may have failed for.
    pub members: Vec<String>,
    /// Where the values stand that it failed for.
    pub values: Paths,
    /// Where their error codes stand.
    pub error_code: Paths,
    /// Where their error messages stand.
    pub error_message: Paths,
}

fn ec2() -> String {
    "ec2.amazonaws.com".to_owned()
}

/// How a record is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Which of AWS's wire families.
    pub family: Family,
    /// How sure we are.
    pub evidence: Evidence,
}

/// AWS's two ways of writing EC2 parameters, and service events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Calls introduced up to 2015-03: lower camel case at the top level.
    Flat,
    /// Later calls: `{"<Op>Request":{…}}` in Pascal case.
    Wrapped,
    /// `AwsServiceEvent`: everything is in `serviceEventDetails`.
    Service,
}

/// How sure the shape of a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Seen in a real record.
    Real,
    /// Derived from the service model and the family's rule.
    Derived,
}

/// One path, or several of which the first that finds anything counts.
///
/// `request.x`, `response.x`, `service.x` (serviceEventDetails), `[]` fans out; `=word` is a constant.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Paths {
    /// One path.
    One(String),
    /// Alternatives, in order.
    Several(Vec<String>),
}

impl Paths {
    /// Lists the alternatives.
    pub fn alternatives(&self) -> &[String] {
        match self {
            Self::One(path) => std::slice::from_ref(path),
            Self::Several(paths) => paths,
        }
    }
}

/// A command that looks, contains, undoes or prevents.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// What for.
    pub purpose: Purpose,
    /// When to use it, and what to mind.
    pub note: String,
    /// The AWS CLI command, where there is one; `{member}` stands for the member's value.
    #[serde(default)]
    pub command: Option<String>,
    /// For which calls it cannot be done, where there are any.
    #[serde(default)]
    pub impossible: Option<Impossible>,
}

/// When an action cannot be done, and what is said in its place.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Impossible {
    /// The member that decides it, written as in a command: `device_index`, `later.device_index`.
    pub member: String,
    /// The value with which it cannot be done.
    pub value: String,
    /// Why, and what can be done instead.
    pub note: String,
}

/// What a command is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// To see how things are.
    Look,
    /// To keep evidence.
    Preserve,
    /// To stop harm.
    Contain,
    /// To put back what was.
    Undo,
    /// To keep it from happening again.
    Prevent,
}
