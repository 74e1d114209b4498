"""Lets other tools read exports: the folder of the exports in, what each tool counts out, as JSON."""

import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

folder = pathlib.Path(sys.argv[1])
told = {}


def lines(name):
    with open(folder / name, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def duckdb_counts():
    import duckdb

    counts = {}
    for table in ["intervals", "attempts", "events", "findings", "files"]:
        path = folder / f"{table}.parquet"
        counts[table] = duckdb.sql(f"SELECT count(*) FROM '{path}'").limit(1).fetchall()[0][0]
    path = folder / "events.parquet"
    kinds = duckdb.sql(f"SELECT typeof(time), typeof(raw), typeof(members) FROM '{path}' LIMIT 1")
    counts["types"] = list(kinds.limit(1).fetchall()[0])
    counts["csv"] = duckdb.sql(
        f"SELECT count(*) FROM read_csv('{folder / 'events.csv'}', all_varchar=true, header=true,"
        " quote='\"', escape='\"', max_line_size=10000000)"
    ).limit(1).fetchall()[0][0]
    return duckdb.__version__, counts


def pyarrow_counts():
    import pyarrow
    import pyarrow.parquet

    tables = {}
    for table in ["intervals", "attempts", "events", "findings", "files"]:
        tables[table] = pyarrow.parquet.read_table(folder / f"{table}.parquet")
    counts = {name: table.num_rows for name, table in tables.items()}
    counts["time"] = str(tables["events"].schema.field("time").type)
    return pyarrow.__version__, counts


def openpyxl_counts():
    import openpyxl

    book = openpyxl.load_workbook(folder / "case.xlsx")
    counts = {sheet.title: sheet.max_row - 1 for sheet in book}
    sheet = book["events"]
    names = [cell.value for cell in sheet[1]]
    kinds = {name: cell.data_type for name, cell in zip(names, sheet[2])}
    counts["types"] = [kinds["time"], kinds["selected"], kinds["ordinal"], kinds["event_id"]]
    formulas = (cell for sheet in book for row in sheet.iter_rows() for cell in row)
    counts["formulas"] = sum(cell.data_type == "f" for cell in formulas)
    return openpyxl.__version__, counts


def sqlite_counts():
    database = sqlite3.connect(folder / "case.db")
    counts = {}
    for table in ["intervals", "attempts", "events", "findings", "files"]:
        counts[table] = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    counts["integrity"] = database.execute("PRAGMA integrity_check").fetchone()[0]
    return sqlite3.sqlite_version, counts


def datasette_counts():
    import asyncio

    import datasette.app
    import datasette.version

    async def ask():
        site = datasette.app.Datasette([folder / "case.db"], settings={"num_sql_threads": 1})
        counts = {}
        for name in ["intervals", "attempts", "events", "findings", "files"]:
            answer = await site.client.get(f"/case/{name}.json?_shape=objects&_size=1")
            counts[name] = answer.json()["filtered_table_rows_count"]
        page = await site.client.get("/case/events")
        counts["searches"] = 'name="_search"' in page.text
        page = await site.client.get("/case/intervals")
        counts["links"] = "/case/events/" in page.text
        return counts

    return datasette.version.__version__, asyncio.run(ask())


def ocsf_counts():
    import jsonschema
    from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version="1.5.0"))
    schema = schema.get_class_schema("api_activity", ["cloud", "datetime"])
    validator = jsonschema.Draft202012Validator(schema)
    errors, count = [], 0
    for event in lines("ocsf.jsonl"):
        count += 1
        for error in validator.iter_errors(event):
            errors.append("/".join(map(str, error.path)) + ": " + error.message[:200])
    return "1.5.0", {"events": count, "errors": sorted(set(errors))}


def plaso_counts():
    import plaso

    with tempfile.TemporaryDirectory() as work:
        storage, rows = f"{work}/case.plaso", f"{work}/case.jsonl"
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        options = ["--status_view", "none", "-q", "-u", "--logfile", f"{work}/log.gz"]
        program = [sys.executable, "-m", "plaso.scripts.log2timeline"]
        source = str(folder / "lookup-events.jsonl")
        read = ["--parsers", "jsonl", "--storage_file", storage, source]
        subprocess.run(program + options + read, cwd=work, **quiet)
        program = [sys.executable, "-m", "plaso.scripts.psort"]
        options = ["--status_view", "none", "-q", "-u", "--logfile", f"{work}/psort.gz"]
        write = ["-o", "json_line", "-w", rows, storage]
        subprocess.run(program + options + write, cwd=work, **quiet)
        with open(rows, encoding="utf-8") as file:
            events = [json.loads(line) for line in file]
    kinds = {event["data_type"] for event in events}
    return plaso.__version__, {"events": len(events), "kinds": sorted(kinds)}


def libreoffice_counts():
    """What a spreadsheet program makes of the workbook and of a CSV file: rows, types, formulas."""
    if not shutil.which("soffice"):
        raise ImportError("soffice is not installed")

    office, table = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}", (
        "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
    )

    def opened(work, name, *options):
        """Opens a file as a person would, and yields its sheets: names, and rows of cells."""
        program = ["soffice", f"-env:UserInstallation=file://{work}/profile", "--headless"]
        convert = ["--convert-to", "fods", "--outdir", work, str(folder / name)]
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(program + list(options) + convert, **quiet)
        tree = xml.etree.ElementTree.parse(f"{work}/{pathlib.Path(name).stem}.fods")
        for sheet in tree.iter(table + "table"):
            rows = []
            for row in sheet.iter(table + "table-row"):
                cells = []
                for cell in row.iter(table + "table-cell"):
                    cells += [cell] * int(cell.get(table + "number-columns-repeated", "1"))
                if any(len(cell) or cell.get(office + "value-type") for cell in cells):
                    rows += [cells] * int(row.get(table + "number-rows-repeated", "1"))
            yield sheet.get(table + "name"), rows

    # A boolean of a workbook is kept as a formula of this program's own.
    booleans = {"of:=TRUE()", "of:=FALSE()"}

    def formulas(rows):
        found = (cell.get(table + "formula") for row in rows for cell in row)
        return sum(formula is not None and formula not in booleans for formula in found)

    def kind(cell):
        is_boolean = cell.get(table + "formula") in booleans
        return "boolean" if is_boolean else cell.get(office + "value-type")

    counts = {"formulas": 0}
    with tempfile.TemporaryDirectory() as work:
        for name, rows in opened(work, "case.xlsx"):
            counts[name] = len(rows) - 1
            counts["formulas"] += formulas(rows)
            if name == "events":
                titles = ["".join(title.itertext()).strip() for title in rows[0]]
                kinds = dict(zip(titles, rows[1]))
                names = ["time", "selected", "ordinal", "event_id"]
                counts["types"] = [kind(kinds[title]) for title in names]
        for _, rows in opened(work, "events.csv", "--infilter=CSV:44,34,76,1"):
            counts["csv"] = len(rows) - 1
            counts["formulas"] += formulas(rows)
    told = subprocess.run(["soffice", "--version"], capture_output=True, text=True)
    return told.stdout.split()[1], counts


def timesketch_counts():
    """What Timesketch's importer asks of a line; its package needs a database to be loaded."""
    from dateutil import parser

    rows = lines("timesketch.jsonl")
    reserved = {"_id", "_type", "_index", "_source", "__ts_timeline_id"}
    for row in rows:
        assert {"message", "datetime", "timestamp_desc"} <= row.keys(), row
        assert not reserved & row.keys(), row
        assert int(parser.parse(row["datetime"]).timestamp() * 1000000) == row["timestamp"], row
        for value in row.values():
            assert not isinstance(value, dict), row
    return "its rules", {"rows": len(rows)}


for name, ask in [
    ("duckdb", duckdb_counts),
    ("pyarrow", pyarrow_counts),
    ("openpyxl", openpyxl_counts),
    ("libreoffice", libreoffice_counts),
    ("sqlite3", sqlite_counts),
    ("datasette", datasette_counts),
    ("ocsf", ocsf_counts),
    ("plaso", plaso_counts),
    ("timesketch", timesketch_counts),
]:
    try:
        version, counts = ask()
        told[name] = {"version": version, "counts": counts}
    except ImportError as error:
        told[name] = {"absent": str(error)}

print(json.dumps(told))
