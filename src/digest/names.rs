//! What the names of digest and log files say.
//!
//! ```text
//! 111122223333_CloudTrail_us-east-1_20240301T1005Z_9nYN7gp2eWAJHIfT.json.gz
//! 111122223333_CloudTrail-Digest_us-east-1_my_trail_eu-west-1_20240301T100500Z[_backfill].json.gz
//! ```
//!
//! A trail's name may hold `_`, so a digest's name is read from both ends. Not for: what is in a file,
//! which its name never decides.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// What the name of a digest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestName {
    /// The account whose logs it lists.
    pub account: String,
    /// The region whose logs it lists.
    pub region: String,
    /// The trail.
    pub trail: String,
    /// The trail's home region.
    pub home_region: String,
    /// When its period ends.
    pub time: Timestamp,
    /// Whether it lists what came too late for its own digest.
    pub backfill: bool,
}

/// What the name of a log file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogName {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// When it was delivered, in whole minutes.
    pub time: Timestamp,
}

impl DigestName {
    /// Reads the last part of a path that is separated by `/`; `None` where it is no digest's name.
    pub fn parse(path: &str) -> Option<Self> {
        let stem = stem(path)?;
        let (stem, backfill) = match stem.strip_suffix("_backfill") {
            Some(stem) => (stem, true),
            None => (stem, false),
        };
        let (account, rest) = account(stem)?;
        let rest = rest.strip_prefix("_CloudTrail-Digest_")?;
        let (region, rest) = rest.split_once('_')?;
        let (rest, written) = rest.rsplit_once('_')?;
        let (trail, home_region) = rest.rsplit_once('_')?;
        if trail.is_empty() || !is_region(region) || !is_region(home_region) {
            return None;
        }
        Some(Self {
            account: account.to_owned(),
            region: region.to_owned(),
            trail: trail.to_owned(),
            home_region: home_region.to_owned(),
            time: time(written, "YYYYMMDDTHHMMSSZ".len())?,
            backfill,
        })
    }
}

impl LogName {
    /// Reads the last part of a path that is separated by `/`; `None` where it is no log file's name.
    ///
    /// Names of Insights, network activity and aggregated events (`_CloudTrail-Insight_`) are log files'
    /// names too.
    pub fn parse(path: &str) -> Option<Self> {
        let (account, rest) = account(stem(path)?)?;
        let rest = rest.strip_prefix("_CloudTrail")?;
        let (kind, rest) = rest.split_once('_')?;
        if kind == "-Digest" || !(kind.is_empty() || kind.starts_with('-')) {
            return None;
        }
        let (region, rest) = rest.split_once('_')?;
        // One example of AWS lacks the underscore behind the time.
        let written = rest.get(.."YYYYMMDDTHHMMZ".len())?;
        let unique = rest[written.len()..].trim_start_matches('_');
        let is_unique = unique.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_region(region) || unique.len() < 8 || !is_unique {
            return None;
        }
        Some(Self {
            account: account.to_owned(),
            region: region.to_owned(),
            time: time(written, written.len())?,
        })
    }
}

/// Returns the last part of a path without its endings, and without the ` (1)` of a second download.
pub(super) fn stem(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = without_copy(name.strip_suffix(".gz").unwrap_or(name));
    let name = without_copy(name.strip_suffix(".json").unwrap_or(name));
    (!name.is_empty()).then_some(name)
}

fn without_copy(name: &str) -> &str {
    let copied = || {
        let (name, number) = name.strip_suffix(')')?.rsplit_once('(')?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then_some(name.trim_end())
    };
    copied().unwrap_or(name)
}

fn account(stem: &str) -> Option<(&str, &str)> {
    let account = stem.get(..12)?;
    let is_account = account.bytes().all(|byte| byte.is_ascii_digit());
    is_account.then(|| (account, &stem[12..]))
}

fn is_region(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(is_part)
}

/// Reads `20240301T1005Z` or `20240301T100530Z`, of which `length` says which.
fn time(written: &str, length: usize) -> Option<Timestamp> {
    let is_right = written.len() == length && written.is_ascii();
    let written = is_right.then_some(written)?.strip_suffix('Z')?;
    let (date, clock) = written.split_once('T')?;
    let number = |digits: Option<&str>| -> Option<i8> {
        let digits = digits.unwrap_or("0");
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse().ok())?
    };
    let year = date.get(..4)?;
    let is_year = year.bytes().all(|byte| byte.is_ascii_digit());
    let year: i16 = is_year.then(|| year.parse().ok())??;
    let (month, day) = (number(date.get(4..6))?, number(date.get(6..8))?);
    let (hour, minute) = (number(clock.get(..2))?, number(clock.get(2..4))?);
    let second = number(clock.get(4..6))?;
    if date.len() != 8 {
        return None;
    }
    let time = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    let zoned = time.to_zoned(TimeZone::UTC).ok()?;
    Some(zoned.timestamp())
}
