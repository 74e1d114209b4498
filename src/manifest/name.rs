//! What the name of a file says about its content, in CloudTrail's pattern
//! `111122223333_CloudTrail_us-east-1_20240301T1005Z_….json.gz`.
//!
//! A name is never believed: it is only held against what the records say.

use super::files::NameSays;
use crate::report::FileEntry;

/// Reads the name of a file, and says whether its records agree with it.
pub(super) fn says(entry: &FileEntry) -> Option<NameSays> {
    let (account, region) = account_and_region(entry.source.as_str())?;
    let mut covered = entry.coverage.accounts.iter();
    let agrees = covered.all(|(own, regions)| {
        own.as_str() == account && regions.keys().all(|own| own.as_str() == region)
    });
    Some(NameSays {
        account: account.into(),
        agrees,
        region: region.into(),
    })
}

fn account_and_region(path: &str) -> Option<(&str, &str)> {
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
}
