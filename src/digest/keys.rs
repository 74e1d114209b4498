//! The public keys, as `aws cloudtrail list-public-keys` printed them.
//!
//! ```json
//! {"PublicKeyList":[{"Value":"MIIBCgKC…","ValidityStartTime":1709251200.0,
//!   "ValidityEndTime":"2024-04-01T00:00:00Z","Fingerprint":"8eba5db5bea9b640d1c96a77256fe7f2"}]}
//! ```
//!
//! `Value` is PKCS #1 in DER and Base64; AWS's guide also shows one in SubjectPublicKeyInfo. A
//! fingerprint is the MD5 of that DER. MD5 only names the key here: what is checked is the signature.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use md5::{Digest as _, Md5};
use rsa::RsaPublicKey;
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::pkcs8::DecodePublicKey as _;
use rsa::traits::PublicKeyParts as _;
use serde::Deserialize;
use serde_json::Value;

use crate::text::Text;

/// Shorter keys are refused: AWS's have 2048 bits.
const KEY_BITS_MIN: usize = 2048;

/// A digest is signed within this time after its end; awscli asks for keys accordingly.
const SIGNED_WITHIN: SignedDuration = SignedDuration::from_hours(2);

/// A public key.
#[derive(Debug, Clone)]
pub(super) struct PublicKey {
    pub(super) rsa: RsaPublicKey,
    /// From when to when it signs; absent where the file does not say.
    validity: (Option<Timestamp>, Option<Timestamp>),
}

/// The keys that were supplied, by their true fingerprints.
#[derive(Debug, Clone, Default)]
pub struct KeyRing {
    keys: BTreeMap<Text, Vec<PublicKey>>,
    /// Fingerprints under which a key of another fingerprint was supplied.
    false_fingerprints: BTreeSet<Text>,
}

/// What there is for a fingerprint.
pub(super) enum Found<'k> {
    /// Keys that sign at the time.
    Keys(Vec<&'k PublicKey>),
    /// Keys, none of which signs at the time.
    OutOfTime,
    /// A key that has another fingerprint.
    False,
    /// No key.
    None,
}

#[derive(Deserialize)]
struct List {
    #[serde(rename = "PublicKeyList", alias = "publicKeyList")]
    keys: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "Value", alias = "value")]
    value: String,
    #[serde(rename = "ValidityStartTime", alias = "validityStartTime", default)]
    start: Value,
    #[serde(rename = "ValidityEndTime", alias = "validityEndTime", default)]
    end: Value,
    #[serde(rename = "Fingerprint", alias = "fingerprint")]
    fingerprint: String,
}

impl KeyRing {
    /// Adds the keys of a file, which may hold several lists, one after another; returns how many keys
    /// that were.
    ///
    /// # Errors
    ///
    /// Says in words what is wrong with it; the words may quote it.
    pub fn add(&mut self, content: &[u8]) -> Result<u64, String> {
        let mut count = 0;
        for list in serde_json::Deserializer::from_slice(content).into_iter::<List>() {
            let list = list.map_err(|error| format!("no list of public keys: {error}"))?;
            for entry in list.keys {
                self.add_entry(&entry)
                    .map_err(|why| format!("key {}: {why}", entry.fingerprint))?;
                count += 1;
            }
        }
        match count {
            0 => Err("no public key in it".to_owned()),
            count => Ok(count),
        }
    }

    fn add_entry(&mut self, entry: &Entry) -> Result<(), String> {
        let value: String = entry.value.split_ascii_whitespace().collect();
        let der = STANDARD
            .decode(value)
            .map_err(|error| format!("Value is not in Base64: {error}"))?;
        let rsa = RsaPublicKey::from_pkcs1_der(&der)
            .or_else(|_| RsaPublicKey::from_public_key_der(&der))
            .map_err(|error| {
                format!("Value is neither PKCS #1 nor SubjectPublicKeyInfo: {error}")
            })?;
        if rsa.n().bits() < KEY_BITS_MIN {
            return Err(format!("less than {KEY_BITS_MIN} bits"));
        }
        let validity = (instant(&entry.start)?, instant(&entry.end)?);
        let fingerprint = fingerprint(&der);
        let stated = Text::from(entry.fingerprint.trim().to_ascii_lowercase());
        if stated != fingerprint {
            self.false_fingerprints.insert(stated);
        }
        let key = PublicKey { rsa, validity };
        self.keys.entry(fingerprint).or_default().push(key);
        Ok(())
    }

    /// Finds the keys of a fingerprint for a digest that ends at a time. A backfill digest may be signed
    /// any time later.
    pub(super) fn find(&self, fingerprint: &Text, end: Timestamp, backfill: bool) -> Found<'_> {
        let Some(keys) = self.keys.get(fingerprint) else {
            return match self.false_fingerprints.contains(fingerprint) {
                true => Found::False,
                false => Found::None,
            };
        };
        let signs = |key: &&PublicKey| {
            let (start, last) = key.validity;
            let latest = end.saturating_add(SIGNED_WITHIN).unwrap_or(Timestamp::MAX);
            last.is_none_or(|last| last >= end)
                && (backfill || start.is_none_or(|start| start <= latest))
        };
        match keys.iter().filter(signs).collect::<Vec<_>>() {
            keys if keys.is_empty() => Found::OutOfTime,
            keys => Found::Keys(keys),
        }
    }

    /// Says whether no key was supplied.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Lists the fingerprints under which a key of another fingerprint was supplied.
    pub fn false_fingerprints(&self) -> impl Iterator<Item = &Text> {
        self.false_fingerprints.iter()
    }
}

/// Returns the fingerprint of a key in DER.
fn fingerprint(der: &[u8]) -> Text {
    let sum = Md5::digest(der);
    let digits: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    Text::from(digits)
}

/// Reads a time as awscli prints it: seconds since 1970, or RFC 3339.
fn instant(value: &Value) -> Result<Option<Timestamp>, String> {
    let wrong = || format!("its validity is no time: {value}");
    match value {
        Value::Null => Ok(None),
        Value::String(text) => text.parse().map(Some).map_err(|_| wrong()),
        Value::Number(number) => {
            let seconds = number.as_f64().filter(|seconds| seconds.abs() < 1e11);
            let time = seconds.and_then(|seconds| Timestamp::from_second(seconds as i64).ok());
            time.map(Some).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}
