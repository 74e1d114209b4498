//! What a call does, and what it proves where it is refused, in numbers.

use super::inputs::Reader;
use super::names::At;
use super::{Effect, EffectKind, Proof};
use crate::catalogue::CatalogueError;
use crate::catalogue::entry::{self, Effect as Written};
use crate::event::{MemberId, RelationId, Support};
use crate::text::Text;

impl Reader<'_> {
    /// Reads one effect of the entry.
    pub(super) fn effect(&self, at: At<'_>, effect: &Written) -> Result<Effect, CatalogueError> {
        let relation = self.relation(at, effect)?;
        let (first, then) = members(effect);
        if first.is_empty() || (then.is_empty() && matches!(effect, Written::Update { .. })) {
            return Err(at.error("a list of members is empty"));
        }
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
        let ending = match effect {
            Written::Hold { state, ending, .. } => {
                self.states(at, &mut inputs, state.as_deref(), ("ending", ending))?
            }
            Written::Delete { ending, .. } if !ending.is_empty() => {
                let (before, _) =
                    unchanged.ok_or_else(|| at.error("`ending` stands with `unchanged` only"))?;
                let ending = ending.iter().map(|state| Text::from(state.as_str()));
                Some((before, ending.collect()))
            }
            _ => None,
        };
        let was = match effect {
            Written::Close { state, was, .. } => {
                self.states(at, &mut inputs, state.as_deref(), ("was", was))?
            }
            _ => None,
        };
        let pending = match effect {
            Written::Open { state, pending, .. } => {
                self.states(at, &mut inputs, state.as_deref(), ("pending", pending))?
            }
            _ => None,
        };
        let made = Effect {
            relation,
            kind,
            inputs,
            needs,
            unless,
            unchanged,
            gone: gone(effect),
            ending,
            pending,
            was,
            except,
            support: support(effect),
            asynchronous: is_asynchronous(effect),
        };
        self.check_members(at, &made)?;
        Ok(made)
    }

    /// Reads one proof of the entry.
    pub(super) fn proof(&self, at: At<'_>, proof: &entry::Proof) -> Result<Proof, CatalogueError> {
        let relation = self.names.relation(at, &proof.relation)?;
        let inputs = self.inputs(at, &proof.members)?;
        let members: Vec<MemberId> = inputs.iter().filter_map(|input| input.member).collect();
        if members.is_empty() {
            return Err(at.error("a list of members is empty"));
        }
        self.names.belong(at, self.relations, relation, &members)?;
        Ok(Proof {
            error: proof.error.clone(),
            proves: proof.proves,
            relation,
            inputs,
        })
    }

    /// Returns what an effect changes: a relation, or a resource's lifetime.
    fn relation(&self, at: At<'_>, effect: &Written) -> Result<RelationId, CatalogueError> {
        match effect {
            Written::Open { relation, .. }
            | Written::Close { relation, .. }
            | Written::Replace { relation, .. }
            | Written::Assign { relation, .. }
            | Written::Update { relation, .. }
            | Written::Hold { relation, .. } => self.names.relation(at, relation),
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
            Written::Open {
                former_ends,
                in_other_accounts,
                ..
            } => EffectKind::Open {
                former_ends: *former_ends,
                elsewhere: *in_other_accounts,
                existing: false,
            },
            Written::Create { or_existing, .. } => EffectKind::Open {
                former_ends: None,
                elsewhere: false,
                existing: *or_existing,
            },
            Written::Close {
                lacking,
                finding,
                idempotent,
                also_unseen,
                never_began,
                in_other_accounts,
                ..
            } => EffectKind::Close {
                members: count,
                finding: finding.as_ref().map(|code| self.names.name(code)),
                lacking: self.names.members(at, lacking)?,
                idempotent: *idempotent,
                also_unseen: *also_unseen,
                never_began: *never_began,
                elsewhere: *in_other_accounts,
            },
            Written::Delete { .. } => EffectKind::Close {
                members: count,
                finding: None,
                lacking: Vec::new(),
                idempotent: false,
                also_unseen: false,
                never_began: false,
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
            Written::Hold { .. } => EffectKind::Hold,
        })
    }

    fn lifetime(&self, at: At<'_>, resource: &str) -> Result<RelationId, CatalogueError> {
        let name = resource
            .split_once('=')
            .map_or(resource, |(member, _)| member);
        self.names.relation(at, &format!("lifetime:{name}"))
    }

    fn check_members(&self, at: At<'_>, effect: &Effect) -> Result<(), CatalogueError> {
        let (through, others): (_, &[MemberId]) = match &effect.kind {
            EffectKind::Assign { through } => (through.as_ref().map(|lookup| lookup.by), &[]),
            EffectKind::Close { lacking, .. } => (None, lacking),
            EffectKind::Replace { inherit, .. } => (None, inherit),
            EffectKind::Open { .. } | EffectKind::Update { .. } | EffectKind::Hold => (None, &[]),
        };
        let read = effect.inputs.iter().filter_map(|input| input.member);
        let members: Vec<MemberId> = read
            .filter(|member| Some(*member) != through)
            .chain(others.iter().copied())
            .collect();
        self.names
            .belong(at, self.relations, effect.relation, &members)
    }
}

/// Lists the members that an effect names: those that identify what it is done to, then the others.
fn members(effect: &Written) -> (Vec<String>, &[String]) {
    match effect {
        Written::Open { members, .. } | Written::Hold { members, .. } => (members.clone(), &[]),
        Written::Close { members, tells, .. } => (members.clone(), tells),
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
        Written::Open { needs, .. }
        | Written::Close { needs, .. }
        | Written::Hold { needs, .. } => needs,
        _ => &[],
    }
}

fn unless(effect: &Written) -> &[String] {
    match effect {
        Written::Open { unless, .. }
        | Written::Close { unless, .. }
        | Written::Create { unless, .. } => unless,
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

fn gone(effect: &Written) -> Option<Text> {
    match effect {
        Written::Delete { gone, .. } => gone.as_deref().map(Text::from),
        _ => None,
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
        Written::Hold { .. } => Support::Inferred,
        Written::Replace { .. } | Written::Assign { .. } | Written::Update { .. } => {
            Support::Observed
        }
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
