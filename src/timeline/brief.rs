//! What begins and ends within one second: an attachment that was made and taken away at once.
//!
//! What is exclusive can only have been held briefly before something else took it for longer, so both
//! calls come before that. Which of several brief ones was first, nothing tells; nor, where a
//! beginning takes the place of what holds it and the thing is deleted in that second, too, what lasted.

use std::collections::{BTreeMap, BTreeSet};

use super::displace::{Contended, contended, former_ends};
use super::state::{Id, Number, State, Value};
use crate::catalogue::{Catalogue, Exclusive};
use crate::event::{Change, Fact, RelationId, Support, Transition};

/// Of what more facts of one second contend for than this, nothing is put in order.
const RIVALS_MAX: usize = 256;

/// What follows from brief intervals for the order of a second's facts.
#[derive(Default)]
pub(super) struct Brief {
    /// The first fact comes before the second.
    pub(super) before: BTreeSet<(usize, usize)>,
    /// Facts whose order among each other nothing tells, by what they contend for.
    pub(super) ties: BTreeSet<(usize, Id)>,
}

/// A beginning in this second, and the fact that ends it in this second.
struct Opened<'f> {
    relation: RelationId,
    fact: usize,
    transition: &'f Transition<Value>,
    members: &'f [Id],
    closed_by: Option<usize>,
}

/// Beginnings that contend for something exclusive.
struct Rivals<'o> {
    id: Id,
    exclusive: &'o Exclusive,
    opened: Vec<&'o Opened<'o>>,
}

/// Finds what begins and ends in this second.
pub(super) fn brief(catalogue: &Catalogue, state: &State<'_>, group: &[Fact<Value>]) -> Brief {
    let mut opened: Vec<Opened<'_>> = Vec::new();
    let mut closes: Vec<(usize, &Transition<Value>)> = Vec::new();
    for (index, fact) in group.iter().enumerate() {
        for transition in &fact.transitions {
            let known = catalogue.relation(transition.relation);
            match transition.change {
                _ if known.exclusive.is_empty() => {}
                Change::Open {
                    elsewhere: false, ..
                } => opened.push(Opened {
                    relation: transition.relation,
                    fact: index,
                    transition,
                    members: &transition.members,
                    closed_by: None,
                }),
                Change::Close {
                    elsewhere: false, ..
                } if transition.support == Support::Observed => closes.push((index, transition)),
                _ => {}
            }
        }
    }
    if closes.is_empty() || opened.len() < 2 {
        return Brief::default();
    }
    pair(state, group, &mut opened, closes);
    let mut brief = Brief::default();
    for rivals in rivals(catalogue, &opened) {
        let is_deleted = group.iter().any(|fact| deletes(catalogue, fact, rivals.id));
        brief.put_in_order(group, rivals, is_deleted);
    }
    brief
}

/// Says whether a fact ends the lifetime of a thing.
fn deletes(catalogue: &Catalogue, fact: &Fact<Value>, id: Id) -> bool {
    let mut transitions = fact.transitions.iter();
    transitions.any(|transition| {
        let is_end = matches!(transition.change, Change::Close { .. });
        let resource = catalogue.relation(transition.relation).resource;
        is_end && resource == Some(id.0) && transition.members.contains(&id)
    })
}

/// Finds for each end the beginning that it ends, where it does not end what was open before.
fn pair(
    state: &State<'_>,
    group: &[Fact<Value>],
    opened: &mut [Opened<'_>],
    mut closes: Vec<(usize, &Transition<Value>)>,
) {
    let mut by_member: BTreeMap<(RelationId, Id), Vec<usize>> = BTreeMap::new();
    for (number, open) in opened.iter().enumerate() {
        for id in open.members {
            let numbers = by_member.entry((open.relation, *id)).or_default();
            numbers.push(number);
        }
    }
    closes.sort_by_key(|(index, _)| &group[*index].event_id);
    let mut taken: BTreeSet<Number> = BTreeSet::new();
    for (index, close) in closes {
        let Some(first) = close.members.first() else {
            continue;
        };
        let occupants = state.matching(close.relation, &close.members, &[]);
        let before = taken.len();
        taken.extend(occupants);
        if taken.len() > before {
            continue;
        }
        let candidates = by_member.get(&(close.relation, *first));
        let ended = candidates.into_iter().flatten().copied().find(|number| {
            let open = &opened[*number];
            open.closed_by.is_none()
                && open.fact != index
                && close.members.iter().all(|id| open.members.contains(id))
        });
        if let Some(number) = ended {
            opened[number].closed_by = Some(index);
        }
    }
}

/// Gathers the beginnings that contend for something exclusive, with what they contend for.
fn rivals<'o>(
    catalogue: &'o Catalogue,
    opened: &'o [Opened<'o>],
) -> impl Iterator<Item = Rivals<'o>> {
    let mut rivals: BTreeMap<Contended, Rivals<'o>> = BTreeMap::new();
    for open in opened {
        let exclusive = &catalogue.relation(open.relation).exclusive;
        for (number, exclusive) in exclusive.iter().enumerate() {
            if let Some((id, values)) = contended(exclusive, open.members) {
                let key = (open.relation, number, values);
                let of_one = rivals.entry(key).or_insert(Rivals {
                    id,
                    exclusive,
                    opened: Vec::new(),
                });
                of_one.opened.push(open);
            }
        }
    }
    let rivals = rivals.into_values();
    rivals.filter(|of_one| (2..=RIVALS_MAX).contains(&of_one.opened.len()))
}

impl Brief {
    /// The brief ones come first, each whole, then what lasts.
    fn put_in_order(&mut self, group: &[Fact<Value>], rivals: Rivals<'_>, is_deleted: bool) {
        let Rivals { id, exclusive, .. } = rivals;
        let mut rivals = rivals.opened;
        rivals.sort_by_key(|open| (open.closed_by.is_none(), &group[open.fact].event_id));
        let facts = |open: &Opened<'_>| [Some(open.fact), open.closed_by].into_iter().flatten();
        let brief = rivals.iter().filter(|open| open.closed_by.is_some());
        let is_tied = brief.count() > 1;
        for (place, first) in rivals.iter().enumerate() {
            let Some(closed_by) = first.closed_by else {
                break;
            };
            self.before.insert((first.fact, closed_by));
            if is_tied {
                self.ties.extend([(first.fact, id), (closed_by, id)]);
            }
            for then in &rivals[place + 1..] {
                let displaces =
                    is_deleted && former_ends(first.transition, exclusive) != Support::Inferred;
                if then.closed_by.is_none() && (displaces || then.members == first.members) {
                    // Each of the two may be the one that ended, or was first.
                    self.ties.extend([(first.fact, id), (then.fact, id)]);
                }
                for earlier in facts(first) {
                    let later = facts(then).filter(|later| *later != earlier);
                    self.before.extend(later.map(|later| (earlier, later)));
                }
            }
        }
    }
}
