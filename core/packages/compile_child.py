"""Compiles strangers' scripts and says what is wrong with them; run by its path in a process of its own.

A script can keep Python's compiler busy for hours, or end its process, with the interpreter's lock held; limits of
the process end that. Standard library only, and nothing is ever executed.
"""

import base64
import json
import sys
import warnings

CPU_SECONDS = 5
MEMORY_BYTES = 2 << 30


def problem(source: bytes, name: str) -> tuple[int | None, str] | None:
    """Line and message of the first error, or None if the source compiles."""
    try:
        with warnings.catch_warnings(action="ignore"):
            compile(source, name, "exec", dont_inherit=True)
    except SyntaxError as error:
        return error.lineno or None, f"{error.msg} (Python {sys.version_info.major}.{sys.version_info.minor})"
    except (RecursionError, MemoryError):
        return None, "is nested too deeply to be compiled"
    except ValueError as error:
        return None, f"can't be compiled: {error}"
    return None


def main() -> None:
    """Read `{name: base64 of source}` from stdin; print a JSON line `[name, line, message]` a script, in order."""
    try:
        import resource
    except ImportError:
        pass
    else:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for name, encoded in json.load(sys.stdin).items():
        line, message = problem(base64.b64decode(encoded), name) or (None, None)
        sys.stdout.write(json.dumps([name, line, message]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
