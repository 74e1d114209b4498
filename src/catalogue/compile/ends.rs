//! What ends with what: the end of a resource, or of another relation's interval.

use super::names::{At, Names};
use crate::catalogue::entry::{EndsWith, File};
use crate::catalogue::{CatalogueError, End, RelationEnd};

/// By the number of the member or relation that ends.
type Ends = (Vec<Vec<End>>, Vec<Vec<RelationEnd>>);

impl Names {
    /// Reads what ends with the end of each member, and of each relation's intervals.
    pub(super) fn ends(&self, files: &[(String, File)]) -> Result<Ends, CatalogueError> {
        let mut by_member: Vec<Vec<End>> = self.members.iter().map(|_| Vec::new()).collect();
        let mut by_relation: Vec<Vec<RelationEnd>> =
            self.relations.iter().map(|_| Vec::new()).collect();
        for (file, content) in files {
            let lifetimes = content.members.iter().filter_map(|(name, member)| {
                let lifetime = member.lifetime.as_ref()?;
                Some((format!("lifetime:{name}"), &lifetime.ends_with))
            });
            let relations = content
                .relations
                .iter()
                .map(|(name, relation)| (name.clone(), &relation.ends_with));
            for (name, ends_with) in lifetimes.chain(relations) {
                let at = At {
                    file,
                    entry: &name,
                    key: "ends_with",
                };
                for (member, end) in ends_with {
                    let member = self.member(at, member)?;
                    by_member[usize::from(member.0)].push(self.end(at, &name, end)?);
                }
            }
            self.relation_ends(file, content, &mut by_relation)?;
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

    fn relation_ends(
        &self,
        file: &str,
        content: &File,
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
                by_relation[usize::from(other.0)].push(RelationEnd {
                    relation: self.relation(at, name)?,
                    on: self.members(at, &end.on)?,
                    support: end.support,
                });
            }
        }
        Ok(())
    }
}
