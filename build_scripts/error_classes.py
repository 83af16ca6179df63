"""Writes core/client/coded_errors.py from the table of errors: a class a code, so that programs can catch one by name.

    python3 build_scripts/run.py --dev python -m build_scripts.error_classes [--check]

exit codes: 0 written, or current with --check; 1 it isn't current.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from core.client.errors import UpgradeRequired, family_of
from core.errors import ERRORS, ErrorCode

COMMAND = "python3 build_scripts/run.py --dev python -m build_scripts.error_classes"
MODULE = Path(__file__).resolve().parents[1] / "core" / "client" / "coded_errors.py"
_WIDTH = 120


def class_name(code: str) -> str:
    """`CREDIT_INSUFFICIENT` as `CreditInsufficient`."""
    return "".join(part.capitalize() for part in code.split("_"))


def text() -> str:
    """The whole module."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    own = [code for code in ERRORS if class_name(code) != UpgradeRequired.__name__]
    families = sorted({family_of(ERRORS[code].status).__name__ for code in own} | {"ServerError", "UpgradeRequired"})
    yield '"""A class for each error code of the contract, below its family in errors.'
    yield ""
    yield f"Made from the table in core/errors.py by `{COMMAND}`:"
    yield 'change that, not this.\n"""\n'
    yield "from ..errors import ErrorCode"
    yield "from .errors import (\n" + "".join(f"    {name},\n" for name in families) + ")"
    yield "\n__all__ = [\n" + "".join(f'    "{name}",\n' for name in sorted(map(class_name, own))) + "]"
    for code in own:
        yield f"\n\nclass {class_name(code)}({family_of(ERRORS[code].status).__name__}):"
        yield from _docstring(code)
    yield "\n\nERROR_CLASSES: dict[ErrorCode, type[ServerError]] = {"
    yield from (f"    ErrorCode.{code.name}: {class_name(code)}," for code in ERRORS)
    yield "}\n"


def _docstring(code: ErrorCode) -> Iterator[str]:
    line = f'    """{ERRORS[code].status} {code.value}: {ERRORS[code].description}."""'
    yield line if len(line) <= _WIDTH else line + "  # noqa: E501 - the contract's own words"


def main() -> int:
    """Writes the module, or says whether it is current."""
    if sys.argv[1:] == ["--check"]:
        current = MODULE.read_text(encoding="utf-8") == text()
        print("current" if current else f"not current: {COMMAND}")
        return 0 if current else 1
    MODULE.write_text(text(), encoding="utf-8")
    print(MODULE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
