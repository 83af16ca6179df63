"""The small unit of a node's self-test: sums up its data in steps, and goes on from a checkpoint like any training."""

import json
import sys

from gpu_agent import training


def main() -> None:
    params = training.params()
    numbers = [int(line) for line in (training.data_dir() / "numbers.txt").read_text().split()]
    step, total = 0, 0
    left = training.resume()
    if left is not None:
        state = json.loads((left / "state.json").read_text())
        step, total = state["step"], state["total"]
    training.log(step=step, resumed_from=step)
    while step < params["steps"]:
        total += sum(numbers[step :: params["steps"]])
        step += 1
        training.log(step=step, total=total)
        training.progress(step, of=params["steps"])
        if step == params["stop_at"]:
            with training.checkpoint(step=step) as folder:
                (folder / "state.json").write_text(json.dumps({"step": step, "total": total}))
            sys.exit(training.STOPPED_EXIT_CODE)
    (training.output_dir() / "total.json").write_text(json.dumps({"total": total}))


if __name__ == "__main__":
    main()
