//! Ends that are dated before the beginning of the very thing that they name by its handle.
//!
//! AWS makes an attachment or association id when the thing begins and gives it once, so a call that ends
//! it was made later, whatever the clocks of two hosts say. Without a handle nothing joins the two: then
//! the end is of something that began unseen.
//!
//! So it is with an end that is dated a little after what is possible only without the thing: its
//! deletion, or its attachment elsewhere. A call whose success proves that there was something to end is
//! the end of what that other record let infer.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use jiff::{SignedDuration, Timestamp};

use super::end::Ending;
use super::findings::finding;
use super::state::{Id, Now, Number, State};
use crate::catalogue::Catalogue;
use crate::event::{Change, Fact, MemberId, RelationId, Support, Transition};
use crate::interval::{Bound, BoundKind};
use crate::members::Name;
use crate::text::Text;

/// The finding on both.
const CODE: &str = "out-of-order";

/// The finding on what no call was seen to end.
const MISSING: &str = "missing-detach";

/// So far may the clocks of two of AWS's hosts differ. `eventTime` is that of the host that answered, in
/// whole seconds; hosts are a second or so apart. What is further apart was not made by clocks.
pub(super) const CLOCKS_DIFFER_MAX: SignedDuration = SignedDuration::from_secs(5);

/// A handle of a relation.
type Handle<'f> = (RelationId, MemberId, &'f Text);

/// Moves ends that are dated a little before the beginning of what they name by its handle into the
/// second of that beginning, and lets them say so.
///
/// `facts` are in order of time, then event id, and are so afterwards.
pub(super) fn put_after_beginnings(catalogue: &Catalogue, facts: &mut Vec<Fact>) {
    let late = inverted(catalogue, facts);
    if late.is_empty() {
        return;
    }
    for (number, ends) in late {
        let fact = &mut facts[number];
        let mut moved: HashMap<Timestamp, Vec<Transition>, RandomState> = HashMap::default();
        let mut ends = ends.into_iter().peekable();
        let mut positions = 0..;
        fact.transitions.retain(|transition| {
            let position = positions.next();
            let Some((_, begun)) = ends.next_if(|(at, _)| Some(*at) == position) else {
                return true;
            };
            let mut transition = transition.clone();
            if let Change::Close { finding, .. } = &mut transition.change {
                finding.get_or_insert(Name::from(CODE));
            }
            moved.entry(begun).or_default().push(transition);
            false
        });
        let fact = fact.clone();
        let mut moved: Vec<_> = moved.into_iter().collect();
        moved.sort_by_key(|(begun, _)| *begun);
        facts.extend(moved.into_iter().map(|(begun, transitions)| Fact {
            time: begun,
            transitions,
            ..fact.clone()
        }));
    }
    facts.sort_by(|a, b| (a.time, &a.event_id).cmp(&(b.time, &b.event_id)));
}

/// The ends of a fact that are dated too early, in order of position, and when what they end began.
type Late = Vec<(usize, Timestamp)>;

/// Finds the facts with ends that are dated a little before the first beginning under their handle.
fn inverted(catalogue: &Catalogue, facts: &[Fact]) -> Vec<(usize, Late)> {
    let begun = begun_after_an_end(catalogue, facts);
    if begun.is_empty() {
        return Vec::new();
    }
    let mut late = Vec::new();
    for (number, fact) in facts.iter().enumerate() {
        let ends = fact.transitions.iter().enumerate();
        let ends = ends.filter(|(_, transition)| ends_something(transition));
        let found = ends.filter_map(|(position, transition)| {
            let begun = *begun.get(&handle(catalogue, transition)?)?;
            let apart = begun.duration_since(fact.time);
            let is_late = apart > SignedDuration::ZERO && apart <= CLOCKS_DIFFER_MAX;
            is_late.then_some((position, begun))
        });
        let found: Late = found.collect();
        if !found.is_empty() {
            late.push((number, found));
        }
    }
    late
}

/// Finds the handles under which something ends before anything begins, and when it first begins.
fn begun_after_an_end<'f>(
    catalogue: &Catalogue,
    facts: &'f [Fact],
) -> HashMap<Handle<'f>, Timestamp, RandomState> {
    let all = || facts.iter().flat_map(|fact| &fact.transitions);
    let ends = all().filter(|transition| ends_something(transition));
    let mut ended: HashMap<Handle<'f>, bool, RandomState> = HashMap::default();
    ended.extend(ends.filter_map(|end| Some((handle(catalogue, end)?, false))));
    let mut begun = HashMap::default();
    if ended.is_empty() {
        return begun;
    }
    for fact in facts {
        for transition in &fact.transitions {
            let (begins, ends) = (begins(transition), ends_something(transition));
            if !begins && !ends {
                continue;
            }
            let Some(handle) = handle(catalogue, transition) else {
                continue;
            };
            if ends {
                ended.entry(handle).and_modify(|is_ended| *is_ended = true);
            } else if ended.remove(&handle) == Some(true) && is_certain(transition) {
                begun.insert(handle, fact.time);
            }
        }
    }
    begun
}

/// Returns the handle that a transition of an attachment or association names.
fn handle<'f>(catalogue: &Catalogue, transition: &'f Transition) -> Option<Handle<'f>> {
    let known = catalogue.relation(transition.relation);
    let mut named = transition.members.iter();
    let named = named.find(|(member, _)| known.handle.contains(member));
    let (member, value) = named.filter(|_| known.resource.is_none())?;
    Some((transition.relation, *member, value))
}

/// Says whether a record tells that something began, and when.
fn is_certain(transition: &Transition) -> bool {
    transition.support != Support::Uncertain && !transition.asynchronous
}

fn begins(transition: &Transition) -> bool {
    matches!(
        transition.change,
        Change::Open { .. } | Change::Replace { .. }
    )
}

fn ends_something(transition: &Transition) -> bool {
    transition.support == Support::Observed
        && matches!(
            transition.change,
            Change::Close {
                elsewhere: false,
                never_began: false,
                ..
            }
        )
}

impl State<'_> {
    /// Says whether a call that is dated a little after what needed its effect made the end that the
    /// latter only let infer: its success proves that there was something to end, and it names the
    /// interval by its handle, or both what is held and what holds it.
    pub(super) fn needed_before(
        &self,
        now: Now<'_>,
        number: Number,
        members: &[Id],
        ending: Ending,
    ) -> bool {
        let live = self.live(number);
        let known = self.catalogue.relation(live.relation);
        let names = |wanted: &[MemberId]| members.iter().any(|(member, _)| wanted.contains(member));
        let is_joined = names(&known.handle) || (names(&known.held) && names(&known.holder));
        let end = live.end.as_ref();
        let end = end.filter(|end| matches!(end.kind, BoundKind::Inferred | BoundKind::Uncertain));
        let needed = end.and_then(|end| end.not_after);
        let is_near = needed.is_some_and(|needed| {
            let apart = now.time().duration_since(needed);
            apart > SignedDuration::ZERO && apart <= CLOCKS_DIFFER_MAX
        });
        !ending.idempotent && known.resource.is_none() && is_joined && is_near
    }

    /// Puts the end by a call in the place of the one that was inferred: where something else has taken
    /// the place by then, between both times.
    pub(super) fn end_needed_before(&mut self, now: Now<'_>, number: Number, inferred: &Bound) {
        let live = self.live(number);
        let is_gone = self.is_gone(live.relation, live.members.ids());
        let observed = now.exactly(BoundKind::Observed);
        let end = match is_gone {
            true => observed,
            false => Bound {
                not_before: inferred.not_after,
                ..observed
            },
        };
        self.replace_end(now, number, end);
        let live = self.live_mut(number);
        live.findings.retain(|finding| finding.code != MISSING);
        live.findings.push(finding(CODE, &now.fact.event_id));
    }

    /// Tells that something begins under a handle under which it was ended long before: of both.
    pub(super) fn note_ended_before(&mut self, now: Now<'_>, number: Number, members: &[Id]) {
        let relation = self.live(number).relation;
        let known = self.catalogue.relation(relation);
        if known.resource.is_some() {
            return;
        }
        let handle = members.iter().find(|id| known.handle.contains(&id.0));
        let before = handle.and_then(|id| self.last_ended_with(relation, *id));
        let Some(before) = before else {
            return;
        };
        let live = self.live(before);
        let is_unseen = matches!(
            live.start.kind,
            BoundKind::BeforeArchive | BoundKind::Inferred
        );
        if is_unseen
            && live
                .end
                .as_ref()
                .is_some_and(|end| end.kind == BoundKind::Observed)
        {
            for number in [before, number] {
                let contradiction = finding(CODE, &now.fact.event_id);
                self.live_mut(number).findings.push(contradiction);
            }
        }
    }
}
