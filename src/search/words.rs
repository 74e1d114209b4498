//! Cuts text into the words by which it is found.

/// Calls `emit` with every word of `text`, in lower case, and its position.
///
/// A word is a run of alphanumeric characters; of a run in CamelCase the parts are words at
/// successive positions, and the whole run is one at the position of its first part.
pub fn words(text: &str, emit: &mut dyn FnMut(&str, usize)) {
    let mut position = 0;
    for run in text.split(|character: char| !character.is_alphanumeric()) {
        if run.is_empty() {
            continue;
        }
        let parts = parts(run);
        if parts.len() > 1 {
            emit(&run.to_lowercase(), position);
        }
        for part in parts {
            emit(&part.to_lowercase(), position);
            position += 1;
        }
    }
}

/// Cuts a run where a capital follows a small letter, or precedes one at the end of capitals.
fn parts(run: &str) -> Vec<&str> {
    let characters: Vec<(usize, char)> = run.char_indices().collect();
    let mut parts = Vec::new();
    let mut start = 0;
    for index in 1..characters.len() {
        let (offset, character) = characters[index];
        let before = characters[index - 1].1;
        let after = characters.get(index + 1).map(|(_, after)| *after);
        let begins = character.is_uppercase()
            && (before.is_lowercase()
                || before.is_uppercase() && after.is_some_and(char::is_lowercase));
        if begins {
            parts.push(&run[start..offset]);
            start = offset;
        }
    }
    parts.push(&run[start..]);
    parts
}
