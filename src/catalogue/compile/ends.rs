//! What ends with what: the end of a resource, or of another relation's interval.

use super::names::{At, Names};
use crate::catalogue::entry::{EndsWith, File};
use crate::catalogue::{CatalogueError, End, Relation, RelationEnd};
use crate::event::{MemberId, RelationId};

/// By the number of the member or relation that ends.
type Ends = (Vec<Vec<End>>, Vec<Vec<RelationEnd>>);

impl Names {
    /// Reads what ends with the end of each member, and of each relation's intervals.
    pub(super) fn ends(
        &self,
        files: &[(String, File)],
        relations: &[Relation],
    ) -> Result<Ends, CatalogueError> {
        let mut by_member: Vec<Vec<End>> = self.members.iter().map(|_| Vec::new()).collect();
        let mut by_relation: Vec<Vec<RelationEnd>> =
            self.relations.iter().map(|_| Vec::new()).collect();
        for (file, content) in files {
            let lifetimes = content.members.iter().filter_map(|(name, member)| {
                let lifetime = member.lifetime.as_ref()?;
                Some((format!("lifetime:{name}"), &lifetime.ends_with))
            });
            let attachments = content
                .relations
                .iter()
                .map(|(name, relation)| (name.clone(), &relation.ends_with));
            for (name, ends_with) in lifetimes.chain(attachments) {
                let at = At {
                    file,
                    entry: &name,
                    key: "ends_with",
                };
                for (member, end) in ends_with {
                    let member = self.member(at, member)?;
                    if self.members[usize::from(member.0)].lifetime.is_none() {
                        let name = &self.members[usize::from(member.0)].name;
                        return Err(at.error(format!("`{name}` has no `lifetime` that could end")));
                    }
                    let end = self.end(at, &name, end)?;
                    self.belong(at, relations, end.relation, &[member])?;
                    self.belong(at, relations, end.relation, &end.unless_known)?;
                    by_member[usize::from(member.0)].push(end);
                }
            }
            self.relation_ends(file, content, relations, &mut by_relation)?;
        }
        Ok((by_member, by_relation))
    }

    fn end(&self, at: At<'_>, name: &str, end: &EndsWith) -> Result<End, CatalogueError> {
        Ok(End {
            relation: self.relation(at, name)?,
            support: end.support,
            asynchronous: end.asynchronous,
            unless_known: self.members(at, &end.unless_known)?,
        })
    }

    /// Refuses what is no member of a relation.
    pub(super) fn belong(
        &self,
        at: At<'_>,
        relations: &[Relation],
        relation: RelationId,
        members: &[MemberId],
    ) -> Result<(), CatalogueError> {
        let own = &relations[usize::from(relation.0)].members;
        match members.iter().find(|member| !own.contains(member)) {
            None => Ok(()),
            Some(member) => {
                let name = &self.members[usize::from(member.0)].name;
                Err(at.error(format!("`{name}` is no member of the relation")))
            }
        }
    }

    fn relation_ends(
        &self,
        file: &str,
        content: &File,
        relations: &[Relation],
        by_relation: &mut [Vec<RelationEnd>],
    ) -> Result<(), CatalogueError> {
        for (name, relation) in &content.relations {
            let at = At {
                file,
                entry: name,
                key: "ends_with_relation",
            };
            for end in &relation.ends_with_relation {
                let other = self.relation(at, &end.relation)?;
                let relation = self.relation(at, name)?;
                let on = self.members(at, &end.on)?;
                self.belong(at, relations, relation, &on)?;
                self.belong(at, relations, other, &on)?;
                by_relation[usize::from(other.0)].push(RelationEnd {
                    relation,
                    on,
                    support: end.support,
                });
            }
        }
        Ok(())
    }
}
