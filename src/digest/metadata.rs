//! Signatures that were saved with the metadata of a digest's object.
//!
//! What `aws s3api head-object` prints does not name the object. So a signature belongs to the digest
//! that is named beside it (`Key`), or in the name of its file, else to the one that it fits.
//!
//! ```json
//! {"ContentLength":722,"Metadata":{"signature":"3be5…","signature-algorithm":"SHA256withRSA"}}
//! ```

use std::collections::BTreeMap;

use serde::Deserialize;

use super::ObjectKey;
use super::names::stem;
use crate::text::Text;

/// Metadata keys, which S3 writes in lower case and some tools with their prefix.
const PREFIX: &str = "x-amz-meta-";
const SIGNATURE: &str = "signature";
const ALGORITHM: &str = "signature-algorithm";

/// A signature that was saved with the metadata of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedSignature {
    /// The file that holds it.
    pub source: Text,
    /// The signature in hexadecimal digits.
    pub signature: Text,
    /// The object's bucket and key, where the file says.
    named: (Option<String>, Option<String>),
}

/// The metadata that was saved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    saved: Vec<SavedSignature>,
}

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "Metadata", alias = "metadata")]
    metadata: BTreeMap<String, String>,
    #[serde(rename = "Bucket", default)]
    bucket: Option<String>,
    #[serde(rename = "Key", default)]
    key: Option<String>,
}

impl Metadata {
    /// Adds the metadata of a file, which may hold that of several objects, one after another; returns
    /// how many signatures that were.
    ///
    /// # Errors
    ///
    /// Says in words what is wrong with it; the words may quote it.
    pub fn add(&mut self, source: &Text, content: &[u8]) -> Result<u64, String> {
        let mut count = 0;
        for head in serde_json::Deserializer::from_slice(content).into_iter::<Head>() {
            let head = head.map_err(|error| format!("no metadata of an object: {error}"))?;
            let field = |wanted: &str| {
                let mut fields = head.metadata.iter();
                fields.find_map(|(key, value)| {
                    let key = key.to_ascii_lowercase();
                    let key = key.strip_prefix(PREFIX).unwrap_or(&key);
                    (key == wanted).then_some(value)
                })
            };
            let signature = field(SIGNATURE).ok_or("the metadata has no signature")?;
            if field(ALGORITHM).is_none_or(|algorithm| algorithm != "SHA256withRSA") {
                return Err("the metadata does not say SHA256withRSA".to_owned());
            }
            self.saved.push(SavedSignature {
                source: source.clone(),
                signature: Text::from(signature.trim()),
                named: (head.bucket, head.key),
            });
            count += 1;
        }
        match count {
            0 => Err("no metadata in it".to_owned()),
            count => Ok(count),
        }
    }

    /// Lists the signatures that are named for an object, and those that are named for none.
    pub(super) fn of(&self, key: &ObjectKey) -> (Vec<&SavedSignature>, Vec<&SavedSignature>) {
        let digest = stem(key.object.as_str());
        let is_named = |saved: &&SavedSignature| match &saved.named {
            (bucket, Some(object)) => {
                let bucket = bucket.as_deref().unwrap_or(key.bucket.as_str());
                object == key.object.as_str() && bucket == key.bucket.as_str()
            }
            (_, None) => digest.is_some_and(|digest| saved.source.as_str().contains(digest)),
        };
        let is_free = |saved: &&SavedSignature| {
            let source = saved.source.as_str();
            saved.named.1.is_none() && !source.contains("_CloudTrail-Digest_")
        };
        let named = self.saved.iter().filter(is_named).collect();
        let free = self.saved.iter().filter(is_free).collect();
        (named, free)
    }
}
