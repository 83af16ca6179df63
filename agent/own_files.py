"""The few files of ours that units see, copied to where their uids can reach them: training.py and the stages.

The program itself may lie below a folder that only its owner can pass.
"""

import shutil
from pathlib import Path

import msgspec

import core.stages
import core.training
from agent.sandbox.workspace import remove_tree_now
from agent.shared_folders import PASSABLE


class OwnFiles(msgspec.Struct, frozen=True):
    """`training_module` is the file that units import as `gpu_agent.training`; `stages_dir` the platform's package."""

    training_module: Path
    stages_dir: Path


def write_own_files(workspace_root: Path) -> OwnFiles:
    """Copy them anew, as this version has them (blocking; at the start, when no unit runs)."""
    folder = workspace_root / "ours"
    remove_tree_now(folder)
    stages = folder / "stages"
    stages.mkdir(parents=True)
    folder.chmod(PASSABLE)
    stages.chmod(0o755)
    module = folder / "training.py"
    shutil.copyfile(Path(core.training.__file__).with_suffix(".py"), module)  # in the bundle __file__ ends in .pyc
    module.chmod(0o644)
    for script in Path(core.stages.__file__).parent.glob("*.py"):
        if script.name != "__init__.py":
            shutil.copyfile(script, stages / script.name)
            (stages / script.name).chmod(0o644)
    return OwnFiles(module, stages)
