"""The prepare unit of a package without a `prepare.py`: is there data, and of what kind? Writes `dataset.json`.

It reads no more than names, sizes and the beginning of tables; whether the data suit the training, train.py must say.
"""
# ruff: noqa: T201 - what a unit prints is its log

import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING or __package__:
    from . import reading
else:
    import reading

MOST_KINDS = 100
OTHER_KINDS = "(other)"
MOST_TABLES = 20
MOST_COLUMNS = 100
LONGEST_CELL = 100
MOST_CHARACTERS = 64 * 2**20
LONGEST_LINE = 2**20


def main() -> None:
    """Look through the data folder and report. Ends with exit code 1 where there is nothing to train on."""
    data, output = reading.folder_from("GPU_AGENT_DATA_DIR"), reading.folder_from("GPU_AGENT_OUTPUT_DIR")
    if not data.is_dir():
        sys.exit("The dataset is not there: its folder is missing.")
    report, problems = survey(data)
    if problems:
        sys.exit(f"The dataset holds what can't be read:\n{reading.few(problems)}")
    if not report["file_count"]:
        sys.exit("The dataset holds no file. Push a file or a folder with files in it as a new version.")
    reading.write_json(output / "dataset.json", report)
    print(reading.files_in_words(report["file_count"], report["size_bytes"]))
    for kind, of_kind in report["kinds"].items():
        print(f"  {kind or '(no extension)'}: {reading.files_in_words(of_kind['file_count'], of_kind['size_bytes'])}")
    for table in report["tables"]:
        more = "" if table["whole"] else "more than "
        columns = reading.counted(table["column_count"], "column")
        print(f"  {table['path']}: {more}{reading.counted(table['rows'], 'row')}, {columns}{table['problem']}")


def survey(data: Path) -> tuple[dict[str, Any], list[str]]:
    """Counts of everything below `data`, by extension (in lower case); what can't be used comes in words."""
    problems: list[str] = []
    kinds: dict[str, dict[str, int]] = {}
    tables: list[dict[str, Any]] = []
    for found in reading.files_below(data):
        suffix = PurePosixPath(found.path).suffix.lower()
        problem = found.problem
        if not problem:
            try:
                with reading.open_file(data / found.path) as file:
                    if suffix == ".csv" and len(tables) < MOST_TABLES:
                        tables.append({"path": found.path} | look_at_table(file))
            except (reading.NotAFile, OSError) as error:
                problem = str(error)
        if problem:
            problems.append(f"{found.path}: {problem}")
            continue
        kind = suffix if suffix in kinds or len(kinds) < MOST_KINDS else OTHER_KINDS
        counted = kinds.setdefault(kind, {"file_count": 0, "size_bytes": 0})
        counted["file_count"] += 1
        counted["size_bytes"] += found.size_bytes
    report: dict[str, Any] = {
        "file_count": sum(kind["file_count"] for kind in kinds.values()),
        "size_bytes": sum(kind["size_bytes"] for kind in kinds.values()),
        "kinds": dict(sorted(kinds.items(), key=lambda item: -item[1]["file_count"])),
        "tables": tables,
    }
    return report, problems


def look_at_table(file: BinaryIO) -> dict[str, Any]:
    """A CSV's columns, as its first line names them, and its rows below; `whole` is whether all of it was read."""
    rows, header, problem = 0, list[str](), ""
    with io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="") as text:
        try:
            for row in csv.reader(first_lines(text)):
                if row and not header:
                    header = row
                elif row:
                    rows += 1
        except csv.Error as error:
            problem = f"; it can't be read as CSV: {error}"
        whole = not problem and not text.read(1)
    return {
        "rows": rows,
        "column_count": len(header),
        "columns": [reading.shown(name[:LONGEST_CELL]) for name in header[:MOST_COLUMNS]],
        "whole": whole,
        "problem": problem,
    }


def first_lines(text: io.TextIOWrapper) -> Iterator[str]:
    """The first lines of a table, neither one nor all of them longer than is good for memory and time."""
    left = MOST_CHARACTERS
    while left > 0 and (line := text.readline(min(left, LONGEST_LINE))):
        left -= len(line)
        yield line


if __name__ == "__main__":
    main()
