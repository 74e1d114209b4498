//! One interpreter for each thread that reads.

use std::sync::Mutex;

use super::Interpreter;
use crate::catalogue::Catalogue;

/// Interpreters for several threads: each keeps for itself what its records repeat.
#[derive(Debug)]
pub struct Interpreters<'c> {
    catalogue: &'c Catalogue,
    interpreters: Vec<Mutex<Interpreter<'c>>>,
}

impl<'c> Interpreters<'c> {
    /// Has one for each thread of the pool.
    pub fn new(catalogue: &'c Catalogue) -> Self {
        let make = || Mutex::new(Interpreter::new(catalogue));
        let threads = rayon::current_num_threads();
        Self {
            catalogue,
            interpreters: std::iter::repeat_with(make).take(threads).collect(),
        }
    }

    /// Lends the thread its interpreter; a new one where that is lent already.
    pub fn with<T>(&self, work: impl FnOnce(&mut Interpreter<'c>) -> T) -> T {
        let thread = rayon::current_thread_index().unwrap_or(0);
        let own = self.interpreters.get(thread);
        match own.and_then(|interpreter| interpreter.try_lock().ok()) {
            Some(mut interpreter) => work(&mut interpreter),
            None => work(&mut Interpreter::new(self.catalogue)),
        }
    }
}
