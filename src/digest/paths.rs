//! Where files lie, compared with where S3 had them.

/// How many parts of a path, from its end, tell a place: year, month, day and name.
const TELLING_PARTS: usize = 4;

/// Counts the parts that two paths have in common, from their ends; a missing `.gz` does not matter.
pub(super) fn shared_parts(source: &str, object: &str) -> usize {
    let source = source.strip_suffix(".gz").unwrap_or(source);
    let object = object.strip_suffix(".gz").unwrap_or(object);
    let pairs = source.rsplit('/').zip(object.rsplit('/'));
    pairs.take_while(|(one, other)| one == other).count()
}

/// Says whether a file lies elsewhere than its object did: its name or the folders of its day differ.
pub(super) fn is_relocated(source: &str, object: &str) -> bool {
    let telling = object.split('/').count().min(TELLING_PARTS);
    shared_parts(source, object) < telling
}

/// Returns the last part of a path, without `.gz`.
pub(super) fn name(path: &str) -> &str {
    let path = path.strip_suffix(".gz").unwrap_or(path);
    path.rsplit('/').next().unwrap_or(path)
}
