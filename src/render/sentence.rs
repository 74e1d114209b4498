//! One sentence for one line of a timeline: a call, or the beginning or end of an interval.
//!
//! The words are those of `history`; what could deceive is escaped.

use std::fmt::Write as _;

use super::time::Held;
use super::words;
use crate::catalogue::Catalogue;
use crate::event::{Event, Outcome};
use crate::interval::{BoundKind, Interval, Timeline};

/// Which end of an interval is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The start.
    Start,
    /// The end.
    End,
}

/// Tells a call: `alice: DetachNetworkInterface eni-attach-0c… (failed: Client.X)`.
pub fn call(catalogue: &Catalogue, event: &Event) -> String {
    let mut sentence = format!("{}: {}", who(event), event.event_name);
    let ids = event.mentions.iter().filter(|(member, _)| {
        let id = catalogue.member_id(member);
        id.is_some_and(|id| catalogue.identifies(id))
    });
    for id in ids.flat_map(|(_, ids)| ids) {
        push(&mut sentence, format_args!(" {id}"));
    }
    let outcome = match event.outcome {
        Outcome::Succeeded => return sentence,
        Outcome::Failed => "failed",
        Outcome::DryRun => "dry run",
        Outcome::Uncertain => "uncertain",
    };
    match &event.error_code {
        Some(code) => push(&mut sentence, format_args!(" ({outcome}: {code})")),
        None => push(&mut sentence, format_args!(" ({outcome})")),
    }
    sentence
}

/// Names what a time of an interval means: `ENI detached`, `EIP associated (implied)`, `INSTANCE created`.
pub fn meaning(catalogue: &Catalogue, interval: &Interval, side: Side) -> String {
    let relation = words::relation(catalogue, interval);
    let resource = relation.and_then(|relation| relation.resource);
    let name = match (resource, relation) {
        (Some(member), _) => &catalogue.member(member).title,
        (None, Some(relation)) => &relation.short,
        (None, None) => interval.relation.as_str(),
    };
    let name = name.to_uppercase();
    let (bound, word) = match side {
        Side::Start => (
            &interval.start,
            relation.map_or("started", |relation| &relation.words.started),
        ),
        Side::End => (
            &interval.end,
            relation.map_or("ended", |relation| &relation.words.ended),
        ),
    };
    match bound.kind {
        BoundKind::Observed => format!("{name} {word}"),
        BoundKind::BeforeArchive => format!("{name} first seen (before the archive)"),
        BoundKind::Open => format!("{name} last covered (open)"),
        kind => format!("{name} {word} ({})", kind.word()),
    }
}

/// Tells the beginning or end of an interval:
/// `eni-0a… on i-0b…: detached by alice, DetachNetworkInterface (observed); held 1d 1h`.
pub fn bound(
    catalogue: &Catalogue,
    timeline: &Timeline,
    interval: &Interval,
    side: Side,
) -> String {
    let mut sentence = String::new();
    match words::held(catalogue, interval) {
        Some((_, id)) => push(&mut sentence, format_args!("{id}")),
        None => push(&mut sentence, format_args!("{}", words::UNKNOWN)),
    }
    if let Some((_, id)) = words::holder(catalogue, interval) {
        push(&mut sentence, format_args!(" on {id}"));
    }
    let relation = words::relation(catalogue, interval);
    let (bound, (before, after)) = match side {
        Side::Start => (
            &interval.start,
            words::start_words(relation, &interval.start),
        ),
        Side::End => (&interval.end, words::end_words(relation, &interval.end)),
    };
    push(&mut sentence, format_args!(": {before}"));
    let event = words::event(timeline, bound).filter(|_| bound.kind != BoundKind::Open);
    if let Some(event) = event {
        match bound.kind {
            BoundKind::Observed => push(
                &mut sentence,
                format_args!(" {}, {}", who(event), event.event_name),
            ),
            BoundKind::BeforeArchive => push(&mut sentence, format_args!(" {}", event.event_name)),
            _ => push(
                &mut sentence,
                format_args!(" {}'s {}", who(event), event.event_name),
            ),
        }
    }
    if !after.is_empty() {
        push(&mut sentence, format_args!(" {after}"));
    }
    if side == Side::End {
        push(
            &mut sentence,
            format_args!("; held {}", Held::of(interval).show()),
        );
    }
    sentence
}

fn who(event: &Event) -> String {
    let label = &event.actor.label;
    match label.is_empty() {
        true => "someone".to_owned(),
        false => label.to_string(),
    }
}

fn push(sentence: &mut String, words: std::fmt::Arguments<'_>) {
    sentence
        .write_fmt(words)
        .expect("a string takes everything");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples::{catalogue, hostile, timeline};
    use crate::text::is_deceptive;

    #[test]
    fn an_implied_end_is_not_told_as_made_by_its_actor() {
        let (catalogue, told) = (catalogue(), timeline());
        let implied = |interval: &&Interval| interval.end.kind == BoundKind::Implied;
        let interval = told.intervals.iter().find(implied).unwrap();
        let sentence = bound(&catalogue, &told, interval, Side::End);
        assert!(sentence.contains(": ended by "), "{sentence}");
        assert!(sentence.contains("'s "), "{sentence}");
    }

    #[test]
    fn nothing_deceptive_is_in_a_sentence() {
        let (catalogue, told) = (catalogue(), hostile());
        for interval in &told.intervals {
            let sentence = bound(&catalogue, &told, interval, Side::End);
            assert!(!sentence.contains(is_deceptive), "{sentence:?}");
        }
        for event in &told.events {
            let sentence = call(&catalogue, event);
            assert!(!sentence.contains(is_deceptive), "{sentence:?}");
        }
    }
}
