//! Findings of one cause in many files, told once.

use std::collections::{BTreeMap, BTreeSet};

use super::findings::{CONTRADICTING, NAME_CONTRADICTION};
use crate::interval::Finding;
use crate::text::{Text, several};

/// What was found of one cause: how many records, and in which files.
type Cause = (u64, BTreeSet<Text>);

/// Joins the findings on files whose names contradict their records, those of one cause to one: with the
/// number of records and all files. The others stay as they are; where the first of a cause was stands
/// what is told of all.
pub fn joined(findings: Vec<Finding>) -> Vec<Finding> {
    let mut causes: BTreeMap<String, Cause> = BTreeMap::new();
    for (finding, (records, cause)) in findings.iter().filter_map(|one| Some((one, cause(one)?))) {
        let (of_all, sources) = causes.entry(cause.to_owned()).or_default();
        *of_all = of_all.saturating_add(records);
        sources.extend(finding.sources.iter().cloned());
    }
    let told = findings.into_iter().filter_map(|finding| {
        let Some((_, cause)) = cause(&finding) else {
            return Some(finding);
        };
        let (records, sources) = causes.remove(cause)?;
        Some(match sources.len() {
            1 => finding,
            files => Finding {
                message: Text::from(format!(
                    "{} in {files} files{CONTRADICTING}{cause}",
                    several(records, "record", "records")
                )),
                sources: sources.into_iter().collect(),
                ..finding
            },
        })
    });
    told.collect()
}

/// Reads from the finding on a name how many records contradict it, and which account and region whose.
fn cause(finding: &Finding) -> Option<(u64, &str)> {
    if finding.code != NAME_CONTRADICTION {
        return None;
    }
    let (records, cause) = finding.message.as_str().split_once(CONTRADICTING)?;
    let digits = records.chars().take_while(|one| !one.is_whitespace());
    let digits: String = digits.filter(char::is_ascii_digit).collect();
    Some((digits.parse().ok()?, cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_contradict_their_records_alike_are_told_once_with_all_files() {
        let finding = |code: &str, message: &str, file: &str| Finding {
            code: code.to_owned(),
            message: message.into(),
            event_ids: Vec::new(),
            sources: vec![file.into()],
        };
        let of = |records: &str, cause: &str, file: &str| {
            let message = format!("{records}{CONTRADICTING}{cause}");
            finding(NAME_CONTRADICTION, &message, file)
        };
        let other = finding("byte-order-mark", "the text has one", "d");
        let alone = of("1 record is", "a/b: e/f", "e");
        let told = joined(vec![
            of("1,200 records are", "a/b: c/d", "b"),
            other.clone(),
            of("1 record is", "a/b: c/d", "a"),
            alone.clone(),
        ]);
        let all = Finding {
            sources: vec!["a".into(), "b".into()],
            ..of("1,201 records in 2 files", "a/b: c/d", "")
        };
        assert_eq!(told, [all, other, alone]);
    }
}
