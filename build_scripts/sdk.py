"""Makes the wheel of the Python library, gpu-agent-sdk, of parts of core. Needs Python alone; the same bytes each time.

    python3 build_scripts/sdk.py [--out DIST]

core/sdk/ becomes `gpu_agent`, what it imports of core becomes `gpu_agent._core`, core/training.py `gpu_agent.training`.
All of it goes in as it stands, but that core/sdk/ finds core in `_core`: its `from ..client` is `from ._core.client`.
"""

from __future__ import annotations

import argparse
import ast
import base64
import hashlib
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path[0] = str(ROOT)
    from build_scripts.find_python import start_again_if_unsupported

    start_again_if_unsupported(str(Path(__file__).resolve()))

import tomllib  # noqa: E402 - an older `python3` has none, and was left for another by now

CORE = ROOT / "core"
SDK = CORE / "sdk"
NAME = "gpu-agent-sdk"
NEEDS = ("httpx", "httpx-sse", "msgspec", "stamina")
DESCRIPTION = ROOT / "docs" / "python-library.md"
_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16


def members() -> list[Path]:
    """The modules of core that the library is made of: its own room, all that is imported from there, and the packages
    they lie in."""
    found: set[Path] = set()
    waiting = sorted(SDK.rglob("*.py"))
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += [*_imported(path), *_packages(path)]
    return sorted(found)


def files() -> dict[str, bytes]:
    """What lies in the wheel beside its metadata, by path."""
    packed = {_inside(path): _text(path) for path in members()}
    packed["gpu_agent/training.py"] = (CORE / "training.py").read_bytes()
    packed["gpu_agent/py.typed"] = b""
    return dict(sorted(packed.items()))


def build(out: Path) -> Path:
    """Writes the wheel into a folder, in the place of older ones, so that `pip install` finds one; gives its path."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    stem = f"{NAME.replace('-', '_')}-{project['version']}"
    info = f"{stem}.dist-info"
    packed = files()
    packed[f"{info}/METADATA"] = "\n".join(_metadata(project)).encode()
    packed[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: gpu-agent\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    packed[f"{info}/licenses/LICENSE"] = (ROOT / "LICENSE").read_bytes()
    packed[f"{info}/RECORD"] = "".join([*_record(packed), f"{info}/RECORD,,\n"]).encode()
    out.mkdir(parents=True, exist_ok=True)
    for older in out.glob(f"{NAME.replace('-', '_')}-*.whl"):
        older.unlink()
    wheel = out / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, data in packed.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.external_attr = _MODE
            entry.create_system = 3
            archive.writestr(entry, data)  # stored: what deflate makes of it differs from one zlib to the next
    return wheel


def _imported(path: Path) -> Iterator[Path]:
    """The modules of core that a module names in its relative imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or node.level == 0:
            continue
        base = path.parents[node.level - 1]
        base = base.joinpath(*node.module.split(".")) if node.module else base
        names = [base, *(base / alias.name for alias in node.names)]
        yield from (
            found for name in names for found in (name.with_suffix(".py"), name / "__init__.py") if found.is_file()
        )


def _packages(path: Path) -> Iterator[Path]:
    for folder in path.parents:
        if folder == ROOT:
            return
        yield folder / "__init__.py"


def _inside(path: Path) -> str:
    if path.is_relative_to(SDK):
        return f"gpu_agent/{path.relative_to(SDK).as_posix()}"
    return f"gpu_agent/_core/{path.relative_to(CORE).as_posix()}"


def _text(path: Path) -> bytes:
    if not path.is_relative_to(SDK):
        return path.read_bytes()
    dots = len(path.relative_to(CORE).parts)  # so many lead from this module to core
    text = path.read_text(encoding="utf-8")
    text = re.sub(rf"^(\s*from ){'[.]' * dots}(?=\w)", rf"\1{'.' * (dots - 1)}_core.", text, flags=re.MULTILINE)
    return text.encode()


def _metadata(project: dict[str, object]) -> Iterator[str]:
    dependencies = project["dependencies"]
    assert isinstance(dependencies, list)
    yield "Metadata-Version: 2.4"
    yield f"Name: {NAME}"
    yield f"Version: {project['version']}"
    yield "Summary: Train your own model on other people's home GPUs, from Python"
    yield f"License-Expression: {project['license']}"
    yield "License-File: LICENSE"
    yield f"Requires-Python: {project['requires-python']}"
    yield from (f"Requires-Dist: {need}" for need in dependencies if re.split(r"[<>=!~;\[ ]", need)[0] in NEEDS)
    yield "Classifier: Typing :: Typed"
    yield "Description-Content-Type: text/markdown"
    yield ""
    yield DESCRIPTION.read_text(encoding="utf-8")


def _record(packed: dict[str, bytes]) -> Iterator[str]:
    for name, data in packed.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
        yield f"{name},sha256={digest},{len(data)}\n"


def main() -> int:
    """Builds the wheel, and says where it is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="the folder it is written to")
    wheel = build(parser.parse_args().out)
    print(f"{wheel}\nInstall it: pip install {wheel}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
