"""The evaluate unit of a package without an `evaluate.py`: can what train left be read, and what were its last metrics?

It repeats those as its own, so that every job ends with metrics, and writes `report.json`. It judges no model.
"""
# ruff: noqa: T201 - what a unit prints is its log

import json
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING or __package__:
    from . import reading
else:
    import reading

TRAIN = "train"
CHECKPOINT = "checkpoint"
NAMES_OF_A_ROW = 50


def main() -> None:
    """Check and repeat. Ends with exit code 1 only where something is there that can't be read."""
    train = reading.folder_from("GPU_AGENT_INPUTS_DIR") / TRAIN
    output = reading.folder_from("GPU_AGENT_OUTPUT_DIR")
    outputs, checkpoint, problems = survey(train)
    if problems:
        sys.exit(f"The training left what can't be read:\n{reading.few(problems)}")
    last = reading.last_metrics(train)
    if last.values:
        repeat(last, output / reading.METRICS_FILE)
    report = {
        "outputs": outputs,
        "checkpoint": checkpoint,
        "metrics": last.values,
        "odd_metric_lines": last.odd_lines,
        "odd_metric_values": last.odd_values,
    }
    reading.write_json(output / "report.json", report)

    print(f"outputs of the training: {reading.files_in_words(**outputs)}")
    print(f"its newest checkpoint: {reading.files_in_words(**checkpoint)}")
    if not outputs["file_count"] and not checkpoint["file_count"]:
        print("The training left neither: what is to be kept goes to GPU_AGENT_OUTPUT_DIR or GPU_AGENT_CHECKPOINT_DIR.")
    print("its last metrics:", ", ".join(f"{name} {value:g}" for name, value in last.values.items()) or "none")
    if last.odd_lines or last.odd_values:
        print(f"left out of them: {last.odd_lines} lines that are no JSON, {last.odd_values} values that are no number")


def repeat(last: reading.LastMetrics, path: Path) -> None:
    """Write the last values as rows of metrics, many names in several, so that no line is too long to be read."""
    step = {} if last.step is None else {"step": last.step}
    items = iter(last.values.items())
    with path.open("w", encoding="utf-8") as file:
        while some := dict(islice(items, NAMES_OF_A_ROW)):
            file.write(json.dumps(step | some, allow_nan=False) + "\n")


def survey(train: Path) -> tuple[dict[str, int], dict[str, int], list[str]]:
    """Counts of train's outputs and of its checkpoint, and what of them can't be read. No folder is an empty one."""
    outputs, checkpoint = {"file_count": 0, "size_bytes": 0}, {"file_count": 0, "size_bytes": 0}
    problems: list[str] = []
    for found in reading.files_below(train) if train.is_dir() else ():
        problem = found.problem
        if not problem:
            try:
                with reading.open_file(train / found.path) as file:
                    file.read(1)
            except (reading.NotAFile, OSError) as error:
                problem = str(error)
        if problem:
            problems.append(f"{found.path}: {problem}")
            continue
        counted = checkpoint if found.path.startswith(CHECKPOINT + "/") else outputs
        counted["file_count"] += 1
        counted["size_bytes"] += found.size_bytes
    return outputs, checkpoint, problems


if __name__ == "__main__":
    main()
