//! A digest file, read: what it lists, and what it says of the digest before it.

use jiff::Timestamp;
use serde::Deserialize;

use super::ObjectKey;
use crate::record::Sha256;
use crate::text::Text;

/// The only algorithms there are.
const SIGNATURE_ALGORITHM: &str = "SHA256withRSA";
const HASH_ALGORITHM: &str = "SHA-256";

/// What a digest file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// `awsAccountId`.
    pub account: Text,
    /// `digestStartTime`.
    pub start: Timestamp,
    /// `digestEndTime`.
    pub end: Timestamp,
    /// `digestEndTime` as it is written, which is how it is signed.
    pub end_written: Text,
    /// Where it says it lies, which is signed.
    pub key: ObjectKey,
    /// `digestPublicKeyFingerprint`, in lower case.
    pub fingerprint: Text,
    /// The digest before it; absent where this one begins a chain.
    pub previous: Option<Previous>,
    /// What it lists.
    pub logs: Vec<LogReference>,
}

/// What a digest says of the digest before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    /// Where it lies.
    pub key: ObjectKey,
    /// The SHA-256 of its inflated content.
    pub sha256: Sha256,
    /// Its signature in hexadecimal digits, as it is written, which is how it is signed.
    pub signature: Text,
}

/// A log file as a digest lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogReference {
    /// Where it lies.
    pub key: ObjectKey,
    /// The SHA-256 of its inflated content.
    pub sha256: Sha256,
    /// `eventTime` of its earliest record, where the digest says.
    pub oldest: Option<Timestamp>,
    /// `eventTime` of its latest record, where the digest says.
    pub newest: Option<Timestamp>,
}

/// The fields of a digest as AWS writes them; further ones are passed over, doubled ones refused.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    aws_account_id: Option<String>,
    digest_start_time: String,
    digest_end_time: String,
    digest_s3_bucket: String,
    digest_s3_object: String,
    digest_public_key_fingerprint: String,
    digest_signature_algorithm: String,
    previous_digest_s3_bucket: Option<String>,
    previous_digest_s3_object: Option<String>,
    previous_digest_hash_value: Option<String>,
    previous_digest_hash_algorithm: Option<String>,
    previous_digest_signature: Option<String>,
    log_files: Vec<WrittenLog>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenLog {
    s3_bucket: String,
    s3_object: String,
    hash_value: String,
    hash_algorithm: String,
    newest_event_time: Option<String>,
    oldest_event_time: Option<String>,
}

impl Document {
    /// Reads the inflated content of a digest file.
    ///
    /// # Errors
    ///
    /// Says in words why it is no digest; the words may quote it.
    pub fn parse(content: &[u8]) -> Result<Self, Text> {
        let written: Written = serde_json::from_slice(content)
            .map_err(|error| Text::from(format!("no digest: {error}")))?;
        Self::check(written).map_err(Text::from)
    }

    fn check(written: Written) -> Result<Self, String> {
        let start = time(&written.digest_start_time, "digestStartTime")?;
        let end = time(&written.digest_end_time, "digestEndTime")?;
        if end < start {
            return Err("digestEndTime is before digestStartTime".to_owned());
        }
        let algorithm = &written.digest_signature_algorithm;
        if algorithm != SIGNATURE_ALGORITHM {
            return Err(format!(
                "digestSignatureAlgorithm is \"{algorithm}\", not {SIGNATURE_ALGORITHM}"
            ));
        }
        let mut fingerprint = written.digest_public_key_fingerprint;
        fingerprint.make_ascii_lowercase();
        if !is_hexadecimal(&fingerprint, 32) {
            return Err("digestPublicKeyFingerprint has not 32 hexadecimal digits".to_owned());
        }
        let previous = previous(
            [
                written.previous_digest_s3_bucket,
                written.previous_digest_s3_object,
                written.previous_digest_hash_value,
                written.previous_digest_signature,
            ],
            written.previous_digest_hash_algorithm.as_deref(),
        )?;
        let bucket = Text::from(written.digest_s3_bucket);
        let mut buckets = vec![bucket.clone()];
        let logs: Result<Vec<_>, String> = (1..)
            .zip(written.log_files)
            .map(|(number, log)| {
                reference(log, &mut buckets)
                    .map_err(|why| format!("number {number} of logFiles: {why}"))
            })
            .collect();
        Ok(Self {
            account: Text::from(written.aws_account_id.unwrap_or_default()),
            start,
            end,
            end_written: Text::from(written.digest_end_time),
            key: ObjectKey {
                bucket,
                object: Text::from(written.digest_s3_object),
            },
            fingerprint: Text::from(fingerprint),
            previous,
            logs: logs?,
        })
    }
}

/// Reads bucket, object, hash and signature of the digest before; all or none of them are there.
fn previous(
    fields: [Option<String>; 4],
    algorithm: Option<&str>,
) -> Result<Option<Previous>, String> {
    let (bucket, object, hash, signature) = match fields {
        [None, None, None, None] => return Ok(None),
        [Some(bucket), Some(object), Some(hash), Some(signature)] => {
            (bucket, object, hash, signature)
        }
        _ => return Err("only some of previousDigest… are null".to_owned()),
    };
    if algorithm != Some(HASH_ALGORITHM) {
        return Err(format!(
            "previousDigestHashAlgorithm is not {HASH_ALGORITHM}"
        ));
    }
    let is_signature =
        signature.len().is_multiple_of(2) && is_hexadecimal(&signature, signature.len());
    if signature.is_empty() || !is_signature {
        return Err("previousDigestSignature is not in hexadecimal digits".to_owned());
    }
    Ok(Some(Previous {
        key: ObjectKey {
            bucket: Text::from(bucket),
            object: Text::from(object),
        },
        sha256: sha256(&hash, "previousDigestHashValue")?,
        signature: Text::from(signature),
    }))
}

/// Reads one entry of `logFiles`; one copy of each bucket's name is enough for all of them.
fn reference(log: WrittenLog, buckets: &mut Vec<Text>) -> Result<LogReference, String> {
    if log.hash_algorithm != HASH_ALGORITHM {
        return Err(format!("hashAlgorithm is not {HASH_ALGORITHM}"));
    }
    let known = buckets.iter().find(|known| known.as_str() == log.s3_bucket);
    let bucket = match known.cloned() {
        Some(bucket) => bucket,
        None => {
            let bucket = Text::from(log.s3_bucket);
            if buckets.len() < 8 {
                buckets.push(bucket.clone());
            }
            bucket
        }
    };
    let instant = |written: Option<String>| written.and_then(|time| time.parse().ok());
    Ok(LogReference {
        key: ObjectKey {
            bucket,
            object: Text::from(log.s3_object),
        },
        sha256: sha256(&log.hash_value, "hashValue")?,
        oldest: instant(log.oldest_event_time),
        newest: instant(log.newest_event_time),
    })
}

fn time(written: &str, field: &str) -> Result<Timestamp, String> {
    written
        .parse()
        .map_err(|_| format!("{field} is no time: \"{written}\""))
}

fn sha256(digits: &str, field: &str) -> Result<Sha256, String> {
    let wrong = || {
        let length = digits.chars().count();
        format!("{field} has not 64 hexadecimal digits: {length} characters")
    };
    let bytes = from_hexadecimal(digits).ok_or_else(wrong)?;
    Ok(Sha256(bytes.try_into().map_err(|_| wrong())?))
}

fn is_hexadecimal(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Reads hexadecimal digits of either case, two for each byte.
pub(super) fn from_hexadecimal(digits: &str) -> Option<Vec<u8>> {
    if !digits.len().is_multiple_of(2) || !is_hexadecimal(digits, digits.len()) {
        return None;
    }
    let pairs = (0..digits.len()).step_by(2);
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
    pairs.map(byte).collect()
}
