//! What a file's name says about it.
//!
//! Content decides what a file is; the name only explains a file whose content says nothing. It is
//! never the source of an account, a region or a time. Not for: paths inside bundles.

/// Names of files that hold no records, and why they are left aside, in the order of trial.
const KINDS: [(Match, &str); 10] = [
    (Match::Prefix("._"), "a resource fork written by macOS"),
    (Match::Whole(".DS_Store"), "a folder view written by macOS"),
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
/// `path` is separated by `/`.
pub(super) fn reason_to_skip(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    KINDS
        .iter()
        .find(|(pattern, _)| pattern.matches(name))
        .map(|(_, reason)| *reason)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("a/b_$folder$", Some("S3")),
            ("export/aws-logs-write-test", Some("write test")),
            ("CloudTrail-Lake/Query/result_sign.json", Some("Lake")),
            (
                "111122223333_CloudTrail-Digest_us-east-1_t_us-east-1_20240301T100500Z.json.gz",
                Some("digest"),
            ),
        ] {
            match (reason_to_skip(path), expected) {
                (None, None) => {}
                (Some(reason), Some(word)) => assert!(reason.contains(word), "{path}: {reason}"),
                (reason, _) => panic!("{path}: {reason:?}"),
            }
        }
    }
}
