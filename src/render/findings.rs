//! Findings about many files: of one kind there may be as many as there are files.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Style;
use super::cell::Cell;
use super::history::write_finding;
use super::stack::write_labelled;
use crate::interval::Finding;
use crate::text::several;

/// So many findings of one kind are shown.
const FINDINGS_ALIKE_MAX: u64 = 10;

/// Writes findings, of each kind the first few and how many there are besides.
///
/// # Errors
///
/// What the writer says.
pub(super) fn write_few(
    out: &mut dyn Write,
    style: &Style,
    findings: &[&Finding],
) -> io::Result<()> {
    let mut met: BTreeMap<&str, u64> = BTreeMap::new();
    for finding in findings {
        let of_kind = met.entry(&finding.code).or_default();
        *of_kind += 1;
        if *of_kind <= FINDINGS_ALIKE_MAX {
            write_finding(out, style, finding)?;
        }
    }
    for (code, number) in met {
        let more = number.saturating_sub(FINDINGS_ALIKE_MAX);
        if more > 0 {
            let said = several(more, "more finding", "more findings");
            let all = format!("{code}: and {said} like these; --format json lists all");
            write_labelled(out, style, "", 0, &Cell::prose(all))?;
        }
    }
    Ok(())
}
