//! The language as it is seen from outside: what is typed, how it is read, what is refused.

mod laws;
mod read;
mod refused;
