//! Sources that lie within a content: what was compressed twice, and what a bundle compressed.

use std::cell::Cell;
use std::io::{self, ErrorKind, Read};

use flate2::Crc;

use super::budget::Budget;
use super::bundle::{Stream, Sum};
use super::inflate::Inflater;
use super::pass::Pass;

/// What was compressed twice, or a bundle that was compressed: the content of a pass as a source.
pub(super) struct Content<'p, 'r>(Stream<'p, 'r>);

impl<'p, 'r> Content<'p, 'r> {
    /// Makes a source of what a pass holds and will give.
    pub(super) fn of(pass: &'p mut Pass<'r>) -> Self {
        Self(Stream::new(pass))
    }
}

impl Read for Content<'_, '_> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        self.0.copy(output)
    }
}

impl Drop for Content<'_, '_> {
    fn drop(&mut self) {
        self.0.settle();
    }
}

/// A member that its bundle compressed, or gives a sum of.
pub(super) struct Unpacked<'u> {
    inflater: Inflater<'u>,
    budget: &'u Budget,
    crc: Crc,
    sum: Option<&'u Cell<Option<Sum>>>,
}

impl Read for Unpacked<'_> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        if self.inflater.is_packed && self.budget.is_used_up() {
            return Err(io::Error::other(self.budget.reason()));
        }
        let count = self.inflater.fill(output);
        if count == 0 {
            return self.end();
        }
        self.crc.update(&output[..count]);
        if self.inflater.is_packed {
            self.budget.spend(count);
        }
        Ok(count)
    }
}

impl<'u> Unpacked<'u> {
    /// Makes a source of what `inflater` gives; `sum` is looked at when it ends.
    pub(super) fn new(
        inflater: Inflater<'u>,
        budget: &'u Budget,
        sum: Option<&'u Cell<Option<Sum>>>,
    ) -> Self {
        Self {
            inflater,
            budget,
            crc: Crc::new(),
            sum,
        }
    }

    /// Ends the content: cut, in doubt, or as its bundle says.
    fn end(&mut self) -> io::Result<usize> {
        self.inflater.finish();
        // Who reads this says what that means, once.
        if let Some(error) = self.inflater.input.error.take() {
            return Err(error);
        }
        if self.inflater.is_cut {
            let what = self.inflater.damage.clone().unwrap_or_default();
            return Err(io::Error::other(what));
        }
        let said = self.sum.and_then(Cell::get);
        let differs = said
            .is_some_and(|sum| sum.crc != self.crc.sum() || sum.size as u32 != self.crc.amount());
        if differs {
            let what = "its sum or size in the bundle does not match the content";
            return Err(io::Error::new(ErrorKind::InvalidData, what));
        }
        match &self.inflater.damage {
            Some(damage) => Err(io::Error::new(ErrorKind::InvalidData, damage.clone())),
            None => Ok(0),
        }
    }
}
