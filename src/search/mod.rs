//! What a person typed, read as what is asked: the query language, times, and words.
//!
//! # The language
//!
//! What is pasted works as it stands: an id, an ARN, an access key, an account, an address or a
//! network, a time or a range of times, an event name, a line of a user agent.
//!
//! | typed | asks |
//! |---|---|
//! | `eni-0a1b2c3d4e5f60718` | this whole value, or these words within one; so an ARN, key, UUID |
//! | `arn:aws:ec2:us-east-1:111122223333:vpc/vpc-0a1b2c3d` | also the id, in that account and region |
//! | `eni-0a1*` · `Terminat*` | values, and words, that begin so |
//! | `eni-*5f60` · `*7c` | values, and of letters and digits alone also words, of this shape |
//! | `10.0.0.0/8` · `2001:db8::1` | any address of the record in this network |
//! | `2024-03` · `2024-W10` · `2024-03-01T10:00Z` | that month, week, minute |
//! | `last 7d` · `2h ago` | a time before the archive's newest event |
//! | `2024-03-01..2024-03-05` | from the start of the first to the **end** of the second |
//! | `network interface` | both words, anywhere in the record |
//! | `DetachNetworkInterface` · `"detach network"` | these words, one after the other |
//! | `signin.amazonaws.com` | this whole value, or its words one after the other |
//! | `region:us-east-1,eu-west-1` | a field, any of these values; `schema/fields.json` lists them |
//! | `ip:203.0.113.0/24` | the caller's address in this network |
//! | `time:[2024-03-01 TO 2024-03-05]` | as `2024-03-01..2024-03-05`; `*` leaves a side open |
//! | `since:2024-03-01 until:2024-03-05` | from the first instant on, up to and without the second |
//! | `is:failed` · `is:uncertain` · `is:console` | the call failed; whether it did anything is open; it was made in the AWS console |
//! | `@night` | what the query of this name asks ([`Queries`]) |
//! | `a AND b` · `a b` · `a OR b` · `NOT a` · `-a` · `( )` | NOT binds first, then AND, then OR |
//! | `*` | every record |
//!
//! Capitals matter in `AND`, `OR` and `NOT` only: in small letters they are words. Whole values are
//! compared in lower case ([`str::to_lowercase`]), words as [`words()`] cuts them. Punctuation around
//! a pasted word is left away. What surely is syntax of another tool (`eventName=X`, `/Det.*/`, `foo~2`) is
//! refused with what to write instead; in quotation marks it is text.
//!
//! Not for: finding the records (`index`), or reading options (the command line).

mod asked;
mod explain;
mod failure;
mod fields;
mod foreign;
mod forms;
mod join;
mod lacking;
mod lexer;
mod names;
mod parser;
mod ranges;
mod shapes;
mod states;
mod suggest;
mod terms;
pub mod time;
mod tokens;
mod words;

pub use asked::{Asked, Part};
pub use failure::SearchError;
pub use fields::{Asks, FieldRow, fields};
pub use forms::{FORMS, Form};
pub use names::{FILE_BYTES_MAX, Queries, QueriesError};
pub use parser::{DEPTH_MAX, QUERY_BYTES_MAX, TERMS_MAX, parse, read};
pub use shapes::{ResourceName, resource_name};
pub use states::states;
pub use suggest::nearest;
pub use words::{WORD_BYTES_MAX, phrase, words};

#[cfg(test)]
mod tests;
