"""Reads a package from a folder or a zip and says what is wrong with it before anything is sent."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from ...console import CommandError, Console, ExitCode
from ...packages.archive import zip_folder
from ...packages.inspect import inspect_package


class ReadPackage(msgspec.Struct, frozen=True):
    """A package that was found sound: its zip, and what it is called."""

    zip: Path
    name: str


@contextmanager
def sound_package(console: Console, path: Path) -> Iterator[ReadPackage]:
    """The package at a path, as a zip that lives as long as the `with`. Raises PACKAGE_REJECTED with a row a
    problem, each with its file and line."""
    if not path.exists():
        raise CommandError(
            f"{path} is not there.", hint="Give the package's folder or zip.", exit_code=ExitCode.ARGUMENTS
        )
    with tempfile.TemporaryDirectory(prefix="gpu-agent-package-") as made:
        archive = path
        if path.is_dir():
            archive = Path(made) / f"{path.resolve().name or 'package'}.zip"
            zipped = zip_folder(path, archive)
            if zipped.skipped:
                console.info(f"Left out: {', '.join(zipped.skipped)}")
        report = inspect_package(archive, path.resolve().stem or "package")
        yield ReadPackage(archive, report.name)
