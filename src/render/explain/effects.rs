//! What a call does to relations and lifetimes, in words and as objects.

use serde::Serialize;

use super::proofs::proofs;
use crate::catalogue::entry::Effect;
use crate::catalogue::{Catalogue, Event as Known};
use crate::event::Support;

/// What a successful call changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EffectObject {
    /// `open`, `close`, `replace`, `assign`, `update`, `hold`, `create` or `delete`.
    pub effect: &'static str,
    /// The relation, or `lifetime`.
    pub relation: String,
    /// The resource whose lifetime it is; absent for relations.
    pub resource: Option<String>,
    /// How the record supports it.
    pub support: Support,
    /// It takes effect some time after the call returned.
    pub asynchronous: bool,
    /// The same in one sentence.
    pub words: String,
}

/// Says everything that a call does, one sentence each.
pub(super) fn all_words(catalogue: &Catalogue, known: &Known) -> Vec<String> {
    let mut sentences: Vec<String> = effects(catalogue, known)
        .into_iter()
        .map(|effect| effect.words)
        .collect();
    if known.entry.uncertain {
        sentences.push(
            "Even where it succeeded, the record leaves open whether it had that effect."
                .to_owned(),
        );
    }
    for error in &known.entry.uncertain_errors {
        let several = known.entry.uncertain_if_several.as_deref();
        let where_several = several
            .and_then(|member| catalogue.member_id(member))
            .map(|member| {
                format!(
                    " where it names several {}s",
                    catalogue.member(member).title
                )
            })
            .unwrap_or_default();
        sentences.push(format!(
            "Refused with {error}{where_several}, it may have had its effect all the same."
        ));
    }
    sentences.extend(
        proofs(catalogue, known)
            .into_iter()
            .map(|proof| proof.words),
    );
    if !known.entry.effects.iter().any(Effect::is_change) {
        let nothing = "It begins and ends nothing that is reconstructed here.";
        sentences.insert(0, nothing.to_owned());
    }
    sentences
}

/// Lists what a successful call changes.
pub(super) fn effects(catalogue: &Catalogue, known: &Known) -> Vec<EffectObject> {
    known
        .entry
        .effects
        .iter()
        .map(|effect| object(catalogue, effect))
        .collect()
}

fn object(catalogue: &Catalogue, effect: &Effect) -> EffectObject {
    use Support::Observed;
    let (name, relation, support, asynchronous) = match effect {
        Effect::Open {
            relation,
            support,
            asynchronous,
            ..
        } => ("open", relation, *support, *asynchronous),
        Effect::Close {
            relation,
            support,
            asynchronous,
            ..
        } => ("close", relation, *support, *asynchronous),
        Effect::Replace { relation, .. } => ("replace", relation, Observed, false),
        Effect::Assign { relation, .. } => ("assign", relation, Observed, false),
        Effect::Update { relation, .. } => ("update", relation, Observed, false),
        Effect::Hold {
            relation, members, ..
        } => return held(catalogue, relation, members),
        Effect::Create {
            resource, support, ..
        } => {
            return lifetime(catalogue, "create", resource, *support, false);
        }
        Effect::Delete {
            resource,
            support,
            asynchronous,
            ..
        } => {
            return lifetime(catalogue, "delete", resource, *support, *asynchronous);
        }
    };
    let (title, support_words) = (
        title(catalogue, relation),
        support_words(support, asynchronous),
    );
    EffectObject {
        effect: name,
        relation: relation.clone(),
        resource: None,
        support,
        asynchronous,
        words: format!(
            "{}; {support_words}.",
            change_words(catalogue, effect, &title)
        ),
    }
}

/// Says what an effect changes of the relation that is called `title`; lifetimes have words of their
/// own.
fn change_words(catalogue: &Catalogue, effect: &Effect, title: &str) -> String {
    let by = |members: &[String]| list(catalogue, members);
    let one = |member: &String| list(catalogue, std::slice::from_ref(member));
    match effect {
        Effect::Open {
            members,
            in_other_accounts: true,
            ..
        } => format!(
            "Begins, in all other accounts and Regions that asked for it, \
             {} {title} ({})",
            article(title),
            by(members)
        ),
        Effect::Open { members, .. } => {
            format!("Begins {} {title} ({})", article(title), by(members))
        }
        Effect::Close {
            members,
            in_other_accounts: true,
            ..
        } => format!(
            "Ends, in all other accounts and Regions, the {title} named by its {}",
            by(members)
        ),
        Effect::Close { members, .. } => format!("Ends the {title} named by its {}", by(members)),
        Effect::Replace {
            former, members, ..
        } => format!(
            "Ends the {title} named by its {} and begins another ({})",
            by(former),
            by(members)
        ),
        Effect::Assign { owner, member, .. } => format!(
            "Gives this {} exactly the listed {} from now on ({title})",
            one(owner),
            one(member)
        ),
        Effect::Update { of, members, .. } => {
            format!(
                "Changes the {} of the open {title} named by its {}",
                by(members),
                by(of)
            )
        }
        Effect::Hold { members, .. } => by(members),
        Effect::Create { resource, .. } | Effect::Delete { resource, .. } => one(resource),
    }
}

/// Says what a call proves by having succeeded.
fn held(catalogue: &Catalogue, relation: &str, members: &[String]) -> EffectObject {
    let (relation, resource) = match relation.split_once(':') {
        Some((lifetime, resource)) => (lifetime, Some(resource.to_owned())),
        None => (relation, None),
    };
    let what = match &resource {
        Some(resource) => format!("the {}", list(catalogue, std::slice::from_ref(resource))),
        None => {
            let title = title(catalogue, relation);
            let members = list(catalogue, members);
            format!("{} {title} with this {members}", article(&title))
        }
    };
    EffectObject {
        effect: "hold",
        relation: relation.to_owned(),
        resource,
        support: Support::Inferred,
        asynchronous: false,
        words: format!("It is possible only while {what} exists, so a success proves that."),
    }
}

fn lifetime(
    catalogue: &Catalogue,
    effect: &'static str,
    resource: &str,
    support: Support,
    asynchronous: bool,
) -> EffectObject {
    let name = list(catalogue, &[resource.to_owned()]);
    let verb = if effect == "create" {
        "Creates"
    } else {
        "Deletes"
    };
    let mut words = format!(
        "{verb} the {name}; {}.",
        support_words(support, asynchronous)
    );
    if effect == "delete" {
        words.push_str(&consequences(catalogue, resource));
    }
    EffectObject {
        effect,
        relation: "lifetime".to_owned(),
        resource: Some(resource.to_owned()),
        support,
        asynchronous,
        words,
    }
}

/// Says what else ends when a resource is deleted.
fn consequences(catalogue: &Catalogue, resource: &str) -> String {
    let Some(member) = catalogue.member_id(resource) else {
        return String::new();
    };
    let titles = |support: Support| -> Vec<&str> {
        let ends = catalogue
            .ends_with_member(member)
            .iter()
            .filter(|end| end.support == support);
        ends.map(|end| catalogue.relation(end.relation).title.as_str())
            .collect()
    };
    let mut words = String::new();
    let implied = titles(Support::Implied);
    if !implied.is_empty() {
        words.push_str(&format!(
            " With it ends every {} of it.",
            implied.join(", every ")
        ));
    }
    let inferred = titles(Support::Inferred);
    if !inferred.is_empty() {
        words.push_str(&format!(
            " Possible only if every {} of it had ended.",
            inferred.join(", every ")
        ));
    }
    words
}

fn support_words(support: Support, asynchronous: bool) -> String {
    let word = match support {
        Support::Observed => "the call itself does that",
        Support::Implied => "AWS documents that as its consequence",
        Support::Inferred => "it is possible only if that had happened before",
        Support::Uncertain => "the record leaves open whether that happened",
    };
    let later = if asynchronous {
        ", some time after it returned"
    } else {
        ""
    };
    format!("{word}{later}")
}

/// Returns the article that stands before a title: `a VPC`, `an IPv6 address`.
pub(super) fn article(title: &str) -> &'static str {
    match title.chars().next() {
        Some('a' | 'e' | 'i' | 'o' | 'A' | 'E' | 'I' | 'O') => "an",
        _ => "a",
    }
}

/// Returns a relation's name for people.
pub(super) fn title(catalogue: &Catalogue, relation: &str) -> String {
    if relation == "lifetime" {
        return "resource".to_owned();
    }
    let known = catalogue.kinds(relation).into_iter().next();
    known.map_or_else(
        || relation.to_owned(),
        |id| catalogue.relation(id).title.clone(),
    )
}

/// Lists members by their names for people; `association=new_association` is an `association`.
pub(super) fn list(catalogue: &Catalogue, members: &[String]) -> String {
    let titles: Vec<&str> = members
        .iter()
        .map(|member| {
            member
                .split_once('=')
                .map_or(member.as_str(), |(name, _)| name)
        })
        .map(|name| {
            catalogue
                .member_id(name)
                .map_or(name, |id| catalogue.member(id).title.as_str())
        })
        .collect();
    titles.join(", ")
}
