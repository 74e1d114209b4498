//! How an input is changed: by bytes, by words, by pieces of others, and by what JSON lets one write
//! in several ways.

/// Numbers by xorshift64*, the same for the same seed.
pub(super) struct Changes {
    state: u64,
    words: &'static [&'static str],
}

/// What is worth trying in any text.
const TEXTS: &[&str] = &[
    "\u{feff}",
    "\\u0045",
    "\\ud800",
    "\\udfff",
    "\u{202e}",
    "\u{1b}[2J",
    "\0",
    "\r\n",
    "\\",
    "\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "true",
    "-0",
    "1e999",
    "99999999999999999999",
    "0x1f",
    " ",
    "\t",
    "=1+1",
    "\u{10ffff}",
];

impl Changes {
    pub(super) fn new(seed: u64, words: &'static [&'static str]) -> Self {
        let state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        Self { state, words }
    }

    fn next(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `bound`, or 0.
    fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 16) as usize % bound.max(1)
    }

    /// One of several; newer ones as often as all older ones together.
    pub(super) fn choose<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        let newest = among.len() - among.len().min(32);
        let from = if self.below(2) == 0 { 0 } else { newest };
        &among[from + self.below(among.len() - from)]
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        let most = 1 << self.below(12);
        start..(start + self.below(most + 1)).min(length)
    }

    /// Changes an input in one to eight ways.
    pub(super) fn apply(&mut self, input: &mut Vec<u8>, others: &[Vec<u8>]) {
        let bits = self.below(4);
        for _ in 0..=self.below(1 << bits) {
            self.change(input, others);
        }
    }

    fn change(&mut self, input: &mut Vec<u8>, others: &[Vec<u8>]) {
        let at = self.below(input.len() + 1);
        match self.below(12) {
            0 if at < input.len() => input[at] ^= 1 << self.below(8),
            1 if at < input.len() => input[at] = self.next() as u8,
            2 => {
                let range = self.range(input.len());
                input.drain(range);
            }
            3 => input.truncate(at),
            4 => {
                let copy = input[self.range(input.len())].to_vec();
                insert(input, at, &copy);
            }
            5 => {
                let range = self.range(input.len());
                let copy = input[range].to_vec();
                let times = 1 << self.below(8);
                let room = (1 << 15) / copy.len().max(1);
                insert(input, at, &copy.repeat(times.min(room)));
            }
            6 if !others.is_empty() => {
                let other = self.choose(others).clone();
                let piece = other[self.range(other.len())].to_vec();
                insert(input, at, &piece);
            }
            7 if !others.is_empty() => {
                let other = self.choose(others).clone();
                input.truncate(at);
                input.extend_from_slice(&other[self.below(other.len() + 1)..]);
            }
            8 => self.spell(input, at),
            9 => self.number(input, at),
            10 if !self.words.is_empty() => {
                let word = *self.choose(self.words);
                insert(input, at, word.as_bytes());
            }
            _ => insert(input, at, self.choose(TEXTS).as_bytes()),
        }
    }

    /// Writes one character of JSON in another way: an escape for a letter, blanks around punctuation.
    fn spell(&mut self, input: &mut Vec<u8>, at: usize) {
        let Some(found) = input[at..]
            .iter()
            .position(|byte| byte.is_ascii_alphanumeric() || b"{}[],:".contains(byte))
        else {
            return;
        };
        let at = at + found;
        match input[at] {
            byte if byte.is_ascii_alphanumeric() => {
                input.splice(at..=at, format!("\\u{byte:04x}").into_bytes());
            }
            _ => insert(input, at + 1, [&b" "[..], b"\n", b"\r\n\t "][self.below(3)]),
        }
    }

    /// Puts another number in place of one.
    fn number(&mut self, input: &mut Vec<u8>, at: usize) {
        let Some(start) = input[at..].iter().position(u8::is_ascii_digit) else {
            return;
        };
        let start = at + start;
        let length = input[start..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let bits = self.below(64);
        let number = self.next() >> bits;
        input.splice(start..start + length, number.to_string().into_bytes());
    }
}

fn insert(input: &mut Vec<u8>, at: usize, piece: &[u8]) {
    input.splice(at..at, piece.iter().copied());
}
