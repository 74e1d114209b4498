//! The catalogue: what is known of EC2's network calls, as data, and how a record becomes an event.
//!
//! The knowledge is in `schema/catalogue/*.json`, one file per resource kind, embedded in the program;
//! no event name, relation or identifier path is written in code. [`Catalogue::interpret`] reads a
//! record with it. Pure: no input, no output. Not for: what several events add up to (`timeline`).

mod compile;
pub mod entry;
mod interpret;
mod path;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use include_dir::{Dir, include_dir};

use crate::event::{Lookup, MemberId, RelationId, Support};
use crate::members::Name;
use crate::record::Sha256;

pub use interpret::{Interpretation, Interpreter, Interpreters, UnreadableRecord};

/// What error codes mean, which every call shares.
const OUTCOMES: (&str, &str) = ("outcomes.json", include_str!("../../schema/outcomes.json"));

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/schema/catalogue");

/// Everything that is known of the calls, checked and joined.
#[derive(Debug)]
pub struct Catalogue {
    members: Vec<Member>,
    relations: Vec<Relation>,
    events: BTreeMap<String, Event>,
    /// The sources of the events.
    sources: BTreeSet<String>,
    ends_by_member: Vec<Vec<End>>,
    ends_by_relation: Vec<Vec<RelationEnd>>,
    fixed: Vec<(MemberId, MemberId)>,
    outcomes: interpret::Outcomes,
    digest: Sha256,
}

/// A kind of thing that takes part in relations.
#[derive(Debug)]
pub struct Member {
    /// Its name in snake case, such as `network_interface`.
    pub name: Name,
    /// Its name for people, such as `network interface`.
    pub title: String,
    /// What its ids begin with, such as `eni-`.
    pub prefix: Option<String>,
    /// Its lifetime's relation, where it is created and deleted.
    pub lifetime: Option<RelationId>,
}

/// An attachment, an association, or a resource's lifetime.
#[derive(Debug)]
pub struct Relation {
    /// Its name, such as `eni-attachment`; `lifetime` for every lifetime.
    pub name: Name,
    /// The short form for `--kind`.
    pub short: String,
    /// Its name for people.
    pub title: String,
    /// The resource whose lifetime it is.
    pub resource: Option<MemberId>,
    /// Its members, in the order in which they are told.
    pub members: Vec<MemberId>,
    /// Members that name one interval by themselves.
    pub handle: Vec<MemberId>,
    /// The member that is attached: the first of these that is known.
    pub held: Vec<MemberId>,
    /// The member that it is attached to: the first of these that is known.
    pub holder: Vec<MemberId>,
    /// Members whose records may decide its intervals.
    pub follow: Vec<MemberId>,
    /// What can be in one interval only at a time.
    pub exclusive: Vec<Exclusive>,
    /// Members whose end says something about its intervals: none outlives one of these.
    pub ends_with: Vec<MemberId>,
    /// Members by which alone some call ends its intervals, though their records are not followed: the
    /// peer of a connection.
    pub closed_by: Vec<MemberId>,
    /// Members that are looked up elsewhere when an interval begins.
    pub learn: Vec<Lookup>,
    /// The lifetime that ends when an interval ends by the end of another resource, the member that
    /// names it, and the member that says so by the value `true`.
    pub deletes: Option<(RelationId, MemberId, MemberId)>,
    /// Told by `detachments` only when it is named.
    pub aside: bool,
    /// Records tell it again while it lasts: the same again is no new beginning.
    pub told_again: bool,
    /// The words for its beginnings and ends.
    pub words: entry::Words,
}

/// What can be in one interval of a relation only at a time.
#[derive(Debug)]
pub struct Exclusive {
    /// Known on both sides and equal.
    pub members: Vec<MemberId>,
    /// Equal, or absent on both sides.
    pub same: Vec<MemberId>,
    /// How the former interval's end is known.
    pub former_ends: Support,
    /// Members from which AWS takes nothing away.
    pub kept_by: Vec<MemberId>,
}

/// What the end of a resource says about the intervals of a relation.
#[derive(Debug)]
pub struct End {
    /// The relation.
    pub relation: RelationId,
    /// How the end of its intervals is known.
    pub support: Support,
    /// It takes effect some time after the call returned.
    pub asynchronous: bool,
    /// Does not apply to intervals that have one of these.
    pub unless_known: Vec<MemberId>,
}

/// What the end of one relation's interval says about another relation.
#[derive(Debug)]
pub struct RelationEnd {
    /// The relation.
    pub relation: RelationId,
    /// The members that must be equal.
    pub on: Vec<MemberId>,
    /// How the end of its intervals is known.
    pub support: Support,
}

/// What is known of a call.
#[derive(Debug)]
pub struct Event {
    /// The resource kind of the file that it is in, such as `network-interface`.
    pub resource: String,
    /// The entry as it is written.
    pub entry: entry::Entry,
    /// The relations that a successful call acts on, in order.
    pub relations: Vec<RelationId>,
    mentions: Vec<(Name, Vec<path::Path>)>,
    details: Vec<(Name, Vec<path::Path>)>,
    /// Fields of the record that paths begin with, in either spelling.
    record_fields: Vec<String>,
    unsuccessful: Option<compile::Unsuccessful>,
    unchanged: Option<compile::Unchanged>,
    effects: Vec<compile::Effect>,
    proofs: Vec<compile::Proof>,
}

impl Catalogue {
    /// Returns the catalogue that is embedded in the program.
    ///
    /// # Panics
    ///
    /// Never in a tested build: the embedded files are checked by a test.
    pub fn embedded() -> &'static Self {
        static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
        CATALOGUE.get_or_init(|| {
            let files = FILES
                .files()
                .filter_map(|file| Some((file.path().to_str()?, file.contents_utf8()?)));
            Self::read(files).expect("the embedded catalogue is checked by a test")
        })
    }

    /// Reads a catalogue from its files: name and content.
    ///
    /// # Errors
    ///
    /// The first mistake found, as `file: entry: key: what is wrong`.
    pub fn read<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, CatalogueError> {
        compile::catalogue(files)
    }

    /// Says whether a record with this source and name is in scope.
    pub fn recognises(&self, event_source: &str, event_name: &str) -> bool {
        // Nearly all records of an archive are of other sources.
        self.sources.contains(event_source)
            && self
                .events
                .get(event_name)
                .is_some_and(|event| event.entry.source == event_source)
    }

    /// Returns what is known of a call.
    pub fn event(&self, event_name: &str) -> Option<&Event> {
        self.events.get(event_name)
    }

    /// Lists the calls in order of their names.
    pub fn events(&self) -> impl Iterator<Item = (&str, &Event)> {
        self.events
            .iter()
            .map(|(name, event)| (name.as_str(), event))
    }

    /// Returns a relation.
    ///
    /// # Panics
    ///
    /// On a number that is not from this catalogue.
    pub fn relation(&self, id: RelationId) -> &Relation {
        &self.relations[usize::from(id.0)]
    }

    /// Lists the relations, lifetimes included, in order of their names.
    pub fn relations(&self) -> impl Iterator<Item = (RelationId, &Relation)> {
        (0..).map(RelationId).zip(&self.relations)
    }

    /// Finds relations by name or short form: all lifetimes for `lifetime`.
    pub fn kinds(&self, word: &str) -> Vec<RelationId> {
        self.relations()
            .filter(|(_, relation)| relation.name == word || relation.short == word)
            .map(|(id, _)| id)
            .collect()
    }

    /// Says whether a member names an interval of an attachment or association by itself.
    pub fn is_handle(&self, member: MemberId) -> bool {
        let mut relations = self.relations.iter();
        relations.any(|relation| relation.resource.is_none() && relation.handle.contains(&member))
    }

    /// Says whether a member's value names one thing, whose records are worth looking for, as an id or an
    /// address does and a number or a setting does not.
    pub fn identifies(&self, member: MemberId) -> bool {
        let known = self.member(member);
        let mut relations = self.relations.iter();
        known.prefix.is_some()
            || known.lifetime.is_some()
            || relations.any(|relation| {
                [&relation.follow, &relation.handle]
                    .into_iter()
                    .flatten()
                    .any(|id| *id == member)
            })
    }

    /// Returns a member.
    ///
    /// # Panics
    ///
    /// On a number that is not from this catalogue.
    pub fn member(&self, id: MemberId) -> &Member {
        &self.members[usize::from(id.0)]
    }

    /// Finds a member by its name.
    pub fn member_id(&self, name: &str) -> Option<MemberId> {
        compile::member_id(&self.members, name)
    }

    /// Lists every name that a timeline can have: of members, relations, and what calls mention.
    pub fn names(&self) -> impl Iterator<Item = Name> {
        let members = self.members.iter().map(|member| member.name);
        let relations = self.relations.iter().map(|relation| relation.name);
        let mentions = self.events.values().flat_map(|event| &event.mentions);
        members
            .chain(relations)
            .chain(mentions.map(|(name, _)| *name))
    }

    /// Returns what the end of a resource says about other intervals.
    pub fn ends_with_member(&self, member: MemberId) -> &[End] {
        &self.ends_by_member[usize::from(member.0)]
    }

    /// Lists the calls that begin or end something in other accounts, in order.
    pub fn reaching_other_accounts(&self) -> Vec<&str> {
        let reaches = |event: &Event| {
            event.effects.iter().any(|effect| {
                matches!(
                    effect.kind,
                    compile::EffectKind::Open {
                        elsewhere: true,
                        ..
                    } | compile::EffectKind::Close {
                        elsewhere: true,
                        ..
                    }
                )
            })
        };
        let named = self.events.iter().filter(|(_, event)| reaches(event));
        named.map(|(name, _)| name.as_str()).collect()
    }

    /// Lists the calls that begin or end the lifetime of a kind of resource, or end by it alone what else
    /// has it, in order.
    pub fn lifetime_calls(&self, resource: MemberId) -> Vec<&str> {
        let lifetime = self.member(resource).lifetime;
        self.calls(|event| {
            let mut effects = event.effects.iter();
            effects.any(|effect| {
                let relation = self.relation(effect.relation);
                Some(effect.relation) == lifetime || effect.closes_by(relation) == Some(resource)
            })
        })
    }

    /// Lists the calls that end intervals of the wanted relations, by themselves or with something else that
    /// they end, in order.
    pub fn ending_calls(&self, wanted: impl Fn(&Relation) -> bool) -> Vec<&str> {
        let mut ends: BTreeSet<RelationId> = self
            .relations()
            .filter(|(_, relation)| wanted(relation))
            .map(|(id, _)| id)
            .collect();
        // What ends with what, until nothing more does.
        loop {
            let led_to: Vec<RelationId> = self
                .relations()
                .filter(|(id, relation)| {
                    let resource = relation
                        .resource
                        .map(|member| self.ends_with_member(member));
                    let with_resource = resource.into_iter().flatten().map(|end| end.relation);
                    let with_it = self.ends_with_relation(*id).iter().map(|end| end.relation);
                    let mut all = with_resource.chain(with_it);
                    !ends.contains(id) && all.any(|end| ends.contains(&end))
                })
                .map(|(id, _)| id)
                .collect();
            if led_to.is_empty() {
                break;
            }
            ends.extend(led_to);
        }
        self.calls(|event| {
            // What only finds that something had ended is not made to end it.
            let effects = event.effects.iter();
            let mut effects = effects.filter(|effect| effect.was.is_none());
            effects.any(|effect| effect.ends() && ends.contains(&effect.relation))
        })
    }

    /// Lists the calls whose failure can prove that a resource of a kind is gone, in order.
    pub fn lifetime_proofs(&self, resource: MemberId) -> Vec<&str> {
        let lifetime = self.member(resource).lifetime;
        self.calls(|event| {
            let mut proofs = event.proofs.iter();
            proofs.any(|proof| Some(proof.relation) == lifetime)
        })
    }

    fn calls(&self, wanted: impl Fn(&Event) -> bool) -> Vec<&str> {
        let calls = self.events.iter().filter(|(_, event)| wanted(event));
        calls.map(|(name, _)| name.as_str()).collect()
    }

    /// Returns what the end of a relation's interval says about other intervals.
    pub fn ends_with_relation(&self, relation: RelationId) -> &[RelationEnd] {
        &self.ends_by_relation[usize::from(relation.0)]
    }

    /// Lists what never changes of a resource: the member that names it, and the one that does not change.
    pub fn fixed(&self) -> &[(MemberId, MemberId)] {
        &self.fixed
    }

    /// Returns the SHA-256 over the files' names and contents: which knowledge an answer rests on.
    pub fn digest(&self) -> Sha256 {
        self.digest
    }
}

/// A mistake in a file of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueError {
    /// The file's name.
    pub file: String,
    /// The entry and key, such as `AttachNetworkInterface: effects[0].relation`; empty for the file.
    pub entry: String,
    /// What is wrong.
    pub what: String,
}

impl std::fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: ", self.file)?;
        if !self.entry.is_empty() {
            write!(f, "{}: ", self.entry)?;
        }
        f.write_str(&self.what)
    }
}

impl std::error::Error for CatalogueError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_files_are_a_catalogue() {
        let files = FILES.files().map(|file| {
            let name = file.path().to_str().expect("an UTF-8 name");
            (name, file.contents_utf8().expect("UTF-8"))
        });
        if let Err(error) = Catalogue::read(files) {
            panic!("{error}");
        }
    }
}
