//! From a subject to all records that can decide what is told of it.
//!
//! Each round reads what the last one has led to, and only what is new, until nothing is. A pool of
//! interfaces that go from instance to instance ties a whole region together, and whoever writes
//! records can make such a chain as long as he likes. So the work is bounded: after a number of rounds,
//! or of records, everything is read instead, of which the answer is the same.

use super::gathered::Gathered;
use super::kept::Wanted;
use super::leads::Leads;
use super::subject::Subject;
use super::{Archive, Told};
use crate::error::Result;
use crate::index::{Selection, Which};

/// How often what was read may lead on: real ties are a few steps long.
const ROUNDS_MAX: usize = 64;

/// How often intervals may show what no single record does.
const FOLDS_MAX: usize = 4;

/// So many records may be read, each time counted, where the archive has no more events than that.
const RECORDS_MIN: usize = 10_000;

/// Reads what mentions the subject, then what that leads to, until nothing is new, and folds it; or
/// everything, where that is less work.
pub(super) fn closure(mut gathered: Gathered<'_>, subject: &Subject) -> Result<Told> {
    match follow(&mut gathered, subject)? {
        Some(told) => Ok(told),
        None => match Told::kept(gathered.archive(), &Wanted::ALL) {
            Some(told) => Ok(told),
            None => gathered.everything(),
        },
    }
}

/// Follows all leads; `None` where they lead too far.
fn follow(gathered: &mut Gathered<'_>, subject: &Subject) -> Result<Option<Told>> {
    let Archive { catalogue, reader } = gathered.archive();
    let events = usize::try_from(reader.events_count()?).unwrap_or(usize::MAX);
    let records_max = gathered
        .records_read()
        .saturating_add(events.max(RECORDS_MIN));
    let mut leads = Leads::of(catalogue, subject);
    let by_actor = gathered.read(&Selection::from(Which::Actors(subject.ids())))?;
    for reading in gathered.at(&by_actor) {
        leads.add_call(reading.event());
        leads.add_reading(reading);
    }
    let mut rounds = 0;
    for _ in 0..FOLDS_MAX {
        loop {
            let selections = leads.take();
            if selections.is_empty() {
                break;
            }
            rounds += 1;
            if rounds > ROUNDS_MAX {
                return Ok(None);
            }
            for selection in selections {
                let found = gathered.read(&selection)?;
                if gathered.records_read() > records_max {
                    return Ok(None);
                }
                gathered
                    .at(&found)
                    .for_each(|reading| leads.add_reading(reading));
            }
        }
        let told = gathered.fold();
        leads.add_timeline(&told.timeline);
        if !leads.lead_on() {
            return Ok(Some(told));
        }
    }
    Ok(None)
}
