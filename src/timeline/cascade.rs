//! What ends with an end: the intervals that a resource takes part in, other relations, resources.

use super::end::Ending;
use super::state::{Causes, Id, Now, Number, State};
use crate::event::{RelationId, Support};

impl State<'_> {
    /// The end of a resource ends what it takes part in, or proves that it had ended.
    pub(super) fn cascade_lifetime(&mut self, now: Now<'_>, id: Id, ending: Ending) {
        let catalogue = self.catalogue;
        for end in catalogue.ends_with_member(id.0) {
            if ending.support == Support::Uncertain && end.support == Support::Inferred {
                // Only the success of the call would prove that it had ended.
                continue;
            }
            let support = match ending.support {
                Support::Uncertain => Support::Uncertain,
                Support::Inferred => Support::Inferred,
                Support::Observed | Support::Implied => end.support,
            };
            // Proofs about what is not followed are not looked for.
            let is_followed = catalogue.relation(end.relation).follow.contains(&id.0);
            let is_its_end = end.support == Support::Implied;
            let ending = Ending {
                support,
                asynchronous: !ending.at_once
                    && (end.asynchronous || (ending.asynchronous && support == Support::Implied)),
                by_resource: true,
                idempotent: false,
                also_unseen: false,
                at_once: ending.at_once,
                since: ending.since.filter(|_| is_followed && is_its_end),
                causes: match is_followed {
                    true => ending.causes.and(id),
                    false => Causes::default(),
                },
                presumed: ending.presumed,
                under_way: ending.under_way,
                again: ending.again,
            };
            self.close(
                now,
                end.relation,
                std::slice::from_ref(&id),
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
        let live = self.live(number);
        let members = live.members.clone();
        let ending = Ending {
            since: live.end.as_ref().and_then(|end| end.not_before),
            ..ending
        };
        for end in ends {
            let on: Option<Vec<Id>> = end
                .on
                .iter()
                .map(|member| Some((*member, members.get(*member)?)))
                .collect();
            if let Some(on) = on {
                let ending = Ending {
                    support: match ending.support {
                        Support::Observed | Support::Implied => end.support,
                        Support::Inferred | Support::Uncertain => ending.support,
                    },
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
