//! What a person typed, and what is asked by it.

pub mod words;
