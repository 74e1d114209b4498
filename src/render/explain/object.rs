//! Our guidance as an object: `schema/explanation.schema.json`.

use serde::Serialize;

use super::effects::{EffectObject, effects};
use super::fill::Filler;
use super::proofs::{ProofObject, proofs};
use super::{PURPOSES, purpose_words};
use crate::catalogue::entry::{Evidence, Family};
use crate::catalogue::{Catalogue, Event as Known};
use crate::event::Resolved;

/// All that is known of a call.
#[derive(Debug, Serialize)]
pub struct ExplanationObject<'a> {
    event: &'a str,
    source: &'a str,
    resource: &'a str,
    meaning: String,
    family: &'static str,
    evidence: &'static str,
    effects: Vec<EffectObject>,
    uncertain: bool,
    uncertain_errors: &'a [String],
    proofs: Vec<ProofObject>,
    why: Vec<String>,
    ask: Vec<String>,
    act: Vec<ActObject>,
    reading: Vec<String>,
    reference: &'a str,
    attack: &'a [String],
}

/// An action.
#[derive(Debug, Serialize)]
struct ActObject {
    purpose: String,
    note: String,
    command: Option<String>,
}

impl<'a> ExplanationObject<'a> {
    /// Gathers what is known of a call, filled from a concrete call where there is one, as
    /// [`write`](super::write) shows it.
    pub fn new(
        catalogue: &'a Catalogue,
        name: &'a str,
        known: &'a Known,
        call: Option<&Resolved>,
    ) -> Self {
        let filler = Filler::new(catalogue, known, call);
        let entry = &known.entry;
        let filled = |sentences: &[String]| -> Vec<String> {
            sentences
                .iter()
                .map(|sentence| filler.sentence(sentence))
                .collect()
        };
        Self {
            event: name,
            source: &entry.source,
            resource: &known.resource,
            meaning: filler.sentence(&entry.meaning),
            family: match entry.shape.family {
                Family::Flat => "flat",
                Family::Wrapped => "wrapped",
                Family::Service => "service",
            },
            evidence: match entry.shape.evidence {
                Evidence::Real => "real",
                Evidence::Derived => "derived",
            },
            effects: effects(catalogue, known),
            uncertain: entry.uncertain,
            uncertain_errors: &entry.uncertain_errors,
            proofs: proofs(catalogue, known),
            why: filled(&entry.why),
            ask: filled(&entry.ask),
            act: acts(&filler, known),
            reading: filled(&entry.reading),
            reference: &entry.reference,
            attack: &entry.attack,
        }
    }
}

fn acts(filler: &Filler<'_>, known: &Known) -> Vec<ActObject> {
    let mut acts: Vec<_> = known.entry.act.iter().collect();
    acts.sort_by_key(|act| PURPOSES.iter().position(|purpose| *purpose == act.purpose));
    let object = |act: &crate::catalogue::entry::Act| {
        let (note, command) = filler.act(act);
        ActObject {
            purpose: purpose_words(act.purpose).to_lowercase(),
            note,
            command,
        }
    };
    acts.into_iter().map(object).collect()
}
