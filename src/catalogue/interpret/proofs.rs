//! What a refused call tells about the state at that second.

use super::values::{chosen, row_members};
use crate::catalogue::Event as Known;
use crate::catalogue::compile::Proof;
use crate::catalogue::entry::Proves;
use crate::catalogue::path::{Path, Row, View, rows};
use crate::event::{Change, Support, Transition};

/// Lists what a call proves that was refused with an error code, which is given without prefix.
pub(super) fn proofs(view: &View<'_>, known: &Known, error_code: &str) -> Vec<Transition> {
    let told = known
        .proofs
        .iter()
        .filter(|proof| proof.error == error_code);
    told.flat_map(|proof| proof_transitions(view, proof))
        .collect()
}

fn proof_transitions(view: &View<'_>, proof: &Proof) -> Vec<Transition> {
    let chosen: Vec<(usize, &Path)> = chosen(view, &proof.inputs);
    let count = proof.inputs.len();
    let complete = |row: &Row| row.iter().all(Option::is_some);
    let told = rows(view, &chosen, count).into_iter().filter(complete);
    told.map(|row| Transition {
        relation: proof.relation,
        change: match proof.proves {
            Proves::Ended => Change::ProvesEnded,
            Proves::Held => Change::ProvesHeld,
        },
        members: row_members(&proof.inputs, &row, 0..count),
        support: Support::Inferred,
        asynchronous: false,
    })
    .collect()
}
