//! A run of the program: the line, with the settings of the person's file, and what it ends with.

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches as _;

use super::settings::{self, SettingsFile};
use super::terminal::{self, Terminal};
use super::{Cli, Command, command, dispatch, fault, shell};

/// Runs the program; a panic is told as an error.
pub(crate) fn guarded() -> ExitCode {
    fault::guarded(run)
}

fn run() -> ExitCode {
    let words: Vec<OsString> = env::args_os().collect();
    let matches = match command().try_get_matches_from(&words) {
        Ok(matches) => matches,
        Err(error) => return terminal::usage(&error),
    };
    let cli = Cli::from_arg_matches(&matches).and_then(|cli| {
        let file = match cli.command.heeds_settings() {
            true => SettingsFile::asked_for(&cli.global),
            false => Ok(SettingsFile::default()),
        };
        Ok((
            with_settings(cli, &words, &matches, file.as_ref().ok())?,
            file,
        ))
    });
    let ((mut cli, narrowed), file) = match cli {
        Ok(cli) => cli,
        Err(error) => return terminal::usage(&error),
    };
    let file = match file {
        Ok(file) => file,
        Err(error) => return terminal::refuse(&error),
    };
    if let Command::Settings(_) = &cli.command {
        cli.global.in_force = settings::InForce::of(&matches, &file);
    }
    if let Command::Shell(arguments) = &cli.command {
        return shell::run(arguments, &cli.global, &file);
    }
    let mut terminal = match Terminal::new(&cli.global) {
        Ok(terminal) => terminal,
        Err(error) => return terminal::refuse(&error),
    };
    let outcome = match narrowed {
        None => dispatch(&cli, &mut terminal),
        Some(narrowed) => terminal
            .insist(&narrowed)
            .map_err(Into::into)
            .and_then(|()| dispatch(&cli, &mut terminal)),
    };
    terminal.finish(outcome)
}

/// Puts the settings of the person's file into the line, where it does not give them itself; returns
/// what is to be said of filters among them.
fn with_settings(
    cli: Cli,
    words: &[OsString],
    matches: &clap::ArgMatches,
    file: Option<&SettingsFile>,
) -> std::result::Result<(Cli, Option<String>), clap::Error> {
    let Some(file) = file.filter(|file| !file.is_empty()) else {
        return Ok((cli, None));
    };
    let (program, line) = words.split_at(words.len().min(1));
    let mut grammar = command().no_binary_name(true);
    grammar.build();
    let applied = file.settings_for(matches).applied(&grammar, line);
    let cli = command().try_get_matches_from([program, &applied.words].concat())?;
    let narrowed = match (&cli.subcommand_name(), &applied.filters[..]) {
        (_, []) | (Some("settings"), _) => None,
        (_, filters) => Some(file.narrowed_by(filters)),
    };
    Ok((Cli::from_arg_matches(&cli)?, narrowed))
}
