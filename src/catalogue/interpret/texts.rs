//! Texts and actors that many records repeat, kept once.
//!
//! A case of a million events has a few hundred sessions, addresses and accounts, and the records of one
//! resource stand close together. What is kept is bounded: when it is full, it begins anew.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::event::Actor;
use crate::text::Text;

/// At most so many texts are kept.
const TEXTS_MAX: usize = 16_384;

/// Longer texts are not kept: what is as long as this is hardly repeated.
const TEXT_BYTES_MAX: usize = 512;

/// At most so many actors are kept.
const ACTORS_MAX: usize = 2_048;

/// Texts and actors that were read before.
#[derive(Debug, Default)]
pub(in crate::catalogue) struct Texts {
    texts: HashSet<Text, RandomState>,
    /// By `userIdentity` as it is written, without and with a mark of the console elsewhere.
    actors: HashMap<Box<str>, [Option<Arc<Actor>>; 2], RandomState>,
}

impl Texts {
    /// Returns the text, the same as before where it is kept.
    pub(in crate::catalogue) fn text(&mut self, text: &str) -> Text {
        if text.len() > TEXT_BYTES_MAX {
            return Text::from(text);
        }
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        if self.texts.len() == TEXTS_MAX {
            self.texts.clear();
        }
        let text = Text::from(text);
        self.texts.insert(text.clone());
        text
    }

    /// Returns the actor of an identity as it is written, if it is kept.
    pub(super) fn actor(&self, identity: &str, is_marked: bool) -> Option<Arc<Actor>> {
        self.actors.get(identity)?[usize::from(is_marked)].clone()
    }

    /// Keeps the actor of an identity.
    pub(super) fn keep_actor(&mut self, identity: &str, is_marked: bool, actor: &Arc<Actor>) {
        if self.actors.len() == ACTORS_MAX {
            self.actors.clear();
        }
        let kept = self.actors.entry(identity.into()).or_default();
        kept[usize::from(is_marked)] = Some(actor.clone());
    }
}
