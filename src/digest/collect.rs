//! The commands by which a custodian fetches what cannot be had offline.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::chain::Chains;
use crate::text::{Escaped, Text};

/// A digest is signed within this time after its end.
const SIGNED_WITHIN: SignedDuration = SignedDuration::from_hours(2);

/// Lists the commands: the public keys of each region, for the time of its digests, and the metadata of
/// the newest digest of each chain.
pub fn commands(chains: &Chains) -> Vec<String> {
    let mut regions: BTreeMap<&Text, (Timestamp, Timestamp)> = BTreeMap::new();
    let mut newest = Vec::new();
    for (chain, first, last) in chains.ends() {
        let known = regions
            .entry(&chain.region)
            .or_insert((first.start, last.end));
        *known = (known.0.min(first.start), known.1.max(last.end));
        let object = last.key.object.as_str();
        let name = object.rsplit('/').next().unwrap_or(object);
        newest.push(format!(
            "aws s3api head-object --bucket {} --key {} > {}",
            quoted(last.key.bucket.as_str()),
            quoted(object),
            quoted(&format!("metadata-{name}.json")),
        ));
    }
    let named = regions.into_iter().filter(|(region, _)| !region.is_empty());
    let keys = named.map(|(region, (first, last))| {
        let last = last.saturating_add(SIGNED_WITHIN).unwrap_or(last);
        format!(
            "aws cloudtrail list-public-keys --region {} --start-time {first} --end-time {last} > {}",
            quoted(region.as_str()),
            quoted(&format!("keys-{}.json", region.as_str())),
        )
    });
    keys.chain(newest).collect()
}

/// Quotes a word for a shell, and escapes what could deceive a terminal: such a name cannot be fetched
/// by copying, but neither can it run anything.
fn quoted(word: &str) -> String {
    let word = Escaped(word).to_string();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@+,".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) && !word.starts_with('-') {
        return word;
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}
