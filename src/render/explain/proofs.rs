//! What a failed call proves, in words and as objects.

use serde::Serialize;

use super::effects::{article, list, title};
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
    let proves = match proof.proves {
        Proves::Held => "held",
        Proves::Ended => "ended",
    };
    ProofObject {
        error: proof.error.clone(),
        proves,
        relation: proof.relation.clone(),
        words: format!(
            "Refused with {}, it proves that {} at that second.",
            proof.error,
            state(catalogue, proof)
        ),
    }
}

fn state(catalogue: &Catalogue, proof: &Proof) -> String {
    if let Some(resource) = proof.relation.strip_prefix("lifetime:") {
        let resource = list(catalogue, &[resource.to_owned()]);
        return match proof.proves {
            Proves::Held => format!("the {resource} existed"),
            Proves::Ended => format!("the {resource} did not exist"),
        };
    }
    let (title, members) = (
        title(catalogue, &proof.relation),
        list(catalogue, &proof.members),
    );
    match proof.proves {
        Proves::Held => format!("{} {title} with this {members} existed", article(&title)),
        Proves::Ended => format!("no {title} with this {members} existed"),
    }
}
