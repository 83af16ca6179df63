"""The graph of 1,000 units and 2,000 edges: layout and first paint, and a frame while panning.

`python -m tests.benchmarks.dag` prints `NUMBER UNIT WHAT` a line.
"""

import os
import random
import statistics
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QApplication

from core.protocol.customer import ComputeUnit, UnitState
from gui.models.units import UnitsModel
from gui.theme.theme import Theme
from gui.theme.tokens import read_tokens
from gui.widgets.graph.view import GraphView, Words
from tests.gui.job_samples import a_unit

UNITS, EDGES, LAYERS, FRAMES = 1_000, 2_000, 40, 300


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def big_job() -> list[ComputeUnit]:
    """Forty steps of 25 units; each unit but the first ones needs one to three of the step before."""
    dice = random.Random(4)
    width = UNITS // LAYERS
    states = [UnitState.COMPLETED, UnitState.RUNNING, UnitState.READY, UnitState.BLOCKED]
    wanted = [1] * (UNITS - width)
    for _ in range(EDGES - sum(wanted)):
        wanted[dice.randrange(len(wanted))] += 1
    units = []
    for number in range(UNITS):
        layer = number // width
        count = min(width, wanted[number - width]) if layer else 0
        needs = [(layer - 1) * width + row for row in dice.sample(range(width), count)]
        state = states[min(3, layer * 4 // LAYERS)]
        units.append(a_unit(number, "train", state, needs, index=number, progress=0.4))
    return units


def main() -> None:
    app = QApplication(sys.argv[:1])
    theme = Theme(app, read_tokens(), "light")
    units = big_job()
    words = Words(
        lambda unit: f"unit {unit.index}", lambda unit: unit.state.value, lambda unit: "", lambda some: "step"
    )

    def open_graph() -> tuple[float, GraphView]:
        started = time.perf_counter()
        model = UnitsModel()
        model.put_units(units)
        view = GraphView(theme, model, QItemSelectionModel(model), words)
        model.setParent(view)
        view.resize(1280, 700)
        view.show()
        view.grab()
        return time.perf_counter() - started, view

    open_graph()[1].close()  # fonts and glyphs are warm, as they are in the window
    seconds, view = open_graph()
    say(
        f"{seconds * 1000:.0f} ms layout and first paint of {len(units)} units, "
        f"{sum(len(unit.needs) for unit in units)} edges"
    )
    across, down = view.horizontalScrollBar(), view.verticalScrollBar()
    steps, whole = [], []
    for frame in range(FRAMES):
        started = time.perf_counter()
        across.setValue(across.minimum() + frame * 7 % max(1, across.maximum() - across.minimum()))
        down.setValue(down.minimum() + frame * 3 % max(1, down.maximum() - down.minimum()))
        app.processEvents()
        steps.append((time.perf_counter() - started) * 1000)
        started = time.perf_counter()
        view.viewport().repaint()
        whole.append((time.perf_counter() - started) * 1000)
    for name, frames in (("while panning", steps), ("with all of the view painted anew", whole)):
        frames.sort()
        say(f"{statistics.median(frames):.1f} ms a frame {name}, median of {FRAMES}")
        say(f"{frames[int(FRAMES * 0.99)]:.1f} ms a frame {name}, 99th percentile")
    view.fit()
    view.zoom(0.3)
    started = time.perf_counter()
    view.viewport().repaint()
    say(f"{(time.perf_counter() - started) * 1000:.1f} ms a frame zoomed out, {len(view.scene().items())} items")


if __name__ == "__main__":
    main()
