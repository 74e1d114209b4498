//! Where in a line a word stands.

use clap::{Arg, ArgAction, Command};

/// What a word takes the place of.
pub(super) enum Slot<'g> {
    /// The value of an option.
    Option(&'g Arg),
    /// A value of the command itself.
    Positional(&'g Arg),
    /// Nothing more is taken.
    None,
}

/// Finds the command in the words before, and an option of the program that still lacks its value.
pub(super) fn command_in<'g>(
    grammar: &'g Command,
    before: &[&str],
) -> (Option<usize>, Option<&'g Arg>) {
    let mut pending = None;
    for (at, word) in before.iter().enumerate() {
        match pending.take() {
            Some(_) => {}
            None if word.starts_with('-') => pending = lacks_value(grammar, word),
            None => return (Some(at), None),
        }
    }
    (None, pending)
}

/// Returns the option that this word is, where its value is the next word.
fn lacks_value<'g>(command: &'g Command, word: &str) -> Option<&'g Arg> {
    let mut arguments = command.get_arguments();
    arguments.find(|arg| {
        let short = arg.get_short().map(|short| format!("-{short}"));
        let is_named = [long(arg), short].iter().flatten().any(|name| name == word);
        is_named && arg.get_action().takes_values()
    })
}

/// Finds what the word behind these takes the place of.
pub(super) fn slot<'g>(command: &'g Command, rest: &[&str]) -> Slot<'g> {
    let (mut values, mut pending, mut is_open) = (0, None, true);
    for word in rest {
        if pending.take().is_some() {
            continue;
        }
        match *word {
            "--" if is_open => is_open = false,
            word if is_open && word.starts_with('-') => pending = lacks_value(command, word),
            _ => values += 1,
        }
    }
    if let Some(option) = pending {
        return Slot::Option(option);
    }
    let positionals: Vec<&Arg> = command.get_positionals().collect();
    let last = positionals.last().filter(|arg| {
        let most = arg.get_num_args().map(|range| range.max_values());
        most.is_some_and(|most| most > 1) || matches!(arg.get_action(), ArgAction::Append)
    });
    match positionals.get(values).or(last) {
        Some(arg) => Slot::Positional(arg),
        None => Slot::None,
    }
}

/// Returns the option as it is typed.
pub(super) fn long(arg: &Arg) -> Option<String> {
    arg.get_long().map(|name| format!("--{name}"))
}
