//! The one boundary where failures and panics of the index library become errors of ours.

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenReadError};

use crate::error::{Error, ErrorKind, Result};
use crate::text::Text;

/// What the index does inside the boundary.
pub(super) type Inner<T> = tantivy::Result<T>;

/// What is told where somebody else has the lock.
pub(super) const IS_LOCKED: &str = "another run is writing this index";

/// How many threads read at once.
const THREADS_MAX: usize = 8;

/// How many items are worth a thread.
const ITEMS_PER_THREAD_MIN: usize = 256;

/// Does `work` on the index in `dir`; whatever goes wrong in it is told as `what` failed.
///
/// The library panics on some damage; such a panic ends here.
///
/// # Errors
///
/// Whatever `work` meets, with the kind [`ErrorKind::Index`].
pub(super) fn guarded<T>(dir: &Text, what: &str, work: impl FnOnce() -> Inner<T>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(failed(dir, what, &error)),
        Err(panic) => Err(damaged(dir, message(panic.as_ref()))),
    }
}

/// Tells of an index whose files are not what was written.
pub(super) fn damaged(dir: &Text, cause: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Index, dir.clone(), "the index is damaged")
        .because(cause)
        .hint(format!(
            "build a new one from the archive: trailspan --index NEW_DIR ingest PATH…; \
             `trailspan --index {dir} check` says which of its files are damaged"
        ))
}

/// Tells that stored data cannot be read back.
pub(super) fn unreadable(what: &str, cause: impl std::fmt::Display) -> TantivyError {
    tantivy::error::DataCorruption::comment_only(format!("{what}: {cause}")).into()
}

fn failed(dir: &Text, what: &str, error: &TantivyError) -> Error {
    let failed = Error::new(ErrorKind::Index, dir.clone(), what);
    match error {
        TantivyError::LockFailure(LockError::LockBusy, _) => {
            Error::new(ErrorKind::Index, dir.clone(), IS_LOCKED)
                .hint("wait until it has ended, or name another folder with --index")
        }
        TantivyError::LockFailure(LockError::IoError(cause), _) => failed
            .because(cause)
            .hint("see that its folder can be written, or name another with --index"),
        TantivyError::DataCorruption(_)
        | TantivyError::IncompatibleIndex(_)
        | TantivyError::DeserializeError(_)
        | TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(_)) => damaged(dir, error),
        TantivyError::IoError(cause)
        | TantivyError::OpenReadError(OpenReadError::IoError {
            io_error: cause, ..
        }) => {
            if is_of_content(cause.kind()) {
                damaged(dir, cause)
            } else {
                failed.because(cause)
            }
        }
        _ => failed.because(error),
    }
}

/// Says whether an input error is about what was read and not about reading: the library tells so of
/// blocks that cannot be decompressed and of numbers that make no sense.
fn is_of_content(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::InvalidData
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::UnexpectedEof
            | io::ErrorKind::Other
    )
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "reading it failed for a reason that is not told".to_owned())
}

/// Does `work` on every item, with several threads where there are many; results in order.
///
/// # Errors
///
/// The first failure in order of the items; a panic goes on in the caller.
pub(super) fn in_parallel<I: Sync, T: Send>(
    items: &[I],
    work: impl Fn(&I) -> Inner<T> + Sync,
) -> Inner<Vec<T>> {
    let threads = (items.len() / ITEMS_PER_THREAD_MIN).clamp(1, THREADS_MAX);
    if threads == 1 {
        return items.iter().map(work).collect();
    }
    let parts: Vec<Inner<Vec<T>>> = thread::scope(|scope| {
        let work = &work;
        let running: Vec<_> = items
            .chunks(items.len().div_ceil(threads))
            .map(|part| scope.spawn(move || part.iter().map(work).collect()))
            .collect();
        let ended = running.into_iter().map(thread::ScopedJoinHandle::join);
        ended
            .map(|part| part.unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    });
    let mut all = Vec::with_capacity(items.len());
    for part in parts {
        all.extend(part?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_the_library_is_told_as_damage() {
        let error = guarded::<()>(&"dir".into(), "cannot read it", || panic!("block {}", 7))
            .expect_err("a panic");
        assert_eq!(error.to_string(), "dir: the index is damaged: block 7");
        assert_eq!(error.kind, ErrorKind::Index);
    }

    #[test]
    fn many_threads_keep_the_order_and_tell_the_first_failure() {
        let items: Vec<usize> = (0..5_000).collect();
        let doubled = in_parallel(&items, |item| Ok(item * 2)).unwrap();
        assert!(
            doubled
                .iter()
                .enumerate()
                .all(|(index, item)| *item == 2 * index)
        );
        let failed = in_parallel(&items, |item| match item {
            1_000 | 4_000 => Err(unreadable("item", item)),
            _ => Ok(()),
        });
        assert!(failed.unwrap_err().to_string().contains("item: 1000"));
    }
}
