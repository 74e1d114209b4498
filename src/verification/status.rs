//! The statuses, and what each means: data in `schema/statuses.json`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::record::Integrity;

/// What a status does to the answer of the whole.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// Proven, or harmless.
    Good,
    /// Not proven.
    #[default]
    Open,
    /// Evidence of change or loss.
    Bad,
}

/// What a status means.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meaning {
    /// What it does to the answer of the whole.
    pub weight: Weight,
    /// What the events of such a log file carry; absent for what says nothing of events.
    #[serde(default)]
    pub integrity: Option<Integrity>,
    /// One sentence for people.
    pub meaning: String,
    /// What an investigator should ask then.
    pub ask_next: String,
}

/// The calls that may explain a break in a chain of digests.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrailChanges {
    /// Their `eventSource`.
    pub event_source: String,
    /// Their `eventName`s.
    pub event_names: Vec<String>,
    /// Where the record names the trail: a JSON pointer.
    pub trail: String,
    /// How long before a break they are looked for, in seconds.
    pub before_seconds: i64,
    /// How long after a break they are looked for, in seconds.
    pub after_seconds: i64,
}

/// `schema/statuses.json`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statuses {
    #[serde(rename = "$schema", default)]
    _schema: Option<String>,
    #[serde(rename = "about")]
    _about: String,
    /// Of log files, by [`LogStatus::name`].
    pub log: BTreeMap<String, Meaning>,
    /// Of digest files, by [`DigestStatus::name`].
    pub digest: BTreeMap<String, Meaning>,
    /// Of periods, by [`PeriodStatus::name`].
    pub period: BTreeMap<String, Meaning>,
    /// Of notes, by [`Note::name`].
    pub note: BTreeMap<String, Meaning>,
    /// The calls that may explain a break.
    pub trail_changes: TrailChanges,
}

/// Returns all statuses and what they mean.
///
/// # Panics
///
/// Never in a tested build: the embedded file is checked by a test.
pub fn statuses() -> &'static Statuses {
    static STATUSES: OnceLock<Statuses> = OnceLock::new();
    STATUSES.get_or_init(|| {
        serde_json::from_str(include_str!("../../schema/statuses.json"))
            .expect("the embedded statuses are checked by a test")
    })
}

/// Makes an enum of statuses: its names, and its row of the data.
macro_rules! status {
    ($(#[$about:meta])* $name:ident in $kind:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every one of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Returns its name.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// Returns what it means.
            ///
            /// # Panics
            ///
            /// Never in a tested build: a test holds the names against the data.
            pub fn meaning(self) -> &'static Meaning {
                statuses().$kind.get(self.name()).expect("a test holds the names against the data")
            }

            /// Returns what it does to the answer of the whole.
            pub fn weight(self) -> Weight {
                self.meaning().weight
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.name())
            }
        }
    };
}

status! {
    /// What is said of a log file.
    LogStatus in log {
        /// The content that a signed digest lists.
        Valid = "VALID",
        /// That content, in a damaged or padded container.
        ValidContainerDamaged = "VALID_CONTAINER_DAMAGED",
        /// The content that a digest lists which is not proven.
        Consistent = "CONSISTENT",
        /// In no digest.
        Unreferenced = "UNREFERENCED",
        /// Another file of the same listed content.
        DuplicateCopy = "DUPLICATE_COPY",
        /// Listed content, and more behind it.
        TrailingData = "TRAILING_DATA",
        /// Not the content that is listed.
        HashMismatch = "HASH_MISMATCH",
        /// Listed, and not to be inflated to its end.
        Unreadable = "UNREADABLE",
        /// Listed, and not here.
        Missing = "MISSING",
    }
}

status! {
    /// What is said of a digest file.
    DigestStatus in digest {
        /// AWS signed it.
        Signed = "SIGNED",
        /// Nothing here holds its signature.
        UnsignedTail = "UNSIGNED_TAIL",
        /// Its key was not supplied.
        KeyNotSupplied = "KEY_NOT_SUPPLIED",
        /// Its signature is refuted.
        BadSignature = "BAD_SIGNATURE",
        /// Its key is not what it claims to be.
        KeyFingerprintMismatch = "KEY_FINGERPRINT_MISMATCH",
        /// It and the neighbour's hash of it differ.
        PreviousHashMismatch = "PREVIOUS_HASH_MISMATCH",
        /// One of several that claim one key.
        Ambiguous = "AMBIGUOUS",
        /// No digest.
        Malformed = "MALFORMED",
        /// Named by its successor, and not here.
        Missing = "MISSING",
    }
}

status! {
    /// What is said of a period.
    PeriodStatus in period {
        /// Digest follows digest.
        Covered = "COVERED",
        /// No usable digest.
        Gap = "GAP",
        /// The chain begins anew.
        Restart = "RESTART",
        /// Before the first digest that is here.
        OpenStart = "OPEN_START",
        /// After the last digest that is here.
        OpenEnd = "OPEN_END",
    }
}

status! {
    /// What is said of a file beside its status.
    Note in note {
        /// Under another path than the digest says.
        Relocated = "RELOCATED",
        /// Another file has the same content.
        DuplicateCopy = "DUPLICATE_COPY",
        /// More bytes follow.
        TrailingData = "TRAILING_DATA",
        /// The gzip around it is damaged or padded.
        ContainerDamaged = "CONTAINER_DAMAGED",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_status_is_told_in_the_data_and_none_besides() {
        let statuses = statuses();
        let named = |all: &[&str]| -> BTreeSet<String> {
            all.iter().map(|name| (*name).to_owned()).collect()
        };
        fn told(kind: &BTreeMap<String, Meaning>) -> BTreeSet<String> {
            kind.keys().cloned().collect()
        }
        let log: Vec<&str> = LogStatus::ALL.iter().map(|status| status.name()).collect();
        let digest: Vec<&str> = DigestStatus::ALL
            .iter()
            .map(|status| status.name())
            .collect();
        let period: Vec<&str> = PeriodStatus::ALL
            .iter()
            .map(|status| status.name())
            .collect();
        let note: Vec<&str> = Note::ALL.iter().map(|status| status.name()).collect();
        assert_eq!(named(&log), told(&statuses.log));
        assert_eq!(named(&digest), told(&statuses.digest));
        assert_eq!(named(&period), told(&statuses.period));
        assert_eq!(named(&note), told(&statuses.note));
    }

    #[test]
    fn only_what_has_no_events_of_its_own_has_no_word_for_them() {
        for status in LogStatus::ALL {
            let is_silent = matches!(status, LogStatus::Missing | LogStatus::DuplicateCopy);
            assert_eq!(status.meaning().integrity.is_none(), is_silent, "{status}");
        }
    }
}
