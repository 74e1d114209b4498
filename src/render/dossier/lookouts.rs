//! What deserves a look: a card for each kind of finding, with all that were found of it.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::Dossier;
use super::document::{Block, Tone, Word, Words};
use super::evidence::Evidence;
use crate::findings::{Found, Rules, Severity};
use crate::render::time;
use crate::render::{found, intervals, words};
use crate::text::count;

/// So many findings of one kind are told.
const OF_A_KIND_MAX: usize = 25;

/// So many events of one finding are cited.
const CITED_MAX: usize = 8;

/// The numbers of findings, by their place in the list.
#[derive(Debug)]
pub(super) struct Numbers(BTreeMap<usize, usize>);

impl Numbers {
    /// Numbers findings in the order in which they are told.
    pub(super) fn of(dossier: &Dossier<'_>) -> Self {
        let kinds = by_kind(dossier);
        let told = kinds
            .iter()
            .flat_map(|(_, found)| found.iter().take(OF_A_KIND_MAX));
        Self(
            (1..)
                .zip(told)
                .map(|(number, index)| (*index, number))
                .collect(),
        )
    }

    /// Returns the number of a finding; none where it is not told.
    pub(super) fn of_index(&self, index: usize) -> Option<usize> {
        self.0.get(&index).copied()
    }
}

/// Lists kinds, the most severe first, each with the places of its findings.
fn by_kind(dossier: &Dossier<'_>) -> Vec<(&'static str, Vec<usize>)> {
    let mut kinds: Vec<(&'static str, Vec<usize>)> = Vec::new();
    for (index, one) in dossier.findings.found.iter().enumerate() {
        let code = one.code.as_str();
        match kinds.iter_mut().find(|(known, _)| *known == code) {
            Some((_, indexes)) => indexes.push(index),
            None => kinds.push((code, vec![index])),
        }
    }
    let severity = |indexes: &[usize]| found::severity(&dossier.findings.found[indexes[0]]);
    kinds.sort_by_key(|(_, indexes)| (std::cmp::Reverse(severity(indexes)), indexes[0]));
    kinds
}

/// Tells what was found.
pub(super) fn blocks<'a>(
    dossier: &Dossier<'a>,
    numbers: &Numbers,
    evidence: &mut Evidence<'a>,
) -> Vec<Block> {
    let all = &dossier.findings.found;
    let mut blocks = vec![Block::heading(2, "findings", Words::plain("Findings"))];
    if all.is_empty() {
        let said = format!(
            "What deserves a look, by the patterns that are known: {}.",
            words::ABSENT
        );
        blocks.push(Block::paragraph(said));
        return blocks;
    }
    let figures = Severity::ALL.map(|severity| {
        let of_severity = all.iter().filter(|one| found::severity(one) == severity);
        (
            count(of_severity.count() as u64),
            severity.word().to_owned(),
        )
    });
    blocks.push(Block::Figures(figures.to_vec()));
    blocks.push(Block::paragraph(
        "Found by patterns over intervals and calls. Each is a reason to look, and no proof of anything: what \
         else looks the same stands with it.",
    ));
    for (code, indexes) in by_kind(dossier) {
        blocks.push(card(dossier, numbers, evidence, code, &indexes));
    }
    blocks
}

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::High => Tone::Bad,
        Severity::Medium => Tone::Doubtful,
        Severity::Low => Tone::Notable,
        Severity::Info => Tone::Quiet,
    }
}

fn card<'a>(
    dossier: &Dossier<'a>,
    numbers: &Numbers,
    evidence: &mut Evidence<'a>,
    code: &str,
    indexes: &[usize],
) -> Block {
    let Some(rule) = Rules::embedded().get(code) else {
        return Block::List(Vec::new());
    };
    let entry = &rule.entry;
    let tone = tone(entry.severity);
    let title = Words(vec![
        Word::Toned(tone, entry.severity.word().to_owned()),
        Word::Plain(format!(" {} ", entry.title)),
        Word::Faint(code.to_owned()),
    ]);
    let mut blocks = vec![
        Block::heading(3, format!("finding-{code}"), title),
        Block::paragraph(&entry.meaning),
    ];
    let told = indexes.iter().take(OF_A_KIND_MAX);
    let told = told.map(|index| one(dossier, numbers, evidence, *index));
    blocks.push(Block::List(told.collect()));
    if indexes.len() > OF_A_KIND_MAX {
        blocks.push(Block::paragraph(format!(
            "and {} more: `trailspan findings --finding {code}` lists all.",
            count((indexes.len() - OF_A_KIND_MAX) as u64)
        )));
    }
    let mut facts = vec![(Words::plain("Evidence"), Words::prose(&entry.evidence))];
    let mut several = |title: &str, sentences: &[String]| {
        let said = sentences.iter().fold(Words::new(), |said, sentence| {
            said.on_a_new_line().and_all(Words::prose(sentence))
        });
        if !sentences.is_empty() {
            facts.push((Words::plain(title), said));
        }
    };
    several("Ask next", &entry.ask);
    several("Looks the same", &entry.false_positives);
    if !entry.attack.is_empty() {
        let version = Rules::embedded().attack_version();
        let ids = format!("{} (version {version})", entry.attack.join(", "));
        facts.push((Words::plain("ATT&CK"), Words::plain(ids)));
    }
    blocks.push(Block::Facts(facts));
    Block::Card { tone, blocks }
}

fn one<'a>(
    dossier: &Dossier<'a>,
    numbers: &Numbers,
    evidence: &mut Evidence<'a>,
    index: usize,
) -> Words {
    let one: &'a Found = &dossier.findings.found[index];
    let number = numbers.of_index(index).unwrap_or_default();
    let anchor = Word::Anchor {
        anchor: format!("f{number}"),
        text: number.to_string(),
    };
    let mut said = Words(vec![anchor]).and_plain("  ");
    if let Some(first) = one.first {
        said = said.and_code(time::show(first, &TimeZone::UTC));
        if let Some(last) = one.last.filter(|last| *last != first) {
            said = said
                .and_plain(" … ")
                .and_code(time::show(last, &TimeZone::UTC));
        }
        said = said.and_plain("  ");
    }
    said = said.and_plain(&one.message);
    if !one.events.is_empty() {
        let place = intervals::place(&one.account, &one.region);
        let place = super::contents::flat(&place);
        said = said.and_plain("  ").and_faint_id(place).and_plain("  ");
    }
    if one.events.is_empty() {
        for source in one.sources.iter().take(CITED_MAX) {
            said = said.and_plain(" ").and_code(source);
        }
        let more = one.sources.len().saturating_sub(CITED_MAX);
        if more > 0 {
            said = said.and_faint(format!(" and {} more files", count(more as u64)));
        }
    }
    for event in dossier.findings.events_of(one).take(CITED_MAX) {
        said = said.and(evidence.cite(event)).and_faint(" ");
    }
    match one.events.len().saturating_sub(CITED_MAX) {
        0 => said,
        more => said.and_faint(format!("and {} more events", count(more as u64))),
    }
}
