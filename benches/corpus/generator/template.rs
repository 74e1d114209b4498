//! JSON with holes: `<uuid>`, `<word>`, `<own:i>`; the calls of `calls.json` and `lives.json`.

use std::io::Write as _;

use serde_json::Value;

use super::random::{Random, hash};

/// Words of names, the frequent ones first.
const WORDS: [&str; 40] = [
    "web", "api", "orders", "payments", "batch", "prod", "staging", "data", "audit", "auth",
    "billing", "search", "events", "worker", "ingest", "reports", "platform", "network", "deploy",
    "cache", "mail", "queue", "edge", "users", "catalog", "metrics", "backup", "legacy", "stream",
    "ledger", "gateway", "import", "export", "images", "docs", "risk", "pricing", "stock", "tax",
    "returns",
];

const HEX: &[u8] = b"0123456789abcdef";
const DIGITS: &[u8] = b"0123456789";
const TOKEN: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What a record is filled with: where and when it is made, and whose life it belongs to.
pub(crate) struct Setting<'s> {
    pub(crate) account: &'s str,
    pub(crate) region: &'s str,
    /// What tells this account and region apart from others in ids.
    pub(crate) stream: u64,
    /// The number of the life in the archive, where the record is part of one.
    pub(crate) life: u64,
    /// When, as CloudTrail writes it.
    pub(crate) time: String,
}

/// A piece of JSON text, or a hole in it.
#[derive(Debug)]
enum Piece {
    Text(String),
    Uuid,
    Hexadecimal(usize),
    Digits(usize),
    Token(usize),
    Word,
    Account,
    Region,
    Time,
    PrivateAddress,
    /// One of so many ids of the account and region.
    Pool(String, u64),
    /// The id that a thing of this life has, of so many hexadecimal digits.
    Own(String, usize),
    /// The public address of this life, of those that are reserved for measurements.
    OwnAddress,
    /// So many elements of an array.
    Times(u64, u64, Template),
}

/// A JSON value with holes.
#[derive(Debug)]
pub(crate) struct Template(Vec<Piece>);

impl Template {
    /// Reads a value in which strings have holes, and `{"<times>":[1,9],"of":…}` stands for an array.
    pub(crate) fn of(value: &Value) -> Self {
        let mut pieces = Vec::new();
        read(value, &mut pieces);
        Self(pieces)
    }

    /// Writes the value with its holes filled.
    pub(crate) fn write(&self, setting: &Setting<'_>, random: &mut Random, into: &mut Vec<u8>) {
        for piece in &self.0 {
            piece.write(setting, random, into);
        }
    }
}

fn read(value: &Value, pieces: &mut Vec<Piece>) {
    let mut text = |text: &str| match pieces.last_mut() {
        Some(Piece::Text(last)) => last.push_str(text),
        _ => pieces.push(Piece::Text(text.to_owned())),
    };
    match value {
        Value::String(string) => {
            let quoted = Value::from(string.as_str()).to_string();
            read_string(&quoted, pieces);
        }
        Value::Array(elements) => {
            text("[");
            for (number, element) in elements.iter().enumerate() {
                if number > 0 {
                    pieces.push(Piece::Text(",".to_owned()));
                }
                read(element, pieces);
            }
            pieces.push(Piece::Text("]".to_owned()));
        }
        Value::Object(members) if members.contains_key("<times>") => {
            let bound = |index: usize| value["<times>"][index].as_u64().expect("two numbers");
            pieces.push(Piece::Times(bound(0), bound(1), Template::of(&value["of"])));
        }
        Value::Object(members) => {
            text("{");
            for (number, (key, member)) in members.iter().enumerate() {
                let comma = if number > 0 { "," } else { "" };
                pieces.push(Piece::Text(format!(
                    "{comma}{}:",
                    Value::from(key.as_str())
                )));
                read(member, pieces);
            }
            pieces.push(Piece::Text("}".to_owned()));
        }
        scalar => text(&scalar.to_string()),
    }
}

fn read_string(quoted: &str, pieces: &mut Vec<Piece>) {
    let mut rest = quoted;
    while let Some((before, after)) = rest.split_once('<') {
        let (hole, after) = after.split_once('>').expect("a hole ends");
        pieces.push(Piece::Text(before.to_owned()));
        pieces.push(Piece::hole(hole));
        rest = after;
    }
    pieces.push(Piece::Text(rest.to_owned()));
}

impl Piece {
    fn hole(hole: &str) -> Self {
        let label = hole.trim_end_matches(|last: char| last.is_ascii_digit());
        let count = || hole[label.len()..].parse().expect("a number ends the hole");
        match hole.split_once(':') {
            Some(("pool", pool)) => {
                let (label, count) = pool.split_once(':').expect("a label and a number");
                Self::Pool(label.to_owned(), count.parse().expect("a number"))
            }
            Some(("own", "address")) => Self::OwnAddress,
            Some(("own", label)) => Self::Own(label.to_owned(), 17),
            Some(("old", label)) => Self::Own(label.to_owned(), 8),
            _ => match label {
                "uuid" => Self::Uuid,
                "hex" => Self::Hexadecimal(count()),
                "digits" => Self::Digits(count()),
                "token" => Self::Token(count()),
                "word" => Self::Word,
                "account" => Self::Account,
                "region" => Self::Region,
                "time" => Self::Time,
                "ip" => Self::PrivateAddress,
                _ => panic!("no such hole: {hole}"),
            },
        }
    }

    fn write(&self, setting: &Setting<'_>, random: &mut Random, into: &mut Vec<u8>) {
        match self {
            Self::Text(text) => into.extend_from_slice(text.as_bytes()),
            Self::Uuid => uuid(random, into),
            Self::Hexadecimal(count) => letters(random, HEX, *count, into),
            Self::Digits(count) => letters(random, DIGITS, *count, into),
            Self::Token(count) => letters(random, TOKEN, *count, into),
            Self::Word => {
                let word = WORDS[random.low_below(WORDS.len() as u64) as usize];
                into.extend_from_slice(word.as_bytes());
            }
            Self::Account => into.extend_from_slice(setting.account.as_bytes()),
            Self::Region => into.extend_from_slice(setting.region.as_bytes()),
            Self::Time => into.extend_from_slice(setting.time.as_bytes()),
            Self::PrivateAddress => {
                let [high, low] = [random.below(16), random.below(250)];
                write_all(into, format_args!("10.0.{high}.{low}"));
            }
            Self::Pool(label, count) => {
                let rank = random.low_below(*count);
                let member = random.low_below(rank + 1);
                id(hash(&[setting.stream, member], label), 17, into);
            }
            Self::Own(label, digits) => id(hash(&[setting.life], label), *digits, into),
            Self::OwnAddress => {
                let [high, middle, low] = [
                    setting.life >> 16 & 1,
                    setting.life >> 8 & 255,
                    setting.life & 255,
                ];
                write_all(into, format_args!("198.{}.{middle}.{low}", 18 + high));
            }
            Self::Times(least, most, template) => {
                into.push(b'[');
                for number in 0..least + random.low_below(most - least + 1) {
                    if number > 0 {
                        into.push(b',');
                    }
                    template.write(setting, random, into);
                }
                into.push(b']');
            }
        }
    }
}

fn id(number: u64, digits: usize, into: &mut Vec<u8>) {
    let written = format!("0{:016x}", number);
    into.extend_from_slice(&written.as_bytes()[written.len() - digits..]);
}

fn letters(random: &mut Random, alphabet: &[u8], count: usize, into: &mut Vec<u8>) {
    into.extend((0..count).map(|_| alphabet[random.below(alphabet.len() as u64) as usize]));
}

/// Writes a random UUID.
pub(crate) fn uuid(random: &mut Random, into: &mut Vec<u8>) {
    let number = u128::from(random.next()) << 64 | u128::from(random.next());
    let hex = format!("{number:032x}");
    for (part, range) in [0..8, 8..12, 12..16, 16..20, 20..32]
        .into_iter()
        .enumerate()
    {
        if part > 0 {
            into.push(b'-');
        }
        into.extend_from_slice(&hex.as_bytes()[range]);
    }
}

/// Writes text; memory takes all of it.
pub(crate) fn write_all(into: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    into.write_fmt(text).expect("memory is there");
}
