//! Tables: typed, joined, guarded, and cut knowingly.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use parquet::basic::LogicalType;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use rusqlite::Connection;
use tempfile::TempDir;
use trailspan::export::{TableName, Target, Type, tables, views};
use trailspan::findings::{Found, Pattern, Rules};
use trailspan::query::Filter;
use trailspan::reconstruct::{self, FindingFilter};

use super::{Exporter, HOSTILE, archives, demo, hostile};

fn exported(exporter: &Exporter, target: Target, table: TableName) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export");
    exporter.file(target, table, &path);
    (folder, path)
}

fn database(exporter: &Exporter) -> (TempDir, Connection) {
    let (folder, path) = exported(exporter, Target::Sqlite, TableName::Events);
    (folder, Connection::open(path).unwrap())
}

fn number(database: &Connection, sql: &str) -> i64 {
    let found = database.query_row(sql, [], |row| row.get(0));
    found.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

fn texts(database: &Connection, sql: &str) -> Vec<String> {
    let mut statement = database.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn a_database_is_whole_and_no_reference_leads_nowhere() {
    let narrowed = Filter {
        kinds: vec!["eip".to_owned()],
        since: Some("2024-03-14T00:00:00Z".parse().unwrap()),
        ..Filter::default()
    };
    for exporter in [
        Exporter::of(demo()),
        Exporter::of(hostile()),
        Exporter::narrowed(demo(), narrowed),
    ] {
        let (_folder, database) = database(&exporter);
        assert_eq!(texts(&database, "PRAGMA integrity_check"), ["ok"]);
        let mut dangling = database.prepare("PRAGMA foreign_key_check").unwrap();
        assert!(!dangling.exists([]).unwrap());
        for name in tables().iter().map(|table| table.name.name()) {
            number(&database, &format!("SELECT count(*) FROM {name}"));
        }
        for view in views() {
            number(&database, &format!("SELECT count(*) FROM {}", view.name));
        }
    }
}

#[test]
fn a_narrowed_database_says_which_events_were_asked_for() {
    let narrowed = Filter {
        events: vec!["AssociateAddress".to_owned()],
        ..Filter::default()
    };
    let (_folder, database) = database(&Exporter::narrowed(demo(), narrowed));
    let asked = texts(
        &database,
        "SELECT DISTINCT event_name FROM events WHERE selected",
    );
    assert_eq!(asked, ["AssociateAddress"]);
    assert!(number(&database, "SELECT count(*) FROM events WHERE NOT selected") > 0);
    let resting = "SELECT count(*) FROM events WHERE NOT selected AND event_id NOT IN \
                   (SELECT start_event_id FROM intervals WHERE start_event_id IS NOT NULL UNION \
                    SELECT end_event_id FROM intervals WHERE end_event_id IS NOT NULL UNION \
                    SELECT event_id FROM attempts)";
    assert_eq!(number(&database, resting), 0);
    assert_eq!(
        number(
            &database,
            "SELECT count(*) FROM events WHERE raw IS NULL OR raw = ''"
        ),
        0
    );
}

#[test]
fn a_database_describes_itself() {
    let (_folder, database) = database(&Exporter::of(demo()));
    let described = number(&database, "SELECT count(*) FROM about_columns");
    let columns: usize = tables().iter().map(|table| table.columns.len()).sum();
    assert_eq!(described, columns as i64);
    let undescribed = "SELECT count(*) FROM about_columns WHERE meaning = '' OR example = ''";
    assert_eq!(number(&database, undescribed), 0);
    let damaged = "SELECT count(*) FROM damaged_files";
    let told = "SELECT files_partly + files_not FROM (SELECT \
                (SELECT value FROM about WHERE name = 'files_partly_read') AS files_partly, \
                (SELECT value FROM about WHERE name = 'files_not_read') AS files_not)";
    assert_eq!(number(&database, damaged), number(&database, told));
    for table in tables() {
        let sql = format!(
            "SELECT sql FROM sqlite_master WHERE name = '{}'",
            table.name.name()
        );
        let sql = texts(&database, &sql).remove(0);
        for column in &table.columns {
            assert!(
                sql.contains(&format!("-- {}", column.source.meaning)),
                "{sql}"
            );
        }
    }
}

#[test]
fn every_finding_that_an_answer_tells_is_in_the_table() {
    for (name, evidence) in archives() {
        let exporter = Exporter::of(evidence);
        let (_folder, database) = database(&exporter);
        let source = exporter.source();
        let told = reconstruct::whole(source.archive, source.filter)
            .unwrap()
            .timeline;
        let of_intervals = told
            .intervals
            .iter()
            .map(|interval| interval.findings.len());
        let of_attempts = told.attempts.iter().map(|attempt| attempt.findings.len());
        let files = source.archive.reader.files().unwrap();
        let of_files = files.iter().map(|file| file.findings.len());
        let found = reconstruct::findings(source.archive, source.filter, &FindingFilter::default());
        let found = found.unwrap().findings.found;
        let is_pattern = |found: &&Found| {
            let rule = Rules::embedded().get(&found.code);
            rule.is_some_and(|rule| !matches!(rule.entry.pattern, Pattern::Reported {}))
        };
        let of_patterns = found.iter().filter(is_pattern).count();
        assert!(name != "demo" || of_patterns > 0, "{name}");
        for (about, expected) in [
            ("interval", of_intervals.sum::<usize>()),
            ("attempt", of_attempts.sum()),
            ("event", told.findings.len()),
            ("file", of_files.sum()),
            ("pattern", of_patterns),
        ] {
            let sql = format!("SELECT count(*) FROM findings WHERE about = '{about}'");
            assert_eq!(number(&database, &sql), expected as i64, "{name} {about}");
        }
    }
}

#[test]
fn words_and_whole_ids_are_found_in_a_database() {
    let (_folder, database) = database(&Exporter::of(demo()));
    let found = |words: &str| {
        let sql = format!(
            "SELECT count(*) FROM events WHERE rowid IN \
             (SELECT rowid FROM events_fts WHERE events_fts MATCH '{words}')"
        );
        number(&database, &sql)
    };
    let held = "SELECT count(*) FROM events WHERE raw LIKE '%eni-06b856575c2e9e529%'";
    assert_eq!(found("\"eni-06b856575c2e9e529\""), number(&database, held));
    assert!(found("DetachInternetGateway") > 0);
    assert_eq!(found("\"eni-06b85\""), 0);
}

#[test]
fn a_database_holds_hostile_texts_as_they_are() {
    let (_folder, database) = database(&Exporter::of(hostile()));
    let agents: BTreeSet<String> = texts(&database, "SELECT user_agent FROM events")
        .into_iter()
        .collect();
    for text in HOSTILE {
        assert!(agents.contains(text), "{text:?}");
    }
    let ids = texts(&database, "SELECT event_id FROM events");
    let distinct: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(ids.len(), distinct.len());
    assert!(
        ids.iter().filter(|id| id.starts_with("twin")).count() == 3,
        "{ids:?}"
    );
}

#[test]
fn every_cell_has_the_type_of_its_column() {
    let (_folder, database) = database(&Exporter::of(demo()));
    for table in tables() {
        for column in &table.columns {
            let name = &column.source.name;
            let kind = match column.kind {
                Type::Integer | Type::Boolean => "integer",
                Type::Text | Type::Time | Type::Json => "text",
            };
            let other = format!(
                "SELECT count(*) FROM {} WHERE typeof(\"{name}\") NOT IN ('{kind}', 'null')",
                table.name.name()
            );
            assert_eq!(number(&database, &other), 0, "{name}");
            let wrong = match column.kind {
                Type::Json => format!("json_valid(\"{name}\") = 0"),
                Type::Time => format!("datetime(\"{name}\") IS NULL"),
                Type::Boolean => format!("\"{name}\" NOT IN (0, 1)"),
                // A column of text holds no times: they have a type of their own.
                Type::Text => format!("\"{name}\" GLOB '????-??-??T??:??:??Z'"),
                Type::Integer => continue,
            };
            let wrong = format!(
                "SELECT count(*) FROM {} WHERE \"{name}\" IS NOT NULL AND {wrong}",
                table.name.name()
            );
            assert_eq!(number(&database, &wrong), 0, "{name}");
        }
    }
}

#[test]
fn parquet_reads_back_with_the_rows_and_types_that_were_written() {
    for (name, evidence) in archives() {
        let exporter = Exporter::of(evidence);
        for table in tables() {
            let (_folder, path) = exported(&exporter, Target::Parquet, table.name);
            let (_, written) = exporter.text(Target::Csv, table.name);
            let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
            let metadata = reader.metadata().file_metadata();
            let rows = written.rows[table.name.name()];
            assert_eq!(
                metadata.num_rows() as u64,
                rows,
                "{name} {}",
                table.name.name()
            );
            for (column, field) in table.columns.iter().zip(metadata.schema().get_fields()) {
                assert_eq!(field.name(), column.source.name);
                let logical = field.get_basic_info().logical_type_ref();
                let is_as_told = match column.kind {
                    Type::Text => logical == Some(&LogicalType::String),
                    Type::Json => logical == Some(&LogicalType::Json),
                    Type::Time => matches!(logical, Some(LogicalType::Timestamp(_))),
                    Type::Integer | Type::Boolean => logical.is_none(),
                };
                assert!(is_as_told, "{}: {logical:?}", column.source.name);
            }
            let told = metadata.key_value_metadata().unwrap();
            assert!(told.iter().any(|pair| pair.key == "about.filters"));
            assert_eq!(reader.get_row_iter(None).unwrap().count() as u64, rows);
        }
    }
}

#[test]
fn parquet_holds_hostile_texts_as_they_are() {
    let (_folder, path) = exported(&Exporter::of(hostile()), Target::Parquet, TableName::Events);
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let rows = reader.get_row_iter(None).unwrap();
    let agents: BTreeSet<String> = rows
        .filter_map(|row| {
            let row = row.unwrap();
            let found = row
                .get_column_iter()
                .find(|(name, _)| *name == "user_agent");
            match found {
                Some((_, Field::Str(text))) => Some(text.clone()),
                _ => None,
            }
        })
        .collect();
    for text in HOSTILE {
        assert!(agents.contains(text), "{text:?}");
    }
}

/// Reads a part of a workbook.
fn part(path: &Path, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    let mut text = String::new();
    archive
        .by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[test]
fn a_workbook_has_a_sheet_for_each_table_and_one_about_them() {
    let exporter = Exporter::of(demo());
    let (_folder, path) = exported(&exporter, Target::Xlsx, TableName::Events);
    let book = part(&path, "xl/workbook.xml");
    let names = [
        "about",
        "intervals",
        "attempts",
        "events",
        "findings",
        "files",
        "columns",
    ];
    for (number, name) in (1..).zip(names) {
        assert!(
            book.contains(&format!("<sheet name=\"{name}\" sheetId=\"{number}\"")),
            "{name}"
        );
    }
    for (number, table) in (2..).zip(tables()) {
        let sheet = part(&path, &format!("xl/worksheets/sheet{number}.xml"));
        let (_, written) = exporter.text(Target::Csv, table.name);
        let rows = sheet.matches("<row ").count() as u64;
        assert_eq!(
            rows,
            1 + written.rows[table.name.name()],
            "{}",
            table.name.name()
        );
    }
    assert!(part(&path, "docProps/core.xml").contains("2000-01-01T00:00:00Z"));
}

#[test]
fn nothing_in_a_workbook_is_a_formula_or_out_of_its_cell() {
    let (_folder, path) = exported(&Exporter::of(hostile()), Target::Xlsx, TableName::Events);
    for number in 1..=7 {
        let sheet = part(&path, &format!("xl/worksheets/sheet{number}.xml"));
        assert!(
            !sheet.contains("<f>") && !sheet.contains("<hyperlink"),
            "sheet {number}"
        );
        let is_xml =
            |c: char| c == '\n' || c == '\t' || (' '..'\u{fffe}').contains(&c) || c > '\u{ffff}';
        assert_eq!(sheet.chars().find(|c| !is_xml(*c)), None, "sheet {number}");
    }
    let events = part(&path, "xl/worksheets/sheet4.xml");
    for shown in [
        "=HYPERLINK(",
        "a\\u{202e}b\\u{200b}c\\u{1b}[2J",
        "nul\\u{0}and\\u{1}after",
        "\\u{fffe}\\u{ffff}\\u{feff}",
        "_x005F_x0041_",
        "&lt;/t&gt;&lt;/is&gt;&lt;/c&gt;&lt;f&gt;1&lt;/f&gt;]]&gt;",
    ] {
        assert!(events.contains(shown), "{shown}");
    }
}

#[test]
fn a_text_that_no_cell_can_hold_is_cut_and_counted_in_a_workbook_only() {
    let exporter = Exporter::of(hostile());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.xlsx");
    let written = exporter.file(Target::Xlsx, TableName::Events, &path);
    // The user agent, with the event and with the end that rests on it, and the record that holds it.
    assert_eq!(written.cut_cells, 3);
    assert!(part(&path, "xl/worksheets/sheet4.xml").contains("… [cut: 40000 characters]"));
    let (_folder, database) = database(&exporter);
    let long = "SELECT max(length(user_agent)) FROM events";
    assert_eq!(number(&database, long), 40_000);
}

#[test]
fn a_spreadsheet_runs_nothing_of_a_csv_file() {
    for table in TableName::ALL {
        let exporter = Exporter::of(hostile());
        let (text, written) = exporter.text(Target::Csv, table);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let columns = reader.headers().unwrap().len();
        let mut guarded = 0;
        for row in reader.records() {
            let row = row.unwrap();
            assert_eq!(row.len(), columns);
            for cell in &row {
                assert!(
                    !cell.trim_start().starts_with(['=', '+', '-', '@']),
                    "{cell:?}"
                );
                guarded += usize::from(cell.starts_with('\''));
            }
        }
        assert_eq!(guarded, written.guarded_cells, "{table:?}");
    }
    let (_, written) = Exporter::of(hostile()).text(Target::Csv, TableName::Events);
    assert!(written.guarded_cells > 10);
}
