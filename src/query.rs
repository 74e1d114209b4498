//! What a person asks: filters that narrow rows, and the expression of a search.
//!
//! Plain data. Not for: how text becomes an expression (`search`) or an answer (`index`).

mod pattern;

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::Outcome;
pub use pattern::Pattern;

/// What narrows rows, alike wherever rows are listed; an empty list lets everything through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Relations, by name or short form.
    pub kinds: Vec<String>,
    /// Accounts, 12 digits.
    pub accounts: Vec<String>,
    /// Regions.
    pub regions: Vec<String>,
    /// From this instant on, inclusive. An end that takes effect after its call counts for ten minutes, an
    /// uncertain one too; but an interval whose end is uncertain may hold on, and is listed as such.
    pub since: Option<Timestamp>,
    /// Up to this instant, exclusive.
    pub until: Option<Timestamp>,
    /// Actors: a case-insensitive part of label, ARN, user name, principal id, access key or source
    /// identity.
    pub actors: Vec<String>,
    /// Networks that the call came from.
    pub source_networks: Vec<Network>,
    /// Event names.
    pub events: Vec<String>,
    /// At most this many rows.
    pub limit: Option<usize>,
}

impl Filter {
    /// Says whether it may keep anything back.
    pub fn narrows(&self) -> bool {
        *self != Self::default()
    }

    /// Turns the filters, but for the limit, into a condition of a search.
    pub fn expression(&self) -> Expression {
        let conditions = self.conditions().into_iter();
        Expression::And(conditions.map(|(_, condition)| condition).collect())
    }

    /// Turns each filter, but for the limit, into a condition of a search, with the option that asks it.
    pub fn conditions(&self) -> Vec<(String, Expression)> {
        let lists = [
            ("kind", Field::Kind, &self.kinds),
            ("account", Field::Account, &self.accounts),
            ("region", Field::Region, &self.regions),
            ("actor", Field::Actor, &self.actors),
            ("event", Field::Event, &self.events),
        ];
        let lists = lists.into_iter().map(|(option, field, values)| {
            let terms = values.iter().map(|value| Term::Field {
                field,
                value: value.to_lowercase(),
                prefix: false,
            });
            (option, values.clone(), terms.collect::<Vec<_>>())
        });
        let networks = self.source_networks.iter();
        let networks = networks.map(|network| (network.to_string(), Term::SourceAddress(*network)));
        let (typed, terms) = networks.unzip();
        let mut conditions: Vec<(String, Expression)> = lists
            .chain([("source-ip", typed, terms)])
            .filter(|(_, values, _)| !values.is_empty())
            .map(|(option, values, terms)| {
                let terms = terms.into_iter().map(Expression::Term).collect();
                let typed = format!("--{option} {}", values.join(","));
                (typed, Expression::Or(terms))
            })
            .collect();
        if self.since.is_some() || self.until.is_some() {
            let side = |option, time: Option<_>| time.map(|time| format!("--{option} {time}"));
            let sides = [side("since", self.since), side("until", self.until)];
            let typed: Vec<String> = sides.into_iter().flatten().collect();
            let time = Expression::Term(Term::Time(self.since, self.until));
            conditions.push((typed.join(" "), time));
        }
        conditions
    }
}

/// An address or a network in CIDR notation; a single address has the full prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    /// Any address of it; host bits are ignored.
    pub address: IpAddr,
    /// How many leading bits count: 0–32, or 0–128.
    pub prefix: u8,
}

impl Network {
    /// Reads `203.0.113.7`, `10.0.0.0/8` or `2001:db8::/32`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().ok().filter(|prefix| *prefix <= longest)?
            }
            Some(_) => return None,
            None => longest,
        };
        Some(Self { address, prefix })
    }

    /// Returns the first and the last address.
    pub fn range(&self) -> (IpAddr, IpAddr) {
        match self.address {
            IpAddr::V4(address) => {
                let mask = u32::MAX.checked_shr(self.prefix.into()).unwrap_or(0);
                let bits = u32::from(address);
                (
                    IpAddr::V4((bits & !mask).into()),
                    IpAddr::V4((bits | mask).into()),
                )
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX.checked_shr(self.prefix.into()).unwrap_or(0);
                let bits = u128::from(address);
                (
                    IpAddr::V6((bits & !mask).into()),
                    IpAddr::V6((bits | mask).into()),
                )
            }
        }
    }

    /// Says whether an address lies in it; an IPv4 address never lies in an IPv6 network.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (first, last) = self.range();
        address.is_ipv4() == self.address.is_ipv4() && first <= address && address <= last
    }
}

/// What a search asks, as a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// Every record.
    All,
    /// Both sides.
    And(Vec<Expression>),
    /// Either side.
    Or(Vec<Expression>),
    /// Everything but this.
    Not(Box<Expression>),
    /// One condition.
    Term(Term),
}

/// One condition on a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// These words stand one after the other in one value of the record; a single word is a phrase of
    /// one. Lower case.
    Words(Vec<String>),
    /// A whole value of the record is this, whatever its field: an id, an ARN, a key. Lower case.
    Value(String),
    /// A whole value of the record begins with this: `eni-0ab*`. Lower case.
    Prefix(String),
    /// A word of the record begins with this: `terminat*`. Lower case, letters and digits only.
    WordPrefix(String),
    /// A whole value of the record has this shape: `eni-*5f60`. Lower case.
    Pattern(Pattern),
    /// A word of the record has this shape: `*7c`. Lower case, letters and digits only.
    WordPattern(Pattern),
    /// A field has this shape; lower case.
    FieldPattern {
        /// Which field.
        field: Field,
        /// The shape of the whole value, or of one of the names of an actor.
        pattern: Pattern,
    },
    /// A field is exactly this, or for [`Field::Actor`] has this part; lower case.
    Field {
        /// Which field.
        field: Field,
        /// The whole value, or its beginning; a part of the name of an actor.
        value: String,
        /// Whether `value` is only the beginning.
        prefix: bool,
    },
    /// Any address of the record lies in this network.
    Address(Network),
    /// The caller's address lies in this network.
    SourceAddress(Network),
    /// `eventTime` lies from the first (inclusive) to the second (exclusive).
    Time(Option<Timestamp>, Option<Timestamp>),
    /// The call ended with an error, whatever that leaves open, or succeeded.
    Failed(bool),
    /// What became of the call is this.
    Outcome(Outcome),
    /// The call was made in the AWS console, as far as the record tells.
    Console,
}

/// The fields that a search can name; `schema/fields.json` has their words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// `eventName`.
    Event,
    /// `eventID`.
    EventId,
    /// The account of the record.
    Account,
    /// `awsRegion`.
    Region,
    /// Any name of the actor: label, ARN, user name, principal id, access key, source identity.
    Actor,
    /// `sourceIPAddress` as text, for service names.
    Source,
    /// `errorCode`, with or without `Client.`.
    Error,
    /// `userAgent`.
    Agent,
    /// The relation that the event acts on, by name or short form.
    Kind,
    /// The file that the record was found in.
    File,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_contains_its_addresses_and_no_others() {
        for (network, address, inside) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("203.0.113.7", "203.0.113.7", true),
            ("203.0.113.7", "203.0.113.8", false),
            ("0.0.0.0/0", "255.1.2.3", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:1::1", true),
        ] {
            let network = Network::parse(network).expect("a network");
            let address = address.parse().expect("an address");
            assert_eq!(network.contains(address), inside, "{network:?} {address}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in [
            "",
            "10.0.0.0/33",
            "10.0.0",
            "a/8",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "::/129",
        ] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
