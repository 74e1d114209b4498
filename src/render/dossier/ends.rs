//! The tables of ends, and of calls in vain.

use jiff::tz::TimeZone;

use super::Dossier;
use super::contents::{flat, left_out};
use super::document::{Block, Table, Tone, Word, Words};
use super::evidence::Evidence;
use crate::event::{Event, Outcome};
use crate::interval::{Bound, BoundKind, Interval};
use crate::render::time::{self, Held};
use crate::render::{hits, intervals, words};

pub(super) fn detachments<'a>(dossier: &Dossier<'a>, evidence: &mut Evidence<'a>) -> Vec<Block> {
    let mut blocks = vec![
        Block::heading(2, "detachments", Words::plain("Detachments")),
        Block::paragraph(
            "Every end of an attachment or association. The actor of an implied end made the call that \
             implies it, and did not detach anything by name.",
        ),
    ];
    let all = &dossier.ends.intervals;
    if all.is_empty() {
        blocks.push(Block::paragraph(format!("Ends: {}.", words::ABSENT)));
        return blocks;
    }
    let rest = "`trailspan detachments` lists all.";
    blocks.extend(left_out(dossier.rows_max.min(all.len()), all.len(), rest));
    let mut in_order: Vec<&Interval> = all.iter().collect();
    in_order.sort_by_key(|interval| interval.end.not_before.or(interval.end.not_after));
    let rows = in_order.into_iter().take(dossier.rows_max);
    let rows = rows.map(|interval| detachment(dossier, evidence, interval));
    blocks.push(Block::Table(Table {
        head: vec![
            "When",
            "What, from what",
            "Since, held",
            "By",
            "How it is known",
        ],
        rows: rows.collect(),
        numeric: Vec::new(),
    }));
    blocks
}

fn detachment<'a>(
    dossier: &Dossier<'a>,
    evidence: &mut Evidence<'a>,
    interval: &'a Interval,
) -> Vec<Words> {
    let catalogue = dossier.catalogue;
    let event = words::event(dossier.ends, &interval.end);
    let kind = flat(&words::kind_cell(catalogue, interval));
    let what = Words::new()
        .and_faint(kind)
        .on_a_new_line()
        .and_code(flat(&words::held_cell(catalogue, interval)))
        .on_a_new_line()
        .and_faint("from ")
        .and_code(flat(&words::holder_cell(catalogue, interval)));
    let place = flat(&intervals::place(&interval.account, &interval.region));
    let mut since = bound(&interval.start)
        .on_a_new_line()
        .and_plain(Held::of(interval).show());
    if let Some(event) = words::event(dossier.ends, &interval.start) {
        since = since.and_faint(" ").and(evidence.cite(event));
    }
    let mut how = Words(vec![Word::Toned(
        tone(interval.end.kind),
        flat(&words::how_cell(&interval.end, event)),
    )]);
    if let Some(event) = event {
        how = how.and_faint(" ").and(evidence.cite(event));
    }
    for finding in &interval.findings {
        let code = Word::Toned(Tone::Doubtful, finding.code.clone());
        how = how
            .on_a_new_line()
            .and(code)
            .and_plain(format!(": {}", finding.message));
    }
    vec![
        bound(&interval.end).on_a_new_line().and_faint_id(place),
        what,
        since,
        who(event),
        how,
    ]
}

/// Shows when a bound lies.
fn bound(bound: &Bound) -> Words {
    match (bound.kind, time::bound(bound, &TimeZone::UTC)) {
        (BoundKind::BeforeArchive, _) => Words::plain("before the archive"),
        (_, Some(parts)) => parts.iter().fold(Words::new(), |said, part| {
            said.on_a_new_line().and_code(part)
        }),
        (_, None) => Words::plain(words::ABSENT),
    }
}

/// Shows who called, and from where.
pub(super) fn who(event: Option<&Event>) -> Words {
    let Some(event) = event else {
        return Words::plain(words::UNKNOWN);
    };
    let label = flat(&words::actor_cell(Some(&event.actor)));
    let who = Words(vec![Word::Strong(label)]);
    match &event.source_ip {
        Some(address) => who.on_a_new_line().and_faint("from ").and_code(address),
        None => who,
    }
}

fn tone(kind: BoundKind) -> Tone {
    match kind {
        BoundKind::Observed => Tone::Quiet,
        BoundKind::Implied | BoundKind::Inferred => Tone::Derived,
        BoundKind::Uncertain => Tone::Doubtful,
        BoundKind::BeforeArchive | BoundKind::Open => Tone::Quiet,
    }
}

pub(super) fn attempts<'a>(dossier: &Dossier<'a>, evidence: &mut Evidence<'a>) -> Vec<Block> {
    let all = &dossier.ends.attempts;
    if all.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![
        Block::heading(2, "attempts", Words::plain("Calls in vain")),
        Block::paragraph(
            "Calls to end something that failed, were dry runs, or succeeded without effect. They changed nothing.",
        ),
    ];
    let rest = "`trailspan detachments --attempts` lists all.";
    blocks.extend(left_out(dossier.rows_max.min(all.len()), all.len(), rest));
    let rows = all.iter().take(dossier.rows_max).filter_map(|attempt| {
        let event = dossier.ends.event(attempt.event)?;
        let call = attempt.call(event);
        let named = attempt.members.iter().filter(|(name, _)| {
            let id = dossier.catalogue.member_id(name);
            id.is_some_and(|id| dossier.catalogue.identifies(id))
        });
        let ids: Vec<String> = named
            .flat_map(|(_, values)| values.iter().map(ToString::to_string))
            .take(IDS_MAX)
            .collect();
        let said = call.error_message.as_ref().map(ToString::to_string);
        let tone = match call.outcome {
            Outcome::Uncertain => Tone::Doubtful,
            Outcome::DryRun => Tone::Notable,
            Outcome::Failed | Outcome::Succeeded => Tone::Bad,
        };
        let outcome = Words(vec![Word::Toned(tone, flat(&hits::outcome(&call)))]);
        let outcome = match said {
            Some(said) => outcome.on_a_new_line().and_faint(said),
            None => outcome,
        };
        let call = Words(vec![
            Word::Strong(event.event_name.to_string()),
            Word::Faint(" ".to_owned()),
            evidence.cite(event),
        ]);
        let call = ids
            .into_iter()
            .fold(call, |call, id| call.on_a_new_line().and_code(id));
        let place = flat(&intervals::place(&event.account, &event.region));
        let when = Words::code(time::show(event.time, &TimeZone::UTC));
        Some(vec![
            when.on_a_new_line().and_faint_id(place),
            call,
            who(Some(event)),
            outcome,
        ])
    });
    blocks.push(Block::Table(Table {
        head: vec!["When", "Call and what it named", "By", "Outcome"],
        rows: rows.collect(),
        numeric: Vec::new(),
    }));
    blocks
}

/// So many ids of a call are listed.
const IDS_MAX: usize = 6;
