//! Which values of a record a call's effects and proofs read, and which of them decide.

use super::events::parsed;
use super::names::{At, Names};
use super::{Input, Unchanged};
use crate::catalogue::entry;
use crate::catalogue::path::Path;
use crate::catalogue::{CatalogueError, Relation};
use crate::text::Text;

/// Reads one entry.
pub(super) struct Reader<'a> {
    pub(super) names: &'a Names,
    pub(super) entry: &'a entry::Entry,
    pub(super) relations: &'a [Relation],
}

impl Reader<'_> {
    /// Returns the alternatives of one of the entry's members or details.
    fn paths(&self, at: At<'_>, name: &str) -> Result<Vec<Path>, CatalogueError> {
        let paths = self
            .entry
            .members
            .get(name)
            .or_else(|| self.entry.details.get(name));
        match paths {
            Some(paths) => parsed(at, paths),
            None => Err(at.error(format!("`{name}` is neither under `members` nor `details`"))),
        }
    }

    /// Returns what is read for members; `association=new_association` reads the entry's
    /// `new_association` for the relation's `association`.
    pub(super) fn inputs(
        &self,
        at: At<'_>,
        members: &[String],
    ) -> Result<Vec<Input>, CatalogueError> {
        members
            .iter()
            .map(|name| {
                let (member, source) = name.split_once('=').unwrap_or((name, name));
                Ok(Input {
                    member: Some(self.names.member(at, member)?),
                    paths: self.paths(at, source)?,
                })
            })
            .collect()
    }

    /// Returns the slots of members that the inputs must contain.
    pub(super) fn slots(
        &self,
        at: At<'_>,
        inputs: &[Input],
        members: &[String],
    ) -> Result<Vec<usize>, CatalogueError> {
        members
            .iter()
            .map(|name| {
                let member = self.names.member(at, name)?;
                inputs
                    .iter()
                    .position(|input| input.member == Some(member))
                    .ok_or_else(|| at.error(format!("`{name}` is not among its members")))
            })
            .collect()
    }

    /// Returns the slots whose values must not be among those of a detail, from `member=detail`.
    pub(super) fn except(
        &self,
        at: At<'_>,
        inputs: &[Input],
        except: &[String],
    ) -> Result<Vec<(usize, Vec<Path>)>, CatalogueError> {
        except
            .iter()
            .map(|text| {
                let (member, detail) = text
                    .split_once('=')
                    .ok_or_else(|| at.error(format!("`{text}` is not `member=detail`")))?;
                let slot = self.slots(at, inputs, &[member.to_owned()])?[0];
                Ok((slot, self.paths(at, detail)?))
            })
            .collect()
    }

    /// Reads two further values that say before and after; returns their slots.
    pub(super) fn unchanged(
        &self,
        at: At<'_>,
        inputs: &mut Vec<Input>,
        details: &[String],
    ) -> Result<Option<(usize, usize)>, CatalogueError> {
        match details {
            [] => Ok(None),
            [before, after] => {
                for detail in [before, after] {
                    inputs.push(Input {
                        member: None,
                        paths: self.paths(at, detail)?,
                    });
                }
                Ok(Some((inputs.len() - 2, inputs.len() - 1)))
            }
            _ => Err(at.error("`unchanged` takes two details: before and after")),
        }
    }

    /// Reads of which members a response tells the state before and after.
    pub(super) fn states_of(
        &self,
        at: At<'_>,
        written: &entry::Unchanged,
    ) -> Result<Option<Unchanged>, CatalogueError> {
        let mut inputs = self.inputs(at, &written.members)?;
        if inputs.is_empty() {
            return Err(at.error("a list of members is empty"));
        }
        let details = [written.before.clone(), written.after.clone()];
        let states = self.unchanged(at, &mut inputs, &details)?;
        Ok(states.map(|states| Unchanged { inputs, states }))
    }

    /// Reads the further value that says in which state a call left something; returns its slot, and
    /// the states that count, which the entry lists under `key`.
    pub(super) fn states(
        &self,
        at: At<'_>,
        inputs: &mut Vec<Input>,
        state: Option<&str>,
        (key, counting): (&str, &[String]),
    ) -> Result<Option<(usize, Vec<Text>)>, CatalogueError> {
        match (state, counting) {
            (None, []) => Ok(None),
            (Some(state), [_, ..]) => {
                let slot = self.unless(at, inputs, &[state.to_owned()])?[0];
                let counting = counting.iter().map(|state| Text::from(state.as_str()));
                Ok(Some((slot, counting.collect())))
            }
            _ => Err(at.error(format!("`state` and `{key}` stand together"))),
        }
    }

    /// Reads further values, none of which may be there; returns their slots.
    pub(super) fn unless(
        &self,
        at: At<'_>,
        inputs: &mut Vec<Input>,
        details: &[String],
    ) -> Result<Vec<usize>, CatalogueError> {
        let first = inputs.len();
        for name in details {
            inputs.push(Input {
                member: None,
                paths: self.paths(at, name)?,
            });
        }
        Ok((first..inputs.len()).collect())
    }
}
