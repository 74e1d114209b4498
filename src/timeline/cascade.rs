//! What ends with an end: the intervals that a resource takes part in, other relations, resources.

use super::end::Ending;
use super::state::{Id, Now, Number, State};
use crate::event::{RelationId, Support};

impl State<'_> {
    /// The end of a resource ends what it takes part in, or proves that it had ended.
    pub(super) fn cascade_lifetime(
        &mut self,
        now: Now<'_>,
        relation: RelationId,
        members: &[Id],
        ending: Ending,
    ) {
        let catalogue = self.catalogue;
        let Some(resource) = catalogue.relation(relation).resource else {
            return;
        };
        let Some(id) = members.iter().find(|(member, _)| *member == resource) else {
            return;
        };
        for end in catalogue.ends_with_member(resource) {
            let support = match ending.support {
                Support::Uncertain => Support::Uncertain,
                Support::Inferred => Support::Inferred,
                Support::Observed | Support::Implied => end.support,
            };
            let ending = Ending {
                support,
                asynchronous: end.asynchronous
                    || (ending.asynchronous && support == Support::Implied),
                by_resource: true,
                idempotent: false,
            };
            self.close(
                now,
                end.relation,
                std::slice::from_ref(id),
                &[],
                &end.unless_known,
                ending,
            );
        }
    }

    /// The end of an interval may end others, and may delete a resource.
    pub(super) fn cascade_relation(
        &mut self,
        now: Now<'_>,
        relation: RelationId,
        number: Number,
        ending: Ending,
    ) {
        let catalogue = self.catalogue;
        let ends = catalogue.ends_with_relation(relation);
        let deletes = catalogue.relation(relation).deletes;
        if ends.is_empty() && deletes.is_none() {
            return;
        }
        let members = self.live(number).members.clone();
        for end in ends {
            let on: Option<Vec<Id>> = end
                .on
                .iter()
                .map(|member| Some((*member, members.get(*member)?)))
                .collect();
            if let Some(on) = on {
                let ending = Ending {
                    support: end.support,
                    by_resource: true,
                    ..ending
                };
                for number in self.matching(end.relation, &on, &[]) {
                    if self.live(number).has(&on) {
                        self.end_one(now, number, ending);
                    }
                }
            }
        }
        let deleted = deletes.filter(|(_, _, when)| {
            let value = members.get(*when);
            ending.by_resource && value.is_some_and(|value| self.text(value).as_str() == "true")
        });
        if let Some((lifetime, member, _)) = deleted
            && let Some(value) = members.get(member)
        {
            let ending = Ending {
                by_resource: true,
                ..ending
            };
            self.close(now, lifetime, &[(member, value)], &[], &[], ending);
        }
    }
}
