"""Runs first, on any CPU: checks the data, so that a wrong file fails in a second and not on a GPU, and splits it."""

import json
import sys

import numpy as np
from gpu_agent import training

import dataset


def main() -> None:
    try:
        rows = dataset.read(training.data_dir())
    except dataset.DataError as error:
        sys.exit(f"The data can't be used:\n{error}")  # exit code 1: the job fails, and its log says why
    train, test = dataset.split(rows)
    dataset.save(training.output_dir() / dataset.PREPARED, train, test)

    report = {
        "rows": len(rows.y),
        "features": rows.x.shape[1],
        "smallest": float(rows.x.min()),
        "largest": float(rows.x.max()),
        "rows_of_class": dict(zip(rows.classes.tolist(), np.bincount(rows.y).tolist(), strict=True)),
        "train_rows": len(train.y),
        "test_rows": len(test.y),
    }
    (training.output_dir() / "data.json").write_text(json.dumps(report, indent=2) + "\n")
    print(f"{report['rows']} rows of {report['features']} features from {report['smallest']} to {report['largest']}")
    print("rows of each class:", *(f"{label}: {n}" for label, n in report["rows_of_class"].items()))
    print(f"{len(train.y)} to train on, {len(test.y)} held out for the test")


if __name__ == "__main__":
    main()
