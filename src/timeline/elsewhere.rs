//! Facts by account and region, and what a call in one of them changes in others.
//!
//! What a fact changes elsewhere is told only where it can change anything: where the account's own
//! facts name the same thing. Of many such facts the first that begins something, and the first that
//! ends something, after each of these is enough, since what it ended is not ended again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::fast::RandomState;
use jiff::Timestamp;

use crate::event::{self, Fact, MemberId, Support, Transition};
use crate::text::Text;

/// Facts by account and region.
pub type Partitions = BTreeMap<Place, Vec<Fact>>;

/// An account and a region.
type Place = (Text, Text);

/// A member with its value.
type Named = (MemberId, Text);

/// Parts facts by account and region, each of which is folded by itself.
///
/// What a fact changes elsewhere goes to the other accounts and regions whose own facts name it.
pub fn partitions(facts: impl IntoIterator<Item = Fact>) -> Partitions {
    let mut partitions = Partitions::new();
    let mut abroad = Vec::new();
    for mut fact in facts {
        if fact.transitions.iter().any(Transition::is_elsewhere) {
            let transitions = fact.transitions.into_iter();
            let (others, own) = transitions.partition(Transition::is_elsewhere);
            fact.transitions = own;
            abroad.push(Fact {
                transitions: others,
                ..fact.clone()
            });
        }
        let place = (fact.account.clone(), fact.region.clone());
        partitions.entry(place).or_default().push(fact);
    }
    if !abroad.is_empty() {
        abroad.sort_by(|a, b| (a.time, &a.event_id).cmp(&(b.time, &b.event_id)));
        let abroad = Abroad::new(&abroad);
        for (place, facts) in &mut partitions {
            let told = abroad.told_to(place, facts);
            facts.extend(told);
        }
    }
    partitions
}

/// What changes elsewhere, by what it names.
struct Abroad<'f> {
    facts: &'f [Fact],
    /// In order of time.
    by_name: HashMap<(&'f Named, Sort), Vec<Change>, RandomState>,
}

/// What is told apart: whether it begins something, and whether its outcome is open, since then it ends
/// nothing for certain.
type Sort = (bool, bool);

const SORTS: [Sort; 4] = [(false, false), (false, true), (true, false), (true, true)];

/// A fact that changes something elsewhere.
struct Change {
    fact: usize,
    /// The position of the next one that another account or region tells.
    next_of_another: usize,
}

impl<'f> Abroad<'f> {
    /// `facts` are in order of time.
    fn new(facts: &'f [Fact]) -> Self {
        let mut by_name: HashMap<(&Named, Sort), Vec<usize>, RandomState> = HashMap::default();
        for (number, fact) in facts.iter().enumerate() {
            let names: BTreeSet<(&Named, Sort)> = fact
                .transitions
                .iter()
                .flat_map(|transition| {
                    let begins = matches!(transition.change, event::Change::Open { .. });
                    let sort = (begins, transition.support == Support::Uncertain);
                    transition.named().map(move |named| (named, sort))
                })
                .collect();
            for name in names {
                by_name.entry(name).or_default().push(number);
            }
        }
        let by_name = by_name.into_iter();
        let by_name = by_name.map(|(name, numbers)| (name, changes(facts, &numbers)));
        Self {
            facts,
            by_name: by_name.collect(),
        }
    }

    /// Returns what the facts of others tell to an account and region that has these facts.
    fn told_to(&self, of: &Place, facts: &[Fact]) -> Vec<Fact> {
        let mut told: BTreeSet<usize> = BTreeSet::new();
        for fact in facts {
            for named in fact.transitions.iter().flat_map(Transition::named) {
                for sort in SORTS {
                    if let Some(changes) = self.by_name.get(&(named, sort)) {
                        told.extend(self.next(changes, of, fact.time));
                    }
                }
            }
        }
        let told = told.into_iter().map(|number| &self.facts[number]);
        told.map(|fact| Fact {
            account: of.0.clone(),
            region: of.1.clone(),
            ..fact.clone()
        })
        .collect()
    }

    /// Returns the first change by others at a time, and the first after it: within one second it may
    /// come before what it would end.
    fn next(&self, changes: &[Change], of: &Place, time: Timestamp) -> impl Iterator<Item = usize> {
        let first = |from: usize| {
            let change = changes.get(from)?;
            let is_own = place(&self.facts[change.fact]) == (&of.0, &of.1);
            let other = if is_own {
                changes.get(change.next_of_another)?
            } else {
                change
            };
            Some(other.fact)
        };
        let time_of = |change: &Change| self.facts[change.fact].time;
        let at = changes.partition_point(|change| time_of(change) < time);
        let after = changes.partition_point(|change| time_of(change) <= time);
        [first(at), first(after)].into_iter().flatten()
    }
}

/// Lists facts, each with the position of the next one that another account or region tells.
fn changes(facts: &[Fact], numbers: &[usize]) -> Vec<Change> {
    let of = |position: usize| place(&facts[numbers[position]]);
    let mut next = numbers.len();
    let mut changes: Vec<Change> = Vec::with_capacity(numbers.len());
    for position in (0..numbers.len()).rev() {
        changes.push(Change {
            fact: numbers[position],
            next_of_another: next,
        });
        if position > 0 && of(position - 1) != of(position) {
            next = position;
        }
    }
    changes.reverse();
    changes
}

fn place(fact: &Fact) -> (&Text, &Text) {
    (&fact.account, &fact.region)
}
