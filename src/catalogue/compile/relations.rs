//! Attachments, associations and lifetimes: their members by number, checked.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{At, Names};
use crate::catalogue::entry::{self, File};
use crate::catalogue::{CatalogueError, Exclusive, Relation};
use crate::event::{Lookup, MemberId};
use crate::members::Name;
use crate::text::Text;

impl Names {
    /// Reads every relation, in order of [`RelationId`](crate::event::RelationId).
    pub(super) fn relations(
        &self,
        files: &[(String, File)],
    ) -> Result<Vec<Relation>, CatalogueError> {
        let mut relations = BTreeMap::new();
        let mut words: BTreeSet<&str> = self.relations.keys().map(String::as_str).collect();
        words.insert("lifetime");
        for (file, content) in files {
            for (name, relation) in &content.relations {
                let at = At {
                    file,
                    entry: name,
                    key: "short",
                };
                if relation.short != *name && !words.insert(&relation.short) {
                    let what = format!("`{}` already means another relation", relation.short);
                    return Err(at.error(what));
                }
                relations.insert(
                    self.relation(at, name)?,
                    self.attachment(at, name, relation)?,
                );
            }
            for (name, member) in &content.members {
                if let Some(lifetime) = &member.lifetime {
                    let at = At {
                        file,
                        entry: name,
                        key: "lifetime",
                    };
                    let id = self.relation(at, &format!("lifetime:{name}"))?;
                    relations.insert(id, self.lifetime(at, name, member, lifetime)?);
                }
            }
        }
        Ok(relations.into_values().collect())
    }

    fn attachment(
        &self,
        at: At<'_>,
        name: &str,
        relation: &entry::Relation,
    ) -> Result<Relation, CatalogueError> {
        let deletes = match &relation.deletes {
            None => None,
            Some(deletes) => Some((
                self.relation(at.key("deletes"), &format!("lifetime:{}", deletes.member))?,
                self.member(at.key("deletes"), &deletes.member)?,
                self.member(at.key("deletes"), &deletes.when)?,
            )),
        };
        let made = Relation {
            name: Name::kept(name.to_owned()),
            short: relation.short.clone(),
            title: relation.title.clone(),
            resource: None,
            members: self.members(at.key("members"), &relation.members)?,
            handle: self.members(at.key("handle"), &relation.handle)?,
            held: self.members(at.key("held"), &relation.held)?,
            holder: self.members(at.key("holder"), &relation.holder)?,
            follow: self.members(at.key("follow"), &relation.follow)?,
            exclusive: self.exclusive(at.key("exclusive"), &relation.exclusive)?,
            ends_with: Vec::new(),
            closed_by: Vec::new(),
            learn: self.learn(at.key("learn"), &relation.learn)?,
            deletes,
            aside: relation.aside,
            told_again: relation.told_again,
            words: relation.words.clone(),
        };
        for (key, member) in named(&made) {
            if !made.members.contains(&member) {
                let name = &self.members[usize::from(member.0)].name;
                return Err(at
                    .key(key)
                    .error(format!("`{name}` is not among its members")));
            }
        }
        Ok(made)
    }

    fn lifetime(
        &self,
        at: At<'_>,
        name: &str,
        member: &entry::Member,
        lifetime: &entry::Lifetime,
    ) -> Result<Relation, CatalogueError> {
        let resource = self.member(at, name)?;
        let mut members = vec![resource];
        members.extend(self.members(at, &lifetime.about)?);
        Ok(Relation {
            name: Name::from("lifetime"),
            short: "lifetime".to_owned(),
            title: format!("{} lifetime", member.title),
            resource: Some(resource),
            handle: vec![resource],
            held: vec![resource],
            holder: Vec::new(),
            follow: self.members(at, &lifetime.follow)?,
            exclusive: Vec::new(),
            ends_with: Vec::new(),
            closed_by: Vec::new(),
            learn: self.learn(at, &lifetime.learn)?,
            deletes: None,
            aside: true,
            told_again: false,
            words: entry::Words {
                started: "created".to_owned(),
                ended: "deleted".to_owned(),
                end: "deletion".to_owned(),
            },
            members,
        })
    }

    /// Lists what never changes of a resource: both as members.
    pub(super) fn fixed(
        &self,
        files: &[(String, File)],
    ) -> Result<Vec<(MemberId, MemberId)>, CatalogueError> {
        let mut fixed = Vec::new();
        for (file, content) in files {
            for (name, member) in &content.members {
                let at = At {
                    file,
                    entry: name,
                    key: "fixed",
                };
                for told in member.lifetime.iter().flat_map(|life| &life.fixed) {
                    if !member
                        .lifetime
                        .iter()
                        .any(|lifetime| lifetime.about.contains(told))
                    {
                        return Err(at.error(format!("`{told}` is not in `about`")));
                    }
                    fixed.push((self.member(at, name)?, self.member(at, told)?));
                }
            }
        }
        Ok(fixed)
    }

    fn exclusive(
        &self,
        at: At<'_>,
        exclusive: &[entry::Exclusive],
    ) -> Result<Vec<Exclusive>, CatalogueError> {
        exclusive
            .iter()
            .map(|exclusive| {
                if exclusive.members.is_empty() {
                    return Err(at.error("`members` is empty"));
                }
                Ok(Exclusive {
                    members: self.members(at, &exclusive.members)?,
                    same: self.members(at, &exclusive.same)?,
                    former_ends: exclusive.former_ends,
                    kept_by: self.members(at, &exclusive.kept_by)?,
                })
            })
            .collect()
    }

    pub(super) fn learn(
        &self,
        at: At<'_>,
        learn: &[entry::Learn],
    ) -> Result<Vec<Lookup>, CatalogueError> {
        learn
            .iter()
            .map(|learn| {
                let from = match learn.from.as_str() {
                    "lifetime" => format!("lifetime:{}", learn.by),
                    name => name.to_owned(),
                };
                let mut prefer = Vec::new();
                for (member, value) in &learn.prefer {
                    prefer.push((self.member(at, member)?, Text::from(value.as_str())));
                }
                Ok(Lookup {
                    member: self.member(at, &learn.member)?,
                    from: self.relation(at, &from)?,
                    by: self.member(at, &learn.by)?,
                    prefer,
                })
            })
            .collect()
    }
}

/// Lists what a relation names besides its members, and under which key.
fn named(relation: &Relation) -> Vec<(&'static str, MemberId)> {
    let lists = [
        ("handle", &relation.handle),
        ("held", &relation.held),
        ("holder", &relation.holder),
        ("follow", &relation.follow),
    ];
    let mut named: Vec<(&str, MemberId)> = lists
        .into_iter()
        .flat_map(|(key, members)| members.iter().map(move |member| (key, *member)))
        .collect();
    for exclusive in &relation.exclusive {
        let members = exclusive.members.iter().chain(&exclusive.same);
        let members = members.chain(&exclusive.kept_by);
        named.extend(members.map(|member| ("exclusive", *member)));
    }
    for learn in &relation.learn {
        named.extend([("learn", learn.member), ("learn", learn.by)]);
    }
    if let Some((_, member, when)) = relation.deletes {
        named.extend([("deletes", member), ("deletes", when)]);
    }
    named
}
