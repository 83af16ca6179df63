"""What a unit's code finds: names of variables and, in a confined box, fixed paths. The same words in every box.

Everything of a spec that could be read as an option, a path upwards or a second argument is refused here.
"""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from agent.sandbox.base import BoxNotStarted, BoxSpec

PACKAGE = "/unit/package"
DATA = "/unit/data"
INPUTS = "/unit/inputs"
OUTPUT = "/unit/output"
CHECKPOINT = "/unit/checkpoint"
SITE_PACKAGES = "/unit/python"
OURS = "/unit/ours"
TRAINING_MODULE = f"{OURS}/gpu_agent/training.py"
INTERPRETER = "/unit/interpreter"
HOME = "/tmp"

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def check_spec(spec: BoxSpec) -> None:
    """Raise BoxNotStarted when a name, a path or a variable of the spec is not what it has to be."""
    if not is_plain_path(spec.script):
        raise BoxNotStarted(f"the script must lie in the package: {spec.script!r}")
    for name in spec.inputs:
        if not is_plain_path(name):
            raise BoxNotStarted(f"not an input's name: {name!r}")
    for name, value in spec.environment.items():
        if not _VARIABLE.fullmatch(name) or "\0" in value:
            raise BoxNotStarted(f"not a variable that a unit can have: {name!r}")


def is_plain_path(path: str) -> bool:
    """Whether this is a relative path that stays below where it starts and holds no control character."""
    parts = PurePosixPath(path).parts
    printable = all(character.isprintable() for character in path)
    return bool(parts) and printable and "/".join(parts) == path and ".." not in parts and parts[0] != "/"


def script_argument(script: str) -> str:
    """The script as Python's argument, never to be taken for an option."""
    return f"./{script}" if script.startswith("-") else script


def unit_environment(
    wanted: Mapping[str, str],
    *,
    data: str | None,
    inputs: str,
    output: str,
    checkpoint: str,
    home: str,
    path: str,
    python_path: list[str],
    gpu_uuid: str | None,
) -> dict[str, str]:
    """Every variable of a unit. Without a GPU the variables that hide GPUs are set, for boxes that can't hide them."""
    ours = {
        "GPU_AGENT_INPUTS_DIR": inputs,
        "GPU_AGENT_OUTPUT_DIR": output,
        "GPU_AGENT_CHECKPOINT_DIR": checkpoint,
        "HOME": home,
        "TMPDIR": "/tmp",
        "PATH": path,
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONPATH": ":".join(python_path),
        "PYTHONNOUSERSITE": "1",
        "CUDA_VISIBLE_DEVICES": gpu_uuid or "",
    }
    if data is not None:
        ours["GPU_AGENT_DATA_DIR"] = data
    return {**wanted, **ours}
