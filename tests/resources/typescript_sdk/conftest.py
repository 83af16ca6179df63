import fcntl
import hashlib
import json
import shutil
import sys
from pathlib import Path

import pytest

from .programs import LIBRARY, Stranger, npm


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Stranger:
    """Installed as the README says, in a project with nothing else and without a network."""
    folder = tmp_path_factory.mktemp("stranger")
    (folder / "package.json").write_text('{"name": "stranger", "private": true, "type": "module"}\n')
    npm("install", "--offline", str(LIBRARY), folder=folder)
    return Stranger(folder)


@pytest.fixture(scope="session")
def compiler() -> Path:
    """A `node_modules` with the compiler that the library names; made once an environment, by npm."""
    wanted = json.loads((LIBRARY / "package.json").read_text())["devDependencies"]
    name = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()[:16]
    home = Path(sys.prefix) / "typescript"
    made = home / name
    home.mkdir(exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            begun = home / f"{name}.begun"
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir()
            (begun / "package.json").write_text('{"name": "compiler", "private": true}\n')
            npm("install", "--ignore-scripts", *(f"{one}@{version}" for one, version in wanted.items()), folder=begun)
            begun.rename(made)
    return made / "node_modules"
