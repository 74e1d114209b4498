//! One file of an archive, and its copy in the organisation's trail.

use std::fs;
use std::io::{self, Write as _};
use std::ops::Range;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::calls::{Callers, Repertoire};
use super::random::Random;
use super::streams::{Moment, SLOT_SECONDS, Stream};
use super::template::{Setting, write_all};
use super::{Plan, Size};

/// How many files in a thousand have at least and less than so many records.
const COUNTS: [(u64, Range<u64>); 5] = [
    (300, 5..40),
    (520, 40..250),
    (140, 250..800),
    (37, 800..2_000),
    (3, 2_000..6_000),
];

/// How many records a small file has: 1 to 5 kB of gz.
const SMALL_COUNTS: Range<u64> = 2..22;

/// A file to be written.
pub(crate) struct File<'f> {
    pub(crate) plan: Plan,
    pub(crate) stream: &'f Stream,
    pub(crate) slot: u64,
    /// How many records it holds beside those of lives.
    pub(crate) records: u64,
    pub(crate) moments: &'f [Moment<'f>],
}

/// What was written of one slot.
pub(crate) struct Written {
    /// How many files: one, or two with the organisation's.
    pub(crate) copies: u64,
    /// Bytes of all of them.
    pub(crate) gz_bytes: u64,
    /// Bytes of each once inflated, records in each, how many of these are in scope, and their bytes.
    pub(crate) json_bytes: u64,
    pub(crate) records: u64,
    pub(crate) events: u64,
    pub(crate) event_bytes: u64,
}

/// Returns how many records that have nothing to do with networks one file holds.
pub(crate) fn records_count(plan: Plan, stream: &Stream, slot: u64) -> u64 {
    let mut random = Random::of(&[plan.seed, stream.number, 2, slot]);
    let between = |random: &mut Random, range: &Range<u64>| {
        range.start + random.below(range.end - range.start)
    };
    if let Size::SmallFiles(_) = plan.size {
        return between(&mut random, &SMALL_COUNTS);
    }
    let mut number = random.below(1_000);
    for (share, range) in &COUNTS {
        if number < *share {
            return between(&mut random, range);
        }
        number -= share;
    }
    0
}

impl File<'_> {
    /// Writes the file, and the organisation's where there is one.
    pub(crate) fn write(&self, repertoire: &Repertoire, folder: &Path) -> io::Result<Written> {
        let mut random = Random::of(&[self.plan.seed, self.stream.number, 3, self.slot]);
        let (text, records, event_bytes) = self.records(repertoire, &mut random);
        let mut written = Written {
            copies: 0,
            gz_bytes: 0,
            json_bytes: 0,
            records: records.len() as u64,
            events: self.moments.len() as u64,
            event_bytes,
        };
        let is_last_sixteenth = self.slot * 16 >= self.stream.slots * 15;
        let trails: &[&str] = if is_last_sixteenth {
            &["", "o-exampleorg1/"]
        } else {
            &[""]
        };
        for trail in trails {
            // Another trail has the same records, in another order.
            let in_order: Vec<&Range<usize>> = match *trail {
                "" => records.iter().collect(),
                _ => records.iter().rev().collect(),
            };
            let mut json = Vec::with_capacity(text.len() + records.len() + 16);
            json.extend_from_slice(br#"{"Records":["#);
            for (number, range) in in_order.into_iter().enumerate() {
                if number > 0 {
                    json.push(b',');
                }
                json.extend_from_slice(&text[range.clone()]);
            }
            json.extend_from_slice(b"]}");
            let mut gz = GzEncoder::new(Vec::with_capacity(json.len() / 4), Compression::new(6));
            gz.write_all(&json)?;
            let gz = gz.finish()?;
            let path = folder.join(self.path(trail, &mut random));
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(path, &gz)?;
            written.copies += 1;
            written.gz_bytes += gz.len() as u64;
            written.json_bytes = json.len() as u64;
        }
        Ok(written)
    }

    /// Writes the records one after the other; returns where each stands, and the bytes of those in scope.
    fn records(
        &self,
        repertoire: &Repertoire,
        random: &mut Random,
    ) -> (Vec<u8>, Vec<Range<usize>>, u64) {
        let Stream {
            account,
            region,
            number,
            ..
        } = *self.stream;
        let begin = self.slot * SLOT_SECONDS;
        let mut setting = Setting {
            account,
            region,
            stream: number,
            life: 0,
            time: self.stream.time(begin).to_string(),
        };
        let callers = Callers::new(&setting, random, 3 + (self.records as usize / 80).min(20));
        let mut moments = self.moments.iter().peekable();
        let mut text = Vec::new();
        let mut ranges = Vec::new();
        let mut event_bytes = 0;
        for number in 0..=self.records {
            let second = begin + SLOT_SECONDS * number / self.records.max(1);
            while let Some(moment) = moments.next_if(|moment| moment.second < second) {
                (setting.life, setting.time) =
                    (moment.life, self.stream.time(moment.second).to_string());
                let start = text.len();
                moment.call.write(&setting, &callers, random, &mut text);
                event_bytes += (text.len() - start) as u64;
                ranges.push(start..text.len());
            }
            if number < self.records {
                setting.time = self.stream.time(second).to_string();
                let start = text.len();
                let call = repertoire.call(random);
                call.write(&setting, &callers, random, &mut text);
                ranges.push(start..text.len());
            }
        }
        (text, ranges, event_bytes)
    }

    /// Returns where S3 would put it.
    fn path(&self, trail: &str, random: &mut Random) -> String {
        let Stream {
            account, region, ..
        } = *self.stream;
        let time = self.stream.time(self.slot * SLOT_SECONDS);
        let [day, stamp] = ["%Y/%m/%d", "%Y%m%dT%H%MZ"].map(|format| time.strftime(format));
        let mut path = Vec::new();
        write_all(
            &mut path,
            format_args!(
                "AWSLogs/{trail}{account}/CloudTrail/{region}/{day}/{account}_CloudTrail_{region}_{stamp}_{:016x}.json.gz",
                random.next()
            ),
        );
        String::from_utf8_lossy(&path).into_owned()
    }
}
