//! What the name of a file says about its content.
//!
//! A name is never believed: it is only held against what the records say.

use super::files::NameSays;
use crate::archive::account_and_region;
use crate::report::FileEntry;

/// Reads the name of a file, and says whether its records agree with it.
pub(super) fn says(entry: &FileEntry) -> Option<NameSays> {
    let (account, region) =
        account_and_region(entry.member.as_ref().unwrap_or(&entry.source).as_str())?;
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
