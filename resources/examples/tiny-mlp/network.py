"""The network: one hidden layer, trained by stochastic gradient descent with momentum. It knows no files and no job."""

import numpy as np

MOMENTUM = 0.9
WEIGHT_DECAY = 1e-4
WEIGHTS = ("w1", "b1", "w2", "b2")

Arrays = dict[str, np.ndarray]


def new_weights(features: int, hidden: int, classes: int, rng: np.random.Generator) -> Arrays:
    """Weights to begin with, scaled for ReLU (He et al. 2015, https://arxiv.org/abs/1502.01852)."""
    return {
        "w1": rng.standard_normal((features, hidden), np.float32) * np.sqrt(2 / features, dtype=np.float32),
        "b1": np.zeros(hidden, np.float32),
        "w2": rng.standard_normal((hidden, classes), np.float32) * np.sqrt(2 / hidden, dtype=np.float32),
        "b2": np.zeros(classes, np.float32),
    }


def probabilities(weights: Arrays, x: np.ndarray) -> np.ndarray:
    """(rows, classes): how likely the network holds each class for each row of the scaled `x`."""
    return softmax(np.maximum(x @ weights["w1"] + weights["b1"], 0) @ weights["w2"] + weights["b2"])


def train_batch(weights: Arrays, speed: Arrays, x: np.ndarray, y: np.ndarray, lr: float) -> tuple[float, int]:
    """One step down the gradient, in place; gives the batch's summed loss and how many rows were right before it."""
    hidden = np.maximum(x @ weights["w1"] + weights["b1"], 0)
    chances = softmax(hidden @ weights["w2"] + weights["b2"])
    rows = np.arange(len(y))
    loss = -np.log(chances[rows, y] + 1e-12).sum()
    right = (chances.argmax(axis=1) == y).sum()

    slope = chances.copy()  # of the cross-entropy by the output before softmax
    slope[rows, y] -= 1
    slope /= len(y)
    hidden_slope = (slope @ weights["w2"].T) * (hidden > 0)
    gradients = {"w1": x.T @ hidden_slope, "b1": hidden_slope.sum(0), "w2": hidden.T @ slope, "b2": slope.sum(0)}
    for name in WEIGHTS:
        speed[name] *= MOMENTUM
        speed[name] -= lr * (gradients[name] + WEIGHT_DECAY * weights[name])
        weights[name] += speed[name]
    return float(loss), int(right)


def softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


class Scale:
    """Brings every feature to about mean 0 and spread 1, as the training rows have them."""

    def __init__(self, mean: np.ndarray, spread: np.ndarray) -> None:
        self.mean, self.spread = mean, spread

    @classmethod
    def of(cls, x: np.ndarray) -> "Scale":
        spread = x.std(axis=0)
        # A pixel that is on in one image of a thousand must not shout: its spread counts as a tenth of the usual one.
        return cls(x.mean(axis=0), np.maximum(spread, 0.1 * spread.mean()) + np.float32(1e-12))

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return (x - self.mean) / self.spread
