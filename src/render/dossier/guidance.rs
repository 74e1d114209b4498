//! What we know of the calls that ended something: the guidance of `explain`.

use std::collections::BTreeMap;

use super::Dossier;
use super::document::{Block, Tone, Word, Words};
use crate::interval::BoundKind;
use crate::render::explain::{self, Guidance};
use crate::render::words;
use crate::text::count;

/// So many calls are explained, those that ended most.
const CALLS_MAX: usize = 12;

/// Explains the calls that the ends rest on, and those of severe findings.
pub(super) fn blocks(dossier: &Dossier<'_>) -> Vec<Block> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for interval in &dossier.ends.intervals {
        if let Some(event) = words::event(dossier.ends, &interval.end)
            && interval.end.kind != BoundKind::Open
        {
            *counts.entry(event.event_name.as_str()).or_default() += 1;
        }
    }
    let mut names: Vec<(&str, usize)> = counts.into_iter().collect();
    names.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    let left_out = names.len().saturating_sub(CALLS_MAX);
    names.truncate(CALLS_MAX);
    let mut blocks = vec![
        Block::heading(
            2,
            "guidance",
            Words::plain("What the calls mean, and what to do next"),
        ),
        Block::paragraph(
            "Of every call that ended something here. Words in angle brackets stand for ids; `trailspan \
             explain` with an event id fills them in.",
        ),
    ];
    for (name, count) in names {
        let Some(guidance) = Guidance::of(dossier.catalogue, name) else {
            continue;
        };
        blocks.push(Block::Card {
            tone: Tone::Quiet,
            blocks: call(name, count, &guidance),
        });
    }
    if left_out > 0 {
        blocks.push(Block::paragraph(format!(
            "{} more calls are explained by `trailspan explain`.",
            count(left_out as u64)
        )));
    }
    blocks
}

fn call(name: &str, ended: usize, guidance: &Guidance) -> Vec<Block> {
    let ends = match ended {
        1 => "1 end".to_owned(),
        several => format!("{} ends", count(several as u64)),
    };
    let title = Words(vec![
        Word::Plain(name.to_owned()),
        Word::Faint(format!("  {ends}")),
    ]);
    let mut blocks = vec![
        Block::heading(3, format!("call-{name}"), title),
        Block::paragraph(&guidance.meaning),
    ];
    let mut list = |title: &str, sentences: &[String]| {
        if !sentences.is_empty() {
            blocks.push(Block::Paragraph(Words(vec![Word::Strong(
                title.to_owned(),
            )])));
            blocks.push(Block::List(sentences.iter().map(Words::prose).collect()));
        }
    };
    list("Why it matters", &guidance.why);
    list("Ask next", &guidance.ask);
    list("How it is read", &guidance.reading);
    for act in &guidance.act {
        let title = Word::Strong(format!("{}: ", explain::purpose_title(act.purpose)));
        blocks.push(Block::Paragraph(
            Words(vec![title]).and_all(Words::prose(&act.note)),
        ));
        if let Some(command) = &act.command {
            blocks.push(Block::Command(command.clone()));
        }
    }
    let mut reference = Words(vec![
        Word::Faint("Reference ".to_owned()),
        Word::Page(guidance.reference.clone()),
    ]);
    if !guidance.attack.is_empty() {
        reference = reference
            .and_faint("  ATT&CK ")
            .and_plain(guidance.attack.join(", "));
    }
    blocks.push(Block::Paragraph(reference));
    blocks
}
