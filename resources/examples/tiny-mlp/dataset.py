"""Reads the data, checks it, and sets the test rows aside: the same for prepare.py, train.py and evaluate.py.

Two kinds of data will do: one CSV with a header, a column `label` and any number of columns of numbers; or PNG images
of one size in folders named by their label.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from gpu_agent import training

import png

PREPARED = "prepared.npz"
LABEL = "label"
ROWS_OF_A_CLASS = 5  # the fewest of which one can be held out for the test
LARGEST_NUMBER = 1e15  # its square still is a float32, and NaN is not below it either
PROBLEMS_SHOWN = 10


class DataError(Exception):
    """The data can't be trained on; the message says why, a line a problem."""


class Rows(NamedTuple):
    """`x`: float32, a row of features each; `y`: int64, the row's place in `classes`; `classes`: the labels as text."""

    x: np.ndarray
    y: np.ndarray
    classes: np.ndarray


def load() -> tuple[Rows, Rows]:
    """Training rows and test rows: what prepare.py left if this unit was given it, else straight from the data."""
    prepared = training.inputs_dir("prepare") / PREPARED
    if not prepared.is_file():
        return split(read(training.data_dir()))
    print(f"reading {PREPARED}, which prepare.py made")
    with np.load(prepared, allow_pickle=False) as saved:  # pickles could run code: never load them
        train = Rows(saved["x_train"], saved["y_train"], saved["classes"])
        return train, Rows(saved["x_test"], saved["y_test"], saved["classes"])


def save(path: Path, train: Rows, test: Rows) -> None:
    np.savez(path, x_train=train.x, y_train=train.y, x_test=test.x, y_test=test.y, classes=train.classes)


def read(folder: Path) -> Rows:
    """All rows in `folder`. Raises DataError."""
    tables = sorted(folder.glob("*.csv"))
    images = sorted(folder.glob("**/*.png"), key=lambda path: (path.name, path))
    if len(tables) == 1:
        features, labels = read_csv(tables[0])
    elif tables:
        raise DataError(f"there are {len(tables)} CSV files; keep the one to train on")
    elif images:
        features, labels = read_images(folder, images)
    else:
        raise DataError("there is neither a CSV file nor a folder of PNG images named by its label")
    classes, y, rows = np.unique(labels, return_inverse=True, return_counts=True)
    few = np.flatnonzero(rows < ROWS_OF_A_CLASS)
    raise_if([f"label {classes[i]}: only {rows[i]} rows, at least {ROWS_OF_A_CLASS} are needed" for i in few])
    if len(classes) < 2:
        raise DataError(f"every row has the label {classes[0]}; at least two different ones are needed")
    return Rows(np.asarray(features, np.float32), y, classes)


def split(rows: Rows) -> tuple[Rows, Rows]:
    """Training rows and, a fifth of every class, test rows: always the same ones, whatever the seed of the training."""
    rng = np.random.default_rng(0)
    test = np.zeros(len(rows.y), bool)
    for label in range(len(rows.classes)):
        members = rng.permutation(np.flatnonzero(rows.y == label))
        test[members[: len(members) // 5]] = True
    return Rows(rows.x[~test], rows.y[~test], rows.classes), Rows(rows.x[test], rows.y[test], rows.classes)


def read_csv(path: Path) -> tuple[list[list[float]], list[str]]:
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
        lines = csv.reader(file)
        header = [name.strip() for name in next(lines, [])]
        if header.count(LABEL) != 1 or len(header) < 2:
            hint = "; it seems to be separated by semicolons: save it with commas" if ";" in "".join(header) else ""
            raise DataError(f"{path.name}: the first line must name the columns, one of them {LABEL!r}{hint}")
        problems, features, labels = [], [], []
        for row in lines:
            if not row:
                continue
            wrong = list(problems_of(row, header))
            problems += [f"{path.name} line {lines.line_num}: {problem}" for problem in wrong]
            if not wrong:
                place = header.index(LABEL)
                labels.append(row[place].strip())
                features.append([float(cell) for cell in row[:place] + row[place + 1 :]])
    raise_if(problems)
    if not labels:
        raise DataError(f"{path.name}: there is no row below the header")
    return features, labels


def problems_of(row: list[str], header: list[str]) -> Iterator[str]:
    """What is wrong with one row of a CSV, in words."""
    if len(row) != len(header):
        yield f"{len(row)} cells, but the header has {len(header)} columns"
        return
    for name, cell in zip(header, row, strict=True):
        if name == LABEL:
            if not cell.strip():
                yield "the label is empty"
            continue
        try:
            usable = abs(float(cell)) <= LARGEST_NUMBER
        except ValueError:
            usable = False
        if not usable:
            yield f"column {name}: {cell[:40]!r} is no number that can be used"


def read_images(folder: Path, paths: list[Path]) -> tuple[list[np.ndarray], list[str]]:
    images, labels, problems = [], [], []
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            images.append(png.read_grey(path.read_bytes()))
            labels.append(path.parent.name)
        except ValueError as error:
            problems.append(f"{name}: {error}")
            continue
        if images[-1].shape != images[0].shape:
            problems.append(f"{name}: {images[-1].shape}, but the first image is {images[0].shape} (rows, columns)")
    raise_if(problems)
    return [image.ravel() for image in images], labels


def raise_if(problems: list[str]) -> None:
    if problems:
        more = len(problems) - PROBLEMS_SHOWN
        raise DataError("\n".join(problems[:PROBLEMS_SHOWN] + ([f"… and {more} more"] if more > 0 else [])))
