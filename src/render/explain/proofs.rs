//! What a failed call proves, in words and as objects.

use serde::Serialize;

use super::effects::{list, title};
use crate::catalogue::entry::{Proof, Proves};
use crate::catalogue::{Catalogue, Event as Known};

/// What a failed call tells about the state at that second.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProofObject {
    /// The error code, without `Client.`.
    pub error: String,
    /// `held` or `ended`.
    pub proves: &'static str,
    /// The relation; `lifetime:<resource>` for a resource.
    pub relation: String,
    /// The same in one sentence.
    pub words: String,
}

/// Lists what a failed call proves.
pub(super) fn proofs(catalogue: &Catalogue, known: &Known) -> Vec<ProofObject> {
    known
        .entry
        .proofs
        .iter()
        .map(|proof| proof_object(catalogue, proof))
        .collect()
}

fn proof_object(catalogue: &Catalogue, proof: &Proof) -> ProofObject {
    let (proves, was) = match proof.proves {
        Proves::Held => ("held", "a"),
        Proves::Ended => ("ended", "no"),
    };
    let title = title(catalogue, &proof.relation);
    let members = list(catalogue, &proof.members);
    ProofObject {
        error: proof.error.clone(),
        proves,
        relation: proof.relation.clone(),
        words: format!(
            "Refused with {}, it proves that {was} {title} with this {members} existed at that second.",
            proof.error
        ),
    }
}
