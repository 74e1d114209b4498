//! What stands in a report, and in which order: first how far it can be relied on, then what happened.

use jiff::tz::TimeZone;

use super::Dossier;
use super::document::{Block, Document, Table, Words};
use super::evidence::Evidence;
use super::lookouts::Numbers;
use super::picture::{self, Picture};
use super::{damage, ends, guidance, lookouts, scope};
use crate::render::cell::Cell;
use crate::render::headline::Headline;
use crate::render::time;
use crate::render::words;
use crate::text::count;

/// Puts a report together.
pub(super) fn document(dossier: &Dossier<'_>) -> Document {
    let mut evidence = Evidence::default();
    let numbers = Numbers::of(dossier);
    let picture = picture::picture(dossier, &numbers);
    let mut blocks = scope::blocks(dossier);
    blocks.extend(headline(dossier));
    blocks.extend(timeline(dossier, picture));
    blocks.extend(ends::detachments(dossier, &mut evidence));
    blocks.extend(ends::attempts(dossier, &mut evidence));
    blocks.extend(lookouts::blocks(dossier, &numbers, &mut evidence));
    blocks.extend(guidance::blocks(dossier));
    blocks.extend(damage::blocks(dossier));
    blocks.extend(evidence.blocks());
    blocks.extend(scope::identity(dossier));
    let title = match &dossier.case {
        Some(case) => format!("Case {case}: attachments and detachments"),
        None => "Attachments and detachments".to_owned(),
    };
    Document {
        title,
        subtitle: scope::subtitle(dossier),
        blocks,
    }
}

/// Puts the text of a cell into one line.
pub(super) fn flat(cell: &Cell) -> String {
    let lines = cell.lines(None);
    let texts = lines.iter().flatten().map(|(text, _)| text.as_str());
    texts.collect::<Vec<_>>().join(" ")
}

/// Says how many rows of a list are shown, where not all are.
pub(super) fn left_out(shown: usize, total: usize, rest: &str) -> Option<Block> {
    (shown < total).then(|| {
        Block::Warning(Words::prose(format!(
            "Shown are the first {} of {}; {rest}",
            count(shown as u64),
            count(total as u64)
        )))
    })
}

fn headline(dossier: &Dossier<'_>) -> Vec<Block> {
    let headline = Headline::of(dossier.ends);
    let sum = |of: &dyn Fn(&crate::render::headline::EndCounts) -> u64| {
        count(headline.relations.iter().map(of).sum())
    };
    let mut blocks = vec![
        Block::heading(2, "headline", Words::plain("Headline")),
        Block::Figures(vec![
            (
                sum(&|ends| ends.total()),
                "ends of attachments and associations".to_owned(),
            ),
            (
                sum(&|ends| ends.observed),
                "observed: the call itself".to_owned(),
            ),
            (
                sum(&|ends| ends.implied + ends.inferred),
                "implied or inferred: nobody detached it".to_owned(),
            ),
            (sum(&|ends| ends.uncertain), "uncertain".to_owned()),
            (
                count(headline.principals),
                "principals made the calls".to_owned(),
            ),
            (
                count(dossier.ends.attempts.len() as u64),
                "calls in vain".to_owned(),
            ),
        ]),
    ];
    if let (Some(first), Some(last)) = (headline.first, headline.last) {
        let words = Words::plain("The first end lies at ")
            .and_code(time::show(first, &TimeZone::UTC))
            .and_plain(", the last at ")
            .and_code(time::show(last, &TimeZone::UTC))
            .and_plain(".");
        blocks.push(Block::Paragraph(words));
    }
    if headline.relations.is_empty() {
        blocks.push(Block::paragraph(format!(
            "Ends of attachments and associations: {}.",
            words::ABSENT
        )));
        return blocks;
    }
    let rows = headline.relations.iter().map(|ends| {
        let relation = dossier.catalogue.kinds(&ends.relation).into_iter().next();
        let relation = relation.map(|id| dossier.catalogue.relation(id));
        let title = relation.map_or(ends.relation.as_str(), |relation| match relation.resource {
            Some(_) => "lifetimes",
            None => &relation.title,
        });
        let figures = [
            ends.total(),
            ends.observed,
            ends.implied,
            ends.inferred,
            ends.uncertain,
        ];
        let mut row = vec![Words::plain(title)];
        row.extend(figures.map(|figure| match figure {
            0 => Words::new().and_faint("0"),
            figure => Words::plain(count(figure)),
        }));
        row
    });
    blocks.push(Block::Table(Table {
        head: vec![
            "Kind",
            "Ends",
            "Observed",
            "Implied",
            "Inferred",
            "Uncertain",
        ],
        rows: rows.collect(),
        numeric: vec![1, 2, 3, 4, 5],
    }));
    blocks
}

fn timeline(dossier: &Dossier<'_>, picture: Picture) -> Vec<Block> {
    let mut blocks = vec![Block::heading(2, "timeline", Words::plain("Timeline"))];
    if picture.groups.is_empty() {
        blocks.push(Block::paragraph(format!(
            "Attachments and associations: {}.",
            words::ABSENT
        )));
        return blocks;
    }
    blocks.push(Block::paragraph(
        "Each line is one thing, each bar what it was attached to. Time runs from left to right in UTC; long \
         waits are shortened (to their logarithm), so that minutes can be told apart beside years: what \
         stands further right came later, but lengths cannot be compared. Exact times are in the tables.",
    ));
    let (shown, all) = picture.intervals;
    let (things, all_things) = picture.things;
    let (calls, all_calls) = picture.attempts;
    let mut said = Vec::new();
    if shown < all {
        said.push(format!(
            "Drawn are {} of {} intervals of {} of {} things: first those that findings touch, then those with \
             several intervals. `trailspan timeline` lists all.",
            count(shown as u64),
            count(all as u64),
            count(things as u64),
            count(all_things as u64)
        ));
    }
    if calls < all_calls {
        said.push(format!(
            "Drawn are {} of {} calls in vain. `trailspan detachments --attempts` lists all.",
            count(calls as u64),
            count(all_calls as u64)
        ));
    }
    blocks.extend(
        said.into_iter()
            .map(|said| Block::Warning(Words::prose(said))),
    );
    blocks.push(Block::Picture(picture));
    let aside = dossier.timeline.intervals.iter();
    let aside = aside.filter(|interval| {
        let relation = words::relation(dossier.catalogue, interval);
        relation.is_none_or(|relation| relation.aside || relation.resource.is_some())
    });
    let aside = aside.count();
    if aside > 0 && aside < dossier.timeline.intervals.len() {
        blocks.push(Block::paragraph(format!(
            "Not drawn are lifetimes and what is told only when --kind names it, such as security groups and \
             private addresses: {} intervals.",
            count(aside as u64)
        )));
    }
    blocks
}
