//! The catalogue's files as they are written: one struct for each JSON object under `schema/catalogue/`.
//!
//! Unknown keys are refused, so that a misspelt key is an error and not an omission. Not for: what
//! the entries say once they are checked and joined (`catalogue::Catalogue`).

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::event::Support;

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

/// How the interval from a resource's creation to its deletion is told.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifetime {
    /// Members that describe the resource and stay with it.
    #[serde(default)]
    pub about: Vec<String>,
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

/// What a successful call changes.
///
/// `members` lists members of the entry; `association=new_association` gives the entry's
/// `new_association` the relation's name `association`.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "effect", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Effect {
    /// An interval of `relation` begins.
    Open {
        /// The relation.
        relation: String,
        /// Its members.
        members: Vec<String>,
        /// Members without which nothing is said.
        #[serde(default)]
        needs: Vec<String>,
        /// Members or details with which nothing is said.
        #[serde(default)]
        unless: Vec<String>,
        /// How the record supports it; observed unless said otherwise.
        #[serde(default = "observed")]
        support: Support,
        /// It takes effect some time after the call returned.
        #[serde(default)]
        asynchronous: bool,
        /// How the end of what it takes the place of is known, where the call says more than the
        /// relation does.
        #[serde(default)]
        former_ends: Option<Support>,
        /// `member=detail`: rows whose member is among the detail's values are not meant.
        #[serde(default)]
        except: Vec<String>,
    },
    /// The intervals of `relation` with these members end.
    Close {
        /// The relation.
        relation: String,
        /// What identifies them.
        members: Vec<String>,
        /// Members without which nothing is said.
        #[serde(default)]
        needs: Vec<String>,
        /// Only intervals that lack all of these are meant.
        #[serde(default)]
        lacking: Vec<String>,
        /// The call succeeds however often it is repeated: a success proves nothing about before.
        #[serde(default)]
        idempotent: bool,
        /// How the record supports it; observed unless said otherwise.
        #[serde(default = "observed")]
        support: Support,
        /// It takes effect some time after the call returned.
        #[serde(default)]
        asynchronous: bool,
        /// Two details that say before and after: equal means that nothing changed.
        #[serde(default)]
        unchanged: Vec<String>,
        /// `member=detail`: rows whose member is among the detail's values failed.
        #[serde(default)]
        except: Vec<String>,
    },
    /// The interval with the former handle ends, another begins.
    Replace {
        /// The relation.
        relation: String,
        /// What identifies the interval that ends.
        former: Vec<String>,
        /// The members of the interval that begins.
        members: Vec<String>,
        /// The members that it takes from the one that ends.
        #[serde(default)]
        inherit: Vec<String>,
    },
    /// `owner` has exactly the listed `member`s from now on.
    Assign {
        /// The relation.
        relation: String,
        /// The member that is given a new set.
        owner: String,
        /// The member that the set is of.
        member: String,
        /// How the owner is found where the call names something else that leads to it.
        #[serde(default)]
        through: Option<Learn>,
    },
    /// Members of open intervals change.
    Update {
        /// The relation, or `lifetime`.
        relation: String,
        /// What identifies the intervals.
        of: Vec<String>,
        /// The members that change.
        members: Vec<String>,
    },
    /// A resource's lifetime begins.
    Create {
        /// The member that names it.
        resource: String,
        /// Members that describe it.
        #[serde(default)]
        members: Vec<String>,
        /// How the record supports it; observed unless said otherwise.
        #[serde(default = "observed")]
        support: Support,
        /// `member=detail`: rows whose member is among the detail's values are no creation.
        #[serde(default)]
        except: Vec<String>,
        /// Members or details with which nothing is said.
        #[serde(default)]
        unless: Vec<String>,
    },
    /// A resource's lifetime ends.
    Delete {
        /// The member that names it.
        resource: String,
        /// How the record supports it; observed unless said otherwise.
        #[serde(default = "observed")]
        support: Support,
        /// It takes effect some time after the call returned.
        #[serde(default)]
        asynchronous: bool,
        /// Two details that say before and after: equal means that nothing changed.
        #[serde(default)]
        unchanged: Vec<String>,
        /// `member=detail`: rows whose member is among the detail's values failed.
        #[serde(default)]
        except: Vec<String>,
    },
}

fn observed() -> Support {
    Support::Observed
}

/// What a failed call tells about the state at that second.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The error code, without `Client.`.
    pub error: String,
    /// What it proves.
    pub proves: Proves,
    /// Of which relation; `lifetime:<resource>` for a resource.
    pub relation: String,
    /// With which members.
    pub members: Vec<String>,
}

/// What a failed call proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proves {
    /// No such interval was open.
    Ended,
    /// Such an interval was open.
    Held,
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
