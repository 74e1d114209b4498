//! `completions`: a script for a shell, which asks here what the line may go on with.
//!
//! Not `clap_complete`: its completers do not see the line, so not the index that it names; it offers the
//! names of files as they are; and in bash it splits what is offered as the shell would.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::complete::{Known, Offer, cut};
use super::opened::Opened;
use super::settings::{Settings, SettingsFile};
use super::status::{Outcome, Status};
use super::terminal::Terminal;
use super::{Global, command};

/// The longest line that is completed, in bytes.
const LINE_BYTES_MAX: usize = 1 << 16;

/// A script that completes commands, options, fields and ids of the index in a shell
///
/// The index is the one that the line names with --index, else the one that the program would take. Of
/// what it holds only words are offered that the shell takes as they are.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  source <(trailspan completions bash)
  trailspan completions zsh > ~/.zfunc/_trailspan
  trailspan completions fish > ~/.config/fish/completions/trailspan.fish
  trailspan completions powershell | Out-String | Invoke-Expression")]
pub(crate) struct Arguments {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
    /// Complete this line, in place of printing the script: what the script asks for.
    #[arg(long, hide = true, value_name = "LINE")]
    line: Option<String>,
    /// What the shell holds to be the last word of the line.
    #[arg(
        long,
        hide = true,
        value_name = "WORD",
        requires = "line",
        default_value = ""
    )]
    word: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
}

impl Shell {
    fn script(self) -> &'static str {
        match self {
            Self::Bash => include_str!("bash.bash"),
            Self::Zsh => include_str!("zsh.zsh"),
            Self::Fish => include_str!("fish.fish"),
            Self::Powershell => include_str!("powershell.ps1"),
        }
    }
}

/// Prints the script, or what a line may go on with: `words` or `files`, and then each word on its line.
pub(crate) fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Outcome {
    let out = terminal.rows().0;
    match &arguments.line {
        None => out.write_all(arguments.shell.script().as_bytes())?,
        Some(line) => match offered(line, &arguments.word, global) {
            Offer::Files => out.write_all(b"files\n")?,
            Offer::Words(words) => {
                out.write_all(b"words\n")?;
                for word in words {
                    out.write_all(format!("{word}\n").as_bytes())?;
                }
            }
        },
    }
    Ok(Status::Answered)
}

/// Says what a line may go on with, in place of the last word as the shell sees it.
fn offered(line: &str, shell_word: &str, global: &Global) -> Offer {
    if line.len() > LINE_BYTES_MAX {
        return Offer::Words(Vec::new());
    }
    let (_, start) = cut(line);
    let words = split(&line[..start]);
    // The name of the program, behind what is set for it alone.
    let is_set = |word: &&str| word.split_once('=').is_some_and(|(name, _)| is_name(name));
    let words = words
        .iter()
        .map(String::as_str)
        .filter(|word| !word.is_empty());
    let before: Vec<&str> = words.skip_while(is_set).skip(1).collect();
    let word = &line[start..];
    let mut grammar = command();
    grammar.build();
    let settings = settings(line, global);
    let named = |option: &str| {
        let of_file = || settings.get(option).map(PathBuf::from);
        value_of(line, &format!("--{option}")).or_else(of_file)
    };
    let known = Known {
        grammar,
        opened: Opened::default(),
        index: named("index").unwrap_or_else(|| global.index.clone()),
        queries: named("queries"),
    };
    match known.offer(&before, word) {
        Offer::Files => Offer::Files,
        Offer::Words(words) => {
            let safe = words.iter().filter(|word| is_safe(word));
            Offer::Words(
                safe.filter_map(|safe| fitted(safe, word, shell_word))
                    .collect(),
            )
        }
    }
}

/// Returns what the file of settings says that the line would heed; a file with a mistake says nothing.
fn settings(line: &str, global: &Global) -> Settings {
    let path = value_of(line, "--config").or_else(|| global.config.clone());
    let file = match split(line).iter().any(|word| word == "--no-config") {
        true => SettingsFile::default(),
        false => SettingsFile::named(path.as_deref()).unwrap_or_default(),
    };
    let mut settings = file.settings();
    if std::env::var_os("TRAILSPAN_INDEX").is_some()
        && let Ok(index) = Settings::named("index")
    {
        settings.unset(index);
    }
    settings
}

/// Says whether any of the shells takes a word as it stands: nothing in it is a sign to one of them.
fn is_safe(word: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:@,+=".contains(c);
    word.chars().all(is_plain) && !word.starts_with('=')
}

fn is_name(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !text.is_empty() && !text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(is_part)
}

/// Cuts a word to what stands for the shell's own last word, which may begin earlier (within quotation
/// marks) or later (behind a colon) than ours.
fn fitted(offered: &str, ours: &str, shell_word: &str) -> Option<String> {
    let theirs = match shell_word {
        ":" | "=" => "",
        word => word.trim_start_matches(['\'', '"']),
    };
    match (ours.strip_suffix(theirs), theirs.strip_suffix(ours)) {
        (Some(before), _) => offered.get(before.len()..).map(str::to_owned),
        (None, Some(before)) => Some(format!("{before}{offered}")),
        // The shell sees something else: what is offered would stand in the wrong place.
        (None, None) => None,
    }
}

/// Splits a line as a shell would; a quotation mark may still be open.
fn split(line: &str) -> Vec<String> {
    let closed = ["", "'", "\""].map(|mark| format!("{line}{mark}"));
    let words = closed.iter().find_map(|line| shlex::split(line));
    words.unwrap_or_else(|| line.split_whitespace().map(str::to_owned).collect())
}

/// Returns the value that an option has in a line, without its quotation marks.
fn value_of(line: &str, option: &str) -> Option<PathBuf> {
    let mut words = split(line).into_iter();
    let value = loop {
        let word = words.next()?;
        match word.strip_prefix(option) {
            Some("") => break words.next()?,
            Some(rest) if rest.starts_with('=') => break rest[1..].to_owned(),
            _ => {}
        }
    };
    let home = || std::env::var_os("HOME").map(PathBuf::from);
    Some(match value.strip_prefix("~/") {
        Some(below) => home()?.join(below),
        None => PathBuf::from(value),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_read_as_a_sign_is_not_safe() {
        assert!(is_safe("arn:aws:iam::111122223333:user/alice"));
        assert!(is_safe("region:eu-west-1,us-east-1"));
        for word in [
            "a;b",
            "a|b",
            "a&b",
            "a>b",
            "$(a)",
            "`a`",
            "a b",
            "a*",
            "a?",
            "[a]",
            "{a,b}",
            "!1",
            "~a",
            "=ls",
            "a\nb",
            "a\u{1b}[2J",
            "a'b",
            "a\"b",
            "a\\b",
            "#a",
            "%1",
            "a^b",
            "(a)",
        ] {
            assert!(!is_safe(word), "{word:?}");
        }
    }

    #[test]
    fn a_word_is_cut_to_what_the_shell_replaces() {
        for (offered, ours, theirs, expected) in [
            ("history", "his", "his", Some("history")),
            ("region:eu-west-1", "region:eu", "eu", Some("eu-west-1")),
            ("region:eu-west-1", "region:", ":", Some("eu-west-1")),
            ("region:eu-west-1", "region:", "", Some("eu-west-1")),
            ("actor:", "act", "'kind:eip act", Some("kind:eip actor:")),
            ("--format=json", "--format=js", "js", Some("json")),
            ("history", "his", "other", None),
        ] {
            assert_eq!(fitted(offered, ours, theirs).as_deref(), expected);
        }
    }

    #[test]
    fn the_value_of_an_option_in_a_line_is_found() {
        for (line, expected) in [
            ("trailspan --index a history ", Some("a")),
            ("trailspan history --index='a b' x", Some("a b")),
            ("trailspan --index a search 'not closed", Some("a")),
            ("trailspan search 'not --index a", None),
            ("trailspan history", None),
            ("trailspan history --index", None),
        ] {
            assert_eq!(value_of(line, "--index"), expected.map(PathBuf::from));
        }
    }
}
