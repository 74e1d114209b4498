//! The nearest word: what a person may have meant by one that does not exist.

/// A word longer than this many bytes is no slip of the finger, and not worth the comparison.
const WORD_BYTES_MAX: usize = 64;

/// Returns the word among the given ones that `word` most likely stands for, the earlier of equals.
///
/// Near is what a third of the letters, at least one, turns into the other: a letter too many, too
/// few, wrong, or two swapped; or what begins with `word`, from two letters on. Capitals count as
/// small letters. `None` where nothing is near.
pub fn nearest<'a>(word: &str, among: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
    if typed.is_empty() || word.len() > WORD_BYTES_MAX {
        return None;
    }
    let limit = (typed.len() / 3).max(1);
    among
        .into_iter()
        .filter(|candidate| candidate.len() <= WORD_BYTES_MAX)
        .filter_map(|candidate| {
            let letters: Vec<char> = candidate.chars().flat_map(char::to_lowercase).collect();
            let begins_alike = typed.len() > 1 && letters.starts_with(&typed);
            let distance = distance(&typed, &letters);
            (distance <= limit || begins_alike).then_some((distance.min(limit + 1), candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Returns how many letters must be added, left out, changed or swapped with their neighbour.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (row, letter) in from.iter().enumerate() {
        let mut this = vec![row + 1];
        for (column, other) in to.iter().enumerate() {
            let changed = last[column] + usize::from(letter != other);
            let mut least = changed.min(last[column + 1] + 1).min(this[column] + 1);
            let swapped = row > 0 && column > 0 && from[row - 1] == *other;
            if swapped && to[column - 1] == *letter {
                least = least.min(before_last[column - 1] + 1);
            }
            this.push(least);
        }
        before_last = std::mem::replace(&mut last, this);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found_and_a_far_one_is_not() {
        let words = [
            "event",
            "account",
            "region",
            "actor",
            "DetachNetworkInterface",
        ];
        for (typed, expected) in [
            ("evnet", Some("event")),
            ("regoin", Some("region")),
            ("REGION", Some("region")),
            ("acc", Some("account")),
            ("actr", Some("actor")),
            ("dettachNetworkInterfaces", Some("DetachNetworkInterface")),
            ("", None),
            ("x", None),
            ("colour", None),
        ] {
            assert_eq!(nearest(typed, words), expected, "{typed}");
        }
    }

    #[test]
    fn a_very_long_word_has_no_nearest() {
        let long = "a".repeat(65);
        assert_eq!(nearest(&long, [long.as_str()]), None);
    }
}
