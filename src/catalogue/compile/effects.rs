//! What a call does, and what it proves where it is refused, in numbers.

use super::inputs::Reader;
use super::names::At;
use super::{Effect, EffectKind, Proof};
use crate::catalogue::CatalogueError;
use crate::catalogue::entry::{self, Effect as Written};
use crate::event::{RelationId, Support};

impl Reader<'_> {
    /// Reads one effect of the entry.
    pub(super) fn effect(&self, at: At<'_>, effect: &Written) -> Result<Effect, CatalogueError> {
        let relation = self.relation(at, effect)?;
        let (first, then) = members(effect);
        let mut inputs = self.inputs(at, &first)?;
        let kind = self.kind(at, effect, inputs.len())?;
        inputs.extend(self.inputs(at, then)?);
        let needs = match effect {
            Written::Create { .. } | Written::Delete { .. } => vec![0],
            _ => self.slots(at, &inputs, needs(effect))?,
        };
        let except = self.except(at, &inputs, except(effect))?;
        let unless = self.unless(at, &mut inputs, unless(effect))?;
        let unchanged = self.unchanged(at, &mut inputs, unchanged(effect))?;
        let made = Effect {
            relation,
            kind,
            inputs,
            needs,
            unless,
            unchanged,
            except,
            support: support(effect),
            asynchronous: is_asynchronous(effect),
        };
        self.check_members(at, &made)?;
        Ok(made)
    }

    /// Reads one proof of the entry.
    pub(super) fn proof(&self, at: At<'_>, proof: &entry::Proof) -> Result<Proof, CatalogueError> {
        Ok(Proof {
            error: proof.error.clone(),
            proves: proof.proves,
            relation: self.names.relation(at, &proof.relation)?,
            inputs: self.inputs(at, &proof.members)?,
        })
    }

    /// Returns what an effect changes: a relation, or a resource's lifetime.
    fn relation(&self, at: At<'_>, effect: &Written) -> Result<RelationId, CatalogueError> {
        match effect {
            Written::Open { relation, .. }
            | Written::Close { relation, .. }
            | Written::Replace { relation, .. }
            | Written::Assign { relation, .. }
            | Written::Update { relation, .. } => self.names.relation(at, relation),
            Written::Create { resource, .. } | Written::Delete { resource, .. } => {
                self.lifetime(at, resource)
            }
        }
    }

    /// Says what an effect does; the first `count` of its inputs identify what it is done to.
    fn kind(
        &self,
        at: At<'_>,
        effect: &Written,
        count: usize,
    ) -> Result<EffectKind, CatalogueError> {
        Ok(match effect {
            Written::Open { former_ends, .. } => EffectKind::Open {
                former_ends: *former_ends,
            },
            Written::Create { .. } => EffectKind::Open { former_ends: None },
            Written::Close {
                lacking,
                idempotent,
                in_other_accounts,
                ..
            } => EffectKind::Close {
                lacking: self.names.members(at, lacking)?,
                idempotent: *idempotent,
                elsewhere: *in_other_accounts,
            },
            Written::Delete { .. } => EffectKind::Close {
                lacking: Vec::new(),
                idempotent: false,
                elsewhere: false,
            },
            Written::Replace { inherit, .. } => EffectKind::Replace {
                former: count,
                inherit: self.names.members(at, inherit)?,
            },
            Written::Assign { through, .. } => EffectKind::Assign {
                through: match through {
                    Some(learn) => self.names.learn(at, std::slice::from_ref(learn))?.pop(),
                    None => None,
                },
            },
            Written::Update { .. } => EffectKind::Update { of: count },
        })
    }

    fn lifetime(&self, at: At<'_>, resource: &str) -> Result<RelationId, CatalogueError> {
        let name = resource
            .split_once('=')
            .map_or(resource, |(member, _)| member);
        self.names
            .relation(at, &format!("lifetime:{name}"))
            .map_err(|_| at.error(format!("`{name}` has no `lifetime`")))
    }

    fn check_members(&self, at: At<'_>, effect: &Effect) -> Result<(), CatalogueError> {
        let relation = &self.relations[usize::from(effect.relation.0)];
        let through = match &effect.kind {
            EffectKind::Assign {
                through: Some(lookup),
            } => Some(lookup.by),
            _ => None,
        };
        let named = effect.inputs.iter().filter_map(|input| input.member);
        for member in named.filter(|member| Some(*member) != through) {
            if !relation.members.contains(&member) {
                let name = &self.names.members[usize::from(member.0)].name;
                return Err(at.error(format!("`{name}` is no member of the relation")));
            }
        }
        Ok(())
    }
}

/// Lists the members that an effect names: those that identify what it is done to, then the others.
fn members(effect: &Written) -> (Vec<String>, &[String]) {
    match effect {
        Written::Open { members, .. } | Written::Close { members, .. } => (members.clone(), &[]),
        Written::Replace {
            former, members, ..
        } => (former.clone(), members),
        Written::Update { of, members, .. } => (of.clone(), members),
        Written::Assign { owner, member, .. } => (vec![owner.clone(), member.clone()], &[]),
        Written::Create {
            resource, members, ..
        } => (vec![resource.clone()], members),
        Written::Delete { resource, .. } => (vec![resource.clone()], &[]),
    }
}

// The keys that several effects share, at their defaults where an effect has no such key.

fn needs(effect: &Written) -> &[String] {
    match effect {
        Written::Open { needs, .. } | Written::Close { needs, .. } => needs,
        _ => &[],
    }
}

fn unless(effect: &Written) -> &[String] {
    match effect {
        Written::Open { unless, .. } | Written::Create { unless, .. } => unless,
        _ => &[],
    }
}

fn except(effect: &Written) -> &[String] {
    match effect {
        Written::Open { except, .. }
        | Written::Close { except, .. }
        | Written::Create { except, .. }
        | Written::Delete { except, .. } => except,
        _ => &[],
    }
}

fn unchanged(effect: &Written) -> &[String] {
    match effect {
        Written::Close { unchanged, .. } | Written::Delete { unchanged, .. } => unchanged,
        _ => &[],
    }
}

fn support(effect: &Written) -> Support {
    match effect {
        Written::Open { support, .. }
        | Written::Close { support, .. }
        | Written::Create { support, .. }
        | Written::Delete { support, .. } => *support,
        _ => Support::Observed,
    }
}

fn is_asynchronous(effect: &Written) -> bool {
    match effect {
        Written::Open { asynchronous, .. }
        | Written::Close { asynchronous, .. }
        | Written::Delete { asynchronous, .. } => *asynchronous,
        _ => false,
    }
}
