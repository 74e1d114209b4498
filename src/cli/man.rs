//! `man`: the manual pages, written from the command line itself.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use clap_mangen::Man;
use trailspan::archive::path_text;
use trailspan::error::{Error, ErrorKind, Result};
use trailspan::search::nearest;
use trailspan::text::several;

use super::command;
use super::status::{Outcome, Status};
use super::terminal::Terminal;

/// A manual page: of the program, of a command, or all of them into a folder
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trailspan man | man -l -
  trailspan man history | man -l -
  trailspan man --output ~/.local/share/man/man1")]
pub(crate) struct Arguments {
    /// The command [default: the program]
    #[arg(value_name = "COMMAND", conflicts_with = "output")]
    command: Option<String>,
    /// Write every page into this folder, which is made if it is not there
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Write over pages that are there
    #[arg(long, requires = "output")]
    force: bool,
}

/// Prints a page, or writes all of them.
pub(crate) fn run(arguments: &Arguments, terminal: &mut Terminal) -> Outcome {
    let mut program = command();
    program.build();
    if let Some(folder) = &arguments.output {
        let pages = all(&program)?;
        write_into(folder, &pages, arguments.force)?;
        let pages = several(pages.len() as u64, "page", "pages");
        terminal.note(&format!("{pages} in {}", path_text(folder)))?;
        return Ok(Status::Answered);
    }
    let about = match &arguments.command {
        None => &program,
        Some(name) => program.find_subcommand(name).ok_or_else(|| {
            let names = program.get_subcommands().map(clap::Command::get_name);
            let hint = match nearest(name, names) {
                Some(near) => format!("did you mean {near}?"),
                None => "`trailspan help` lists the commands".to_owned(),
            };
            Error::new(ErrorKind::Usage, format!("man {name}"), "no such command").hint(hint)
        })?,
    };
    let page = page(about)?;
    terminal.rows().0.write_all(&page)?;
    Ok(Status::Answered)
}

/// Makes every page, each with the name of its file.
fn all(program: &clap::Command) -> io::Result<Vec<(String, Vec<u8>)>> {
    let commands = program.get_subcommands().map(|command| {
        let file = format!("{}-{}.1", program.get_name(), command.get_name());
        Ok((file, page(command)?))
    });
    let main = (format!("{}.1", program.get_name()), page(program)?);
    std::iter::once(Ok(main)).chain(commands).collect()
}

/// Makes the page of a command, which is built.
fn page(command: &clap::Command) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let more = command
        .get_after_long_help()
        .or_else(|| command.get_after_help())
        .map(ToString::to_string);
    let man = Man::new(command.clone());
    man.render_title(&mut out)?;
    man.render_name_section(&mut out)?;
    man.render_synopsis_section(&mut out)?;
    man.render_description_section(&mut out)?;
    man.render_options_section(&mut out)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut out)?;
    }
    if let Some(more) = more {
        as_it_stands(&mut out, "MORE", &more)?;
    }
    if command.get_version().is_some() {
        man.render_version_section(&mut out)?;
    }
    Ok(out)
}

/// Writes a section whose lines stay as they are: examples, and tables.
fn as_it_stands(out: &mut dyn Write, title: &str, text: &str) -> io::Result<()> {
    writeln!(out, ".SH {title}\n.nf")?;
    for line in text.lines() {
        let line = line.replace('\\', "\\e").replace('-', "\\-");
        let line = line.replace('\'', "\\(aq").replace('`', "\\(ga");
        // What begins with a full stop would be a request.
        let guard = if line.starts_with('.') { "\\&" } else { "" };
        writeln!(out, "{guard}{line}")?;
    }
    writeln!(out, ".fi")
}

/// Writes the pages; nothing where one of them is there already and may not be written over.
fn write_into(folder: &Path, pages: &[(String, Vec<u8>)], is_forced: bool) -> Result<()> {
    let failed = |path: &Path, what: &'static str, error: io::Error| {
        Error::new(ErrorKind::Input, path_text(path), what).because(error)
    };
    fs::create_dir_all(folder).map_err(|error| {
        failed(folder, "cannot be made", error).hint("name a folder that can be written to")
    })?;
    let there = pages.iter().map(|(name, _)| folder.join(name));
    if let Some(path) = there.into_iter().find(|path| !is_forced && path.exists()) {
        let what = "is there already";
        let error = Error::new(ErrorKind::Input, path_text(&path), what);
        return Err(error.hint("--force writes over it"));
    }
    for (name, page) in pages {
        let path = folder.join(name);
        let mut options = OpenOptions::new();
        match is_forced {
            true => options.write(true).create(true).truncate(true),
            false => options.write(true).create_new(true),
        };
        options
            .open(&path)
            .and_then(|mut file| file.write_all(page))
            .map_err(|error| {
                failed(&path, "cannot be written", error)
                    .hint("see that there is room, and who may write there")
            })?;
    }
    Ok(())
}
