"""Runs last: how good is the model on rows that it has never seen? What it logs becomes the job's metrics."""

import csv
import json
import sys

import numpy as np
from gpu_agent import training

import dataset
import network


def main() -> None:
    path = training.inputs_dir("train") / "model.npz"
    if not path.is_file():
        sys.exit(f"there is no {path}: run train.py first")
    _, test = dataset.load()
    with np.load(path, allow_pickle=False) as model:
        if model["classes"].tolist() != test.classes.tolist():
            sys.exit("the model was trained on other classes than these data have")
        scale = network.Scale(model["mean"], model["spread"])
        chances = network.probabilities({name: model[name] for name in network.WEIGHTS}, scale(test.x))

    predicted = chances.argmax(axis=1)
    accuracy = float((predicted == test.y).mean())
    loss = float(-np.log(chances[np.arange(len(test.y)), test.y] + 1e-12).mean())
    training.log(accuracy=accuracy, loss=loss)

    # How often each class (a row) was taken for each other one (a column).
    classes = test.classes.tolist()
    confusion = np.zeros((len(classes), len(classes)), int)
    np.add.at(confusion, (test.y, predicted), 1)
    with (training.output_dir() / "confusion.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["label", *classes])
        table.writerows([label, *counts] for label, counts in zip(classes, confusion.tolist(), strict=True))

    recall = dict(zip(classes, (confusion.diagonal() / confusion.sum(axis=1)).tolist(), strict=True))
    report = {"accuracy": accuracy, "loss": loss, "test_rows": len(test.y), "recall": recall}
    (training.output_dir() / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    print(f"accuracy {accuracy:.4f} on {len(test.y)} held-out rows")


if __name__ == "__main__":
    main()
