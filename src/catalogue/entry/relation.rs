//! Relations and lifetimes as they are written: who takes part, what excludes and ends what.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::event::Support;

/// How the interval from a resource's creation to its deletion is told.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifetime {
    /// Members that describe the resource and stay with it.
    #[serde(default)]
    pub about: Vec<String>,
    /// Those of them that never change: whichever record tells one tells it of every interval.
    #[serde(default)]
    pub fixed: Vec<String>,
    /// What the end of another resource says about this one, by member.
    #[serde(default)]
    pub ends_with: BTreeMap<String, EndsWith>,
    /// Members whose value is looked up when the lifetime begins.
    #[serde(default)]
    pub learn: Vec<Learn>,
    /// Members whose records belong to the history of this resource.
    #[serde(default)]
    pub follow: Vec<String>,
}

/// An attachment or association.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// The short form for `--kind`, such as `eni`.
    pub short: String,
    /// Its name for people, such as `network interface attachment`.
    pub title: String,
    /// Its members, in the order in which they are told.
    pub members: Vec<String>,
    /// Members that name one interval by themselves, such as an attachment id.
    #[serde(default)]
    pub handle: Vec<String>,
    /// The member that is attached: the first of these that is known.
    pub held: Vec<String>,
    /// The member that it is attached to: the first of these that is known.
    pub holder: Vec<String>,
    /// Whose records may decide this relation's intervals; `history` reads them too.
    pub follow: Vec<String>,
    /// What can be in one interval only at a time.
    #[serde(default)]
    pub exclusive: Vec<Exclusive>,
    /// What the end of a member's lifetime says about the interval, by member.
    #[serde(default)]
    pub ends_with: BTreeMap<String, EndsWith>,
    /// What the end of another relation's interval says about this one.
    #[serde(default)]
    pub ends_with_relation: Vec<EndsWithRelation>,
    /// Members that are looked up elsewhere when an interval begins.
    #[serde(default)]
    pub learn: Vec<Learn>,
    /// A resource that is deleted when an interval ends by the end of another.
    #[serde(default)]
    pub deletes: Option<Deletes>,
    /// An assignment or a setting rather than an attachment or association: told by `timeline` and
    /// `history`, and by `detachments` only when `--kind` names it.
    #[serde(default)]
    pub aside: bool,
    /// Records tell it again while it lasts: the same again is no new beginning, although something
    /// in it is exclusive.
    #[serde(default)]
    pub told_again: bool,
    /// The words for it.
    pub words: Words,
}

/// What can be in one interval of the relation only at a time.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusive {
    /// These must be known on both sides and equal.
    pub members: Vec<String>,
    /// These must be equal, or absent on both sides.
    #[serde(default)]
    pub same: Vec<String>,
    /// How the former interval's end is known when another begins.
    pub former_ends: Support,
    /// Members from which AWS takes nothing away: an interval with one of these had ended before.
    #[serde(default)]
    pub kept_by: Vec<String>,
}

/// What the end of a resource's lifetime says about an interval that it is a member of.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndsWith {
    /// `implied`: it ends the interval. `inferred`: it is possible only if the interval had ended.
    pub support: Support,
    /// The interval ends some time after the call returned.
    #[serde(default)]
    pub asynchronous: bool,
    /// Does not apply where the interval has one of these members, whose own end decides.
    #[serde(default)]
    pub unless_known: Vec<String>,
}

/// What the end of another relation's interval says about this one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndsWithRelation {
    /// The other relation.
    pub relation: String,
    /// The members that must be equal.
    pub on: Vec<String>,
    /// How the end is known.
    pub support: Support,
}

/// A member that is looked up elsewhere.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Learn {
    /// The member to be learnt, where the record does not say it.
    pub member: String,
    /// Where: a relation's name, or `lifetime` for that of the resource in `by`.
    pub from: String,
    /// The member whose open interval there is asked: exactly one must be found.
    pub by: String,
    /// Where several are found, the one whose members are these.
    #[serde(default)]
    pub prefer: BTreeMap<String, String>,
}

/// A resource that is deleted when an interval ends by the end of another resource.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deletes {
    /// The member that is deleted.
    pub member: String,
    /// The member that says so by the value `true`.
    pub when: String,
}

/// The words for a relation's beginnings and ends.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// What happened at the start, such as `attached`.
    pub started: String,
    /// What happened at the end, such as `detached`.
    pub ended: String,
    /// The noun for one end, such as `detachment`.
    pub end: String,
}
