//! How far a report can be relied on, what it is made of, and how its words are meant.

use jiff::tz::TimeZone;

use super::Dossier;
use super::contents::left_out;
use super::document::{Block, Table, Word, Words};
use crate::render::coverage::SILENCE_HOURS_MIN;
use crate::render::time;
use crate::render::words;
use crate::text::{Text, count};

/// Says below the title what the report is about.
pub(super) fn subtitle(dossier: &Dossier<'_>) -> Words {
    let covered = dossier.coverage.first().zip(dossier.coverage.last());
    let said = Words::plain("Reconstructed from archived CloudTrail records alone");
    match covered {
        Some((first, last)) => said
            .and_plain(", from ")
            .and_code(time::show(first, &TimeZone::UTC))
            .and_plain(" to ")
            .and_code(time::show(last, &TimeZone::UTC))
            .and_plain("."),
        None => said.and_plain("."),
    }
}

/// Says what was asked, what was read, and which time it covers.
pub(super) fn blocks(dossier: &Dossier<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::heading(
        2,
        "scope",
        Words::plain("Scope and coverage"),
    )];
    blocks.extend(holes(dossier));
    blocks.push(Block::Facts(facts(dossier)));
    blocks.extend(spans(dossier));
    blocks.extend(gaps(dossier));
    blocks
}

/// Warns of what the answers cannot tell.
fn holes(dossier: &Dossier<'_>) -> Option<Block> {
    let files = dossier.files_count;
    let mut holes = Vec::new();
    let mut hole = |number: u64, one: &str, many: &str| match number {
        0 => {}
        1 => holes.push(format!("1 {one}")),
        several => holes.push(format!("{} {many}", count(several))),
    };
    hole(
        files.partial,
        "file was read in part",
        "files were read in part",
    );
    hole(
        files.failed,
        "file could not be read",
        "files could not be read",
    );
    let unfinished = dossier.unfinished.len() as u64;
    let one = "path was not read to its end, because a run was interrupted";
    hole(
        unfinished,
        one,
        "paths were not read to their end, because a run was interrupted",
    );
    let malformed = dossier.records_count.malformed;
    hole(
        malformed,
        "record could not be read",
        "records could not be read",
    );
    let gaps = dossier.gaps.len() as u64;
    hole(
        gaps,
        "gap is proven by digests",
        "gaps are proven by digests",
    );
    (!holes.is_empty()).then(|| {
        Block::Warning(Words::plain(format!(
            "The evidence has holes: {}. What is not told here is not known to be absent.",
            holes.join(", ")
        )))
    })
}

fn facts(dossier: &Dossier<'_>) -> Vec<(Words, Words)> {
    let asked = match &dossier.asked[..] {
        [] => Words::plain("all of the archive"),
        asked => asked
            .iter()
            .enumerate()
            .fold(Words::new(), |said, (number, (filter, value))| {
                let said = match number {
                    0 => said,
                    _ => said.and_plain(", "),
                };
                said.and_code(format!("{filter} {}", value.as_str()))
            }),
    };
    let (files, records) = (dossier.files_count, dossier.records_count);
    let files = format!(
        "{} found = {} read + {} partial + {} failed + {} skipped",
        count(files.found),
        count(files.read),
        count(files.partial),
        count(files.failed),
        count(files.skipped)
    );
    let records = format!(
        "{} seen = {} in scope + {} out of scope + {} malformed; {} events",
        count(records.seen),
        count(records.in_scope),
        count(records.out_of_scope),
        count(records.malformed),
        count(dossier.events_count)
    );
    let verified = match (dossier.is_verified, dossier.gaps.len()) {
        (false, _) => "not held against CloudTrail's digests; see `trailspan verify`".to_owned(),
        (true, 0) => "held against CloudTrail's digests: no gap in what was asked for".to_owned(),
        (true, 1) => "held against CloudTrail's digests: 1 gap in what was asked for".to_owned(),
        (true, gaps) => {
            format!("held against CloudTrail's digests: {gaps} gaps in what was asked for")
        }
    };
    vec![
        (Words::plain("Asked for"), asked),
        (Words::plain("Files"), Words::plain(files)),
        (Words::plain("Records"), Words::plain(records)),
        (Words::plain("Digests"), Words::prose(verified)),
        (
            Words::plain("Times"),
            Words::plain("UTC; CloudTrail tells whole seconds"),
        ),
    ]
}

fn known(text: &Text) -> Words {
    match text.is_empty() {
        true => Words::plain(words::UNKNOWN),
        false => Words::code(text),
    }
}

fn spans(dossier: &Dossier<'_>) -> Vec<Block> {
    let mut rows = Vec::new();
    for (account, regions) in &dossier.coverage.accounts {
        for (region, span) in regions {
            let silences = span.silences(SILENCE_HOURS_MIN).len() as u64;
            rows.push(vec![
                known(account),
                known(region),
                Words::code(time::show(span.first, &TimeZone::UTC)),
                Words::code(time::show(span.last, &TimeZone::UTC)),
                Words::plain(count(span.records)),
                Words::plain(count(span.hours.len() as u64)),
                Words::plain(count(silences)),
            ]);
        }
    }
    let total = rows.len();
    rows.truncate(dossier.rows_max);
    let note = format!(
        "Hours are those with any record. A silence is {SILENCE_HOURS_MIN} hours and more without one: a quiet \
         region looks the same as a gap."
    );
    let mut blocks = vec![Block::heading(
        3,
        "coverage",
        Words::plain("Which time the archive covers"),
    )];
    blocks.extend(left_out(
        rows.len(),
        total,
        "`trailspan coverage` lists all.",
    ));
    blocks.push(Block::Table(Table {
        head: vec![
            "Account",
            "Region",
            "First record",
            "Last record",
            "Records",
            "Hours",
            "Silences",
        ],
        rows,
        numeric: vec![4, 5, 6],
    }));
    blocks.push(Block::Paragraph(Words::new().and_faint(note)));
    blocks
}

fn gaps(dossier: &Dossier<'_>) -> Vec<Block> {
    if dossier.gaps.is_empty() {
        return Vec::new();
    }
    let rows = dossier.gaps.iter().take(dossier.rows_max).map(|gap| {
        let seconds = gap.until.as_second() - gap.from.as_second();
        vec![
            known(&gap.account),
            known(&gap.region),
            Words::code(time::show(gap.from, &TimeZone::UTC)),
            Words::code(time::show(gap.until, &TimeZone::UTC)),
            Words::plain(time::duration(seconds)),
            Words::plain(&gap.status)
                .and_faint(" of ")
                .and_all(known(&gap.trail)),
        ]
    });
    let rows: Vec<Vec<Words>> = rows.collect();
    let mut blocks = vec![Block::heading(
        3,
        "gaps",
        Words::plain("Gaps that digests prove"),
    )];
    blocks.extend(left_out(
        rows.len(),
        dossier.gaps.len(),
        "`trailspan coverage` lists all.",
    ));
    blocks.push(Block::Table(Table {
        head: vec![
            "Account",
            "Region",
            "From",
            "Until",
            "Length",
            "What is missing",
        ],
        rows,
        numeric: Vec::new(),
    }));
    blocks
}

/// Says what the report is made of, and how its words are meant.
pub(super) fn identity(dossier: &Dossier<'_>) -> Vec<Block> {
    let mut facts = Vec::new();
    match dossier.manifest {
        Some(sealed) => {
            facts.push((
                Words::plain("Content digest"),
                Words::code(sealed.content_sha256),
            ));
            facts.push((Words::plain("Manifest SHA-256"), Words::code(sealed.sha256)));
        }
        None => facts.push((
            Words::plain("Manifest"),
            Words::plain("none beside this index"),
        )),
    }
    facts.push((
        Words::plain("Catalogue SHA-256"),
        Words::code(dossier.catalogue.digest()),
    ));
    facts.push((
        Words::plain("Program"),
        Words::plain(format!("trailspan {}", dossier.version)),
    ));
    let kinds = [
        (
            "observed",
            "the call itself succeeded: it happened at its time",
        ),
        (
            "implied",
            "AWS documents it as the consequence of another call",
        ),
        (
            "inferred",
            "a later record is possible only if it had happened",
        ),
        ("uncertain", "the record leaves the outcome open"),
        (
            "before the archive",
            "it held already when the archive begins",
        ),
        ("open", "nothing in the archive ends it"),
    ];
    let kinds = kinds.map(|(kind, meaning)| {
        let kind = Words(vec![Word::Strong(kind.to_owned())]);
        kind.and_plain(format!(": {meaning}"))
    });
    vec![
        Block::heading(2, "identity", Words::plain("What this report rests on")),
        Block::paragraph(
            "The content digest depends on the records and on where they were found, and on nothing else: \
             whoever ingests the same archive gets the same. The manifest names every file with its SHA-256, \
             every limit, and the program; `trailspan check` holds index and evidence against it. The same \
             index gives this report with the same bytes.",
        ),
        Block::Facts(facts),
        Block::heading(3, "bounds", Words::plain("How a bound is known")),
        Block::List(kinds.to_vec()),
        Block::paragraph(
            "`≤` and `≥` mean that the other side is open, `A … B` that it lies between the two. A tie: another \
             record of the same second touches the same thing, and nothing tells which was first. A call that \
             failed changed nothing. What is absent is not in this archive, which is not the same as none.",
        ),
    ]
}
