//! What holds for every table, whatever the log says.

use std::sync::Arc;

use proptest::prelude::*;
use unicode_width::UnicodeWidthStr as _;

use super::super::samples::{catalogue, hostile, timeline};
use super::super::{
    accounting, audit, coverage, explain, found, grid, headline, hits, intervals, plan, verified,
};
use super::TABLES;
use super::golden::{WIDTHS, style};
use crate::event::Resolved;
use crate::interval::Timeline;
use crate::render::rows::{self, Options};
use crate::render::{Format, samples};
use crate::text::{Text, is_deceptive};

/// Ids of AWS and of CloudTrail, which must never be broken; and what an attacker makes of them.
const UNBREAKABLE: [&str; 4] = ["eni-", "AWSLogs/", "-aaaa-4bbb-", "=cmd()"];

#[test]
fn no_line_is_wider_than_the_terminal_unless_an_id_is() {
    for (name, table) in TABLES {
        for width in WIDTHS.into_iter().flatten() {
            for timeline in [timeline(), hostile()] {
                let mut out = Vec::new();
                table(&mut out, &style(Some(width)), &timeline);
                let shown = String::from_utf8(out).unwrap();
                for line in shown.lines().filter(|line| line.width() > width) {
                    let holds_id = UNBREAKABLE.iter().any(|id| line.contains(id));
                    assert!(holds_id, "{name} at {width}: {line}");
                }
            }
        }
    }
}

#[test]
fn ids_are_whole_at_every_width() {
    let ids = [
        "eni-attach-0a1b2c3d4e5f60718",
        "eni-0123456789abcdef0",
        "i-0fedcba9876543210",
        "203.0.113.10",
    ];
    for (name, table) in &TABLES[..3] {
        for width in WIDTHS {
            let mut out = Vec::new();
            table(&mut out, &style(width), &timeline());
            let shown = String::from_utf8(out).unwrap();
            for id in ids {
                assert!(shown.contains(id), "{name} at {width:?}: {id}");
            }
        }
    }
}

#[test]
fn an_implied_end_is_never_said_to_be_made_by_its_actor() {
    for (name, table) in TABLES {
        for width in WIDTHS {
            let mut out = Vec::new();
            table(&mut out, &style(width), &timeline());
            let shown = String::from_utf8(out).unwrap();
            assert!(
                !shown.contains("detached by Deploy/bob"),
                "{name} at {width:?}"
            );
        }
    }
}

#[test]
fn layouts_name_fields_of_their_plans() {
    for plan in [
        intervals::ENDS,
        intervals::EXTENTS,
        intervals::DIFFERENCES,
        hits::CALLS,
        coverage::SPANS,
        coverage::DAMAGED,
        verified::PERIODS,
        verified::FILES,
        audit::DEVIATIONS,
        plan::STEPS,
        accounting::EVENTS,
        headline::ENDS,
        found::FOUND,
    ] {
        for layout in plan.layouts {
            for title in layout.split(['|', '+']) {
                assert!(plan.fields.contains(&title.trim()), "{layout}: {title}");
            }
        }
        let first: Vec<&str> = plan.layouts[0].split('|').map(str::trim).collect();
        assert!(
            plan.fields.iter().all(|field| first.contains(field)),
            "{plan:?}: all without a terminal"
        );
    }
}

fn tables(timeline: &Timeline, width: Option<usize>) -> String {
    let mut out = Vec::new();
    for (_, table) in TABLES {
        table(&mut out, &style(width), timeline);
    }
    let catalogue = catalogue();
    let known = catalogue.event("DetachNetworkInterface").unwrap();
    for event in &timeline.events {
        let call = Resolved::from(event.clone());
        explain::write(&mut out, &style(width), &catalogue, "X", known, Some(&call)).unwrap();
    }
    samples::with_covered(|covered| coverage::write(&mut out, &style(width), covered)).unwrap();
    let options = Options {
        format: Format::Csv,
        ..Options::default()
    };
    rows::history(
        &mut out,
        &options,
        &catalogue,
        timeline,
        &samples::findings(timeline),
        false,
    )
    .unwrap();
    rows::hits(&mut out, &options, &catalogue, &timeline.events).unwrap();
    String::from_utf8(out).unwrap()
}

fn is_clean(shown: &str) -> bool {
    // Line ends are ours: evidence has none left, which the escape of `\n` shows.
    !shown
        .chars()
        .any(|character| is_deceptive(character) && character != '\n' && character != '\r')
}

#[test]
fn nothing_deceptive_reaches_a_table() {
    for width in WIDTHS {
        let shown = tables(&hostile(), width);
        assert!(is_clean(&shown), "{width:?}");
        assert!(shown.contains("\\u{a}x\\u{d}"), "{width:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_text_at_any_width_is_shown_safely(texts in prop::collection::vec(".*", 9), width in prop::option::of(0_usize..300)) {
        let mut timeline = timeline();
        for (event, text) in timeline.events.iter_mut().zip(&texts) {
            let text = Text::from(text.as_str());
            Arc::make_mut(&mut event.actor).label = text.clone();
            event.source_ip = Some(text.clone());
            event.user_agent = Some(text.clone());
            event.event_id = text.clone();
            event.mentions.insert("attachment", vec![text]);
        }
        for (interval, text) in timeline.intervals.iter_mut().zip(&texts) {
            interval.members.insert("network_interface", text.as_str().into());
        }
        prop_assert!(is_clean(&tables(&timeline, width)));
    }

    #[test]
    fn labels_of_any_length_leave_tables_within_the_terminal(label in "[a-zäöü日本 ]{0,300}", width in 60_usize..250) {
        let mut timeline = timeline();
        for event in &mut timeline.events {
            Arc::make_mut(&mut event.actor).label = label.as_str().into();
        }
        for (name, table) in &TABLES[..5] {
            let mut out = Vec::new();
            table(&mut out, &style(Some(width)), &timeline);
            for line in String::from_utf8(out).unwrap().lines() {
                prop_assert!(line.width() <= width, "{} at {}: {}", name, width, line);
            }
        }
    }
}

#[test]
fn a_table_without_rows_is_nothing() {
    let mut out = Vec::new();
    let none = grid::write(&mut out, &style(None), &intervals::ENDS, std::iter::empty()).unwrap();
    assert_eq!((none, out.len()), (grid::Written::default(), 0));
}
