//! Checks the catalogue's files and joins them: names become numbers, mistakes become messages.

use std::collections::{BTreeMap, BTreeSet};

use sha2::Digest as _;

use super::entry::{self, File, Proves};
use super::path::Path;
use super::{Catalogue, CatalogueError, End, Event, Exclusive, Member, Relation, RelationEnd};
use crate::event::{Lookup, MemberId, RelationId, Support};
use crate::record::Sha256;
use crate::text::Text;

/// An effect whose names and paths are resolved.
#[derive(Debug)]
pub(super) struct Effect {
    pub(super) relation: RelationId,
    pub(super) kind: EffectKind,
    /// What is read from the record; the position is the slot of a row.
    pub(super) inputs: Vec<Input>,
    /// Slots without which a row says nothing.
    pub(super) needs: Vec<usize>,
    /// Slots with which a row says nothing.
    pub(super) unless: Vec<usize>,
    /// Two slots that say before and after.
    pub(super) unchanged: Option<(usize, usize)>,
    /// A slot, and paths to the values that it must not have.
    pub(super) except: Vec<(usize, Vec<Path>)>,
    pub(super) support: Support,
    pub(super) asynchronous: bool,
}

/// What an effect does, in numbers.
#[derive(Debug)]
pub(super) enum EffectKind {
    Open {
        former_ends: Option<Support>,
    },
    Close {
        lacking: Vec<MemberId>,
        idempotent: bool,
    },
    /// The first `former` slots identify what ends.
    Replace {
        former: usize,
        inherit: Vec<MemberId>,
    },
    /// Slot 0 is the owner, slot 1 the member of the set.
    Assign {
        through: Option<Lookup>,
    },
    /// The first `of` slots identify what changes.
    Update {
        of: usize,
    },
}

/// A value that an effect reads.
#[derive(Debug)]
pub(super) struct Input {
    /// Which member it is; none for a detail.
    pub(super) member: Option<MemberId>,
    /// The alternatives, in order.
    pub(super) paths: Vec<Path>,
}

/// What a failed call proves, in numbers.
#[derive(Debug)]
pub(super) struct Proof {
    pub(super) error: String,
    pub(super) proves: Proves,
    pub(super) relation: RelationId,
    pub(super) inputs: Vec<Input>,
}

/// Finds a member's number; the list is sorted by name.
pub(super) fn member_id(members: &[Member], name: &str) -> Option<MemberId> {
    let position = members
        .binary_search_by(|member| member.name.as_str().cmp(name))
        .ok()?;
    u16::try_from(position).ok().map(MemberId)
}

/// Reads, checks and joins the files.
pub(super) fn catalogue<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Catalogue, CatalogueError> {
    let mut sorted: Vec<(&str, &str)> = files.into_iter().collect();
    sorted.sort_unstable();
    let mut hash = sha2::Sha256::new();
    let mut parsed = Vec::new();
    for (name, content) in sorted {
        for part in [name, content] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let file: File = serde_json::from_str(content).map_err(|error| CatalogueError {
            file: name.to_owned(),
            entry: String::new(),
            what: error.to_string(),
        })?;
        parsed.push((name.to_owned(), file));
    }
    let mut names = Names::collect(&parsed)?;
    let relations = names.relations(&parsed)?;
    let mut catalogue = Catalogue {
        ends_by_member: names.members.iter().map(|_| Vec::new()).collect(),
        ends_by_relation: relations.iter().map(|_| Vec::new()).collect(),
        events: names.events(parsed.clone(), &relations)?,
        members: std::mem::take(&mut names.members),
        relations,
        digest: Sha256(hash.finalize().into()),
    };
    names.ends(&parsed, &mut catalogue)?;
    Ok(catalogue)
}

/// The names that files may use, in numbers.
struct Names {
    members: Vec<Member>,
    relations: BTreeMap<String, RelationId>,
}

/// Where in the files we are, for messages.
#[derive(Clone, Copy)]
struct At<'a> {
    file: &'a str,
    entry: &'a str,
    key: &'a str,
}

impl<'a> At<'a> {
    fn key(self, key: &'a str) -> Self {
        Self { key, ..self }
    }

    fn error(self, what: impl Into<String>) -> CatalogueError {
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
    fn collect(files: &[(String, File)]) -> Result<Self, CatalogueError> {
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
                if !relation_names.insert(name.clone()) {
                    let at = At {
                        file,
                        entry: name,
                        key: "",
                    };
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
                name,
            })
            .collect();
        Ok(Self { members, relations })
    }

    fn member(&self, at: At<'_>, name: &str) -> Result<MemberId, CatalogueError> {
        member_id(&self.members, name)
            .ok_or_else(|| at.error(format!("`{name}` is no member; declare it under `members`")))
    }

    fn members(&self, at: At<'_>, names: &[String]) -> Result<Vec<MemberId>, CatalogueError> {
        names.iter().map(|name| self.member(at, name)).collect()
    }

    fn relation(&self, at: At<'_>, name: &str) -> Result<RelationId, CatalogueError> {
        self.relations
            .get(name)
            .copied()
            .ok_or_else(|| at.error(format!("`{name}` is no relation")))
    }

    fn relations(&self, files: &[(String, File)]) -> Result<Vec<Relation>, CatalogueError> {
        let mut relations = BTreeMap::new();
        let mut shorts = BTreeSet::new();
        for (file, content) in files {
            for (name, relation) in &content.relations {
                let at = At {
                    file,
                    entry: name,
                    key: "short",
                };
                if !shorts.insert(relation.short.clone()) {
                    return Err(at.error(format!("`{}` is already a short form", relation.short)));
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
            name: name.to_owned(),
            short: relation.short.clone(),
            title: relation.title.clone(),
            resource: None,
            members: self.members(at.key("members"), &relation.members)?,
            handle: self.members(at.key("handle"), &relation.handle)?,
            held: self.members(at.key("held"), &relation.held)?,
            holder: self.members(at.key("holder"), &relation.holder)?,
            follow: self.members(at.key("follow"), &relation.follow)?,
            exclusive: self.exclusive(at.key("exclusive"), &relation.exclusive)?,
            learn: self.learn(at.key("learn"), &relation.learn)?,
            deletes,
            aside: relation.aside,
            told_again: relation.told_again,
            words: relation.words.clone(),
        };
        let own: BTreeSet<MemberId> = made.members.iter().copied().collect();
        let named = [&made.handle, &made.held, &made.holder, &made.follow];
        for member in named.into_iter().flatten() {
            if !own.contains(member) {
                let name = &self.members[usize::from(member.0)].name;
                return Err(at
                    .key("members")
                    .error(format!("`{name}` is used but not listed")));
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
            name: "lifetime".to_owned(),
            short: "lifetime".to_owned(),
            title: format!("{} lifetime", member.title),
            resource: Some(resource),
            handle: vec![resource],
            held: vec![resource],
            holder: Vec::new(),
            follow: self.members(at, &lifetime.follow)?,
            exclusive: Vec::new(),
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
                })
            })
            .collect()
    }

    fn learn(&self, at: At<'_>, learn: &[entry::Learn]) -> Result<Vec<Lookup>, CatalogueError> {
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

    /// Fills in what ends with what.
    fn ends(
        &self,
        files: &[(String, File)],
        catalogue: &mut Catalogue,
    ) -> Result<(), CatalogueError> {
        let names = Self {
            members: Vec::new(),
            relations: self.relations.clone(),
        };
        let find = |at: At<'_>, name: &str| {
            member_id(&catalogue.members, name)
                .ok_or_else(|| at.error(format!("`{name}` is no member")))
        };
        let mut by_member = std::mem::take(&mut catalogue.ends_by_member);
        let mut by_relation = std::mem::take(&mut catalogue.ends_by_relation);
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
                let relation = names.relation(at, &name)?;
                for (member, end) in ends_with {
                    let unless_known: Result<_, _> =
                        end.unless_known.iter().map(|name| find(at, name)).collect();
                    by_member[usize::from(find(at, member)?.0)].push(End {
                        relation,
                        support: end.support,
                        asynchronous: end.asynchronous,
                        unless_known: unless_known?,
                    });
                }
            }
            for (name, relation) in &content.relations {
                let at = At {
                    file,
                    entry: name,
                    key: "ends_with_relation",
                };
                for end in &relation.ends_with_relation {
                    let on: Result<_, _> = end.on.iter().map(|name| find(at, name)).collect();
                    let other = names.relation(at, &end.relation)?;
                    by_relation[usize::from(other.0)].push(RelationEnd {
                        relation: names.relation(at, name)?,
                        on: on?,
                        support: end.support,
                    });
                }
            }
        }
        catalogue.ends_by_member = by_member;
        catalogue.ends_by_relation = by_relation;
        Ok(())
    }

    fn events(
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
        let mut mentions = Vec::new();
        for (name, paths) in &entry.members {
            let paths = parsed(at.key("members"), paths)?;
            mentions.push((name.clone(), paths));
        }
        for (name, paths) in &entry.details {
            parsed(at.key("details"), paths)?;
            if entry.members.contains_key(name) {
                return Err(at
                    .key("details")
                    .error(format!("`{name}` is a member already")));
            }
        }
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
            let key = format!("proofs[{number}]");
            let at = at.key(&key);
            proofs.push(Proof {
                error: proof.error.clone(),
                proves: proof.proves,
                relation: self.relation(at, &proof.relation)?,
                inputs: reader.inputs(at, &proof.members)?,
            });
        }
        let touched: BTreeSet<RelationId> = effects.iter().map(|effect| effect.relation).collect();
        Ok(Event {
            resource: resource.to_owned(),
            relations: touched.into_iter().collect(),
            mentions,
            effects,
            proofs,
            entry,
        })
    }
}

fn parsed(at: At<'_>, paths: &entry::Paths) -> Result<Vec<Path>, CatalogueError> {
    let alternatives = paths.alternatives();
    if alternatives.is_empty() {
        return Err(at.error("no path is given"));
    }
    alternatives
        .iter()
        .map(|path| Path::parse(path).map_err(|what| at.error(what)))
        .collect()
}

/// Reads one entry's effects.
struct Reader<'a> {
    names: &'a Names,
    entry: &'a entry::Entry,
    relations: &'a [Relation],
}

impl Reader<'_> {
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

    fn inputs(&self, at: At<'_>, members: &[String]) -> Result<Vec<Input>, CatalogueError> {
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
    fn slots(
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

    fn except(
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

    fn unchanged(
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

    fn effect(&self, at: At<'_>, effect: &entry::Effect) -> Result<Effect, CatalogueError> {
        let plain = |relation, kind, inputs| Effect {
            relation,
            kind,
            inputs,
            needs: Vec::new(),
            unless: Vec::new(),
            unchanged: None,
            except: Vec::new(),
            support: Support::Observed,
            asynchronous: false,
        };
        let made = match effect {
            entry::Effect::Open {
                relation,
                members,
                needs,
                unless,
                support,
                asynchronous,
                former_ends,
                except,
            } => {
                let mut inputs = self.inputs(at, members)?;
                let needs = self.slots(at, &inputs, needs)?;
                let except = self.except(at, &inputs, except)?;
                let mut forbidden = Vec::new();
                for name in unless {
                    inputs.push(Input {
                        member: None,
                        paths: self.paths(at, name)?,
                    });
                    forbidden.push(inputs.len() - 1);
                }
                let relation = self.names.relation(at, relation)?;
                Effect {
                    needs,
                    unless: forbidden,
                    except,
                    support: *support,
                    asynchronous: *asynchronous,
                    ..plain(
                        relation,
                        EffectKind::Open {
                            former_ends: *former_ends,
                        },
                        inputs,
                    )
                }
            }
            entry::Effect::Close {
                relation,
                members,
                needs,
                lacking,
                idempotent,
                support,
                asynchronous,
                unchanged,
                except,
            } => {
                let mut inputs = self.inputs(at, members)?;
                let needs = self.slots(at, &inputs, needs)?;
                let except = self.except(at, &inputs, except)?;
                let unchanged = self.unchanged(at, &mut inputs, unchanged)?;
                let kind = EffectKind::Close {
                    lacking: self.names.members(at, lacking)?,
                    idempotent: *idempotent,
                };
                Effect {
                    needs,
                    except,
                    unchanged,
                    support: *support,
                    asynchronous: *asynchronous,
                    ..plain(self.names.relation(at, relation)?, kind, inputs)
                }
            }
            entry::Effect::Replace {
                relation,
                former,
                members,
                inherit,
            } => {
                let mut inputs = self.inputs(at, former)?;
                let count = inputs.len();
                inputs.extend(self.inputs(at, members)?);
                let inherit = self.names.members(at, inherit)?;
                let kind = EffectKind::Replace {
                    former: count,
                    inherit,
                };
                plain(self.names.relation(at, relation)?, kind, inputs)
            }
            entry::Effect::Assign {
                relation,
                owner,
                member,
                through,
            } => {
                let inputs = self.inputs(at, &[owner.clone(), member.clone()])?;
                let through = match through {
                    Some(learn) => self.names.learn(at, std::slice::from_ref(learn))?.pop(),
                    None => None,
                };
                let kind = EffectKind::Assign { through };
                plain(self.names.relation(at, relation)?, kind, inputs)
            }
            entry::Effect::Update {
                relation,
                of,
                members,
            } => {
                let mut inputs = self.inputs(at, of)?;
                let count = inputs.len();
                inputs.extend(self.inputs(at, members)?);
                let relation = self.names.relation(at, relation)?;
                plain(relation, EffectKind::Update { of: count }, inputs)
            }
            entry::Effect::Create {
                resource,
                members,
                support,
                except,
                unless,
            } => {
                let mut all = vec![resource.clone()];
                all.extend(members.iter().cloned());
                let mut inputs = self.inputs(at, &all)?;
                let except = self.except(at, &inputs, except)?;
                let mut forbidden = Vec::new();
                for name in unless {
                    inputs.push(Input {
                        member: None,
                        paths: self.paths(at, name)?,
                    });
                    forbidden.push(inputs.len() - 1);
                }
                let relation = self.lifetime(at, resource)?;
                Effect {
                    needs: vec![0],
                    unless: forbidden,
                    except,
                    support: *support,
                    ..plain(relation, EffectKind::Open { former_ends: None }, inputs)
                }
            }
            entry::Effect::Delete {
                resource,
                support,
                asynchronous,
                unchanged,
                except,
            } => {
                let mut inputs = self.inputs(at, std::slice::from_ref(resource))?;
                let except = self.except(at, &inputs, except)?;
                let unchanged = self.unchanged(at, &mut inputs, unchanged)?;
                let kind = EffectKind::Close {
                    lacking: Vec::new(),
                    idempotent: false,
                };
                Effect {
                    needs: vec![0],
                    except,
                    unchanged,
                    support: *support,
                    asynchronous: *asynchronous,
                    ..plain(self.lifetime(at, resource)?, kind, inputs)
                }
            }
        };
        self.check_members(at, &made)?;
        Ok(made)
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
