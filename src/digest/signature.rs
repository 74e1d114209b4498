//! What is signed of a digest, and whether a signature fits.

use rsa::Pkcs1v15Sign;
use sha2::{Digest as _, Sha256 as Hasher};

use super::document::{Document, from_hexadecimal};
use super::keys::PublicKey;
use crate::record::Sha256;

/// What stands before a SHA-256 sum in a signature of PKCS #1 v1.5: RFC 8017, section 9.2, note 1.
const SHA256_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// Returns the text that AWS signs of a digest whose inflated content has this sum.
///
/// ```text
/// 2024-03-01T11:00:00Z
/// bucket/AWSLogs/…/111122223333_CloudTrail-Digest_us-east-1_main_us-east-1_20240301T110000Z.json.gz
/// 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
/// the signature of the digest before, or null
/// ```
///
/// Without a line end behind the last line. Source: AWS CloudTrail User Guide, custom implementations
/// of log file integrity validation.
pub(super) fn signed_text(document: &Document, content: &Sha256) -> String {
    let previous = document.previous.as_ref();
    format!(
        "{}\n{}/{}\n{content}\n{}",
        document.end_written.as_str(),
        document.key.bucket.as_str(),
        document.key.object.as_str(),
        previous.map_or("null", |previous| previous.signature.as_str()),
    )
}

/// Says whether a signature in hexadecimal digits is that of a text: RSA with PKCS #1 v1.5 and SHA-256.
pub(super) fn fits(key: &PublicKey, text: &str, signature: &str) -> bool {
    let Some(signature) = from_hexadecimal(signature) else {
        return false;
    };
    let scheme = Pkcs1v15Sign {
        hash_len: Some(32),
        prefix: Box::new(SHA256_INFO),
    };
    let sum = Hasher::digest(text.as_bytes());
    key.rsa.verify(scheme, &sum, &signature).is_ok()
}
