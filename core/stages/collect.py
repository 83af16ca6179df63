"""The package unit: gathers the results of the other units in one folder, with a `manifest.json` that names them all.

Each result lies at `<role>[-<index>]/<path>`, as the artifacts are named. What is no ordinary file, or has a name that
no artifact can have, is left out and said to be.
"""
# ruff: noqa: T201 - what a unit prints is its log

import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or __package__:
    from . import reading
else:
    import reading

RESULTS_OF = re.compile(r"(prepare|train|evaluate|merge|reduce|replay)(?:-([0-9]{1,9}))?", re.ASCII)
PIECE_BYTES = 2**20
MOST_LEFT_OUT = 100


def main() -> None:
    """Copy, hash, list. Ends with exit code 1 when a copy fails, as for want of space."""
    inputs, output = reading.folder_from("GPU_AGENT_INPUTS_DIR"), reading.folder_from("GPU_AGENT_OUTPUT_DIR")
    files: list[dict[str, Any]] = []
    metrics: dict[str, dict[str, Any]] = {}
    left_out: list[str] = []
    for folder, role, index in results(inputs):
        for row in copied(folder, output / folder.name, left_out):
            files.append({"role": role, "index": index} | row)
        last = reading.last_metrics(folder)
        metrics[folder.name] = {"values": last.values, "step": last.step}
        metrics[folder.name] |= {"odd_lines": last.odd_lines, "odd_values": last.odd_values}
        print(f"{folder.name}: last metrics " + (", ".join(f"{k} {v:g}" for k, v in last.values.items()) or "none"))
        if last.odd_lines or last.odd_values:
            print(f"{folder.name}: {last.odd_lines} odd lines and {last.odd_values} odd values of its metrics left out")

    manifest = {
        "files": files,
        "metrics": metrics,
        "left_out": left_out[:MOST_LEFT_OUT],
        "left_out_count": len(left_out),
    }
    reading.write_json(output / "manifest.json", manifest)
    print(f"gathered {reading.files_in_words(len(files), sum(row['size_bytes'] for row in files))}")
    if left_out:
        print(f"left out:\n{reading.few(left_out)}")


def results(inputs: Path) -> Iterator[tuple[Path, str, int | None]]:
    """The folders of units' results among the inputs, each with its role and index; a job's other inputs are none."""
    if not inputs.is_dir():
        return
    for folder in sorted(inputs.iterdir()):
        named = RESULTS_OF.fullmatch(folder.name)
        if named and folder.is_dir() and not folder.is_symlink():
            yield folder, named[1], None if named[2] is None else int(named[2])


def copied(source: Path, target: Path, left_out: list[str]) -> Iterator[dict[str, Any]]:
    """Copy every file below `source` to below `target`, giving a row of the manifest for each."""
    for found in reading.files_below(source):
        path = f"{source.name}/{found.path}"
        if found.problem:
            left_out.append(f"{path}: {found.problem}")
            continue
        try:
            size_bytes, digest = copy(source / found.path, target / found.path)
        except reading.NotAFile as error:
            left_out.append(f"{path}: {error}")
            continue
        except OSError as error:
            sys.exit(f"{path} can't be copied: {error.strerror}. If space ran out, raise required_disk_mb of the job.")
        yield {"path": path, "size_bytes": size_bytes, "sha256": digest}


def copy(source: Path, target: Path) -> tuple[int, str]:
    """Copy one file in pieces; its size and its SHA-256. Raises reading.NotAFile, OSError."""
    size_bytes, digest = 0, hashlib.sha256()
    with reading.open_file(source) as original:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as writing:
            while piece := original.read(PIECE_BYTES):
                writing.write(piece)
                digest.update(piece)
                size_bytes += len(piece)
    return size_bytes, digest.hexdigest()


if __name__ == "__main__":
    main()
