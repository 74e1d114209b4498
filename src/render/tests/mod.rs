//! What users see, as text at several widths, and what holds for all of it.

mod columns;
mod golden;
mod laws;
mod schemas;

use std::io::Write;

use super::rows::{self, Options};
use super::samples::{self, catalogue, hostile, timeline};
use super::sentence::Side;
use super::{
    Format, Style, accounting, audit, coverage, explain, found, headline, history, hits, intervals,
    plan, sentence, verified,
};
use crate::coverage::Coverage;
use crate::event::Resolved;
use crate::interval::Timeline;
use crate::timeline::Instant;
use golden::{assert_golden, at_all_widths, style};

/// The instant at which what changed is looked at: after all that the samples tell.
fn at() -> jiff::Timestamp {
    "2024-03-31T00:00:00Z".parse().unwrap()
}

/// The tables by name: each writes a timeline.
type Table = fn(&mut Vec<u8>, &Style, &Timeline);

const TABLES: [(&str, Table); 8] = [
    ("ends", |out, style, timeline| {
        intervals::write_ends(out, style, &catalogue(), timeline).unwrap();
    }),
    ("extents", |out, style, timeline| {
        intervals::write_extents(out, style, &catalogue(), timeline, None).unwrap();
    }),
    ("differences", |out, style, timeline| {
        let (gone, new) = timeline.intervals.split_at(4);
        let coverage = Coverage::default();
        let at = Instant {
            time: at(),
            coverage: &coverage,
        };
        let (gone, new) = ((at, gone), (at, new));
        intervals::write_differences(out, style, &catalogue(), timeline, gone, new).unwrap();
    }),
    ("attempts", |out, style, timeline| {
        hits::write_attempts(out, style, &catalogue(), timeline).unwrap();
    }),
    ("hits", |out, style, timeline| {
        hits::write_hits(out, style, &catalogue(), &timeline.events).unwrap();
    }),
    ("findings", |out, style, timeline| {
        found::write(out, style, &samples::findings(timeline)).unwrap();
    }),
    ("touching", |out, style, timeline| {
        found::write_touching(out, style, &samples::findings(timeline), false).unwrap();
    }),
    ("history", |out, style, timeline| {
        history::write(out, style, &catalogue(), timeline, false).unwrap();
    }),
];

#[test]
fn tables_look_as_reviewed() {
    for (name, table) in TABLES {
        assert_golden(
            name,
            &at_all_widths(|out, style| table(out, style, &timeline())),
        );
    }
}

#[test]
fn sentences_read_as_reviewed() {
    let (catalogue, told) = (catalogue(), timeline());
    let mut sentences = Vec::new();
    for interval in &told.intervals {
        for side in [Side::Start, Side::End] {
            let meaning = sentence::meaning(&catalogue, interval, side);
            let bound = sentence::bound(&catalogue, &told, interval, side);
            writeln!(sentences, "{meaning} | {bound}").unwrap();
        }
    }
    for event in &told.events {
        writeln!(sentences, "{}", sentence::call(&catalogue, event)).unwrap();
    }
    assert_golden("sentences", &String::from_utf8(sentences).unwrap());
}

#[test]
fn a_hostile_log_looks_as_reviewed() {
    let shown = at_all_widths(|out, style| ends_and_history(out, style, &hostile()));
    assert_golden("hostile", &shown);
}

fn ends_and_history(out: &mut Vec<u8>, style: &Style, timeline: &Timeline) {
    intervals::write_ends(out, style, &catalogue(), timeline).unwrap();
    history::write(out, style, &catalogue(), timeline, false).unwrap();
}

#[test]
fn colours_look_as_reviewed() {
    let style = Style {
        color: true,
        ..style(Some(100))
    };
    let mut out = Vec::new();
    ends_and_history(&mut out, &style, &timeline());
    assert_golden(
        "colours",
        &String::from_utf8(out).unwrap().replace('\u{1b}', "ESC"),
    );
}

#[test]
fn times_are_shown_in_the_zone_that_was_asked_for() {
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    let style = Style {
        zone,
        ..style(Some(120))
    };
    let mut out = Vec::new();
    intervals::write_ends(&mut out, &style, &catalogue(), &timeline()).unwrap();
    assert_golden("zone", &String::from_utf8(out).unwrap());
}

#[test]
fn an_empty_history_is_not_in_this_archive() {
    let mut out = Vec::new();
    history::write(
        &mut out,
        &style(Some(80)),
        &catalogue(),
        &Timeline::default(),
        false,
    )
    .unwrap();
    let shown = String::from_utf8(out).unwrap();
    assert_eq!(
        shown,
        "LIFETIME\n  not in this archive\n\nINTERVALS\n  not in this archive\n\n\
         ATTEMPTS\n  not in this archive\n"
    );
}

#[test]
fn guidance_looks_as_reviewed() {
    let catalogue = catalogue();
    let name = "DetachNetworkInterface";
    let known = catalogue.event(name).unwrap();
    let shown = at_all_widths(|out, style| {
        explain::write(out, style, &catalogue, name, known, None).unwrap();
    });
    assert_golden("explain", &shown);
    let call = Resolved::from(timeline().events[1].clone());
    let mut out = Vec::new();
    explain::write(
        &mut out,
        &style(Some(100)),
        &catalogue,
        name,
        known,
        Some(&call),
    )
    .unwrap();
    let terminated = catalogue.event("TerminateInstances").unwrap();
    explain::write(
        &mut out,
        &style(Some(100)),
        &catalogue,
        "TerminateInstances",
        terminated,
        None,
    )
    .unwrap();
    assert_golden("explain-event", &String::from_utf8(out).unwrap());
    let shown = at_all_widths(|out, style| {
        explain::write_overview(out, style, &catalogue).unwrap();
    });
    assert_golden("overview", &shown);
}

#[test]
fn the_accounting_looks_as_reviewed() {
    let shown = at_all_widths(|out, style| {
        let headline = headline::Headline::of(&timeline());
        headline::write(out, style, &catalogue(), &headline).unwrap();
        writeln!(out).unwrap();
        accounting::write(out, style, &samples::report()).unwrap();
    });
    assert_golden("accounting", &shown);
    let shown = at_all_widths(|out, style| {
        samples::with_covered(|covered| coverage::write(out, style, covered)).unwrap();
    });
    assert_golden("coverage", &shown);
    let shown = at_all_widths(|out, style| {
        assert_eq!(audit::write(out, style, &samples::audit()).unwrap(), 9);
        accounting::write_seal(out, style, &samples::report()).unwrap();
    });
    assert_golden("audit", &shown);
}

#[test]
fn a_plan_looks_as_reviewed() {
    let steps = samples::plan();
    let mut shown = at_all_widths(|out, style| {
        plan::write(out, style, &steps).unwrap();
    });
    for format in [Format::Json, Format::Jsonl, Format::Csv] {
        let mut out = Vec::new();
        let options = rows::Options {
            format,
            ..rows::Options::default()
        };
        rows::plan(&mut out, &options, &steps).unwrap();
        shown.push_str(&String::from_utf8(out).unwrap());
    }
    assert_golden("plan", &shown);
}

#[test]
fn bars_and_histograms_look_as_reviewed() {
    let (catalogue, timeline) = (catalogue(), timeline());
    let mut shown = at_all_widths(|out, style| {
        let options = rows::Options {
            style: style.clone(),
            ..rows::Options::default()
        };
        rows::bars(out, &options, &catalogue, &timeline).unwrap();
    });
    let histogram = samples::histogram();
    shown.push_str(&at_all_widths(|out, style| {
        let options = rows::Options {
            style: style.clone(),
            ..rows::Options::default()
        };
        rows::histogram(out, &options, &histogram).unwrap();
    }));
    for format in [Format::Json, Format::Jsonl, Format::Csv] {
        let mut out = Vec::new();
        let options = rows::Options {
            format,
            ..rows::Options::default()
        };
        rows::histogram(&mut out, &options, &histogram).unwrap();
        shown.push_str(&String::from_utf8(out).unwrap());
    }
    assert_golden("pictures", &shown);
}

/// Draws the sample with one change, without a terminal.
fn drawn(change: impl FnOnce(&mut Timeline)) -> String {
    let mut timeline = timeline();
    change(&mut timeline);
    let mut out = Vec::new();
    rows::bars(&mut out, &rows::Options::default(), &catalogue(), &timeline).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn one_long_name_does_not_make_the_lines_of_others_long() {
    let long = drawn(|timeline| {
        let interval = &mut timeline.intervals[0];
        for value in interval.members.values_mut() {
            *value = "x".repeat(100_000).into();
        }
    });
    let widths = long.lines().map(|line| line.chars().count());
    assert_eq!(widths.filter(|width| *width > 1_000).count(), 1);
}

#[test]
fn principals_of_one_name_have_lanes_of_their_own() {
    let shown = drawn(|timeline| {
        let mut second = timeline.attempts[0].clone();
        let mut event = timeline.event(second.event).unwrap().clone();
        let mut actor = (*event.actor).clone();
        actor.arn = Some("arn:aws:iam::444455556666:user/mallory".into());
        event.actor = actor.into();
        second.event = crate::event::EventIndex(timeline.events.len().try_into().unwrap());
        timeline.events.push(event);
        timeline.attempts.push(second);
    });
    let lanes: Vec<&str> = shown
        .lines()
        .filter(|line| line.starts_with("attempts by"))
        .collect();
    assert_eq!(lanes.len(), 2, "{shown}");
    assert!(lanes[1].contains("444455556666"), "{shown}");
}

#[test]
fn of_many_findings_of_a_kind_a_few_are_shown_and_the_others_counted() {
    let finding = samples::finding();
    let shown = |number: usize| {
        let mut out = Vec::new();
        let findings = vec![&finding; number];
        crate::render::findings::write_few(&mut out, &style(None), &findings).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(shown(10).matches("missing-detach: The").count(), 10);
    let many = shown(1_011);
    assert_eq!(many.matches("missing-detach: The").count(), 10);
    let said = "missing-detach: and 1,001 more findings like these; --format json lists all";
    assert!(many.contains(said), "{many}");
    assert!(!shown(10).contains("like these"));
}

#[test]
fn a_verification_looks_as_reviewed() {
    let verification = samples::verification();
    let shown = at_all_widths(|out, style| {
        verified::write(out, style, &verification, false).unwrap();
    });
    assert_golden("verified", &shown);
    let mut shown = Vec::new();
    verified::write(&mut shown, &style(None), &verification, true).unwrap();
    for format in [Format::Json, Format::Jsonl, Format::Csv] {
        let options = Options {
            format,
            ..Options::default()
        };
        writeln!(shown, "== {format:?}").unwrap();
        let told = rows::verification(&mut shown, &options, &verification, false).unwrap();
        assert_eq!(told.rows, 14);
    }
    assert_golden("verified-data", &String::from_utf8(shown).unwrap());
}

#[test]
fn data_looks_as_reviewed() {
    let (catalogue, timeline) = (catalogue(), timeline());
    let (gone, new) = timeline.intervals.split_at(4);
    for (extension, format) in [
        ("json", Format::Json),
        ("jsonl", Format::Jsonl),
        ("csv", Format::Csv),
    ] {
        let options = Options {
            format,
            ..Options::default()
        };
        let mut out = Vec::new();
        rows::detachments(&mut out, &options, &catalogue, &timeline, true).unwrap();
        let coverage = Coverage::default();
        let at = Instant {
            time: at(),
            coverage: &coverage,
        };
        let (gone, new) = ((at, gone), (at, new));
        rows::extents(&mut out, &options, &catalogue, &timeline, Some(at)).unwrap();
        rows::differences(&mut out, &options, &catalogue, &timeline, gone, new).unwrap();
        rows::history(
            &mut out,
            &options,
            &catalogue,
            &timeline,
            &samples::findings(&timeline),
            false,
        )
        .unwrap();
        rows::hits(&mut out, &options, &catalogue, &timeline.events).unwrap();
        samples::with_covered(|covered| rows::coverage(&mut out, &options, covered)).unwrap();
        rows::audit(&mut out, &options, &samples::audit()).unwrap();
        assert_golden(
            &format!("data-{extension}"),
            &String::from_utf8(out).unwrap(),
        );
    }
}

#[test]
fn formulas_in_a_log_are_guarded_and_counted() {
    let options = Options {
        format: Format::Csv,
        ..Options::default()
    };
    let mut out = Vec::new();
    let shown = rows::detachments(&mut out, &options, &catalogue(), &hostile(), false).unwrap();
    let mut reader = ::csv::Reader::from_reader(out.as_slice());
    let cells: Vec<String> = reader
        .records()
        .flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    assert_eq!(shown.rows, 7);
    assert_eq!(
        cells.iter().filter(|cell| cell.starts_with('\'')).count(),
        shown.guarded_cells
    );
    assert!(shown.guarded_cells > 7 && !cells.iter().any(|cell| cell.starts_with('=')));
}
