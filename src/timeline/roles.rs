//! What facts of one second do to one resource, and which of them must come before which.

use super::state::{Id, State, Value};
use crate::catalogue::Catalogue;
use crate::event::{Change, Fact, MemberId, Outcome, RelationId, Support, Transition};

/// A resource that more facts of one second touch than this is not put in order: all are ties.
pub(super) const USES_MAX: usize = 256;

/// What a fact does to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Creates,
    Opens(RelationId),
    Closes(RelationId),
    Uses(RelationId),
    /// Succeeds only while it is there.
    Needs(RelationId),
    Deletes,
    /// Deletes what holds it, which is possible only when it is gone.
    Outlives,
}

/// Says whether a fact with one role on a resource must come before a fact with another.
pub(super) fn comes_before(
    state: &State<'_>,
    id: Id,
    role: Role,
    other: Role,
    decides: impl Fn(RelationId) -> bool,
) -> bool {
    match (role, other) {
        (Role::Creates, Role::Creates)
        | (Role::Deletes, Role::Deletes)
        | (Role::Outlives, Role::Outlives) => false,
        (Role::Creates, _) | (_, Role::Outlives) => true,
        (_, Role::Creates) | (Role::Outlives, _) => false,
        (_, Role::Deletes) => true,
        (Role::Deletes, _) => false,
        (Role::Opens(a), Role::Closes(b)) if a == b && decides(a) => !state.is_open(a, id),
        (Role::Closes(a), Role::Opens(b)) if a == b && decides(a) => state.is_open(a, id),
        (Role::Opens(a), Role::Needs(b)) if a == b && decides(a) => !state.is_open(a, id),
        (Role::Needs(a), Role::Closes(b)) => a == b && decides(a),
        _ => false,
    }
}

/// Says whether two roles on one resource change the same thing.
pub(super) fn contend(role: Role, other: Role, decides: impl Fn(RelationId) -> bool) -> bool {
    match (role, other) {
        (Role::Needs(_), _) | (_, Role::Needs(_)) => false,
        (
            Role::Opens(a) | Role::Closes(a) | Role::Uses(a),
            Role::Opens(b) | Role::Closes(b) | Role::Uses(b),
        ) => a == b && decides(a),
        _ => role == other,
    }
}

/// Lists what a fact does to which resource; an end by handle also touches the members that the
/// handle stands for.
pub(super) fn roles(
    catalogue: &Catalogue,
    state: &State<'_>,
    fact: &Fact<Value>,
    count_max: usize,
) -> Vec<(Id, Role)> {
    let mut roles = Vec::new();
    for transition in &fact.transitions {
        let relation = transition.relation;
        let known = catalogue.relation(relation);
        let resource = known.resource;
        let identifies = |member: &MemberId| match resource {
            Some(resource) => resource == *member,
            None => [&known.handle, &known.held, &known.holder, &known.follow]
                .into_iter()
                .any(|members| members.contains(member)),
        };
        let role = match (&transition.change, resource) {
            (Change::Open { .. }, Some(_)) => Role::Creates,
            (Change::Close { .. }, Some(_)) => Role::Deletes,
            (Change::Open { .. }, None) => Role::Opens(relation),
            (Change::Close { .. }, None) => Role::Closes(relation),
            (Change::ProvesHeld, _) if fact.outcome == Outcome::Succeeded => Role::Needs(relation),
            _ => Role::Uses(relation),
        };
        let named = named(transition);
        let identified = named.iter().filter(|id| identifies(&id.0));
        roles.extend(identified.map(|id| (*id, role)));
        if let Role::Closes(_) = role {
            let meant = state.members_by_handle(relation, named).into_iter();
            roles.extend(
                meant
                    .filter(|(member, _)| identifies(member))
                    .map(|id| (id, role)),
            );
        }
        if roles.len() >= count_max {
            break;
        }
        if let Role::Deletes = role {
            let held = named.iter().flat_map(|id| held_by(catalogue, state, *id));
            roles.extend(held.map(|id| (id, Role::Outlives)));
        }
    }
    roles
}

/// Returns what identifies the thing that a transition changes.
pub(super) fn named(transition: &Transition<Value>) -> &[Id] {
    match &transition.change {
        Change::Replace { former, .. } => former,
        Change::Update { of } => of,
        Change::Assign { owner, .. } => std::slice::from_ref(owner),
        _ => &transition.members,
    }
}

/// Lists what must be gone before a resource can be deleted.
fn held_by(catalogue: &Catalogue, state: &State<'_>, holder: Id) -> Vec<Id> {
    let mut held = Vec::new();
    let ends = catalogue.ends_with_member(holder.0).iter();
    for end in ends.filter(|end| end.support == Support::Inferred) {
        let relation = catalogue.relation(end.relation);
        let open = state.open_with(end.relation, holder);
        if open.len() > USES_MAX {
            continue;
        }
        for number in open {
            let live = state.live(number);
            held.extend(
                relation
                    .held
                    .iter()
                    .filter(|member| **member != holder.0)
                    .filter_map(|member| Some((*member, live.members.get(*member)?))),
            );
        }
    }
    held
}
