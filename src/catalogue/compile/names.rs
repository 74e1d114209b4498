//! The names that the catalogue's files declare, in numbers, and where in the files a mistake is.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::entry::File;
use crate::catalogue::{CatalogueError, Member};
use crate::event::{MemberId, RelationId};
use crate::members::Name;

/// Finds a member's number; the list is sorted by name.
pub(in crate::catalogue) fn member_id(members: &[Member], name: &str) -> Option<MemberId> {
    let position = members
        .binary_search_by(|member| member.name.as_str().cmp(name))
        .ok()?;
    u16::try_from(position).ok().map(MemberId)
}

/// The names that files may use, in numbers.
pub(super) struct Names {
    pub(super) members: Vec<Member>,
    pub(super) relations: BTreeMap<String, RelationId>,
}

/// Where in the files we are, for messages.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) file: &'a str,
    pub(super) entry: &'a str,
    pub(super) key: &'a str,
}

impl<'a> At<'a> {
    pub(super) fn key(self, key: &'a str) -> Self {
        Self { key, ..self }
    }

    pub(super) fn error(self, what: impl Into<String>) -> CatalogueError {
        let entry = match self.key {
            "" => self.entry.to_owned(),
            key => format!("{}: {key}", self.entry),
        };
        CatalogueError {
            file: self.file.to_owned(),
            entry,
            what: what.into(),
        }
    }
}

impl Names {
    pub(super) fn collect(files: &[(String, File)]) -> Result<Self, CatalogueError> {
        let mut members = BTreeMap::new();
        let mut relation_names = BTreeSet::new();
        for (file, content) in files {
            for (name, member) in &content.members {
                let at = At {
                    file,
                    entry: name,
                    key: "",
                };
                if members.insert(name.clone(), member).is_some() {
                    return Err(at.error("this member is declared twice"));
                }
                if member.lifetime.is_some() {
                    relation_names.insert(format!("lifetime:{name}"));
                }
            }
            for name in content.relations.keys() {
                let at = At {
                    file,
                    entry: name,
                    key: "",
                };
                if name == "lifetime" {
                    return Err(at.error("`lifetime` means those of all resources"));
                }
                if !relation_names.insert(name.clone()) {
                    return Err(at.error("this relation is declared twice"));
                }
            }
        }
        let relations: BTreeMap<String, RelationId> = relation_names
            .into_iter()
            .zip((0..).map(RelationId))
            .collect();
        let members = members
            .into_iter()
            .map(|(name, member)| Member {
                title: member.title.clone(),
                prefix: member.prefix.clone(),
                lifetime: relations.get(&format!("lifetime:{name}")).copied(),
                name: Name::kept(name),
            })
            .collect();
        Ok(Self { members, relations })
    }

    /// Returns a name that an entry uses: a member's, or one of its own.
    pub(super) fn name(&self, name: &str) -> Name {
        match member_id(&self.members, name) {
            Some(id) => self.members[usize::from(id.0)].name,
            None => Name::kept(name.to_owned()),
        }
    }

    pub(super) fn member(&self, at: At<'_>, name: &str) -> Result<MemberId, CatalogueError> {
        member_id(&self.members, name)
            .ok_or_else(|| at.error(format!("`{name}` is no member; declare it under `members`")))
    }

    pub(super) fn members(
        &self,
        at: At<'_>,
        names: &[String],
    ) -> Result<Vec<MemberId>, CatalogueError> {
        names.iter().map(|name| self.member(at, name)).collect()
    }

    pub(super) fn relation(&self, at: At<'_>, name: &str) -> Result<RelationId, CatalogueError> {
        let unknown = || match name.strip_prefix("lifetime:") {
            Some(resource) => format!("`{resource}` has no `lifetime`"),
            None => format!("`{name}` is no relation"),
        };
        self.relations
            .get(name)
            .copied()
            .ok_or_else(|| at.error(unknown()))
    }
}
