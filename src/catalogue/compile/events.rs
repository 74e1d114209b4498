//! What is known of each call: the paths to what it names, its effects and its proofs.

use std::collections::{BTreeMap, BTreeSet};

use super::inputs::Reader;
use super::names::{At, Names};
use super::{EffectKind, Unsuccessful};
use crate::catalogue::entry::{self, File};
use crate::catalogue::path::Path;
use crate::catalogue::{CatalogueError, Event, Relation};
use crate::event::RelationId;

impl Names {
    /// Reads every call, by name.
    pub(super) fn events(
        &self,
        files: Vec<(String, File)>,
        relations: &[Relation],
    ) -> Result<BTreeMap<String, Event>, CatalogueError> {
        let mut events: BTreeMap<String, Event> = BTreeMap::new();
        for (file, content) in files {
            for (name, entry) in content.events {
                let at = At {
                    file: &file,
                    entry: &name,
                    key: "",
                };
                if events.contains_key(&name) {
                    return Err(at.error("this event is declared twice"));
                }
                let event = self.event(at, &content.resource, entry, relations)?;
                events.insert(name, event);
            }
        }
        Ok(events)
    }

    fn event(
        &self,
        at: At<'_>,
        resource: &str,
        entry: entry::Entry,
        relations: &[Relation],
    ) -> Result<Event, CatalogueError> {
        let mut record_fields = BTreeSet::new();
        let mut mentions = Vec::new();
        let mut details = Vec::new();
        for (name, paths) in &entry.members {
            let paths = parsed(at.key(&format!("members.{name}")), paths)?;
            record_fields.extend(fields_of(&paths));
            mentions.push((self.name(name), paths));
        }
        for (name, paths) in &entry.details {
            let paths = parsed(at.key(&format!("details.{name}")), paths)?;
            record_fields.extend(fields_of(&paths));
            if entry.members.contains_key(name) {
                return Err(at
                    .key("details")
                    .error(format!("`{name}` is a member already")));
            }
            details.push((self.name(name), paths));
        }
        if let Some(member) = &entry.uncertain_if_several
            && !entry.members.contains_key(member)
        {
            let at = at.key("uncertain_if_several");
            return Err(at.error(format!("`{member}` is not among its members")));
        }
        let unsuccessful = match &entry.unsuccessful {
            Some(written) => Some(self.unsuccessful(at.key("unsuccessful"), &entry, written)?),
            None => None,
        };
        let reader = Reader {
            names: self,
            entry: &entry,
            relations,
        };
        let mut effects = Vec::new();
        for (number, effect) in entry.effects.iter().enumerate() {
            effects.push(reader.effect(at.key(&format!("effects[{number}]")), effect)?);
        }
        let mut proofs = Vec::new();
        for (number, proof) in entry.proofs.iter().enumerate() {
            proofs.push(reader.proof(at.key(&format!("proofs[{number}]")), proof)?);
        }
        let touched: BTreeSet<RelationId> = effects
            .iter()
            .filter(|effect| !matches!(effect.kind, EffectKind::Hold))
            .map(|effect| effect.relation)
            .collect();
        Ok(Event {
            resource: resource.to_owned(),
            relations: touched.into_iter().collect(),
            mentions,
            details,
            record_fields: record_fields.into_iter().collect(),
            unsuccessful,
            effects,
            proofs,
            entry,
        })
    }

    /// Reads what a response lists as failed.
    fn unsuccessful(
        &self,
        at: At<'_>,
        entry: &entry::Entry,
        written: &entry::Unsuccessful,
    ) -> Result<Unsuccessful, CatalogueError> {
        let mut members = written.members.iter();
        if let Some(unread) = members.find(|member| !entry.members.contains_key(*member)) {
            return Err(at.error(format!("`{unread}` is not among its members")));
        }
        let members = written.members.iter();
        Ok(Unsuccessful {
            members: members.map(|member| self.name(member)).collect(),
            values: parsed(at, &written.values)?,
            error_code: parsed(at, &written.error_code)?,
            error_message: parsed(at, &written.error_message)?,
        })
    }
}

/// Lists the fields of the record that paths begin with, in either spelling.
fn fields_of(paths: &[Path]) -> Vec<String> {
    let fields = paths.iter().filter_map(Path::record_field);
    fields.flatten().map(str::to_owned).collect()
}

/// Reads the alternatives of a member or detail.
pub(super) fn parsed(at: At<'_>, paths: &entry::Paths) -> Result<Vec<Path>, CatalogueError> {
    let alternatives = paths.alternatives();
    if alternatives.is_empty() {
        return Err(at.error("no path is given"));
    }
    alternatives
        .iter()
        .map(|path| Path::parse(path).map_err(|what| at.error(what)))
        .collect()
}
