//! search
mod failure;
mod suggest;
pub mod time;
mod time_text;
mod words;
pub use failure::SearchError;
pub use suggest::nearest;
pub use words::{WORD_BYTES_MAX, phrase, words};
