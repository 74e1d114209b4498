//! What a file's name says about it.
//!
//! Content decides what a file is; the name only explains a file whose content says nothing. It is
//! never the source of an account, a region or a time.

/// Why a file that holds no records is left aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aside {
    /// It never held any.
    NoLog(&'static str),
    /// What it stands for may hold some, and is not here.
    NotHere(&'static str),
}

/// Names of files that stand for others, and what became of those.
const PLACEHOLDERS: [(Match, &str); 3] = [
    (
        Match::Suffix(".icloud"),
        "a placeholder of iCloud: the file itself was not downloaded",
    ),
    (
        Match::Suffix(".crdownload"),
        "a download that was not completed",
    ),
    (Match::Suffix(".part"), "a download that was not completed"),
];

/// Names of files that hold no records, and why they are left aside, in the order of trial.
const KINDS: [(Match, &str); 11] = [
    (Match::Prefix("._"), "a resource fork written by macOS"),
    (Match::Whole(".DS_Store"), "a folder view written by macOS"),
    (Match::Whole(".localized"), "a folder view written by macOS"),
    (
        Match::Whole("Thumbs.db"),
        "a folder view written by Windows",
    ),
    (
        Match::Whole("desktop.ini"),
        "a folder view written by Windows",
    ),
    (
        Match::Suffix("_$folder$"),
        "a placeholder for a folder of S3",
    ),
    (
        Match::Whole("aws-logs-write-test"),
        "a write test of a CloudWatch Logs export",
    ),
    (
        Match::Whole("result_sign.json"),
        "the signatures of a CloudTrail Lake query result",
    ),
    (
        Match::Part("_CloudTrail-Digest_"),
        "a digest file of CloudTrail by its name",
    ),
    (
        Match::Part("_CloudTrail-Insight_"),
        "an Insights file of CloudTrail by its name",
    ),
    (
        Match::Part("_CloudTrail-Aggregated_"),
        "aggregated events of CloudTrail by its name",
    ),
];

enum Match {
    Whole(&'static str),
    Prefix(&'static str),
    Suffix(&'static str),
    Part(&'static str),
}

impl Match {
    fn matches(&self, name: &str) -> bool {
        match self {
            Self::Whole(whole) => name == *whole,
            Self::Prefix(prefix) => name.starts_with(prefix),
            Self::Suffix(suffix) => name.ends_with(suffix),
            Self::Part(part) => name.contains(part),
        }
    }
}

/// Says why a file of this path holds no records, if its name tells.
///
/// `path` is separated by `/`, or by `\` where Windows made the bundle.
pub(super) fn aside_by_name(path: &str) -> Option<Aside> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let placeholders = PLACEHOLDERS
        .iter()
        .map(|(pattern, reason)| (pattern, Aside::NotHere(reason)));
    let kinds = KINDS
        .iter()
        .map(|(pattern, reason)| (pattern, Aside::NoLog(reason)));
    placeholders
        .chain(kinds)
        .find(|(pattern, _)| pattern.matches(name))
        .map(|(_, aside)| aside)
}

/// Returns the account and the region that a name says, where it follows CloudTrail's pattern
/// `111122223333_CloudTrail_us-east-1_20240301T1005Z_….json.gz`: never believed, only held against
/// what the records say.
pub fn account_and_region(path: &str) -> Option<(&str, &str)> {
    let name = path.rsplit('/').next()?;
    let mut parts = name.split('_');
    let (account, kind, region) = (parts.next()?, parts.next()?, parts.next()?);
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let is_log = kind == "CloudTrail" && !region.is_empty() && parts.next().is_some();
    (is_account && is_log).then_some((account, region))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_as_cloudtrail_writes_it_says_anything() {
        for (path, expected) in [
            (
                "a_b/111122223333_CloudTrail_us-east-1_20240301T1005Z_Zd3.json.gz",
                Some(("111122223333", "us-east-1")),
            ),
            (
                "111122223333_CloudTrail-Digest_us-east-1_t_us-east-1_1.json.gz",
                None,
            ),
            ("111122223333_CloudTrail_us-east-1", None),
            ("11112222333x_CloudTrail_us-east-1_2_3.json.gz", None),
            ("log.json.gz", None),
        ] {
            assert_eq!(account_and_region(path), expected, "{path}");
        }
    }

    #[test]
    fn a_name_explains_only_what_is_no_log() {
        let day = "AWSLogs/111122223333/CloudTrail/us-east-1/2024/03/01";
        let log = format!("{day}/111122223333_CloudTrail_us-east-1_20240301T1005Z_Zd3.json.gz");
        for (path, expected) in [
            (log.as_str(), None),
            ("._x/log.json.gz", None),
            ("a/log (1).json.gz", None),
            (
                "a/._111122223333_CloudTrail_us-east-1.json.gz",
                Some("macOS"),
            ),
            (".DS_Store", Some("macOS")),
            ("__MACOSX/logs/._x.json.gz", Some("macOS")),
            ("logs\\._x.json.gz", Some("macOS")),
            ("logs/.x.json.gz.icloud", Some("not downloaded")),
            ("logs/x.json.gz.part", Some("not completed")),
            ("a/b_$folder$", Some("S3")),
            ("export/aws-logs-write-test", Some("write test")),
            ("CloudTrail-Lake/Query/result_sign.json", Some("Lake")),
            (
                "111122223333_CloudTrail-Digest_us-east-1_t_us-east-1_20240301T100500Z.json.gz",
                Some("digest"),
            ),
        ] {
            match (aside_by_name(path), expected) {
                (None, None) => {}
                (Some(Aside::NoLog(reason) | Aside::NotHere(reason)), Some(word)) => {
                    assert!(reason.contains(word), "{path}: {reason}")
                }
                (reason, _) => panic!("{path}: {reason:?}"),
            }
        }
    }
}
