"""Downloads the example's wheels into resources/wheels, so that the demo needs no network later."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from build_scripts import find_python, stamp, steps


class Pin(NamedTuple):
    """One wheel: for Python `python` ("3.12") the requirement `name==version`."""

    python: str
    name: str
    version: str

    def pattern(self) -> str:
        """What its file is called, whatever the platform."""
        tag = "cp" + self.python.replace(".", "")
        return f"{self.name}-{self.version}-{tag}-{tag}-*.whl"


def read_pins(text: str) -> list[Pin]:
    """Parses example_wheels.txt; raises ValueError on a line that isn't `PYTHON NAME==VERSION`."""
    pins = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            python, requirement = line.split()
            name, version = requirement.split("==")
            pins.append(Pin(python, name, version))
    return pins


def pythons_here(running: str, path: str) -> set[str]:
    """The Python versions ("3.12") that this machine can run: the environment's own and those on PATH."""
    found = {candidate[1] for candidate in map(find_python.probe, find_python.candidates(path)) if candidate}
    return {running, *(f"{major}.{minor}" for major, minor in found)}


def fetch(layout: stamp.Layout, running: str, log: Path, env: Mapping[str, str], held: Sequence[int]) -> None:
    """Downloads each pinned wheel that isn't there yet, for this machine's platform.

    A wheel of a Python that this machine lacks may fail, with a warning; one of its own Pythons raises SetupError.
    In a checkout of somebody else's nothing is downloaded: a node then gets NumPy from the network.
    """
    wheels = Path(layout.wheels)
    try:
        wheels.mkdir(parents=True, exist_ok=True)
    except PermissionError:
        steps.say(f"{wheels} can't be written: the example's NumPy comes from the network when it runs.")
        return
    pins = read_pins(Path(layout.project, "build_scripts", "example_wheels.txt").read_text(encoding="utf-8"))
    wanted = [pin for pin in pins if not any(wheels.glob(pin.pattern()))]
    failed = [pin for pin in wanted if not _download(layout, pin, log, env, held)]
    if not failed:
        return
    needed = pythons_here(running, layout.path)
    for pin in failed:
        if pin.python in needed:
            raise steps.SetupError(
                f"The example's {pin.name} {pin.version} for Python {pin.python} couldn't be downloaded:\n"
                + steps.last_words(log),
                "Check the network and start again.",
            )
        steps.say(
            f"No {pin.name} {pin.version} for Python {pin.python}, which isn't on this machine: going on without."
        )


def _download(layout: stamp.Layout, pin: Pin, log: Path, env: Mapping[str, str], held: Sequence[int]) -> bool:
    """Into a folder of its own first: what lies in resources/wheels is whole, also after an interruption."""
    wheels = Path(layout.wheels)
    with tempfile.TemporaryDirectory(prefix=".incoming-", dir=wheels) as folder:
        command = [layout.python, "-I", "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
        command += [
            "--progress-bar=off",
            "--python-version",
            pin.python,
            "--dest",
            folder,
            f"{pin.name}=={pin.version}",
        ]
        label = f"Downloading the example's {pin.name} for Python {pin.python}"
        if steps.run_step(label, command, log, env=env, held=held) != 0:
            return False
        for wheel in Path(folder).glob("*.whl"):
            wheel.replace(wheels / wheel.name)
    return True
