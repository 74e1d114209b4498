//! The answer of a search: the newest or the oldest events that match.

use std::cmp::Ordering;
use std::ops::Range;

use tantivy::DocAddress;
use tantivy::columnar::Column;

use super::boundary::{Inner, in_parallel};
use super::document::head;
use super::groups::Unit;
use super::snapshot::Snapshot;
use super::stored::{Places, Stored, Variant, join, rank, variant};

/// In which order events are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// By time, then event id, the last one first.
    #[default]
    NewestFirst,
    /// By time, then event id.
    OldestFirst,
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hits {
    /// How many events match.
    pub total: usize,
    /// As many of them as were asked for, in order.
    pub records: Vec<Stored>,
}

/// When an event was, as far as the index tells without reading the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    time: i64,
    head: u64,
}

/// An event that matches: where it stands, and what is to be read of it.
struct Hit {
    rank: Rank,
    unit: Unit,
}

/// The columns of one segment.
struct Columns {
    times: Option<Column<i64>>,
    heads: Option<Column<u64>>,
}

impl Order {
    fn apply<T: Ord>(self, one: &T, other: &T) -> Ordering {
        match self {
            Self::NewestFirst => other.cmp(one),
            Self::OldestFirst => one.cmp(other),
        }
    }
}

/// Reads the first `limit` of these in the order that is asked for.
pub(super) fn hits(
    snapshot: &Snapshot,
    units: Vec<Unit>,
    limit: Option<usize>,
    order: Order,
) -> Inner<Hits> {
    let ranked = Ranked::new(snapshot, units, order)?;
    let total = ranked.total();
    let limit = limit.unwrap_or(total).min(total);
    let records = ranked.read(snapshot, 0..ranked.ending(limit), |stored| stored)?;
    Ok(Hits {
        total,
        records: records.into_iter().take(limit).collect(),
    })
}

/// Events in order of their time, as far as the index tells without reading them.
pub(super) struct Ranked {
    hits: Vec<Hit>,
    order: Order,
}

impl Ranked {
    /// Puts what matches in order of time, oldest first; several contents of one event id by the earliest
    /// time that any of them has.
    pub(super) fn by_earliest(snapshot: &Snapshot, units: Vec<Unit>) -> Inner<Self> {
        let columns = columns(snapshot)?;
        let earliest = |unit: &Unit| match unit {
            Unit::Single(address) => Some(rank_of(&columns, *address)),
            Unit::Group(group) => group.iter().map(|one| rank_of(&columns, *one)).min(),
        };
        let hits = units.into_iter().map(|unit| Hit {
            rank: earliest(&unit).unwrap_or(NOWHERE),
            unit,
        });
        let mut hits: Vec<Hit> = hits.collect();
        hits.sort_by_key(|hit| hit.rank);
        Ok(Self {
            hits,
            order: Order::OldestFirst,
        })
    }

    /// Puts what matches in order.
    pub(super) fn new(snapshot: &Snapshot, units: Vec<Unit>, order: Order) -> Inner<Self> {
        let columns = columns(snapshot)?;
        let hits: Inner<Vec<Hit>> = units
            .into_iter()
            .map(|unit| place_in_time(snapshot, &columns, unit))
            .collect();
        let mut hits = hits?;
        hits.sort_by(|one, other| order.apply(&one.rank, &other.rank));
        Ok(Self { hits, order })
    }

    /// Returns their times, in order; in seconds since 1970-01-01T00:00Z.
    pub(super) fn times(&self) -> impl Iterator<Item = i64> {
        self.hits.iter().map(|hit| hit.rank.time)
    }

    /// Counts them.
    pub(super) fn total(&self) -> usize {
        self.hits.len()
    }

    /// Returns where a part that shall end here must end: those that the index cannot tell from the last
    /// one are told apart by their whole ids.
    pub(super) fn ending(&self, mut end: usize) -> usize {
        let rank = |at: usize| self.hits.get(at).map(|hit| hit.rank);
        end = end.min(self.total());
        while 0 < end && end < self.total() && rank(end) == rank(end - 1) {
            end += 1;
        }
        end
    }

    /// Reads a part that ends at [`Ranked::ending`], and makes something of each event; in order.
    pub(super) fn read<T: Send>(
        &self,
        snapshot: &Snapshot,
        part: Range<usize>,
        make: impl Fn(Stored) -> T + Sync,
    ) -> Inner<Vec<T>> {
        let mut made = in_parallel(&self.hits[part], |hit| {
            let stored = read_unit(snapshot, &hit.unit, &Places::LookedUp)?;
            Ok(stored.map(|stored| ((hit.rank.time, stored.event_id.clone()), make(stored))))
        })?;
        made.sort_by(|one, other| {
            let [one, other] = [one, other].map(|made| made.as_ref().map(|(key, _)| key));
            self.order.apply(&one, &other)
        });
        Ok(made.into_iter().flatten().map(|(_, made)| made).collect())
    }
}

/// Reads all contents of one event id.
pub(super) fn read_unit(
    snapshot: &Snapshot,
    unit: &Unit,
    places: &Places,
) -> Inner<Option<Stored>> {
    Ok(join(ranked(snapshot, unit, places)?))
}

fn ranked(snapshot: &Snapshot, unit: &Unit, places: &Places) -> Inner<Vec<Variant>> {
    let read = |address: &DocAddress| variant(snapshot, *address, places);
    let mut variants: Vec<Variant> = match unit {
        Unit::Single(address) => vec![read(address)?],
        Unit::Group(group) => group.iter().map(read).collect::<Inner<_>>()?,
    };
    rank(&mut variants);
    Ok(variants)
}

/// The contents of one event id may have different times: that of the first one counts.
fn place_in_time(snapshot: &Snapshot, columns: &[Columns], unit: Unit) -> Inner<Hit> {
    let rank = match &unit {
        Unit::Single(address) => rank_of(columns, *address),
        Unit::Group(_) => {
            let variants = ranked(snapshot, &unit, &Places::LookedUp)?;
            variants.first().map_or(NOWHERE, |first| Rank {
                head: head(first.event_id.as_str()),
                ..rank_of(columns, first.address)
            })
        }
    };
    Ok(Hit { rank, unit })
}

/// Where an event without time would stand; every event has one.
const NOWHERE: Rank = Rank {
    time: i64::MIN,
    head: 0,
};

fn rank_of(columns: &[Columns], address: DocAddress) -> Rank {
    let columns = &columns[address.segment_ord as usize];
    let time = columns
        .times
        .as_ref()
        .and_then(|times| times.first(address.doc_id));
    let head = columns
        .heads
        .as_ref()
        .and_then(|heads| heads.first(address.doc_id));
    Rank {
        time: time.unwrap_or(NOWHERE.time),
        head: head.unwrap_or(NOWHERE.head),
    }
}

fn columns(snapshot: &Snapshot) -> Inner<Vec<Columns>> {
    let schema = snapshot.searcher.schema();
    let times = schema.get_field_name(snapshot.fields.time);
    let heads = schema.get_field_name(snapshot.fields.event_id_head);
    let readers = snapshot.searcher.segment_readers().iter();
    readers
        .map(|reader| {
            Ok(Columns {
                times: reader.fast_fields().column_opt(times)?,
                heads: reader.fast_fields().column_opt(heads)?,
            })
        })
        .collect()
}
