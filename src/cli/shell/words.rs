//! The words of a session itself, beside the commands of the program.

use clap::Command;

use crate::cli::help::TOPICS;

/// A word that begins a line.
pub(super) struct Word {
    /// The word.
    pub(super) name: &'static str,
    /// How it is typed.
    pub(super) usage: &'static str,
    /// What it does.
    pub(super) about: &'static str,
}

/// The words, in the order of the help.
pub(super) const WORDS: [Word; 7] = [
    Word {
        name: "help",
        usage: "help [COMMAND or TOPIC]",
        about: "What there is, what a command takes, or what a topic is",
    },
    Word {
        name: "set",
        usage: "set NAME VALUE",
        about: "Gives every command that takes it the option --NAME VALUE: set format json, set tz \
                Europe/Berlin, set account 111122223333",
    },
    Word {
        name: "unset",
        usage: "unset NAME",
        about: "Takes it back",
    },
    Word {
        name: "settings",
        usage: "settings",
        about: "What is set",
    },
    Word {
        name: "transcript",
        usage: "transcript FILE | off",
        about: "Copies what is typed and answered into this new file",
    },
    Word {
        name: "quit",
        usage: "quit",
        about: "Ends the session, as Ctrl-D does",
    },
    Word {
        name: "exit",
        usage: "exit",
        about: "The same",
    },
];

/// The commands that a session has words of its own for, or no use.
const OUTSIDE: [&str; 5] = ["completions", "help", "man", "settings", "shell"];

/// Finds a word by its name.
pub(super) fn named(name: &str) -> Option<&'static Word> {
    WORDS.iter().find(|word| word.name == name)
}

/// Lists the commands of the program that a session has, and what each answers.
pub(super) fn commands(grammar: &Command) -> impl Iterator<Item = &Command> {
    let commands = grammar.get_subcommands();
    commands.filter(|command| !OUTSIDE.contains(&command.get_name()))
}

/// Writes what `help` tells.
pub(super) fn overview(grammar: &Command) -> String {
    let mut text = String::from("Commands, with the options that they have outside:\n");
    for command in commands(grammar) {
        let about = command.get_about().map(ToString::to_string);
        row(&mut text, command.get_name(), &about.unwrap_or_default());
    }
    text.push_str("\nTopics:\n");
    for topic in &TOPICS {
        row(&mut text, &format!("help {}", topic.name), topic.about);
    }
    text.push_str("\nOf the session:\n");
    for word in &WORDS {
        row(&mut text, word.usage, word.about);
    }
    text.push_str(
        "\nA number names a row of the last answer: history 3, show 3, explain 3, at TIME 3.\n\
         Words are quoted as in a shell: search '\"dry run\" is:failed'. # begins a comment.\n\
         TAB completes commands, options, fields and what is in the index.\n",
    );
    text
}

fn row(text: &mut String, name: &str, about: &str) {
    text.push_str(&format!("  {name:24}{about}\n"));
}
