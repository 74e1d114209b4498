//! Brings stored records and their places together again.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use tantivy::DocAddress;
use tantivy::query::TermQuery;

use super::boundary::{Inner, in_parallel, unreadable};
use super::leaves;
use super::schema::{DOCUMENTS_ONLY, Document};
use super::snapshot::{Snapshot, content, optional_text, text};
use super::term;
use crate::record::{Integrity, Place, Record};
use crate::text::Text;

/// What the index holds of one event id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The event id.
    pub event_id: Text,
    /// The records of this event id whose bytes differ, each with every place where these very bytes
    /// were found; never empty, and seldom more than one.
    ///
    /// The first one stands for the event: the one with the most values that are not null; of those
    /// with equally many, the one with the smallest sum, so that no file name decides.
    pub records: Vec<Record>,
}

/// One content of an event, and the document that holds it.
pub(super) struct Variant {
    pub address: DocAddress,
    pub event_id: Text,
    pub record: Record,
}

/// Where contents were found.
pub(super) enum Places {
    /// All of them, in order of their contents: for when everything is asked for.
    Gathered(Vec<(u128, Place)>),
    /// To be looked up one by one.
    LookedUp,
}

impl Places {
    /// Reads all places.
    pub(super) fn gather(snapshot: &Snapshot) -> Inner<Self> {
        let query = TermQuery::new(snapshot.fields.kind_of(Document::Place), DOCUMENTS_ONLY);
        let mut read = in_parallel(&snapshot.matching(&query)?, |address| {
            let document = snapshot.document(*address)?;
            let place = text(&document, snapshot.fields.place)?;
            Ok((content(&document, &snapshot.fields)?, parse(place)?))
        })?;
        let mut sources: BTreeSet<Text> = BTreeSet::new();
        for (_, place) in &mut read {
            // One copy of each path is enough for a million places.
            match sources.get(&place.source) {
                Some(source) => place.source = source.clone(),
                None => {
                    sources.insert(place.source.clone());
                }
            }
        }
        read.sort_unstable_by_key(|(content, _)| *content);
        Ok(Self::Gathered(read))
    }

    /// Lists the places of a content, in order, each once.
    fn of(&self, snapshot: &Snapshot, key: u128) -> Inner<Vec<Place>> {
        let mut places = match self {
            Self::Gathered(gathered) => {
                let first = gathered.partition_point(|(content, _)| *content < key);
                let of_key = gathered[first..]
                    .iter()
                    .take_while(|(content, _)| *content == key);
                of_key.map(|(_, place)| place.clone()).collect()
            }
            Self::LookedUp => {
                let mut places = Vec::new();
                for address in snapshot.having(&snapshot.fields.content(key))? {
                    let document = snapshot.document(address)?;
                    if let Some(place) = optional_text(&document, snapshot.fields.place) {
                        places.push(parse(place)?);
                    }
                }
                places
            }
        };
        places.sort_unstable();
        places.dedup();
        if places.is_empty() {
            return Err(unreadable("a record", "no place says where it was found"));
        }
        Ok(places)
    }
}

fn parse(place: &str) -> Inner<Place> {
    serde_json::from_str(place).map_err(|error| unreadable("a place", error))
}

/// Reads one content of an event.
///
/// The library verifies no checksum on reading, so the record is held against the sum by which it is
/// known: damage never passes for evidence.
pub(super) fn variant(snapshot: &Snapshot, address: DocAddress, places: &Places) -> Inner<Variant> {
    let document = snapshot.document(address)?;
    let key = content(&document, &snapshot.fields)?;
    let raw = text(&document, snapshot.fields.record)?;
    if term::key(raw.as_bytes()) != key {
        return Err(unreadable("a record", "it is not what was stored"));
    }
    Ok(Variant {
        address,
        event_id: Text::from(text(&document, snapshot.fields.event_id_verbatim)?),
        record: Record {
            raw: raw.into(),
            places: places.of(snapshot, key)?,
            integrity: Integrity::default(),
        },
    })
}

/// Puts the contents of one event id in order, the one that stands for the event first.
pub(super) fn rank(variants: &mut [Variant]) {
    if variants.len() > 1 {
        variants.sort_by_cached_key(|variant| {
            let record = &variant.record;
            // What is not JSON has as many values as can be met before its fault: none count.
            let values = leaves::walk(&record.raw, &mut |_| ()).unwrap_or(0);
            // Of equally full ones any may be the true one; where they were found decides nothing.
            let sum = term::key(record.raw.as_bytes());
            (Reverse(values), sum, record.raw.clone())
        });
    }
}

/// Makes one of the ranked contents of one event id.
pub(super) fn join(ranked: Vec<Variant>) -> Option<Stored> {
    let event_id = ranked.first()?.event_id.clone();
    Some(Stored {
        event_id,
        records: ranked.into_iter().map(|variant| variant.record).collect(),
    })
}
