//! Effects and proofs as they are written: what a call changes, and what a refused call tells.

use serde::Deserialize;

use super::Learn;
use crate::event::Support;

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
        /// A detail that says in which state the call left it.
        #[serde(default)]
        state: Option<String>,
        /// States in which another still has to agree: whether it begins is uncertain.
        #[serde(default)]
        pending: Vec<String>,
        /// It begins in all other accounts and regions that asked for it, by a call whose outcome was
        /// open or that created its handle, not in those of the record.
        #[serde(default)]
        in_other_accounts: bool,
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
        /// Members or details with which nothing is said.
        #[serde(default)]
        unless: Vec<String>,
        /// Members that the call tells of what it ends, and by which that is not found: how it ended.
        #[serde(default)]
        tells: Vec<String>,
        /// The code of a finding on each interval that ends so.
        #[serde(default)]
        finding: Option<String>,
        /// Only intervals that lack all of these are meant.
        #[serde(default)]
        lacking: Vec<String>,
        /// The call succeeds however often it is repeated: a success proves nothing about before.
        #[serde(default)]
        idempotent: bool,
        /// A detail that says in which state the call found it.
        #[serde(default)]
        state: Option<String>,
        /// The states in which these had ended before; in any other nothing is said.
        #[serde(default)]
        was: Vec<String>,
        /// Where no record told of any, one ends that began unseen; as it does anyway where the call
        /// itself is observed to end it.
        #[serde(default)]
        also_unseen: bool,
        /// The call is possible only before they begin: those of which it is uncertain never did, and no
        /// other ends.
        #[serde(default)]
        never_began: bool,
        /// They end in all other accounts and regions, not in those of the record.
        #[serde(default)]
        in_other_accounts: bool,
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
    /// The call is possible only while an interval with these members holds.
    Hold {
        /// The relation; `lifetime:<resource>` for a resource.
        relation: String,
        /// What identifies the interval.
        members: Vec<String>,
        /// Members without which nothing is said.
        #[serde(default)]
        needs: Vec<String>,
        /// A detail that says in which state the call left it.
        #[serde(default)]
        state: Option<String>,
        /// States that prove nothing: it was ending already.
        #[serde(default)]
        ending: Vec<String>,
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
        /// The call may also use one that was there: it created nothing that an earlier record shows.
        #[serde(default)]
        or_existing: bool,
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
        /// What the second of these details says where the resource is gone for certain.
        #[serde(default)]
        gone: Option<String>,
        /// What the first of these details says where the resource was being ended before the call.
        #[serde(default)]
        ending: Vec<String>,
        /// `member=detail`: rows whose member is among the detail's values failed.
        #[serde(default)]
        except: Vec<String>,
    },
}

impl Effect {
    /// Says whether it changes anything, rather than proves what was there.
    pub fn is_change(&self) -> bool {
        !matches!(self, Self::Hold { .. })
    }
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
