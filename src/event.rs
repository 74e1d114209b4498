//! What a record reports: who called what, when, from where, and which transitions that makes.
//!
//! Plain data. Not for: how a record becomes an event (`catalogue::interpret`).

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::members::{Members, Name};
pub use crate::record::Integrity;
use crate::record::Place;
use crate::text::Text;

/// What one record of the catalogue reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// `eventID`; where the record has none, `sha256:` and the sum of its canonical JSON.
    pub event_id: Text,
    /// `eventName`.
    pub event_name: Text,
    /// `eventTime`: when the call was completed, UTC, in whole seconds.
    pub time: Timestamp,
    /// The account whose trail received the record: `recipientAccountId`, else the caller's account.
    pub account: Text,
    /// `awsRegion`; empty where the record has none.
    pub region: Text,
    /// Who acted; shared by the events of a session.
    pub actor: Arc<Actor>,
    /// `sourceIPAddress`: an address, a service's name, or `AWS Internal`.
    pub source_ip: Option<Text>,
    /// `userAgent`.
    pub user_agent: Option<Text>,
    /// `requestID`.
    pub request_id: Option<Text>,
    /// `errorCode`; absent means that the call succeeded.
    pub error_code: Option<Text>,
    /// `errorMessage`.
    pub error_message: Option<Text>,
    /// What became of the call.
    pub outcome: Outcome,
    /// The resources that the record names, by member; several where the call named several.
    pub mentions: Members<Vec<Text>>,
    /// Every place where this very event was found, in order; never empty.
    pub places: Vec<Place>,
    /// What `verify` said of the files that hold the record which tells it.
    pub integrity: Integrity,
}

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// No `errorCode`.
    Succeeded,
    /// Refused: nothing changed.
    Failed,
    /// Asked with `DryRun`: nothing changed.
    DryRun,
    /// The record leaves open whether anything changed (`Server.*` errors, partial failures).
    Uncertain,
}

impl Outcome {
    /// Returns the word for it, as JSON and searches have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::DryRun => "dry-run",
            Self::Uncertain => "uncertain",
        }
    }
}

/// Who acted, from `userIdentity`.
///
/// Source: CloudTrail userIdentity element,
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// For people: `alice`, `Deploy/alice`, `root`, `autoscaling.amazonaws.com (AWS service)`.
    pub label: Text,
    /// `userIdentity.type`; some service events have none.
    #[serde(rename = "type")]
    pub kind: Option<Text>,
    /// `userIdentity.arn`.
    pub arn: Option<Text>,
    /// `userIdentity.principalId`.
    pub principal_id: Option<Text>,
    /// `userIdentity.accountId`, 12 digits.
    pub account: Option<Text>,
    /// `userIdentity.userName`, else the session issuer's.
    pub user_name: Option<Text>,
    /// `userIdentity.sessionContext.sessionIssuer.arn`.
    pub issuer_arn: Option<Text>,
    /// `userIdentity.accessKeyId`.
    pub access_key_id: Option<Text>,
    /// `userIdentity.sessionContext.sourceIdentity`, else `userIdentity.sourceIdentity`.
    pub source_identity: Option<Text>,
    /// `userIdentity.invokedBy`.
    pub invoked_by: Option<Text>,
    /// `sessionContext.attributes.mfaAuthenticated`, where the record says.
    pub mfa: Option<bool>,
    /// Whether the call came from the AWS console.
    pub console: bool,
}

/// A call with what its record does not say and its intervals tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The call; what was learnt is among its mentions.
    pub event: Event,
    /// The members of what ended by it: what had the address before, where it went.
    pub former: Members<Vec<Text>>,
    /// The members of what holds at the end of the archive instead of what it ended.
    pub later: Members<Vec<Text>>,
}

impl From<Event> for Resolved {
    /// Takes a call of which nothing else is known.
    fn from(event: Event) -> Self {
        Self {
            event,
            former: Members::new(),
            later: Members::new(),
        }
    }
}

impl Actor {
    /// Lists every name that the actor is known by, the label first; some may be the same.
    pub fn names(&self) -> impl Iterator<Item = &Text> {
        let optional = [
            &self.arn,
            &self.user_name,
            &self.principal_id,
            &self.access_key_id,
            &self.source_identity,
            &self.issuer_arn,
        ];
        std::iter::once(&self.label).chain(optional.into_iter().flatten())
    }
}

/// A member's number in the catalogue; see `Catalogue::member`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(
    /// Position in the catalogue's sorted list of member names.
    pub u16,
);

/// A relation's number in the catalogue; see `Catalogue::relation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelationId(
    /// Position in the catalogue's sorted list of relations.
    pub u16,
);

/// An event's number in the list of events that a fold was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventIndex(
    /// Position in that list.
    pub u32,
);

/// What the fold needs of an event, and nothing more.
///
/// A million of them are folded at once, so what only a person reads stays in [`Event`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact<V = Text> {
    /// Which event this is.
    pub event: EventIndex,
    /// The event's time; later, where something that the record names shows that it was.
    pub time: Timestamp,
    /// The time that the event's record tells.
    pub told: Timestamp,
    /// The event's account.
    pub account: Text,
    /// The event's region.
    pub region: Text,
    /// The event's id: the last word where nothing else decides an order.
    pub event_id: Text,
    /// What became of the call.
    pub outcome: Outcome,
    /// What the call does, one entry for each thing that is changed; for a failed call, what it
    /// tells about the state at that second.
    pub transitions: Vec<Transition<V>>,
}

/// One change to one relation; values are texts, or numbers that stand for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition<V = Text> {
    /// Which relation changes.
    pub relation: RelationId,
    /// How it changes.
    pub change: Change<V>,
    /// What is known of the members, in order of [`MemberId`].
    pub members: Vec<(MemberId, V)>,
    /// How the record supports it.
    pub support: Support,
    /// The effect completes some time after the call returned.
    pub asynchronous: bool,
}

/// How a transition changes its relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<V = Text> {
    /// An interval begins.
    Open {
        /// How the end of what it takes the place of is known, where the call says more than the
        /// relation does.
        former_ends: Option<Support>,
        /// It begins in all other accounts and regions that asked for it, by a call whose outcome was
        /// open or that created its handle, not in those of the record: a peer that accepts what another
        /// account asked for.
        elsewhere: bool,
        /// Nothing begins of what an earlier record shows: it is used only.
        existing: bool,
    },
    /// The intervals that have these members end.
    Close {
        /// What the record tells of what ends, and by which that is not found.
        told: Vec<(MemberId, V)>,
        /// The code of a finding on each interval that ends so.
        finding: Option<Name>,
        /// Only intervals that lack all of these members are meant (EC2-Classic has no association id).
        lacking: Vec<MemberId>,
        /// A success does not prove that there was anything to end.
        idempotent: bool,
        /// Where no record told of any, one ends that began unseen.
        also_unseen: bool,
        /// It ends in all other accounts and regions, not in those of the record: an address
        /// that is accepted leaves the account that gave it.
        elsewhere: bool,
        /// The call is possible only before they begin: those of which it is uncertain never did.
        never_began: bool,
        /// The record says that the end, and all that follows from it, had taken effect already.
        at_once: bool,
    },
    /// The interval that has `former` ends and another begins, which keeps the `inherited` members.
    Replace {
        /// What identifies the interval that ends.
        former: Vec<(MemberId, V)>,
        /// The members that the new interval takes from the one that ends.
        inherited: Vec<MemberId>,
    },
    /// Of the intervals that have `owner`, exactly those with one of `values` in `member` hold from now on.
    Assign {
        /// Which interface or other owner is given a new set.
        owner: (MemberId, V),
        /// How the owner is found where the call names something else that leads to it.
        through: Option<Lookup>,
        /// Which member the set is of.
        member: MemberId,
        /// The new set.
        values: Vec<V>,
    },
    /// Members of the open intervals that have `of` change.
    Update {
        /// What identifies the intervals.
        of: Vec<(MemberId, V)>,
    },
    /// The record proves that no interval with these members was open at that second; where it is
    /// asynchronous, that they had ended or were ending.
    ProvesEnded,
    /// The record proves that an interval with these members was open at that second.
    ProvesHeld,
}

impl<V> Fact<V> {
    /// Puts other values in the place of all values.
    pub fn map<W>(self, mut value: impl FnMut(V) -> W) -> Fact<W> {
        let transitions = self.transitions.into_iter();
        Fact {
            transitions: transitions
                .map(|transition| transition.map(&mut value))
                .collect(),
            event: self.event,
            time: self.time,
            told: self.told,
            account: self.account,
            region: self.region,
            event_id: self.event_id,
            outcome: self.outcome,
        }
    }
}

impl<V> Transition<V> {
    /// Says whether it changes all accounts and regions but those of the record.
    pub fn is_elsewhere(&self) -> bool {
        matches!(
            self.change,
            Change::Open {
                elsewhere: true,
                ..
            } | Change::Close {
                elsewhere: true,
                ..
            }
        )
    }

    /// Lists every member that it names, what identifies the interval first.
    pub fn named(&self) -> impl Iterator<Item = &(MemberId, V)> {
        let identifying: &[(MemberId, V)] = match &self.change {
            Change::Replace { former, .. } => former,
            Change::Update { of } => of,
            Change::Assign { owner, .. } => std::slice::from_ref(owner),
            Change::Open { .. }
            | Change::Close { .. }
            | Change::ProvesEnded
            | Change::ProvesHeld => &[],
        };
        identifying.iter().chain(&self.members)
    }

    fn map<W>(self, value: &mut impl FnMut(V) -> W) -> Transition<W> {
        let mut all = |members: Vec<(MemberId, V)>| -> Vec<(MemberId, W)> {
            let members = members.into_iter();
            members
                .map(|(member, known)| (member, value(known)))
                .collect()
        };
        let members = all(self.members);
        let change = match self.change {
            Change::Open {
                former_ends,
                elsewhere,
                existing,
            } => Change::Open {
                former_ends,
                elsewhere,
                existing,
            },
            Change::Close {
                told,
                finding,
                lacking,
                idempotent,
                also_unseen,
                elsewhere,
                never_began,
                at_once,
            } => Change::Close {
                told: all(told),
                finding,
                lacking,
                idempotent,
                also_unseen,
                elsewhere,
                never_began,
                at_once,
            },
            Change::Replace { former, inherited } => Change::Replace {
                former: all(former),
                inherited,
            },
            Change::Assign {
                owner: (owner, id),
                through,
                member,
                values,
            } => Change::Assign {
                owner: (owner, value(id)),
                through,
                member,
                values: values.into_iter().map(value).collect(),
            },
            Change::Update { of } => Change::Update { of: all(of) },
            Change::ProvesEnded => Change::ProvesEnded,
            Change::ProvesHeld => Change::ProvesHeld,
        };
        Transition {
            relation: self.relation,
            change,
            members,
            support: self.support,
            asynchronous: self.asynchronous,
        }
    }
}

/// A member that is looked up in another relation's open intervals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// The member that is wanted.
    pub member: MemberId,
    /// The relation that is asked.
    pub from: RelationId,
    /// The member by which it is asked.
    pub by: MemberId,
    /// Which interval counts where several are open.
    pub prefer: Vec<(MemberId, Text)>,
}

/// How a record supports a transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Support {
    /// The call itself makes the change.
    Observed,
    /// AWS documents the change as a consequence of the call.
    Implied,
    /// The call is possible only if the change had happened before.
    Inferred,
    /// The record leaves open whether the change happened.
    Uncertain,
}
