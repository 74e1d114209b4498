//! What a verification trusts: public keys and metadata that somebody fetched and saved.

use std::path::Path;

use sha2::Digest as _;

use super::Options;
use crate::digest::{KeyRing, Metadata};
use crate::error::{Error, ErrorKind, Result};
use crate::record::Sha256;
use crate::text::Text;
use crate::verification::KeyFile;

/// A file of keys or metadata, in bytes.
const TRUSTED_BYTES_MAX: u64 = 64 << 20;

/// What the files of keys and metadata hold.
#[derive(Debug, Clone, Default)]
pub struct Trusted {
    /// The public keys.
    pub keys: KeyRing,
    /// The metadata.
    pub metadata: Metadata,
    pub(super) key_files: Vec<KeyFile>,
    pub(super) metadata_files: Vec<KeyFile>,
}

/// Reads the files of keys and metadata.
///
/// # Errors
///
/// Where a file cannot be read, or does not hold what it is named for.
pub fn trusted(options: &Options) -> Result<Trusted> {
    let mut trusted = Trusted::default();
    for path in &options.keys {
        let keys = &mut trusted.keys;
        let file = trust(path, |_, content| keys.add(content)).map_err(|error| {
            error.hint(
                "give what `aws cloudtrail list-public-keys` printed; \
                 `trailspan verify --how-to-collect` prints the commands",
            )
        })?;
        trusted.key_files.push(file);
    }
    for path in &options.metadata {
        let metadata = &mut trusted.metadata;
        let file =
            trust(path, |source, content| metadata.add(source, content)).map_err(|error| {
                error.hint("give what `aws s3api head-object` printed of a digest's object")
            })?;
        trusted.metadata_files.push(file);
    }
    trusted.key_files.sort();
    trusted.metadata_files.sort();
    Ok(trusted)
}

fn trust(
    path: &Path,
    add: impl FnOnce(&Text, &[u8]) -> std::result::Result<u64, String>,
) -> Result<KeyFile> {
    let source = Text::from(path.display().to_string());
    let unusable = |what: &str| Error::new(ErrorKind::Input, source.clone(), what);
    let metadata = std::fs::metadata(path);
    let metadata = metadata.map_err(|error| unusable("cannot be read").because(error))?;
    if !metadata.is_file() {
        return Err(unusable("no regular file"));
    }
    if metadata.len() > TRUSTED_BYTES_MAX {
        return Err(unusable("too large to be what it should be"));
    }
    let content = std::fs::read(path).map_err(|error| unusable("cannot be read").because(error))?;
    let entries = add(&source, &content).map_err(|why| unusable("cannot be used").because(why))?;
    Ok(KeyFile {
        sha256: Sha256(sha2::Sha256::digest(&content).into()),
        source,
        entries,
    })
}
