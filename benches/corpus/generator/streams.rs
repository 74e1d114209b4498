//! The streams of an archive: an account in a region, whose files come every five minutes.

use jiff::{SignedDuration, Timestamp};

use super::calls::{Call, Repertoire};
use super::random::Random;

/// How long one file is written to, in seconds.
pub(crate) const SLOT_SECONDS: u64 = 300;

/// One call in a hundred concerns networks.
const SCOPE: u64 = 100;

/// Account, region, when it begins, whether that is before VPCs, and its share of the files.
const STREAMS: [(&str, &str, &str, bool, u64); 9] = [
    (
        "111122223333",
        "us-east-1",
        "2024-01-01T00:00:00Z",
        false,
        30,
    ),
    (
        "111122223333",
        "eu-west-1",
        "2024-01-01T00:00:00Z",
        false,
        12,
    ),
    (
        "111122223333",
        "us-west-2",
        "2024-01-01T00:00:00Z",
        false,
        6,
    ),
    (
        "444455556666",
        "us-east-1",
        "2024-01-01T00:00:00Z",
        false,
        18,
    ),
    (
        "444455556666",
        "eu-west-1",
        "2024-01-01T00:00:00Z",
        false,
        10,
    ),
    (
        "777788889999",
        "us-east-1",
        "2024-01-01T00:00:00Z",
        false,
        12,
    ),
    (
        "777788889999",
        "ap-southeast-2",
        "2024-01-01T00:00:00Z",
        false,
        5,
    ),
    (
        "999988887777",
        "us-east-1",
        "2024-01-01T00:00:00Z",
        false,
        4,
    ),
    ("123456789012", "us-east-1", "2017-05-01T00:00:00Z", true, 3),
];

/// An account in a region.
pub(crate) struct Stream {
    pub(crate) number: u64,
    pub(crate) account: &'static str,
    pub(crate) region: &'static str,
    pub(crate) first: Timestamp,
    pub(crate) slots: u64,
    is_classic: bool,
}

/// A call of a life, and when it is made, in seconds from the beginning of its stream.
pub(crate) struct Moment<'r> {
    pub(crate) second: u64,
    pub(crate) life: u64,
    pub(crate) call: &'r Call,
}

/// Shares so many files among the streams.
pub(crate) fn streams(files: u64) -> Vec<Stream> {
    let all: u64 = STREAMS.iter().map(|stream| stream.4).sum();
    let numbered = (0..).zip(STREAMS);
    numbered
        .map(
            |(number, (account, region, first, is_classic, share))| Stream {
                number,
                account,
                region,
                first: first.parse().expect("a time"),
                slots: (files * share / all).max(2),
                is_classic,
            },
        )
        .collect()
}

impl Stream {
    /// Returns the time that many seconds after the beginning.
    pub(crate) fn time(&self, second: u64) -> Timestamp {
        self.first + SignedDuration::from_secs(second as i64)
    }

    /// Chooses the lives of the stream, so that one record in a hundred is of one of them; `first` is
    /// the number of the first life. Returns which, and their calls in order.
    pub(crate) fn lives<'r>(
        &self,
        repertoire: &'r Repertoire,
        seed: u64,
        records: u64,
        first: u64,
    ) -> (Vec<usize>, Vec<Moment<'r>>) {
        let mut random = Random::of(&[seed, self.number, 1]);
        let span = self.slots * SLOT_SECONDS;
        let (mut chosen, mut moments) = (Vec::new(), Vec::new());
        while (moments.len() as u64) < records / SCOPE {
            let which = self.choose(repertoire, &mut random);
            let life = first + chosen.len() as u64;
            let calls = &repertoire.lives[which].calls;
            // Two calls of a life are at least as many seconds apart as thousandths.
            let length = random.low_below(span);
            let length = 1_000.max(random.below(length + 1)).min(span);
            let begin = random.below(span - length + 1);
            moments.extend(calls.iter().map(|call| Moment {
                second: (begin + length * call.at / 1000).min(span - 1),
                life,
                call,
            }));
            chosen.push(which);
        }
        moments.sort_by_key(|moment| (moment.second, moment.life, moment.call.at));
        (chosen, moments)
    }

    fn choose(&self, repertoire: &Repertoire, random: &mut Random) -> usize {
        let fits = |index: &usize| repertoire.lives[*index].is_classic == self.is_classic;
        let weight = |index: &usize| repertoire.lives[*index].weight;
        let fitting: Vec<usize> = (0..repertoire.lives.len()).filter(fits).collect();
        let mut number = random.below(fitting.iter().map(weight).sum());
        for index in &fitting {
            if number < weight(index) {
                return *index;
            }
            number -= weight(index);
        }
        fitting[0]
    }
}
