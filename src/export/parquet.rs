//! One table in Parquet: flat typed columns, times as UTC microseconds, compressed with Snappy, which
//! every reader knows.
//!
//! Rows are gathered to row groups of a bounded size. What a column means, and what the export is of, is
//! in the key-value metadata of the file.

use std::io::{self, Write};
use std::sync::Arc;

use ::parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::{WriterProperties, WriterVersion};
use ::parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use ::parquet::schema::types::{Type as Node, TypePtr};

use super::about::about;
use super::tables::{Cell, Sheets, Table, TableName, Type};
use super::{Failure, Source, Step, Written, rows};

/// So many rows are a row group,
const GROUP_ROWS_MAX: usize = 65_536;

/// or fewer, where they have so many bytes of text.
const GROUP_BYTES_MAX: usize = 64 << 20;

/// Writes a table.
pub(super) fn write<W: Write + Send>(
    source: &Source<'_>,
    name: TableName,
    out: W,
) -> Step<Written> {
    let table = Table::of(name);
    let writer =
        SerializedFileWriter::new(out, schema(table)?, Arc::new(properties(source, table)))?;
    let mut sheet = Sheet::new(writer, table);
    let written = rows::write(source, &[name], &mut sheet)?;
    sheet.flush()?;
    sheet.writer.close()?;
    Ok(written)
}

fn schema(table: &Table) -> Result<TypePtr, ParquetError> {
    let fields: Result<Vec<TypePtr>, ParquetError> = table
        .columns
        .iter()
        .map(|column| {
            let (physical, logical) = match column.kind {
                Type::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
                Type::Json => (Physical::BYTE_ARRAY, Some(LogicalType::Json)),
                Type::Integer => (Physical::INT64, None),
                Type::Boolean => (Physical::BOOLEAN, None),
                Type::Time => (
                    Physical::INT64,
                    Some(LogicalType::timestamp(true, TimeUnit::MICROS)),
                ),
            };
            let node = Node::primitive_type_builder(&column.source.name, physical);
            let node = node
                .with_repetition(Repetition::OPTIONAL)
                .with_logical_type(logical);
            node.build().map(Arc::new)
        })
        .collect();
    let root = Node::group_type_builder(table.name.name()).with_fields(fields?);
    root.build().map(Arc::new)
}

fn properties(source: &Source<'_>, table: &Table) -> WriterProperties {
    let about = about(source);
    let about = about
        .into_iter()
        .map(|(name, value)| (format!("about.{name}"), value));
    let columns = table.columns.iter();
    let columns = columns.map(|column| {
        let name = format!("column.{}", column.source.name);
        (name, column.source.meaning.clone())
    });
    let described = [("table".to_owned(), table.meaning.clone())];
    let all = described.into_iter().chain(about).chain(columns);
    let metadata = all.map(|(key, value)| KeyValue::new(key, value)).collect();
    WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_compression(Compression::SNAPPY)
        .set_created_by(format!("trailspan version {}", env!("CARGO_PKG_VERSION")))
        .set_key_value_metadata(Some(metadata))
        .build()
}

/// The rows that are to be the next row group, column by column.
struct Sheet<W: Write> {
    writer: SerializedFileWriter<W>,
    table: &'static Table,
    columns: Vec<Values>,
    rows: usize,
    bytes: usize,
}

/// The values of a column, and for each row whether it has one.
struct Values {
    known: Vec<i16>,
    values: Typed,
}

enum Typed {
    Texts(Vec<ByteArray>),
    Numbers(Vec<i64>),
    Truths(Vec<bool>),
}

impl Values {
    fn new(kind: Type) -> Self {
        Self {
            known: Vec::new(),
            values: match kind {
                Type::Text | Type::Json => Typed::Texts(Vec::new()),
                Type::Integer | Type::Time => Typed::Numbers(Vec::new()),
                Type::Boolean => Typed::Truths(Vec::new()),
            },
        }
    }

    /// Adds a cell; one that is not what the column holds is left out, and was counted.
    fn push(&mut self, cell: Cell) {
        let is_known = match (&mut self.values, cell) {
            (Typed::Texts(texts), Cell::Text(text)) => {
                texts.push(ByteArray::from(text.into_bytes()));
                true
            }
            (Typed::Numbers(numbers), Cell::Integer(number)) => {
                numbers.push(number);
                true
            }
            (Typed::Numbers(numbers), Cell::Time(time)) => {
                numbers.push(time.as_microsecond());
                true
            }
            (Typed::Truths(truths), Cell::Boolean(is)) => {
                truths.push(is);
                true
            }
            _ => false,
        };
        self.known.push(i16::from(is_known));
    }

    fn write<W: Write + Send>(
        &self,
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<(), ParquetError> {
        match &self.values {
            Typed::Texts(texts) => column::<ByteArrayType, W>(group, texts, &self.known),
            Typed::Numbers(numbers) => column::<Int64Type, W>(group, numbers, &self.known),
            Typed::Truths(truths) => column::<BoolType, W>(group, truths, &self.known),
        }
    }
}

fn column<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &[T::T],
    known: &[i16],
) -> Result<(), ParquetError> {
    let column = group.next_column()?;
    let mut column =
        column.ok_or_else(|| ParquetError::General("the schema has fewer columns".to_owned()))?;
    column.typed::<T>().write_batch(values, Some(known), None)?;
    column.close()
}

impl<W: Write + Send> Sheet<W> {
    fn new(writer: SerializedFileWriter<W>, table: &'static Table) -> Self {
        Self {
            writer,
            table,
            columns: Vec::new(),
            rows: 0,
            bytes: 0,
        }
    }

    fn flush(&mut self) -> Step<()> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for values in &self.columns {
            values.write(&mut group)?;
        }
        group.close()?;
        self.columns.clear();
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}

impl<W: Write + Send> Sheets for Sheet<W> {
    fn begin(&mut self, _table: &'static Table) -> Step<()> {
        Ok(())
    }

    fn row(&mut self, cells: Vec<Cell>) -> Step<()> {
        if self.columns.is_empty() {
            let columns = self.table.columns.iter();
            self.columns = columns.map(|column| Values::new(column.kind)).collect();
        }
        for (values, cell) in self.columns.iter_mut().zip(cells) {
            if let Cell::Text(text) = &cell {
                self.bytes += text.len();
            }
            values.push(cell);
        }
        self.rows += 1;
        match self.rows >= GROUP_ROWS_MAX || self.bytes >= GROUP_BYTES_MAX {
            true => self.flush(),
            false => Ok(()),
        }
    }
}

impl From<ParquetError> for Failure {
    fn from(error: ParquetError) -> Self {
        Self::Output(io::Error::other(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::parquet::file::reader::{FileReader as _, SerializedFileReader};

    #[test]
    fn rows_are_gathered_to_groups_of_a_bounded_size() {
        let table = Table::of(TableName::Findings);
        let out = tempfile::tempfile().unwrap();
        let properties = Arc::new(WriterProperties::builder().build());
        let writer =
            SerializedFileWriter::new(out.try_clone().unwrap(), schema(table).unwrap(), properties);
        let mut sheet = Sheet::new(writer.unwrap(), table);
        let row = |text: usize| {
            let mut cells = vec![Cell::Null; table.columns.len()];
            cells[2] = Cell::Text("a".repeat(text));
            cells
        };
        for _ in 0..GROUP_ROWS_MAX + 1 {
            sheet.row(row(1)).unwrap();
        }
        for _ in 0..3 {
            sheet.row(row(GROUP_BYTES_MAX / 2)).unwrap();
        }
        sheet.flush().unwrap();
        sheet.writer.close().unwrap();
        let reader = SerializedFileReader::new(out).unwrap();
        let groups = reader.metadata().row_groups().iter();
        let rows: Vec<i64> = groups.map(|group| group.num_rows()).collect();
        assert_eq!(rows, [GROUP_ROWS_MAX as i64, 3, 1]);
    }

    #[test]
    fn what_is_not_of_its_column_is_left_empty() {
        let mut values = Values::new(Type::Integer);
        for cell in [Cell::Integer(7), Cell::Text("x".to_owned()), Cell::Null] {
            values.push(cell);
        }
        assert_eq!(values.known, [1, 0, 0]);
    }
}
