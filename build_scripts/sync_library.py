"""Makes core/sdk/synchronous of core/sdk/asynchronous: the same classes, without async and await.

    python3 build_scripts/run.py --dev python -m build_scripts.sync_library [--check]

exit codes: 0 written, or current with --check; 1 something isn't current.
"""

import re
import subprocess
import sys
from pathlib import Path

COMMAND = "python3 build_scripts/run.py --dev python -m build_scripts.sync_library"
SDK = Path(__file__).resolve().parents[1] / "core" / "sdk"
BY_HAND = frozenset({"__init__.py", "transfers.py", "streams.py"})

_RULES = (
    (r"\basync (def|for|with)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\bAsyncGenerator\[(\w+), None\]", r"Generator[\1, None, None]"),
    (r"\bAsync([A-Z]\w*)", r"\1"),
    (r"\b(every|job_events|customer_events)_async\b", r"\1"),
    (r"\baclosing\b", "closing"),
    (r"\b__a(enter|exit)__\b", r"__\1__"),
)


def made_of(source: str, name: str) -> str:
    """The waiting module of an awaiting one, called `name`, as ruff formats it."""
    for pattern, replacement in _RULES:
        source = re.sub(pattern, replacement, source)
    head, rest = source.split('"""\n', 1)
    note = f"\n\nMade of asynchronous/{name} (change that, not this) by\n`{COMMAND}`.\n"
    return _tidy(f'{head}{note}"""\n{rest}', name)


def _tidy(source: str, name: str) -> str:
    for arguments in (["check", "--quiet", "--select", "I,UP028", "--fix", "--unsafe-fixes"], ["format", "--quiet"]):
        command = [sys.executable, "-m", "ruff", *arguments, "--stdin-filename", str(SDK / "synchronous" / name), "-"]
        done = subprocess.run(command, input=source, capture_output=True, text=True, check=True)
        source = done.stdout
    return source


def stale(write: bool) -> list[Path]:
    """The modules that are not as they should be, which are written then if `write`."""
    found: list[Path] = []
    for awaiting in sorted((SDK / "asynchronous").glob("*.py")):
        waiting = SDK / "synchronous" / awaiting.name
        if awaiting.name in BY_HAND:
            continue
        wanted = made_of(awaiting.read_text(encoding="utf-8"), awaiting.name)
        if not waiting.exists() or waiting.read_text(encoding="utf-8") != wanted:
            found.append(waiting)
            if write:
                waiting.write_text(wanted, encoding="utf-8")
    return found


def main() -> int:
    """Writes the modules, or says which are not current."""
    check = sys.argv[1:] == ["--check"]
    found = stale(write=not check)
    for path in found:
        print(f"not current: {path}" if check else path)
    return 1 if check and found else 0


if __name__ == "__main__":
    sys.exit(main())
