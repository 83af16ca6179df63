"""Whether the sum that training found is that of the data."""

import json

from gpu_agent import training


def main() -> None:
    numbers = [int(line) for line in (training.data_dir() / "numbers.txt").read_text().split()]
    total = json.loads((training.inputs_dir("train") / "total.json").read_text())["total"]
    training.log(right=float(total == sum(numbers)))


if __name__ == "__main__":
    main()
