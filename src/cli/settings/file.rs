//! The person's file of settings: where it lies, and what it holds.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use clap::parser::ValueSource;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use trailspan::archive::path_text;
use trailspan::catalogue::Catalogue;
use trailspan::error::{Error, ErrorKind, Result};
use trailspan::search::time::{self, Frame};
use trailspan::text::Escaped;

use super::{Setting, Settings, parsed};
use crate::cli::{Command, Global};

/// The longest file, in bytes.
const FILE_BYTES_MAX: u64 = 1 << 16;

/// The settings of a file; none where there is no file.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct SettingsFile {
    path: PathBuf,
    pub(super) entries: Vec<Entry>,
}

/// One setting of a file.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) setting: &'static Setting,
    /// Empty for a flag that is set.
    pub(super) value: OsString,
    /// Where it stands, from 1.
    pub(super) line: usize,
    /// Whether it is a flag that is not set.
    pub(super) is_off: bool,
}

/// Returns the folder of what a person sets up for this program.
pub(in crate::cli) fn folder() -> Option<PathBuf> {
    let folder = |name| env::var_os(name).map(PathBuf::from);
    let configuration = folder("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
    let configuration =
        configuration.or_else(|| folder("HOME").map(|home| home.join(".config")))?;
    Some(configuration.join("trailspan"))
}

impl SettingsFile {
    /// Reads the file that was named, else the person's own, which need not be there.
    ///
    /// # Errors
    ///
    /// Where it cannot be read, or something in it is no setting.
    pub(in crate::cli) fn asked_for(global: &Global) -> Result<Self> {
        match global.no_config {
            true => Ok(Self::default()),
            false => Self::named(global.config.as_deref()),
        }
    }

    /// Reads this file, else the person's own, which need not be there.
    ///
    /// # Errors
    ///
    /// Where it cannot be read, or something in it is no setting.
    pub(in crate::cli) fn named(path: Option<&Path>) -> Result<Self> {
        if let Some(path) = path {
            return Self::read(path);
        }
        match folder().map(|folder| folder.join("config.toml")) {
            Some(path) if path.exists() => Self::read(&path),
            _ => Ok(Self::default()),
        }
    }

    fn read(path: &Path) -> Result<Self> {
        let text = text_of(path).map_err(|error| {
            let what = "the settings cannot be read";
            let error = Error::new(ErrorKind::Input, path_text(path), what).because(error);
            error.hint("name a file with --config, or use --no-config")
        })?;
        let table = DeTable::parse(&text).map_err(|error| {
            let line = line_of(&text, error.span().map_or(0, |span| span.start));
            mistake(path, line, "is not TOML")
                .because(Escaped(error.message()))
                .hint("a setting is one line: tz = \"Europe/Berlin\"")
        })?;
        let mut entries = Vec::new();
        for (key, value) in table.get_ref() {
            let line = line_of(&text, key.span().start);
            entries.push(entry(path, line, key.get_ref(), value)?);
        }
        entries.sort_by_key(|entry| entry.line);
        let path = path.to_owned();
        Self { path, entries }.consistent()
    }

    /// Refuses settings of which one excludes another.
    fn consistent(self) -> Result<Self> {
        let set = self.entries.iter().filter(|entry| !entry.is_off);
        let line = |name| set.clone().find(|entry| entry.setting.name == name);
        match (line("quiet"), line("verbose")) {
            (Some(one), Some(other)) => {
                let line = one.line.max(other.line);
                let what = "`quiet` and `verbose` exclude one another";
                Err(mistake(&self.path, line, what).hint("take one of them away"))
            }
            _ => Ok(self),
        }
    }

    pub(in crate::cli) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the path as it may be shown.
    pub(super) fn shown_path(&self) -> String {
        path_text(&self.path).to_string()
    }

    /// Returns all settings, but for what the environment says otherwise.
    pub(in crate::cli) fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        for entry in &self.entries {
            if !entry.is_off && from_environment(entry.setting.name).is_none() {
                settings.set(entry.setting, entry.value.clone());
            }
        }
        settings
    }

    /// Returns the settings for a line: without those that the environment or the line gives in another
    /// way.
    pub(in crate::cli) fn settings_for(&self, matches: &ArgMatches) -> Settings {
        let mut settings = self.settings();
        let is_from_environment = |name| source(matches, name) == Some(ValueSource::EnvVariable);
        for entry in &self.entries {
            if is_from_environment(entry.setting.name) {
                settings.unset(entry.setting);
            }
        }
        settings
    }

    /// Says which filters of the file keep rows back, if any does.
    pub(in crate::cli) fn narrowed(&self) -> Option<String> {
        let filters = self.entries.iter().filter(|entry| entry.setting.is_filter);
        let filters: Vec<String> = filters
            .map(|entry| {
                Escaped(&super::word(entry.setting, &entry.value).to_string_lossy()).to_string()
            })
            .collect();
        (!filters.is_empty()).then(|| self.narrowed_by(&filters))
    }

    /// Says that filters of the file keep rows back; they are safe to show.
    pub(in crate::cli) fn narrowed_by(&self, filters: &[String]) -> String {
        format!("narrowed by {}: {}", self.shown_path(), filters.join(" "))
    }
}

/// Returns where the value of an option comes from, in the line or in its command.
pub(in crate::cli) fn source(matches: &ArgMatches, name: &str) -> Option<ValueSource> {
    let id = name.replace('-', "_");
    let of = |matches: &ArgMatches| match matches.try_contains_id(&id) {
        Ok(_) => matches.value_source(&id),
        Err(_) => None,
    };
    let of_command = matches.subcommand().and_then(|(_, matches)| of(matches));
    of_command.or_else(|| of(matches))
}

/// Returns what the environment says of a setting beside the options' own variables, and the variable.
pub(super) fn from_environment(name: &str) -> Option<(&'static str, &'static str)> {
    let set = |variable| env::var_os(variable);
    match name {
        "color" => set("NO_COLOR")
            .filter(|value| !value.is_empty())
            .map(|_| ("NO_COLOR", "never")),
        "no-pager" => ["TRAILSPAN_PAGER", "PAGER"]
            .into_iter()
            .find_map(|variable| Some((variable, set(variable)?)))
            .filter(|(_, value)| value.is_empty())
            .map(|(variable, _)| (variable, "true")),
        _ => None,
    }
}

fn entry(path: &Path, line: usize, key: &str, value: &Spanned<DeValue<'_>>) -> Result<Entry> {
    let setting = Settings::named(key).map_err(|error| {
        let what = format!("`{}`: {}", Escaped(key), error.what);
        let hint = error.hint.unwrap_or_default();
        mistake(path, line, what).hint(hint)
    })?;
    let named = |what: &str| format!("`{}`: {what}", setting.name);
    let is_off = matches!(value.get_ref(), DeValue::Boolean(false));
    let value = match (setting.is_flag, value.get_ref()) {
        (true, DeValue::Boolean(_)) => OsString::new(),
        (true, _) => {
            let hint = format!("{} = true", setting.name);
            return Err(mistake(path, line, named("it is true or false")).hint(hint));
        }
        (false, value) => {
            let Some(text) = text(value) else {
                let hint = format!("{} = \"…\"", setting.name);
                let what = named("it is a text, a number, a time, or a list of them");
                return Err(mistake(path, line, what).hint(hint));
            };
            located(setting, &text, path)
        }
    };
    checked(setting, &value).map_err(|error| {
        let hint = error.hint.clone().unwrap_or_default();
        mistake(path, line, named(&Escaped(&error.what).to_string())).hint(hint)
    })?;
    Ok(Entry {
        setting,
        value,
        line,
        is_off,
    })
}

/// Returns a value as it is typed; lists as an option takes them.
fn text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Datetime(time) => Some(time.to_string()),
        DeValue::Array(items) => {
            let items = items.iter().map(|item| match item.get_ref() {
                DeValue::Array(_) => None,
                item => text(item),
            });
            items
                .collect::<Option<Vec<_>>>()
                .map(|items| items.join(","))
        }
        DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Table(_) => None,
    }
}

/// Takes a path from the folder of the file that it stands in; `~/` is the person's own folder.
fn located(setting: &Setting, text: &str, file: &Path) -> OsString {
    if !["index", "queries"].contains(&setting.name) {
        return text.into();
    }
    let home = env::var_os("HOME").map(PathBuf::from);
    match (text.strip_prefix("~/"), home) {
        (Some(below), Some(home)) => home.join(below).into_os_string(),
        _ => file
            .parent()
            .unwrap_or(Path::new(""))
            .join(text)
            .into_os_string(),
    }
}

/// Refuses a value that could not be given on the command line.
fn checked(setting: &Setting, value: &OsStr) -> Result<()> {
    let cli = parsed(setting, value)?;
    if setting.name == "tz" {
        let name = value.to_string_lossy();
        time::zone(&name).map_err(|error| error.into_error("tz"))?;
    }
    if !setting.is_filter {
        return Ok(());
    }
    // Times that count back do so from the newest event of an index, which is not known here.
    let frame = Frame::new(TimeZone::UTC).counting_from(Some(Timestamp::UNIX_EPOCH));
    match &cli.command {
        Command::Search(arguments) => arguments.check(Catalogue::embedded(), &frame),
        _ => Ok(()),
    }
}

fn mistake(path: &Path, line: usize, what: impl Into<String>) -> Error {
    Error::new(
        ErrorKind::Usage,
        format!("{}:{line}", path_text(path)),
        what,
    )
}

/// Returns the line, from 1, that a byte stands in.
fn line_of(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

fn text_of(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let read = File::open(path)?
        .take(FILE_BYTES_MAX + 1)
        .read_to_string(&mut text)?;
    match read as u64 > FILE_BYTES_MAX {
        true => Err(io::Error::other(format!(
            "it has more than {FILE_BYTES_MAX} bytes"
        ))),
        false => Ok(text),
    }
}
