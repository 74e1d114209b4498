//! What a call that may have succeeded changes: its effects, read from the record row by row.

use std::collections::{BTreeMap, BTreeSet};

use super::values::{chosen, first_values, row_members};
use crate::catalogue::compile::{Effect, EffectKind};
use crate::catalogue::path::{Row, View, rows};
use crate::catalogue::{Catalogue, Event as Known};
use crate::event::{Change, Lookup, MemberId, Outcome, Support, Transition};
use crate::text::Text;

/// Members with their values, as transitions have them.
type Members = Vec<(MemberId, Text)>;

impl Catalogue {
    /// Reads all effects of a call.
    pub(super) fn effects(
        &self,
        view: &View<'_>,
        known: &Known,
        outcome: Outcome,
    ) -> Vec<Transition> {
        let uncertain = outcome == Outcome::Uncertain || known.entry.uncertain;
        let mut transitions = Vec::new();
        for effect in &known.effects {
            if uncertain && effect.support == Support::Inferred {
                // It does not end what a success proves to have ended before.
                continue;
            }
            let before = transitions.len();
            apply(view, effect, &mut transitions);
            if uncertain {
                for transition in &mut transitions[before..] {
                    transition.support = Support::Uncertain;
                    transition.asynchronous = true;
                }
            }
        }
        if uncertain {
            // What holds, or is told of it, is no better known than before.
            transitions.retain(|transition| match transition.change {
                Change::Open { .. } => self.is_told(transition),
                Change::Close { .. }
                | Change::Replace { .. }
                | Change::Assign { .. }
                | Change::Update { .. } => true,
                Change::ProvesEnded | Change::ProvesHeld => false,
            });
        }
        // A case keeps them by the million until it is folded.
        transitions.shrink_to_fit();
        transitions
    }

    /// Says whether an uncertain beginning names both what would be attached and to what: anything less
    /// would be an interval without a name.
    fn is_told(&self, transition: &Transition) -> bool {
        let relation = self.relation(transition.relation);
        let knows = |members: &[MemberId]| {
            transition
                .members
                .iter()
                .any(|(member, _)| members.contains(member))
        };
        knows(&relation.held) && (relation.holder.is_empty() || knows(&relation.holder))
    }
}

/// Adds what an effect changes, one transition for each row that says something.
fn apply(view: &View<'_>, effect: &Effect, transitions: &mut Vec<Transition>) {
    let transition = |change, members| Transition {
        relation: effect.relation,
        change,
        members,
        support: effect.support,
        asynchronous: effect.asynchronous,
    };
    let rows = effect_rows(view, effect);
    if let EffectKind::Assign { through } = &effect.kind {
        let changes = assignment(effect, &rows, through.as_ref()).into_iter();
        transitions.extend(changes.map(|change| transition(change, Vec::new())));
    } else {
        let told = rows
            .iter()
            .filter_map(|row| Some((row, change(effect, row)?)));
        transitions.extend(told.map(|(row, (change, members))| {
            let is_at_once = matches!(change, Change::Close { at_once: true, .. });
            let told = transition(change, members);
            Transition {
                asynchronous: effect.asynchronous && !is_at_once,
                support: match is_in(&effect.pending, row) {
                    true => Support::Uncertain,
                    false => told.support,
                },
                ..told
            }
        }));
        let gone = gone_rows(view, effect);
        transitions.extend(gone.into_iter().map(|(members, is_gone)| Transition {
            support: Support::Inferred,
            // It may still be ending.
            asynchronous: !is_gone,
            ..transition(Change::ProvesEnded, members)
        }));
    }
}

/// Says what one row changes; nothing where it does not identify what is changed.
fn change(effect: &Effect, row: &Row) -> Option<(Change, Members)> {
    let whole = || row_members(&effect.inputs, row, 0..effect.inputs.len());
    match &effect.kind {
        EffectKind::Open {
            former_ends,
            elsewhere,
            existing,
        } => {
            let change = Change::Open {
                former_ends: *former_ends,
                elsewhere: *elsewhere,
                existing: *existing,
            };
            Some((change, whole()))
        }
        EffectKind::Close {
            members,
            finding,
            lacking,
            idempotent,
            also_unseen,
            never_began,
            elsewhere,
        } => {
            let (members, told) = split(effect, row, *members);
            let change = Change::Close {
                told,
                finding: *finding,
                lacking: lacking.clone(),
                idempotent: *idempotent,
                also_unseen: *also_unseen,
                never_began: *never_began,
                elsewhere: *elsewhere,
                at_once: is_gone(effect, row),
            };
            Some((change, members))
        }
        EffectKind::Replace { former, inherit } => {
            let (former, members) = split(effect, row, *former);
            let inherited = inherit.clone();
            (!former.is_empty()).then_some((Change::Replace { former, inherited }, members))
        }
        EffectKind::Update { of } => {
            let (of, members) = split(effect, row, *of);
            (!of.is_empty() && !members.is_empty()).then_some((Change::Update { of }, members))
        }
        EffectKind::Hold => Some((Change::ProvesHeld, whole())),
        EffectKind::Assign { .. } => None,
    }
}

/// Says whether the response tells that what the row names is gone.
fn is_gone(effect: &Effect, row: &Row) -> bool {
    let after = effect.unchanged.map(|(_, after)| &row[after]);
    effect.gone.is_some() && after == Some(&effect.gone)
}

/// Returns what the response says is gone, by this call or by something before it, or was being ended
/// before the call; and whether it is gone.
fn gone_rows(view: &View<'_>, effect: &Effect) -> Vec<(Members, bool)> {
    let is_end = matches!(effect.kind, EffectKind::Close { .. });
    if !is_end || (effect.gone.is_none() && effect.ending.is_none()) {
        return Vec::new();
    }
    rows(view, &chosen(view, &effect.inputs), effect.inputs.len())
        .iter()
        .filter(|row| is_gone(effect, row) || is_in(&effect.ending, row))
        .map(|row| {
            let members = row_members(&effect.inputs, row, 0..effect.inputs.len());
            (members, is_gone(effect, row))
        })
        .collect()
}

/// Returns the rows of an effect that say something.
fn effect_rows(view: &View<'_>, effect: &Effect) -> Vec<Row> {
    let mut found = rows(view, &chosen(view, &effect.inputs), effect.inputs.len());
    let excepted: Vec<(usize, BTreeSet<Text>)> = effect
        .except
        .iter()
        .map(|(slot, paths)| (*slot, first_values(view, paths).into_iter().collect()))
        .collect();
    found.retain(|row| {
        let has = |slot: &usize| row[*slot].is_some();
        let says_something = effect
            .inputs
            .iter()
            .enumerate()
            .any(|(slot, input)| input.member.is_some() && has(&slot));
        let is_unchanged = effect
            .unchanged
            .is_some_and(|(before, after)| row[before].is_some() && row[before] == row[after]);
        let is_excepted = excepted.iter().any(|(slot, values)| {
            row[*slot]
                .as_ref()
                .is_some_and(|value| values.contains(value))
        });
        says_something
            && effect.needs.iter().all(has)
            && !effect.unless.iter().any(has)
            && !is_unchanged
            && !is_in(&effect.ending, row)
            && (effect.was.is_none() || is_in(&effect.was, row))
            && !is_excepted
    });
    found
}

/// Says whether a row tells one of the states that count.
fn is_in(states: &Option<(usize, Vec<Text>)>, row: &Row) -> bool {
    states.as_ref().is_some_and(|(slot, states)| {
        let state = row[*slot].as_ref();
        state.is_some_and(|state| states.contains(state))
    })
}

fn split(effect: &Effect, row: &Row, at: usize) -> (Members, Members) {
    (
        row_members(&effect.inputs, row, 0..at),
        row_members(&effect.inputs, row, at..effect.inputs.len()),
    )
}

/// Gathers the rows of an assignment: one owner, and the set that it has from now on.
fn assignment(effect: &Effect, rows: &[Row], through: Option<&Lookup>) -> Vec<Change> {
    let (Some(owner_id), Some(member)) = (effect.inputs[0].member, effect.inputs[1].member) else {
        return Vec::new();
    };
    let mut sets: BTreeMap<&Text, Vec<Text>> = BTreeMap::new();
    for row in rows {
        if let (Some(owner), Some(value)) = (&row[0], &row[1]) {
            sets.entry(owner).or_default().push(value.clone());
        }
    }
    sets.into_iter()
        .map(|(owner, values)| Change::Assign {
            owner: (owner_id, owner.clone()),
            through: through.cloned(),
            member,
            values,
        })
        .collect()
}
