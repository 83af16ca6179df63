"""Trains the network. May be stopped at any moment and goes on from its last checkpoint as if it never had been."""

import json
import math
import sys
from pathlib import Path

import numpy as np
from gpu_agent import training

import dataset
import network

BATCH = 32
EPOCHS_BETWEEN_CHECKPOINTS = 20


def main() -> None:
    training.should_stop()  # from here on a SIGTERM no longer ends the script at once
    params = training.params()
    rows, _ = dataset.load()  # the test rows are evaluate.py's: training never looks at them
    scale = network.Scale.of(rows.x)
    x = scale(rows.x)

    # Everything that changes while training, so that saving it saves the training.
    rng = np.random.default_rng(params["seed"])
    weights = network.new_weights(x.shape[1], params["hidden"], len(rows.classes), rng)
    speed = {name: np.zeros_like(array) for name, array in weights.items()}
    epoch = 0
    left = training.resume()
    if left is not None:
        epoch = load_checkpoint(left / "state.npz", weights, speed, rng)
        print(f"going on after epoch {epoch}")

    while epoch < params["epochs"]:
        if training.should_stop():
            save_checkpoint(epoch, weights, speed, rng)
            print(f"stopped after epoch {epoch}")
            sys.exit(training.STOPPED_EXIT_CODE)

        lr = params["lr"] * (1 + math.cos(math.pi * epoch / params["epochs"])) / 2
        order = rng.permutation(len(x))
        loss = right = 0
        for start in range(0, len(x), BATCH):
            batch = order[start : start + BATCH]
            noisy = x[batch] + np.float32(params["noise"]) * rng.standard_normal(x[batch].shape, np.float32)
            batch_loss, batch_right = network.train_batch(weights, speed, noisy, rows.y[batch], lr)
            loss, right = loss + batch_loss, right + batch_right
        epoch += 1

        training.log(step=epoch, loss=loss / len(x), accuracy=right / len(x))
        training.progress(epoch, of=params["epochs"])
        if epoch % EPOCHS_BETWEEN_CHECKPOINTS == 0 or epoch == params["epochs"]:
            save_checkpoint(epoch, weights, speed, rng)
            print(f"epoch {epoch}: loss {loss / len(x):.4f}, accuracy {right / len(x):.4f}", flush=True)

    model = training.output_dir() / "model.npz"
    np.savez(model, mean=scale.mean, spread=scale.spread, classes=rows.classes, **weights)
    print(f"wrote {model.name}")


def save_checkpoint(epoch: int, weights: network.Arrays, speed: network.Arrays, rng: np.random.Generator) -> None:
    """Everything in one npz: arrays only, no pickles. The state of the random numbers fits in as JSON."""
    speeds = {f"speed_{name}": array for name, array in speed.items()}
    with training.checkpoint(step=epoch) as folder:
        np.savez(folder / "state.npz", epoch=epoch, rng=json.dumps(rng.bit_generator.state), **weights, **speeds)


def load_checkpoint(path: Path, weights: network.Arrays, speed: network.Arrays, rng: np.random.Generator) -> int:
    """Put a checkpoint back in place of the fresh weights; gives the epochs that are behind it."""
    with np.load(path, allow_pickle=False) as saved:
        for name in network.WEIGHTS:
            had, has = saved[name].shape, weights[name].shape
            if had != has:
                sys.exit(f"the checkpoint is of another network: its {name} is {had}, not {has}; start without it")
            weights[name][:], speed[name][:] = saved[name], saved[f"speed_{name}"]
        rng.bit_generator.state = json.loads(str(saved["rng"]))
        return int(saved["epoch"])


if __name__ == "__main__":
    main()
