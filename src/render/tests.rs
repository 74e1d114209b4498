//! What holds for all tables, and every table as text at several widths.

use proptest::prelude::*;
use unicode_width::UnicodeWidthStr as _;

use super::samples::{
    self, WIDTHS, assert_golden, at_all_widths, catalogue, hostile, style, timeline,
};
use super::{Style, coverage, history, hits, intervals};
use crate::interval::Timeline;
use crate::text::is_deceptive;

/// The tables by name: each writes a timeline.
type Table = fn(&mut Vec<u8>, &Style, &Timeline);

const TABLES: [(&str, Table); 6] = [
    ("ends", |out, style, timeline| {
        intervals::write_ends(out, style, &catalogue(), timeline).unwrap();
    }),
    ("extents", |out, style, timeline| {
        intervals::write_extents(out, style, &catalogue(), timeline).unwrap();
    }),
    ("differences", |out, style, timeline| {
        let (gone, new) = timeline.intervals.split_at(4);
        intervals::write_differences(out, style, &catalogue(), timeline, gone, new).unwrap();
    }),
    ("attempts", |out, style, timeline| {
        hits::write_attempts(out, style, &catalogue(), timeline).unwrap();
    }),
    ("hits", |out, style, timeline| {
        hits::write_hits(out, style, &catalogue(), &timeline.events).unwrap();
    }),
    ("history", |out, style, timeline| {
        history::write(out, style, &catalogue(), timeline).unwrap();
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
fn a_hostile_log_looks_as_reviewed() {
    let shown = at_all_widths(|out, style| intervals_and_history(out, style, &hostile()));
    assert_golden("hostile", &shown);
}

fn intervals_and_history(out: &mut Vec<u8>, style: &Style, timeline: &Timeline) {
    intervals::write_ends(out, style, &catalogue(), timeline).unwrap();
    history::write(out, style, &catalogue(), timeline).unwrap();
}

#[test]
fn colours_look_as_reviewed() {
    let style = Style {
        color: true,
        ..style(Some(100))
    };
    let mut out = Vec::new();
    intervals_and_history(&mut out, &style, &timeline());
    assert_golden(
        "colours",
        &String::from_utf8(out).unwrap().replace('\u{1b}', "ESC"),
    );
}
