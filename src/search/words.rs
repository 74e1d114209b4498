//! Words: what both the index and the query cut text into, so that they always agree.
//!
//! Not for: whole values (ids, ARNs), which are compared as they stand.

/// The longest word in bytes of UTF-8; the rest of a longer one is left away, alike in the index
/// and in the query, so that a blob in a record cannot bloat the dictionary.
pub const WORD_BYTES_MAX: usize = 255;

/// Cuts `text` into lower-case words and hands over each with its position, 0 for the first.
///
/// A run is a longest sequence of letters and digits (Unicode `Alphabetic` or `Numeric`). It is
/// divided into parts, each at the next position, before a capital letter
///
/// - after a small letter (`detach|Network|Interface`), or
/// - after a capital letter and before two small ones (`VPC|Endpoint`, but `VPCs`, `IDs`, `IPv6`).
///
/// A digit never divides and counts as the letter before it (`Ipv6|Addresses`, `EC2|Instance`), so
/// the hexadecimal digits of an id stay one word, and so does an access key.
///
/// A run of several parts is also handed over undivided, at the position of its first part, and so
/// is every pair of neighbours, at the position of the pair's first part: `detachnetworkinterface`
/// and `networkinterface` find `DetachNetworkInterface`. Positions never decrease.
///
/// Positions are those of one value: whoever cuts several values into one field leaves a gap
/// between them, so that no phrase reaches across. Small ASCII letters are handed over without
/// allocation; anything else costs one buffer a call.
///
/// ```
/// let mut seen = Vec::new();
/// trailspan::search::words("VPCEndpoint eni-0abc123def", &mut |word, position| {
///     seen.push(format!("{position} {word}"));
/// });
/// assert_eq!(seen, ["0 vpcendpoint", "0 vpc", "1 endpoint", "2 eni", "3 0abc123def"]);
/// ```
pub fn words(text: &str, emit: &mut dyn FnMut(&str, usize)) {
    let mut position = 0;
    each_run(text, &mut |run| {
        let parts_count = run.parts_count();
        if parts_count > 1 {
            emit(shorten(run.lower), position);
        }
        for part in 0..parts_count {
            emit(run.parts(part, 1), position + part);
            if parts_count > 2 && part + 1 < parts_count {
                emit(run.parts(part, 2), position + part);
            }
        }
        position += parts_count;
    });
}

/// Returns the words of `text` at successive positions, each part once: what a phrase asks for.
///
/// A phrase of any neighbouring words of a text finds that text.
pub fn phrase(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    each_run(text, &mut |run| {
        found.extend((0..run.parts_count()).map(|part| run.parts(part, 1).to_owned()));
    });
    found
}

/// Returns `text`, all letters and digits, as one undivided word, as [`words`] hands it over.
pub(super) fn undivided(text: &str) -> String {
    let mut lower = String::with_capacity(text.len());
    divide(text, &mut lower, &mut Vec::new());
    lower.truncate(shorten(&lower).len());
    lower
}

/// A run in lower case, and where its parts begin in it; the first part begins at 0.
struct Run<'a> {
    lower: &'a str,
    starts: &'a [usize],
}

impl Run<'_> {
    fn parts_count(&self) -> usize {
        self.starts.len()
    }

    /// Returns `count` neighbouring parts as one word.
    fn parts(&self, first: usize, count: usize) -> &str {
        let end = self.starts.get(first + count);
        shorten(&self.lower[self.starts[first]..end.copied().unwrap_or(self.lower.len())])
    }
}

fn each_run(text: &str, visit: &mut dyn FnMut(Run<'_>)) {
    let mut lower = String::new();
    let mut starts = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (end, is_plain) = run_end(text, at);
        let run = &text[at..end];
        if end == at {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        }
        at = end;
        if is_plain {
            visit(Run {
                lower: run,
                starts: &[0],
            });
        } else {
            divide(run, &mut lower, &mut starts);
            visit(Run {
                lower: &lower,
                starts: &starts,
            });
        }
    }
}

/// Returns where the run that begins at `start` ends, and whether it is small ASCII letters and
/// digits only. Tokenising is the largest cost of an index, hence bytes.
fn run_end(text: &str, start: usize) -> (usize, bool) {
    let bytes = text.as_bytes();
    let mut at = start;
    let mut is_plain = true;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' => at += 1,
            b'A'..=b'Z' => {
                is_plain = false;
                at += 1;
            }
            0..=0x7f => break,
            0x80.. => match text[at..].chars().next() {
                Some(character) if character.is_alphanumeric() => {
                    is_plain = false;
                    at += character.len_utf8();
                }
                _ => break,
            },
        }
    }
    (at, is_plain)
}

/// Which letters a digit or a letter follows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    /// None yet, or a letter without case.
    Neither,
    Small,
    Capital,
}

/// Writes `run` in lower case, and where its parts begin.
fn divide(run: &str, lower: &mut String, starts: &mut Vec<usize>) {
    lower.clear();
    starts.clear();
    starts.push(0);
    lower.reserve(run.len());
    let mut before = Case::Neither;
    let mut rest = run.chars();
    while let Some(character) = rest.next() {
        let case = case_of(character, before);
        if case == Case::Capital && !character.is_numeric() {
            let word_begins = match before {
                Case::Neither => false,
                Case::Small => true,
                Case::Capital => {
                    let mut next = rest.clone();
                    next.next().is_some_and(char::is_lowercase)
                        && next.next().is_some_and(char::is_lowercase)
                }
            };
            if word_begins {
                starts.push(lower.len());
            }
        }
        if character.is_ascii() {
            lower.push(character.to_ascii_lowercase());
        } else {
            // The lower case of `İ` ends in a combining dot, which is no letter: it would end a run.
            lower.extend(character.to_lowercase().filter(|c| c.is_alphanumeric()));
        }
        before = case;
    }
}

fn case_of(character: char, before: Case) -> Case {
    if character.is_ascii_lowercase() {
        Case::Small
    } else if character.is_ascii_uppercase() {
        Case::Capital
    } else if character.is_numeric() {
        before
    } else if character.is_lowercase() {
        Case::Small
    } else if character.is_uppercase() && !character.to_lowercase().eq([character]) {
        // Mathematical capitals have no small form: they divide nothing.
        Case::Capital
    } else {
        Case::Neither
    }
}

/// Returns the first [`WORD_BYTES_MAX`] bytes, and no broken character.
fn shorten(word: &str) -> &str {
    if word.len() <= WORD_BYTES_MAX {
        return word;
    }
    let end = (0..=WORD_BYTES_MAX).rfind(|end| word.is_char_boundary(*end));
    &word[..end.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(text: &str) -> Vec<(String, usize)> {
        let mut found = Vec::new();
        words(text, &mut |word, position| {
            found.push((word.to_owned(), position))
        });
        found
    }

    #[test]
    fn text_is_cut_alike_for_the_index_and_the_query() {
        for (text, expected) in [
            ("", ""),
            (" ,;- ", ""),
            ("network interface", "0 network, 1 interface"),
            ("ClassicLink", "0 classiclink, 0 classic, 1 link"),
            ("VPCEndpoint", "0 vpcendpoint, 0 vpc, 1 endpoint"),
            ("VPCs IDs IPv6", "0 vpcs, 1 ids, 2 ipv6"),
            ("Ipv6Addresses", "0 ipv6addresses, 0 ipv6, 1 addresses"),
            ("EC2Instance", "0 ec2instance, 0 ec2, 1 instance"),
            (
                "DetachNetworkInterface",
                "0 detachnetworkinterface, 0 detach, 0 detachnetwork, 1 network, \
                 1 networkinterface, 2 interface",
            ),
            ("eni-0abc123def", "0 eni, 1 0abc123def"),
            ("ENI-0ABC123DEF", "0 eni, 1 0abc123def"),
            ("AKIAIOSFODNN7EXAMPLE", "0 akiaiosfodnn7example"),
            ("signin.amazonaws.com", "0 signin, 1 amazonaws, 2 com"),
            ("us-east-1", "0 us, 1 east, 2 1"),
            ("a fooBar b", "0 a, 1 foobar, 1 foo, 2 bar, 3 b"),
            ("Zürich-ÉTÉ", "0 zürich, 1 été"),
            ("İstanbul", "0 istanbul"),
            ("日本Vpc", "0 日本vpc"),
        ] {
            let found: Vec<String> = cut(text)
                .into_iter()
                .map(|(word, position)| format!("{position} {word}"))
                .collect();
            assert_eq!(found.join(", "), expected, "{text}");
        }
    }

    #[test]
    fn a_word_beyond_the_limit_is_cut_between_characters() {
        let found = cut(&"é".repeat(1000));
        assert_eq!(found, [("é".repeat(WORD_BYTES_MAX / 2), 0)]);
    }

    /// Words, blanks, CamelCase, and the letters that Unicode makes difficult.
    const TEXT: &str = "([a-z]{0,3}[A-Z]{0,3}[0-9]?[ ._-]?|[İßǅΣςé日𝐀ⅷ]|\\PC){0,12}";

    proptest! {
        #[test]
        fn a_phrase_of_neighbouring_words_finds_its_text(
            text in TEXT, from in 0..40usize, count in 1..6usize,
        ) {
            let all = phrase(&text);
            let index = cut(&text);
            let slice: Vec<String> = all.iter().skip(from).take(count).cloned().collect();
            prop_assert_eq!(phrase(&slice.join(" ")), slice.clone());
            for (offset, word) in slice.iter().enumerate() {
                prop_assert!(index.contains(&(word.clone(), from + offset)), "{} {:?}", word, index);
            }
        }

        #[test]
        fn positions_never_decrease_and_leave_none_out(text in TEXT) {
            let positions: Vec<usize> = cut(&text).into_iter().map(|(_, position)| position).collect();
            prop_assert!(positions.is_sorted());
            let last = phrase(&text).len();
            prop_assert!((0..last).all(|position| positions.contains(&position)));
            prop_assert!(positions.iter().all(|position| *position < last));
        }

        #[test]
        fn a_run_is_found_undivided(text in "[a-zA-Z0-9]{1,40}") {
            prop_assert!(cut(&text).contains(&(undivided(&text), 0)));
            prop_assert_eq!(undivided(&text), text.to_lowercase());
        }
    }
}
