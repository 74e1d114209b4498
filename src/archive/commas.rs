//! The commas and braces between elements: what is read although it is not as JSON has it.

use super::ledger::Ledger;
use super::wrapping::{Last, Scanner, Step};

impl Scanner {
    /// Takes a comma.
    pub(super) fn comma(&mut self, at: usize, ledger: &mut Ledger<'_>) -> Step {
        if self.last != Last::Element {
            ledger.irregularities += self.countable();
        }
        self.last = Last::Comma;
        Step::To(at + 1)
    }

    /// Takes the bracket that closes a wrapping.
    pub(super) fn closed(&mut self, ledger: &mut Ledger<'_>) {
        if self.last == Last::Comma {
            ledger.irregularities += self.countable();
        }
        self.last = Last::Element;
    }

    /// Takes the step over an element, or into it, and what stood before it.
    pub(super) fn began(&mut self, before: Last, step: &Step, ledger: &mut Ledger<'_>) {
        match step {
            Step::Need(_) => self.last = before,
            Step::To(_) if before == Last::Element => {
                ledger.irregularities += self.countable();
            }
            Step::To(_) => {}
        }
    }

    /// Returns 1 where what is irregular counts: in the file itself, not in a string within it.
    pub(super) fn countable(&self) -> u64 {
        u64::from(self.depth == 0)
    }
}
