"""What a file's path may look like in a manifest and in a package, so that it means one file on every system.

Reading and writing files by these paths is the work of chunking and folder_writer.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

MAX_NAME_BYTES = 255
MAX_PATH_BYTES = 2048
MAX_DEPTH = 32

_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_MISLEADING = re.compile(r"[\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_SHOWN_CHARACTERS = 200


def path_problem(path: str) -> str | None:
    """What is wrong with the relative POSIX path of a file, in words, or None if it may be used."""
    try:
        encoded = path.encode()
    except UnicodeEncodeError:
        return "the name is not valid UTF-8"
    if not path:
        return "the name is empty"
    if _CONTROL.search(path):
        return "the name holds control characters"
    if _MISLEADING.search(path):
        return "the name holds invisible characters that turn text round or break lines"
    if "\\" in path:
        return "the name holds a backslash; folders are parted by /"
    if path.startswith("/"):
        return "the path is absolute; it must be relative"
    if _DRIVE.match(path):
        return "the path begins with the letter of a drive; it must be relative"
    segments = path.split("/")
    if ".." in segments:
        return "the path leads out of its folder (..)"
    if "" in segments or "." in segments:
        return "the path has an empty or . segment"
    if len(segments) > MAX_DEPTH:
        return f"the path is {len(segments)} levels deep; {MAX_DEPTH} are allowed"
    if len(encoded) > MAX_PATH_BYTES:
        return f"the path has {len(encoded)} bytes; {MAX_PATH_BYTES} are allowed"
    longest = max(len(segment.encode()) for segment in segments)
    if longest > MAX_NAME_BYTES:
        return f"a name has {longest} bytes; {MAX_NAME_BYTES} are allowed"
    return None


def clashes(paths: Iterable[tuple[str, bool]]) -> Iterator[tuple[int, str]]:
    """The entries `(path, is_folder)` that some system could not keep beside an earlier one, as (index, words).

    Names are compared as the least careful file systems do: without case and in Unicode normal form C.
    """
    spellings: dict[str, str] = {}
    files: set[str] = set()
    listed: set[str] = set()
    known_folders: set[str] = set()
    for index, (path, is_folder) in enumerate(paths):
        segments = path.split("/")
        problem = None
        for depth in range(1, len(segments)):
            folder = "/".join(segments[:depth])
            if folder in known_folders:
                continue
            key = _folded(folder)
            if key in files:
                problem = f"{shown(spellings[key])} is a file, and here it is a folder"
            elif spellings.setdefault(key, folder) != folder:
                problem = f"the folder clashes with {shown(spellings[key])} where case or Unicode form do not count"
            else:
                known_folders.add(folder)
                continue
            break
        key = _folded(path)
        if problem is None:
            problem = _clash_of_last(path, key, is_folder, spellings, files, listed)
        if problem is not None:
            yield index, problem
            continue
        spellings.setdefault(key, path)
        listed.add(key)
        if is_folder:
            known_folders.add(path)
        else:
            files.add(key)


def _clash_of_last(
    path: str, key: str, is_folder: bool, spellings: dict[str, str], files: set[str], listed: set[str]
) -> str | None:
    known = spellings.get(key)
    if known is None:
        return None
    if known != path:
        return f"the name clashes with {shown(known)} where case or Unicode form do not count"
    if key in listed and (key in files) != is_folder:
        return "the name is there twice"
    if is_folder and key not in files:
        return None
    return "the name is there as a file and as a folder"


def shown(text: str) -> str:
    """A stranger's text as it may be printed: cut, and with escapes for what is no visible character."""
    cut = text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"
    visible = (
        character if character.isprintable() else character.encode("unicode_escape", "surrogatepass").decode("ascii")
        for character in cut
    )
    return "".join(visible)


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
