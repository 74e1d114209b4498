//! search
mod failure;
mod suggest;
mod words;
pub use failure::SearchError;
pub use suggest::nearest;
pub use words::{WORD_BYTES_MAX, phrase, words};
