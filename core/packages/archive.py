"""A package's zip: checking it whole, taking it apart safely, and making one from a folder."""

import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from ..content.chunking import SourceFile, find_files, read_file
from ..content.folder_writer import FolderWriter, disk_trouble
from ..content.paths import clashes, path_problem, shown
from ..errors import ApiError, ErrorCode, ErrorDetail
from .archive_rules import MAX_FILES, MAX_RATIO, MAX_UNPACKED_BYTES, ArchiveEntry, sound_entries
from .problems import rejected
from .zip_format import ZipDamaged, unpacked

LEFT_OUT = frozenset({"__pycache__", ".git", ".venv"})

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX = 3


class Archive:
    """An open zip whose headers keep the rules. Close it, or use it in `with`.

    Raises ApiError PACKAGE_REJECTED with one detail row a problem, and OSError if the file can't be opened.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        try:
            self._sound = {one.entry.path: one for one in sound_entries(self._file)}
        except BaseException:
            self._file.close()
            raise
        self.entries = [one.entry for one in self._sound.values()]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def read(self, path: str) -> bytes:
        """The bytes of a file of `entries`, as many as it states. Raises ApiError PACKAGE_REJECTED if it is damaged."""
        return b"".join(self.pieces(path))

    def pieces(self, path: str) -> Iterator[bytes]:
        """As `read`, in pieces; those before a problem shows must not be used."""
        one = self._sound[path]
        try:
            yield from unpacked(self._file, one.record, one.start)
        except ZipDamaged as error:
            raise rejected([ErrorDetail(f"{shown(path)}: {error}", file=shown(path))]) from error

    def verify(self) -> None:
        """Unpack every file into nothing. Raises ApiError PACKAGE_REJECTED with a row for each that is damaged."""
        rows: list[ErrorDetail] = []
        for entry in self.entries:
            try:
                for _ in self.pieces(entry.path):
                    pass
            except ApiError as error:
                rows += error.details
        if rows:
            raise rejected(rows)


def unpack(path: Path, target: Path) -> list[ArchiveEntry]:
    """Unpack a zip into `target`, an empty folder or none yet; files get mode 0644, folders 0755, whatever it says.

    Headers are checked again and bytes counted while they come. On failure `target` is as empty as before. Raises
    ApiError: PACKAGE_REJECTED, STATE_CONFLICT if something is in `target`, UNAVAILABLE if the disk is full.
    """
    with Archive(path) as archive:
        was_there = target.is_dir()
        if was_there and any(target.iterdir()):
            raise ApiError(
                ErrorCode.STATE_CONFLICT, f"{target} isn't empty.", hint="Unpack into a new or an empty folder."
            )
        try:
            with FolderWriter(target) as folder:
                for entry in archive.entries:
                    if entry.is_folder:
                        folder.make_folder(entry.path)
                    else:
                        folder.write(entry.path, archive.pieces(entry.path))
        except BaseException:
            shutil.rmtree(target, ignore_errors=not was_there)
            if was_there:
                target.mkdir()
            raise
        return archive.entries


class ZippedFolder(msgspec.Struct, frozen=True):
    """What `zip_folder` put into the zip, in path order, and the paths it left out (of empty folders with a last /)."""

    entries: list[ArchiveEntry]
    skipped: list[str]


def zip_folder(folder: Path, out: Path) -> ZippedFolder:
    """Pack a folder into the new file `out`; the same files give the same bytes, whatever their times and modes.

    `__pycache__`, `.git`, `.venv`, empty folders and `out` itself are left out, and named as such. Raises ApiError:
    SourceRefused for links, devices and what can't be read, SourceChanged if a file changes meanwhile,
    PACKAGE_REJECTED with a row a problem for names and sizes that a package may not have, UNAVAILABLE if the disk is
    full. On failure `out` isn't there.
    """
    skipped: list[str] = []
    files = find_files(folder, skipped, LEFT_OUT)
    own = out.resolve()
    skipped += [path for path, source in files if source.path == own]
    files = [(path, source) for path, source in files if source.path != own]
    _refuse_unfit(files)
    try:
        with zipfile.ZipFile(out, "w") as archive:
            for path, source in files:
                _add(archive, path, source)
    except OSError as error:
        out.unlink(missing_ok=True)
        raise disk_trouble(error, f"writing {out.name}") from error
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    return ZippedFolder([ArchiveEntry(path, source.size_bytes) for path, source in files], sorted(skipped))


def _refuse_unfit(files: list[tuple[str, SourceFile]]) -> None:
    rows = [
        ErrorDetail(f"{shown(path)}: {problem}", file=shown(path))
        for path, _ in files
        if (problem := path_problem(path)) is not None
    ]
    for index, problem in clashes((path, False) for path, _ in files):
        rows.append(ErrorDetail(f"{shown(files[index][0])}: {problem}", file=shown(files[index][0])))
    total = sum(source.size_bytes for _, source in files)
    if len(files) > MAX_FILES:
        rows.append(ErrorDetail(f"{len(files):,} files; {MAX_FILES:,} are allowed. Data belongs into a dataset."))
    if total > MAX_UNPACKED_BYTES:
        rows.append(ErrorDetail(f"{total:,} bytes; {MAX_UNPACKED_BYTES:,} are allowed. Data belongs into a dataset."))
    if rows:
        raise rejected(rows)


def _add(archive: zipfile.ZipFile, path: str, source: SourceFile) -> None:
    info = zipfile.ZipInfo(path, _FIXED_TIME)
    info.create_system = _UNIX
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    info.file_size = source.size_bytes
    info.compress_type = zipfile.ZIP_DEFLATED if _deflates_modestly(source) else zipfile.ZIP_STORED
    with archive.open(info, "w") as member:
        for piece in read_file(source):
            member.write(piece)


def _deflates_modestly(source: SourceFile) -> bool:
    """Whether compression saves bytes without making the file look like a bomb, which would be refused."""
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = sum(len(deflater.compress(piece)) for piece in read_file(source)) + len(deflater.flush())
    return packed < source.size_bytes <= packed * MAX_RATIO // 2
