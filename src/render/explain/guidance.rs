//! Our guidance for a call as sentences, for documents that lay it out themselves.

use super::PURPOSES;
use super::fill::Filler;
use crate::catalogue::Catalogue;
use crate::catalogue::entry::Purpose;

/// What is known of a call, its placeholders written as `<network_interface>`.
#[derive(Debug, Clone)]
pub(in crate::render) struct Guidance {
    pub(in crate::render) meaning: String,
    pub(in crate::render) why: Vec<String>,
    pub(in crate::render) ask: Vec<String>,
    pub(in crate::render) act: Vec<Action>,
    pub(in crate::render) reading: Vec<String>,
    pub(in crate::render) reference: String,
    pub(in crate::render) attack: Vec<String>,
}

/// Something to do.
#[derive(Debug, Clone)]
pub(in crate::render) struct Action {
    pub(in crate::render) purpose: Purpose,
    pub(in crate::render) note: String,
    pub(in crate::render) command: Option<String>,
}

impl Guidance {
    /// Gathers what is known of a call; none where the catalogue does not have it.
    pub(in crate::render) fn of(catalogue: &Catalogue, name: &str) -> Option<Self> {
        let known = catalogue.event(name)?;
        let filler = Filler::new(catalogue, known, None);
        let entry = &known.entry;
        let filled = |sentences: &[String]| -> Vec<String> {
            let sentences = sentences.iter();
            sentences
                .map(|sentence| filler.sentence(sentence))
                .collect()
        };
        let mut act: Vec<Action> = entry
            .act
            .iter()
            .map(|act| Action {
                purpose: act.purpose,
                note: filler.sentence(&act.note),
                command: act.command.as_ref().map(|command| filler.command(command)),
            })
            .collect();
        act.sort_by_key(|act| PURPOSES.iter().position(|purpose| *purpose == act.purpose));
        Some(Self {
            meaning: filler.sentence(&entry.meaning),
            why: filled(&entry.why),
            ask: filled(&entry.ask),
            act,
            reading: filled(&entry.reading),
            reference: entry.reference.clone(),
            attack: entry.attack.clone(),
        })
    }
}

/// Returns a title for what an action is for.
pub(in crate::render) fn purpose_title(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Look => "Look",
        Purpose::Preserve => "Preserve",
        Purpose::Contain => "Contain",
        Purpose::Undo => "Undo",
        Purpose::Prevent => "Prevent",
    }
}
