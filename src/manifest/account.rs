//! The accounting of an index: what must add up to what, checked before a manifest says so.

use super::lines::{Content, Identity, TotalsLine};
use crate::error::{Error, ErrorKind, Result};
use crate::index::Totals;
use crate::report::{FileEntry, FileOutcome, FileRecords, Report};
use crate::text::Text;

/// Checks the accounting of a run.
///
/// # Errors
///
/// With [`ErrorKind::Integrity`], where something does not add up: a mistake in this program.
pub fn check_run(report: &Report) -> Result<()> {
    let (files, records) = (report.files, report.records);
    check(&[
        identity(
            "found = read + partial + failed + skipped + unchanged",
            files.found,
            files.read + files.partial + files.failed + files.skipped + files.unchanged,
        ),
        identity(
            "seen = indexed + out of scope + duplicate + malformed",
            records.seen,
            records.indexed + records.out_of_scope + records.duplicate + records.malformed,
        ),
    ])
}

/// Adds the ledger up, and holds it against what the index says of itself and what it holds.
///
/// # Errors
///
/// With [`ErrorKind::Integrity`], where something does not add up.
pub fn totals(ledger: &[FileEntry], totals: &Totals, content: &Content) -> Result<TotalsLine> {
    let (mut of_outcome, mut records, mut wrong_files) = ([0_u64; 4], FileRecords::default(), 0);
    for entry in ledger {
        of_outcome[match entry.outcome {
            FileOutcome::Read => 0,
            FileOutcome::Partial { .. } => 1,
            FileOutcome::Failed { .. } => 2,
            FileOutcome::Skipped { .. } => 3,
        }] += 1;
        let own = entry.records;
        wrong_files += u64::from(own.seen != own.in_scope + own.out_of_scope + own.malformed);
        records.seen += own.seen;
        records.in_scope += own.in_scope;
        records.out_of_scope += own.out_of_scope;
        records.malformed += own.malformed;
        records.malformed_in_scope += own.malformed_in_scope;
    }
    let files = totals.files;
    let told = [files.read, files.partial, files.failed, files.skipped];
    let identities = vec![
        identity("files = lines of files", files.found, ledger.len() as u64),
        identity(
            "files = read + partial + failed + skipped",
            files.found,
            of_outcome.iter().sum(),
        ),
        identity(
            "outcomes that differ from the lines",
            u64::from(told != of_outcome),
            0,
        ),
        identity("files whose records do not add up", wrong_files, 0),
        identity(
            "seen = in scope + out of scope + malformed",
            totals.records.seen,
            records.in_scope + records.out_of_scope + records.malformed,
        ),
        identity(
            "sums that differ from the lines",
            u64::from(totals.records != records),
            0,
        ),
        identity(
            "in scope = places in the index",
            records.in_scope,
            content.places,
        ),
    ];
    check(&identities)?;
    Ok(TotalsLine {
        bytes: totals.bytes,
        files,
        identities,
        records,
    })
}

fn identity(words: &str, left: u64, right: u64) -> Identity {
    Identity {
        identity: words.into(),
        left,
        right,
    }
}

fn check(identities: &[Identity]) -> Result<()> {
    let wrong = identities
        .iter()
        .find(|identity| identity.left != identity.right);
    match wrong {
        None => Ok(()),
        Some(Identity {
            identity,
            left,
            right,
        }) => Err(Error::new(
            ErrorKind::Integrity,
            Text::from("accounting"),
            format!("{identity}: {left} is not {right}"),
        )
        .hint("this is a mistake in trailspan: do not rely on this index, and report it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Sha256;

    fn report() -> Report {
        let mut report = Report::default();
        (
            report.files.found,
            report.files.read,
            report.files.unchanged,
        ) = (5, 3, 2);
        (report.records.seen, report.records.indexed) = (9, 4);
        (report.records.duplicate, report.records.malformed) = (3, 2);
        report
    }

    #[test]
    fn a_run_that_does_not_add_up_is_an_error_and_never_complete() {
        check_run(&report()).unwrap();
        for spoil in [
            |report: &mut Report| report.files.found += 1,
            |report: &mut Report| report.files.failed += 1,
            |report: &mut Report| report.records.seen -= 1,
            |report: &mut Report| report.records.out_of_scope += 1,
        ] {
            let mut report = report();
            spoil(&mut report);
            let error = check_run(&report).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Integrity);
        }
    }

    #[test]
    fn an_index_that_holds_other_than_its_ledger_says_is_an_error() {
        let content = |places| Content {
            digest: Sha256::default(),
            events: 0,
            places,
            records: 0,
        };
        totals(&[], &Totals::default(), &content(0)).unwrap();
        let error = totals(&[], &Totals::default(), &content(1)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "accounting: in scope = places in the index: 0 is not 1"
        );
        let mut more = Totals::default();
        more.files.found = 1;
        let error = totals(&[], &more, &content(0)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "accounting: files = lines of files: 1 is not 0"
        );
        let mut more = Totals::default();
        more.records.in_scope = 1;
        assert!(totals(&[], &more, &content(0)).is_err());
    }
}
