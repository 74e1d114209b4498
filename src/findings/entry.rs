//! The entries as they are written: one struct for each JSON object under `schema/findings/`.
//!
//! Unknown keys are refused, so that a misspelt key is an error and not an omission. Not for: what an
//! entry finds (`patterns`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::span::Span;
use crate::interval::BoundKind;

/// One file of `schema/findings/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(rename = "$schema", default)]
    _schema: Option<String>,
    #[serde(rename = "about")]
    _about: String,
    /// Who counts as automation; in one of the files.
    #[serde(default)]
    pub(super) automation: Option<Automation>,
    /// The version of ATT&CK whose technique ids the entries name; in one of the files.
    #[serde(default)]
    pub(super) attack_version: Option<String>,
    /// The entries, by code.
    #[serde(default)]
    pub(super) findings: BTreeMap<String, Entry>,
}

/// Who counts as automation: tools that build and remove infrastructure, and AWS's own services.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Automation {
    /// What `userAgent` contains, whatever its case.
    pub(super) user_agents: Vec<String>,
    /// `userIdentity.type`.
    pub(super) types: Vec<String>,
    /// How `userIdentity.invokedBy` or `sourceIPAddress` ends.
    pub(super) services: Vec<String>,
}

/// What can be found, what it means, and by which pattern.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its name for people.
    pub title: String,
    /// How much it deserves attention.
    pub severity: Severity,
    /// What is told of one that was found; `{name}` stands for what the pattern knows of it.
    pub message: String,
    /// What it means.
    pub meaning: String,
    /// Which records show it.
    pub evidence: String,
    /// What to ask next.
    pub ask: Vec<String>,
    /// What else looks the same.
    pub false_positives: Vec<String>,
    /// ATT&CK technique ids.
    #[serde(default)]
    pub attack: Vec<String>,
    /// Not told where a finding of one of these codes rests on the same events.
    #[serde(default)]
    pub yields_to: Vec<String>,
    /// How it is found.
    pub pattern: Pattern,
}

/// How much a finding deserves attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// To be known, for completeness.
    Info,
    /// Worth a look where it touches the case.
    Low,
    /// Worth a look.
    Medium,
    /// To be looked at first.
    High,
}

impl Severity {
    /// Every severity, the highest first.
    pub const ALL: [Self; 4] = [Self::High, Self::Medium, Self::Low, Self::Info];

    /// Returns the word, such as `high`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// How something is found: a general matcher, and what it is asked for.
#[derive(Debug, Deserialize)]
#[serde(tag = "match", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Pattern {
    /// What the fold or the reading of the evidence has told under the same code.
    Reported {},
    /// Ends of intervals, those of one call together.
    Ends {
        /// Which intervals.
        of: Intervals,
        /// Held for less than this, as far as is known.
        #[serde(default)]
        held_below: Option<Span>,
        /// What was attached is not deleted within this time after the end.
        #[serde(default)]
        not_deleted_within: Option<Span>,
        /// Not where the same call ended one of the same relation as it was asked to: one attachment may
        /// be told in two accounts.
        #[serde(default)]
        not_asked_elsewhere: bool,
    },
    /// Beginnings of intervals, those of one call together.
    Begins {
        /// Which intervals.
        of: Intervals,
    },
    /// What was held ended, and the same was attached to another holder.
    Moved {
        /// Which intervals.
        of: Intervals,
        /// How long after the end at most.
        within: Span,
        /// Only where one of these applies too.
        #[serde(default)]
        and_any: Vec<Circumstance>,
    },
    /// One call attached something and thereby ended what stood in its way.
    Displaced {
        /// Which intervals.
        of: Intervals,
        /// What both have in common.
        same: Side,
        /// Only where one of these applies too.
        #[serde(default)]
        and_any: Vec<Circumstance>,
    },
    /// One holder has several at a time that differ in a member.
    Several {
        /// Which intervals.
        of: Intervals,
        /// The member in which they differ, of the interval or of what it attaches.
        differ_in: String,
        /// The later one began at least this long after its holder.
        holder_older_than: Span,
    },
    /// Intervals of several kinds that begin near one another.
    Together {
        /// The first kind, and what begins near it.
        steps: Vec<Step>,
        /// How far from the first at most, before or after.
        within: Span,
    },
    /// Many ends by one principal in a short time.
    Burst {
        /// Which intervals end.
        of: Intervals,
        /// How many at least.
        count: usize,
        /// In which time.
        within: Span,
    },
    /// Calls by one principal, those in a short time together.
    Calls {
        /// Which calls.
        calls: Calls,
        /// How many at least.
        count: usize,
        /// How far apart two of them are at most.
        apart: Span,
    },
    /// Calls near ends of intervals of the same account.
    Near {
        /// Which calls.
        calls: Calls,
        /// Which intervals end.
        ends: Intervals,
        /// How far apart at most, before or after.
        within: Span,
    },
    /// A principal, or a network of a known principal, that the account's events have not shown before.
    FirstSeen {
        /// What is seen for the first time.
        what: Sight,
        /// How long the archive must cover the account before.
        after: Span,
        /// Which calls count as a first sight worth telling.
        calls: Calls,
    },
    /// A bound in, or an open interval across, a time that the archive may lack.
    InGap {
        /// Which intervals.
        of: Intervals,
        /// What makes a gap.
        gap: GapKind,
    },
    /// One id in several accounts or regions.
    SharedId {
        /// The members whose ids are compared.
        members: Vec<String>,
        /// How many characters follow the prefix of an id that AWS gives once only.
        digits_min: usize,
        /// What explains that accounts share an id within a region: it is left out there. Nothing explains
        /// that regions do.
        #[serde(default)]
        unless: Sharing,
    },
}

/// What shows that accounts share what an interval names; each is enough.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sharing {
    /// The relations of which it is.
    pub relations: Vec<String>,
    /// The calls by which it begins or ends.
    pub calls: Vec<String>,
    /// Its members with one of these values.
    pub members: BTreeMap<String, Vec<String>>,
    /// The codes of findings on it.
    pub findings: Vec<String>,
    /// By the member of an id that is shared: the members whose ids are then shared too, where an interval
    /// names both.
    pub with: BTreeMap<String, Vec<String>>,
}

/// Which intervals; what is absent lets everything through.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Intervals {
    /// Relations by name; none means all that `detachments` tells unasked.
    pub relations: Vec<String>,
    /// How the end is known; none means any end but `open`.
    pub end: Vec<BoundKind>,
    /// How the beginning is known.
    pub start: Vec<BoundKind>,
    /// Members with one of these values.
    pub members: BTreeMap<String, Vec<String>>,
    /// Who made the call that the pattern looks at.
    pub by: Who,
    /// No earlier interval has the same value of this member.
    pub first_of: Option<String>,
}

/// Which calls.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Calls {
    /// By name; none means all.
    pub events: Vec<String>,
    /// What became of them.
    pub outcome: Option<Ending>,
    /// Who made them.
    pub by: Who,
}

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// It took effect, or may have.
    Effective,
    /// It failed or was a dry run.
    InVain,
}

/// Who made a call; what is absent lets everyone through.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Who {
    /// Whether it was automation.
    pub automation: Option<bool>,
    /// `userIdentity.type`.
    pub types: Vec<String>,
    /// Whether the record says that the session was opened with a second factor; a record that does not
    /// say passes neither.
    pub mfa: Option<bool>,
    /// Whether it came from the AWS console.
    pub console: Option<bool>,
    /// Whether the caller is of another account than the record.
    pub foreign: Option<bool>,
}

/// A further circumstance of a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Circumstance {
    /// Another principal had attached it before.
    OtherPrincipal,
    /// The new holder exists for less than a day.
    YoungHolder,
}

/// A side of an attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// What is attached.
    Held,
    /// What it is attached to.
    Holder,
}

/// What begins near something else.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Which intervals.
    pub of: Intervals,
    /// Its member, and the member of the first step that has the same value.
    #[serde(default)]
    pub links: BTreeMap<String, String>,
    /// A member that must not be known to differ, of the interval or of what takes part in it.
    #[serde(default)]
    pub same: Option<String>,
}

/// What is seen for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sight {
    /// A user, or a role whatever its session.
    Principal,
    /// A network (a /24, or a /48 of IPv6) from which a known principal had not called.
    Network,
}

/// What makes a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case", deny_unknown_fields)]
pub enum GapKind {
    /// Digests prove that logs are missing.
    Proven {},
    /// No record at all for so many hours.
    Silent {
        /// How many whole hours at least.
        hours_min: i64,
    },
}
