//! Placeholders of our guidance: `{member}` becomes an id of a concrete event, or `<member>`.

use crate::catalogue::{Catalogue, Event as Known};
use crate::event::Event;
use crate::members::Members;
use crate::text::{Escaped, Text};

/// Fills the placeholders of one call's guidance.
pub(super) struct Filler<'a> {
    catalogue: &'a Catalogue,
    known: &'a Known,
    mentions: Option<&'a Members<Vec<Text>>>,
}

impl<'a> Filler<'a> {
    pub(super) fn new(
        catalogue: &'a Catalogue,
        known: &'a Known,
        event: Option<&'a Event>,
    ) -> Self {
        Self {
            catalogue,
            known,
            mentions: event.map(|event| &event.mentions),
        }
    }

    /// Fills a sentence for people; several ids are listed.
    pub(super) fn sentence(&self, template: &str) -> String {
        self.fill(template, |values| {
            let shown: Vec<String> = values.iter().map(Text::to_string).collect();
            Some(shown.join(", "))
        })
    }

    /// Fills a command. Whoever wrote the log must not get to write the command line: only a single id
    /// of letters, digits and `.:/_-`, which does not look like an option, is filled in.
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
            let values = self.mentions.and_then(|mentions| mentions.get(name));
            match values
                .filter(|values| !values.is_empty())
                .and_then(|values| show(values))
            {
                Some(value) => filled.push_str(&value),
                None => filled.extend(["<", name, ">"]),
            }
            rest = after;
        }
        filled.push_str(rest);
        Escaped(&filled).to_string()
    }

    /// Finds the first `{name}` whose name is a member or a detail; other braces are text.
    fn next_placeholder<'t>(&self, text: &'t str) -> Option<(&'t str, &'t str, &'t str)> {
        text.match_indices('{').find_map(|(open, _)| {
            let inside = &text[open + 1..];
            let close = inside.find('}')?;
            let name = &inside[..close];
            let is_known = self.catalogue.member_id(name).is_some()
                || self.known.entry.members.contains_key(name)
                || self.known.entry.details.contains_key(name);
            is_known.then(|| (&text[..open], name, &inside[close + 1..]))
        })
    }
}

fn is_harmless(id: &str) -> bool {
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b".:/_-".contains(&byte);
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
            let filler = Filler::new(&catalogue, known, Some(&event));
            (filler.sentence(template), filler.command(template))
        };
        for (template, ids, sentence, command) in [
            (
                "a {attachment}.",
                &["eni-attach-1"][..],
                "a eni-attach-1.",
                "a eni-attach-1.",
            ),
            ("{attachment}", &["a", "b"], "a, b", "<attachment>"),
            ("{attachment}", &[], "<attachment>", "<attachment>"),
            (
                "{attachment}",
                &["$(rm -rf ~)"],
                "$(rm -rf ~)",
                "<attachment>",
            ),
            (
                "{attachment}",
                &["--endpoint-url"],
                "--endpoint-url",
                "<attachment>",
            ),
            (
                "{attachment}",
                &["a\u{1b}[2J"],
                "a\\u{1b}[2J",
                "<attachment>",
            ),
            (
                "{force} {other} {A:b",
                &[],
                "<force> {other} {A:b",
                "<force> {other} {A:b",
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
