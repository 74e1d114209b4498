//! The entries of `schema/findings/`, checked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::OnceLock;

use include_dir::{Dir, include_dir};

use super::entry::{Automation, Entry, File};
use crate::members::Name;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/schema/findings");

/// Everything that can be found.
#[derive(Debug)]
pub struct Rules {
    rules: Vec<Rule>,
    attack_version: String,
    pub(super) automation: Automation,
}

/// One thing that can be found.
#[derive(Debug)]
pub struct Rule {
    /// Its code, such as `interface-moved`.
    pub code: Name,
    /// The entry as it is written.
    pub entry: Entry,
}

impl Rules {
    /// Returns the entries that are embedded in the program.
    ///
    /// # Panics
    ///
    /// Never in a tested build: the embedded files are checked by a test.
    pub fn embedded() -> &'static Self {
        static RULES: OnceLock<Rules> = OnceLock::new();
        RULES.get_or_init(|| {
            let files = FILES
                .files()
                .filter_map(|file| Some((file.path().to_str()?, file.contents_utf8()?)));
            Self::read(files).expect("the embedded findings are checked by a test")
        })
    }

    /// Reads entries from their files: name and content.
    ///
    /// # Errors
    ///
    /// The first mistake found.
    pub fn read<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, RulesError> {
        let mut sorted: Vec<(&str, &str)> = files.into_iter().collect();
        sorted.sort_unstable();
        let mut entries = BTreeMap::new();
        let (mut automation, mut attack_version) = (Automation::default(), String::new());
        for (name, content) in sorted {
            let wrong = |what: String| RulesError {
                file: name.to_owned(),
                what,
            };
            let file: File =
                serde_json::from_str(content).map_err(|error| wrong(error.to_string()))?;
            if let Some(found) = file.automation {
                automation = found;
            }
            attack_version = file.attack_version.unwrap_or(attack_version);
            for (code, entry) in file.findings {
                if entries.insert(code.clone(), entry).is_some() {
                    return Err(wrong(format!("{code}: this finding is declared twice")));
                }
            }
        }
        let codes: BTreeSet<&String> = entries.keys().collect();
        for (code, entry) in &entries {
            if let Some(other) = entry.yields_to.iter().find(|other| !codes.contains(other)) {
                return Err(RulesError {
                    file: code.clone(),
                    what: format!("yields_to: `{other}` is no finding"),
                });
            }
        }
        let rules = entries.into_iter().map(|(code, entry)| Rule {
            code: Name::kept(code),
            entry,
        });
        Ok(Self {
            rules: rules.collect(),
            attack_version,
            automation,
        })
    }

    /// Lists what can be found, in order of the codes.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    /// Returns what is known of a code.
    pub fn get(&self, code: &str) -> Option<&Rule> {
        let found = self
            .rules
            .binary_search_by(|rule| rule.code.as_str().cmp(code));
        found.ok().map(|index| &self.rules[index])
    }

    /// Returns the version of ATT&CK whose technique ids the entries name.
    pub fn attack_version(&self) -> &str {
        &self.attack_version
    }
}

/// A mistake in a file of findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesError {
    /// The file's name, or the code of the entry.
    pub file: String,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.what)
    }
}

impl std::error::Error for RulesError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_files_are_findings() {
        let files = FILES.files().map(|file| {
            let name = file.path().to_str().expect("an UTF-8 name");
            (name, file.contents_utf8().expect("UTF-8"))
        });
        match Rules::read(files) {
            Ok(rules) => assert!(!rules.attack_version().is_empty()),
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn what_is_wrong_with_an_entry_is_told() {
        let entry = |more: &str, pattern: &str| {
            format!(
                r#"{{"about":"","findings":{{"a":{{"title":"","severity":"low","message":"","meaning":"",
                "evidence":"","ask":[],"false_positives":[],{more}"pattern":{pattern}}}}}}}"#
            )
        };
        for (content, what) in [
            (entry("", r#"{"match":"reported"}"#), ""),
            (
                entry("\"yields_to\":[\"b\"],", r#"{"match":"reported"}"#),
                "`b` is no finding",
            ),
            (entry("", r#"{"match":"nothing"}"#), "unknown variant"),
            (
                entry("", r#"{"match":"ends","of":{},"held":"1h"}"#),
                "unknown field",
            ),
            (
                entry("", r#"{"match":"burst","of":{},"count":2,"within":"1w"}"#),
                "no length of time",
            ),
            (
                entry("\"note\":1,", r#"{"match":"reported"}"#),
                "unknown field",
            ),
        ] {
            let read = Rules::read([("f.json", &content[..])]);
            let told = read.map_or_else(|error| error.to_string(), |_| String::new());
            assert!(
                told.contains(what) && told.is_empty() == what.is_empty(),
                "{told}"
            );
        }
    }
}
