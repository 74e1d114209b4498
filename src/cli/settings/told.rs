//! `settings`: what is set, and where each setting comes from.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args};
use serde::Serialize;
use trailspan::render::csv::Lines;
use trailspan::render::{Format, json};
use trailspan::text::{Escaped, Text};

use super::file::{Entry, from_environment, source};
use super::{SETTINGS, Setting, SettingsFile};
use crate::cli::Global;
use crate::cli::filter::Filters;
use crate::cli::status::{Outcome, Status};
use crate::cli::terminal::Terminal;

/// What is set, with its value and where it comes from: flag, environment, file, or default
///
/// A flag wins over the environment, that over the file, and that over the default. The file is TOML, one
/// setting a line, called as the option is: tz = "Europe/Berlin", quiet = true, kind = ["eni", "eip"].
/// Paths in it begin at its own folder. Filters in it narrow every answer, and a note says so each time.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trailspan settings
  trailspan settings --config case-42.toml --format json
  trailspan settings --no-config")]
pub(crate) struct Arguments {
    /// The file of named queries
    #[arg(long, value_name = "FILE")]
    queries: Option<PathBuf>,
    #[command(flatten)]
    filters: Filters,
}

/// The settings in force.
#[derive(Debug, Clone, Default)]
pub(crate) struct InForce(Vec<Row>);

/// One setting, and where its value comes from.
#[derive(Debug, Clone, Serialize)]
struct Row {
    setting: &'static str,
    /// None where nothing is set and nothing holds by default.
    value: Option<Text>,
    origin: Origin,
    variable: Option<&'static str>,
    file: Option<Text>,
    line: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Origin {
    Flag,
    Environment,
    File,
    Default,
}

impl InForce {
    /// Looks at a line and at the file.
    pub(in crate::cli) fn of(matches: &ArgMatches, file: &SettingsFile) -> Self {
        Self(
            SETTINGS
                .iter()
                .map(|setting| row(setting, matches, file))
                .collect(),
        )
    }
}

fn row(setting: &'static Setting, matches: &ArgMatches, file: &SettingsFile) -> Row {
    let told = |value: Option<Text>, origin| Row {
        setting: setting.name,
        value,
        origin,
        variable: None,
        file: None,
        line: None,
    };
    match source(matches, setting.name) {
        Some(ValueSource::CommandLine) => return told(given(setting, matches), Origin::Flag),
        Some(ValueSource::EnvVariable) => {
            return Row {
                variable: Some("TRAILSPAN_INDEX"),
                ..told(given(setting, matches), Origin::Environment)
            };
        }
        _ => {}
    }
    if let Some((variable, value)) = from_environment(setting.name) {
        return Row {
            variable: Some(variable),
            ..told(Some(Text::from(value.to_owned())), Origin::Environment)
        };
    }
    let mut entries = file.entries.iter();
    if let Some(entry) = entries.find(|entry| entry.setting.name == setting.name) {
        return Row {
            file: Some(Text::from(file.shown_path())),
            line: Some(entry.line),
            ..told(Some(shown(entry)), Origin::File)
        };
    }
    let default = (!setting.default.is_empty()).then(|| Text::from(setting.default.to_owned()));
    told(default, Origin::Default)
}

/// Returns the value that the line or the environment gives.
fn given(setting: &Setting, matches: &ArgMatches) -> Option<Text> {
    if setting.is_flag {
        return Some(Text::from("true".to_owned()));
    }
    let id = setting.name.replace('-', "_");
    let (_, of_command) = matches.subcommand()?;
    let raw = of_command.try_get_raw(&id).ok().flatten();
    let raw = raw.or_else(|| matches.try_get_raw(&id).ok().flatten())?;
    let values: Vec<String> = raw
        .map(|value| value.to_string_lossy().into_owned())
        .collect();
    Some(Text::from(values.join(",")))
}

fn shown(entry: &Entry) -> Text {
    let value = match (entry.setting.is_flag, entry.is_off) {
        (true, is_off) => (!is_off).to_string(),
        (false, _) => entry.value.to_string_lossy().into_owned(),
    };
    Text::from(value)
}

impl Row {
    fn value(&self) -> &str {
        self.value.as_ref().map_or("", Text::as_str)
    }

    /// Returns where the value comes from, in one cell.
    fn told_origin(&self) -> String {
        let of_file = self.file.as_ref().zip(self.line);
        match (self.origin, self.variable, of_file) {
            (Origin::Flag, ..) => "flag".to_owned(),
            (Origin::Environment, Some(variable), _) => format!("environment: {variable}"),
            (Origin::Environment, None, _) => "environment".to_owned(),
            (Origin::File, _, Some((file, line))) => format!("{}:{line}", file.as_str()),
            (Origin::File, ..) => "file".to_owned(),
            (Origin::Default, ..) => "default".to_owned(),
        }
    }
}

/// Prints the settings.
pub(crate) fn run(global: &Global, terminal: &mut Terminal) -> Outcome {
    let rows = &global.in_force.0;
    let (out, options) = terminal.rows();
    match options.format {
        Format::Json | Format::Jsonl => {
            let mut objects = match options.format {
                Format::Json => json::Rows::array(out),
                _ => json::Rows::lines(out),
            };
            for row in rows {
                objects.push(row)?;
            }
            objects.finish()?;
        }
        Format::Csv => {
            let mut lines = Lines::new(out, ["setting", "value", "origin"])?;
            for row in rows {
                lines.push([row.setting, row.value(), row.told_origin().as_str()])?;
            }
            lines.finish()?;
        }
        Format::Table => {
            let shown = |row: &Row| match row.value() {
                "" => "-".to_owned(),
                value => Escaped(value).to_string(),
            };
            let width = rows.iter().map(|row| shown(row).chars().count()).max();
            let width = width.unwrap_or_default().max(5);
            writeln!(out, "{:12}{:width$}  ORIGIN", "SETTING", "VALUE")?;
            for row in rows {
                let origin = row.told_origin();
                let (value, origin) = (shown(row), Escaped(&origin));
                writeln!(out, "{:12}{value:width$}  {origin}", row.setting)?;
            }
        }
    }
    Ok(Status::Answered)
}
