//! One record below the other, for what no table can hold, and for pages.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr as _;

use super::Style;
use super::cell::{Cell, Tone, line_width, paint};
use super::grid::{GAP, Row, WIDTH_MIN};

/// Writes each record as a block of lines `TITLE  value`.
pub(super) fn write(
    out: &mut dyn Write,
    style: &Style,
    titles: &[&str],
    rows: impl Iterator<Item = Row>,
) -> io::Result<()> {
    let title_columns = titles.iter().map(|title| title.width()).max().unwrap_or(0);
    for (index, row) in rows.enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        for (title, cell) in titles.iter().zip(&row) {
            write_labelled(out, style, title, title_columns, cell)?;
        }
    }
    Ok(())
}

/// Writes `TITLE  value`, further lines below the value; what is too wide for that moves to the left as
/// far as it must, if need be below the title.
pub(super) fn write_labelled(
    out: &mut dyn Write,
    style: &Style,
    title: &str,
    title_columns: usize,
    cell: &Cell,
) -> io::Result<()> {
    let indent = title_columns + GAP;
    let columns = style.width.map(|width| width.max(WIDTH_MIN));
    let room = columns.map(|columns| columns.saturating_sub(indent));
    let mut title = Some(title.trim_end()).filter(|title| !title.is_empty());
    for line in cell.lines(room) {
        let spare = columns.and_then(|columns| columns.checked_sub(line_width(&line)));
        let indent = spare.map_or(indent, |spare| spare.min(indent));
        let text = paint(&line, style.color);
        if let Some(title) = title.take() {
            let strong = Tone::Strong.paint(title, style.color);
            if title.width() < indent {
                writeln!(
                    out,
                    "{strong}{:gap$}{text}",
                    "",
                    gap = indent - title.width()
                )?;
                continue;
            }
            writeln!(out, "{strong}")?;
        }
        writeln!(out, "{:indent$}{text}", "")?;
    }
    Ok(())
}

/// Writes lines that are broken between parts, all of them indented alike.
pub(super) fn write_flowing(
    out: &mut dyn Write,
    style: &Style,
    indent: usize,
    cell: &Cell,
) -> io::Result<()> {
    let room = style
        .width
        .map(|width| width.max(WIDTH_MIN).saturating_sub(indent));
    for line in cell.lines(room) {
        writeln!(out, "{:indent$}{}", "", paint(&line, style.color))?;
    }
    Ok(())
}
