//! Records that name an open interval by its handle and contradict what is known of it.
//!
//! One finding for each member that differs tells two values and lists every record, so that any number
//! of records costs no more than themselves.

use super::findings::{finding, finding_kinds};
use super::state::{Id, Now, Number, State, Value};
use crate::catalogue::Catalogue;
use crate::event::{MemberId, RelationId};
use crate::interval::Finding;
use crate::text::Text;

/// The finding on such records.
const CODE: &str = "id-contradiction";

/// So many characters of a value are told.
const SHOWN_MAX: usize = 64;

/// What records tell of a member that contradicts what is known.
#[derive(Debug)]
pub(super) struct Contradiction {
    member: MemberId,
    known: Value,
    told: Value,
    /// Further records told further values.
    is_many: bool,
    event_ids: Vec<Text>,
}

impl State<'_> {
    /// Returns the open interval that one of the members is a handle of.
    pub(super) fn held_under(&self, relation: RelationId, members: &[Id]) -> Option<Number> {
        let handles = &self.catalogue.relation(relation).handle;
        let mut named = members.iter().filter(|id| handles.contains(&id.0));
        named.find_map(|id| self.first_open(relation, *id))
    }

    /// Notes what a record contradicts of an open interval; says whether it does.
    pub(super) fn contradict(&mut self, now: Now<'_>, number: Number, members: &[Id]) -> bool {
        let known = self.catalogue.relation(self.live(number).relation);
        let of_exclusive = known.exclusive.iter().flat_map(|one| &one.same);
        let decides = |member: &MemberId| {
            let lists = [&known.handle, &known.held, &known.holder, &known.follow];
            let mut lists = lists.into_iter().flatten().chain(of_exclusive.clone());
            // What changes while it lasts is told anew by what tells it again.
            !known.told_again || lists.any(|other| other == member)
        };
        let live = self.live_mut(number);
        let mut any = false;
        for (member, told) in members.iter().filter(|(member, _)| decides(member)) {
            let known = live.members.get(*member);
            let Some(known) = known.filter(|_| !live.agrees(&[(*member, *told)])) else {
                continue;
            };
            any = true;
            live.contradictions
                .note(*member, known, *told, &now.fact.event_id);
        }
        any
    }
}

/// The contradictions of one interval, one for each member.
#[derive(Debug, Default)]
pub(super) struct Contradictions(Vec<Contradiction>);

impl Contradictions {
    fn note(&mut self, member: MemberId, known: Value, told: Value, event_id: &Text) {
        let found = self.0.iter_mut().find(|one| one.member == member);
        if let Some(found) = found {
            found.is_many |= found.told != told;
            if found.event_ids.last() != Some(event_id) {
                found.event_ids.push(event_id.clone());
            }
            return;
        }
        self.0.push(Contradiction {
            member,
            known,
            told,
            is_many: false,
            event_ids: vec![event_id.clone()],
        });
    }

    /// Tells them as findings.
    pub(super) fn told<'t>(
        self,
        catalogue: &Catalogue,
        relation: RelationId,
        text: impl Fn(Value) -> &'t Text,
    ) -> Vec<Finding> {
        let known = catalogue.relation(relation);
        let title = |member: &MemberId| catalogue.member(*member).title.as_str();
        let handle = known.handle.first().map_or("id", title);
        let sentence = finding_kinds().get(CODE);
        let sentence = sentence.and_then(|kind| kind.of_values.as_deref());
        let mut findings = Vec::new();
        for one in self.0 {
            let Some(first) = one.event_ids.first() else {
                continue;
            };
            let mut finding = finding(CODE, first);
            if let Some(sentence) = sentence {
                let others = if one.is_many { " and others" } else { "" };
                let told = format!("{}{others}", shown(text(one.told)));
                finding.message = Text::from(filled(
                    sentence,
                    &[
                        ("{handle}", handle),
                        ("{member}", title(&one.member)),
                        ("{told}", &told),
                        ("{known}", &shown(text(one.known))),
                    ],
                ));
            }
            finding.event_ids = one.event_ids;
            findings.push(finding);
        }
        findings
    }
}

/// Puts values in the place of names; what a value contains is left as it is.
fn filled(sentence: &str, values: &[(&str, &str)]) -> String {
    let mut said = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some(start) = rest.find('{') {
        let (before, from) = rest.split_at(start);
        said.push_str(before);
        let found = values.iter().find(|(name, _)| from.starts_with(name));
        let (name, value) = found.copied().unwrap_or(("{", "{"));
        said.push_str(value);
        rest = &from[name.len()..];
    }
    said.push_str(rest);
    said
}

fn shown(value: &Text) -> String {
    let value = value.as_str();
    match value.char_indices().nth(SHOWN_MAX) {
        None => value.to_owned(),
        Some((end, _)) => format!("{}…", &value[..end]),
    }
}
