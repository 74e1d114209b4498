//! Placeholders of our guidance: `{member}` becomes an id of a concrete event, or `MEMBER`.
//!
//! Besides its own members a call has those of what ended by it (`{former.network_interface}`), of what
//! holds now instead (`{later.attachment}`), and its principal (`{actor.user_name}`, `{actor.access_key}`,
//! `{actor.role}`). What is not known is written in capitals, never in what a shell would act on.

use crate::catalogue::entry::Act;
use crate::catalogue::{Catalogue, Event as Known};
use crate::event::{Actor, Resolved};
use crate::text::{Escaped, Text};

/// `userIdentity.type` of users, whose keys last until they are switched off.
const USER: &str = "IAMUser";

/// How the ids of access keys begin that last; AWS Security Token Service gives others.
const LASTING_KEY: &str = "AKIA";

/// Fills the placeholders of one call's guidance.
pub(super) struct Filler<'a> {
    catalogue: &'a Catalogue,
    known: &'a Known,
    call: Option<&'a Resolved>,
}

impl<'a> Filler<'a> {
    pub(super) fn new(
        catalogue: &'a Catalogue,
        known: &'a Known,
        call: Option<&'a Resolved>,
    ) -> Self {
        Self {
            catalogue,
            known,
            call,
        }
    }

    /// Fills a sentence for people; several ids are listed.
    pub(super) fn sentence(&self, template: &str) -> String {
        self.fill(template, |values| {
            let shown: Vec<String> = values.iter().map(Text::to_string).collect();
            Some(shown.join(", "))
        })
    }

    /// Fills an action: its note and its command; for a call for which it cannot be done, why.
    pub(super) fn act(&self, act: &Act) -> (String, Option<String>) {
        let impossible = act.impossible.as_ref().filter(|impossible| {
            let values = self.values(&impossible.member).unwrap_or_default();
            values
                .iter()
                .any(|value| value.as_str() == impossible.value)
        });
        match impossible {
            Some(impossible) => (self.sentence(&impossible.note), None),
            None => {
                let command = act.command.as_ref();
                let command = command.map(|command| self.command(command));
                (self.sentence(&act.note), command)
            }
        }
    }

    /// Fills a command. Whoever wrote the log must not get to write the command line: only a single id
    /// of letters, digits and `.:/_-@+`, which does not look like an option, is filled in.
    pub(super) fn command(&self, template: &str) -> String {
        self.fill(template, |values| match values {
            [only] if is_harmless(only.as_str()) => Some(only.to_string()),
            _ => None,
        })
    }

    fn fill(&self, template: &str, show: impl Fn(&[Text]) -> Option<String>) -> String {
        let mut filled = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, name, after)) = self.next_placeholder(rest) {
            filled.push_str(before);
            let values = self.values(name).filter(|values| !values.is_empty());
            match values.and_then(|values| show(&values)) {
                Some(value) => filled.push_str(&value),
                None => filled.push_str(&capitals(name)),
            }
            rest = after;
        }
        filled.push_str(rest);
        Escaped(&filled).to_string()
    }

    /// Returns what stands for a placeholder, where that is known.
    fn values(&self, name: &str) -> Option<Vec<Text>> {
        let call = self.call?;
        let (members, name) = match name.split_once('.') {
            Some(("actor", name)) => {
                return principal(&call.event.actor, name).map(|one| vec![one]);
            }
            Some(("former", name)) => (&call.former, name),
            Some(("later", name)) => (&call.later, name),
            _ => (&call.event.mentions, name),
        };
        members.get(name).cloned()
    }

    /// Finds the first `{name}` whose name is a member or a detail; other braces are text.
    fn next_placeholder<'t>(&self, text: &'t str) -> Option<(&'t str, &'t str, &'t str)> {
        text.match_indices('{').find_map(|(open, _)| {
            let inside = &text[open + 1..];
            let close = inside.find('}')?;
            let name = &inside[..close];
            is_known(self.catalogue, self.known, name)
                .then(|| (&text[..open], name, &inside[close + 1..]))
        })
    }
}

/// Says whether the guidance of a call may name a placeholder so.
pub(super) fn is_known(catalogue: &Catalogue, known: &Known, name: &str) -> bool {
    match name.split_once('.') {
        Some(("actor", name)) => ["user_name", "access_key", "role"].contains(&name),
        Some(("former" | "later", name)) => catalogue.member_id(name).is_some(),
        Some(_) => false,
        None => {
            catalogue.member_id(name).is_some()
                || known.entry.members.contains_key(name)
                || known.entry.details.contains_key(name)
        }
    }
}

/// Writes what has to be filled in by hand: `{later.attachment}` as `LATER_ATTACHMENT`.
fn capitals(name: &str) -> String {
    let name = name.strip_prefix("actor.").unwrap_or(name);
    name.replace('.', "_").to_uppercase()
}

/// Returns what of a principal a command can act on: a user, its lasting key, or the role of a session.
fn principal(actor: &Actor, name: &str) -> Option<Text> {
    let is_user = actor
        .kind
        .as_ref()
        .is_some_and(|kind| kind.as_str() == USER);
    match name {
        "user_name" if is_user => actor.user_name.clone(),
        "access_key" => {
            let key = actor.access_key_id.clone();
            key.filter(|key| key.as_str().starts_with(LASTING_KEY))
        }
        "role" => {
            // arn:aws:iam::111122223333:role/path/Name
            let (_, role) = actor.issuer_arn.as_ref()?.as_str().split_once(":role/")?;
            Some(Text::from(role.rsplit('/').next().unwrap_or(role)))
        }
        _ => None,
    }
}

fn is_harmless(id: &str) -> bool {
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b".:/_-@+".contains(&byte);
    !id.is_empty() && !id.starts_with('-') && id.bytes().all(harmless)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples::{catalogue, event};

    #[test]
    fn placeholders_are_filled_from_the_event() {
        let catalogue = catalogue();
        let known = catalogue.event("DetachNetworkInterface").unwrap();
        let filled = |template: &str, ids: &[&str]| {
            let mut event = event("DetachNetworkInterface", "1 10:00:00", "alice");
            let ids = ids.iter().map(|id| Text::from(*id)).collect();
            event.mentions.insert("attachment", ids);
            let call = Resolved::from(event);
            let filler = Filler::new(&catalogue, known, Some(&call));
            (filler.sentence(template), filler.command(template))
        };
        for (template, ids, sentence, command) in [
            (
                "a {attachment}.",
                &["eni-attach-1"][..],
                "a eni-attach-1.",
                "a eni-attach-1.",
            ),
            ("{attachment}", &["a", "b"], "a, b", "ATTACHMENT"),
            ("{attachment}", &[], "ATTACHMENT", "ATTACHMENT"),
            (
                "{attachment}",
                &["$(rm -rf ~)"],
                "$(rm -rf ~)",
                "ATTACHMENT",
            ),
            (
                "{attachment}",
                &["--endpoint-url"],
                "--endpoint-url",
                "ATTACHMENT",
            ),
            ("{attachment}", &["a\u{1b}[2J"], "a\\u{1b}[2J", "ATTACHMENT"),
            (
                "{force} {other} {A:b",
                &[],
                "FORCE {other} {A:b",
                "FORCE {other} {A:b",
            ),
            (
                "[].{A:b,C:{attachment}}",
                &["x"],
                "[].{A:b,C:x}",
                "[].{A:b,C:x}",
            ),
        ] {
            assert_eq!(
                filled(template, ids),
                (sentence.to_owned(), command.to_owned())
            );
        }
    }
}
