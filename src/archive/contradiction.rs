//! Files whose names contradict their records: those of one cause are told once.

use std::collections::{BTreeMap, BTreeSet};

use super::name::account_and_region;
use crate::coverage::Coverage;
use crate::interval::Finding;
use crate::report::FileEntry;
use crate::text::{Text, several};

/// So many accounts and regions are named that contradict the name of a file.
const PLACES_NAMED_MAX: usize = 3;

/// The code of a finding on a name that contradicts the records of its file.
const CODE: &str = "name-contradiction";

/// An account and a region.
type Place = (Text, Text);

/// What the name of a file says, and all that its records say instead.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Cause {
    named: Place,
    others: BTreeSet<Place>,
}

/// Returns how many records contradict the name of their file, and how.
fn contradiction(path: &Text, coverage: &Coverage) -> Option<(u64, Cause)> {
    let (account, region) = account_and_region(path.as_str())?;
    let spans = coverage.accounts.iter().flat_map(|(own_account, regions)| {
        let spans = regions.iter();
        spans.map(move |(own_region, span)| (own_account, own_region, span.records))
    });
    // What a record does not say contradicts nothing.
    let differs = |own: &Text, said: &str| !own.is_empty() && own.as_str() != said;
    let contradicting =
        spans.filter(|(own, own_region, _)| differs(own, account) || differs(own_region, region));
    let (mut records, mut others) = (0_u64, BTreeSet::new());
    for (account, region, of_place) in contradicting {
        records = records.saturating_add(of_place);
        others.insert((account.clone(), region.clone()));
    }
    let named = (Text::from(account), Text::from(region));
    (records > 0).then_some((records, Cause { named, others }))
}

impl Cause {
    /// Tells of the records, and of the files that hold them.
    fn told(&self, records: u64, sources: BTreeSet<Text>) -> Finding {
        let place = |(account, region): &Place| format!("{}/{}", account.as_str(), region.as_str());
        let mut others: Vec<String> = self
            .others
            .iter()
            .take(PLACES_NAMED_MAX)
            .map(place)
            .collect();
        if self.others.len() > others.len() {
            others.push(format!("{} more", self.others.len() - others.len()));
        }
        let records = match sources.len() {
            0 | 1 => several(records, "record is", "records are"),
            files => format!("{} in {files} files", several(records, "record", "records")),
        };
        let message = format!(
            "{records} of another account or region than the name of the file says, {}: {}",
            place(&self.named),
            others.join(", "),
        );
        Finding {
            code: CODE.to_owned(),
            message: Text::from(message),
            event_ids: Vec::new(),
            sources: sources.into_iter().collect(),
        }
    }
}

/// Tells of records whose account or region is not the one that the name of their file says.
pub(super) fn of_name(label: &Text, path: &Text, coverage: &Coverage) -> Option<Finding> {
    let (records, cause) = contradiction(path, coverage)?;
    Some(cause.told(records, BTreeSet::from([label.clone()])))
}

/// The findings on files as they are told of all: the names that contradict their records alike once, with
/// the number of records and all files.
#[derive(Debug, Default)]
pub struct FileFindings {
    others: Vec<Finding>,
    contradictions: BTreeMap<Cause, (u64, BTreeSet<Text>)>,
}

impl FileFindings {
    /// Takes what was found of a file.
    pub fn take(&mut self, entry: &FileEntry) {
        let path = entry.member.as_ref().unwrap_or(&entry.source);
        for finding in &entry.findings {
            let is_on_name = finding.code == CODE;
            let contradiction = is_on_name.then(|| contradiction(path, &entry.coverage));
            let Some((records, cause)) = contradiction.flatten() else {
                self.others.push(finding.clone());
                continue;
            };
            let (of_all, sources) = self.contradictions.entry(cause).or_default();
            *of_all = of_all.saturating_add(records);
            sources.extend(finding.sources.iter().cloned());
        }
    }

    /// Returns the findings in the order of their files; those of one file stay in the order in which they
    /// were taken, and its name comes last.
    pub fn told(self) -> Vec<Finding> {
        let mut told = self.others;
        let contradictions = self.contradictions.into_iter();
        told.extend(contradictions.map(|(cause, (records, files))| cause.told(records, files)));
        told.sort_by(|one, other| one.sources.cmp(&other.sources));
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::open::State;
    use crate::archive::walk::empty_entry;
    use crate::report::FileOutcome;

    /// A file of account 111122223333 in us-east-1 by its name, with a record of each of these places.
    fn file(folder: &str, places: &[(&str, &str)]) -> FileEntry {
        let name = format!(
            "{folder}/111122223333_CloudTrail_us-east-1_20240301T1005Z_Zd3xTk8cWq2mVb5n.json"
        );
        let state = State {
            size_bytes: 0,
            modified_ns: 0,
        };
        let mut entry = empty_entry(name.into(), state, FileOutcome::Read);
        for (account, region) in places {
            let time = "2024-03-01T10:00:00Z".parse().unwrap();
            entry.coverage.add(account, region, time);
        }
        let finding = of_name(&entry.label(), &entry.source, &entry.coverage);
        entry.findings = finding.into_iter().collect();
        entry
    }

    fn told(files: &[FileEntry]) -> Vec<(String, usize)> {
        let mut findings = FileFindings::default();
        files.iter().for_each(|file| findings.take(file));
        let told = findings.told().into_iter();
        told.map(|one| (one.message.as_str().to_owned(), one.sources.len()))
            .collect()
    }

    const SAID: &str =
        "of another account or region than the name of the file says, 111122223333/us-east-1:";

    #[test]
    fn names_that_contradict_their_records_alike_are_told_once_with_all_files() {
        let other = ("444455556666", "us-east-1");
        let mut marked = file("d", &[]);
        marked.findings.push(Finding {
            code: "byte-order-mark".to_owned(),
            message: "the text has one".into(),
            event_ids: Vec::new(),
            sources: vec![marked.label()],
        });
        let files = [
            file("b", &[other; 1_200]),
            marked,
            file("a", &[other]),
            file("e", &[("111122223333", "eu-west-1")]),
        ];
        let expected = [
            (
                format!("1,201 records in 2 files {SAID} 444455556666/us-east-1"),
                2,
            ),
            ("the text has one".to_owned(), 1),
            (format!("1 record is {SAID} 111122223333/eu-west-1"), 1),
        ];
        assert_eq!(told(&files), expected);
    }

    #[test]
    fn names_whose_contradictions_differ_where_they_are_not_told_stay_apart() {
        let places = |last| [("4", "a"), ("4", "b"), ("4", "c"), ("4", "d"), ("4", last)];
        let message = format!("5 records are {SAID} 4/a, 4/b, 4/c, 2 more");
        let files = [file("a", &places("e")), file("b", &places("f"))];
        assert_eq!(told(&files), [(message.clone(), 1), (message, 1)]);
    }

    #[test]
    fn the_records_of_two_members_of_one_name_are_added_up() {
        let member = file("a", &[("444455556666", "us-east-1")]);
        let message = format!("2 records are {SAID} 444455556666/us-east-1");
        assert_eq!(told(&[member.clone(), member]), [(message, 1)]);
    }

    #[test]
    fn no_word_of_a_file_or_of_a_record_is_taken_for_the_cause() {
        let region = format!("x{SAID} 9");
        let files = [
            file("a", &[("444455556666", &region)]),
            file(SAID, &[("444455556666", "9")]),
        ];
        let expected = [
            (format!("1 record is {SAID} 444455556666/{region}"), 1),
            (format!("1 record is {SAID} 444455556666/9"), 1),
        ];
        assert_eq!(told(&files), expected);
    }
}
