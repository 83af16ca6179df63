"""What training packages require, resolved once, at finalize, to exact versions with hashes that all nodes install.

uv resolves in a process of its own, from the data of indexes and wheels: nothing is built, no stranger's code is run.
What is told of a failure to a customer names no address and no folder of this server.
"""

import asyncio
import contextlib
import hashlib
import os
import re
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import structlog
import uv
from packaging.specifiers import SpecifierSet

from core.errors import ApiError, ErrorCode
from core.printable import printable
from core.sibling_commands import bundled_program
from core.uv_program import ALWAYS, NO_SOLUTION, cache_bytes, said_words

FOLDER_NAME = "requirements"
OLDEST_PYTHON_MINOR = 11
RESOLUTIONS_AT_ONCE = 2
RESOLVE_SECONDS = 120.0
KEPT_SECONDS = 86_400.0
MAX_LOCK_BYTES = 1 << 20
CACHE_BYTES = 1 << 30

_MOST_WORDS = 1000
_STDERR_BYTES = 1 << 16
_PIECE_BYTES = 1 << 16
_KEPT_VARIABLES = (
    *("PATH", "SYSTEMROOT", "SSL_CERT_FILE", "SSL_CERT_DIR", "UV_DEFAULT_INDEX", "UV_HTTP_RETRIES", "UV_HTTP_TIMEOUT"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"),
)
_ADDRESS = re.compile(r"\b[a-z]+://\S+", re.ASCII | re.IGNORECASE)
log = structlog.get_logger("backend.requirements")


class Unresolvable(Exception):
    """No versions with wheels meet the requirements; its words are for the customer."""


class _Said(msgspec.Struct, frozen=True):
    status: int
    stdout: bytes
    stderr: str

    @property
    def words(self) -> str:
        """What went wrong, in one line."""
        return said_words(self.stderr, _MOST_WORDS)


class RequirementLocks:
    """Resolves, at most two at once; what was resolved is kept for a day, so that a push again costs nothing.

    Wheels in `wheels_dir` are tried first, without any network; then `indexes` in their order (each name comes from
    the first that has it), or uv's default where there are none.
    """

    def __init__(self, folder: Path, *, wheels_dir: Path | None, indexes: Sequence[str]) -> None:
        self._folder = folder
        self._wheels_dir = wheels_dir
        self._environment = _environment(os.environ, folder, indexes)
        self._places = asyncio.Semaphore(RESOLUTIONS_AT_ONCE)
        self._running: dict[str, asyncio.Task[str]] = {}

    async def lock(self, requirements: Sequence[str], python: str) -> str:
        """The lock, in the form of a requirements file; it holds for every Python of the range and every platform.

        Raises Unresolvable, and UNAVAILABLE when no index can be asked: then nothing is known, and asking again may
        help.
        """
        lowest = lowest_python(python)
        if lowest is None:
            raise Unresolvable(f"python = {printable(python)!r} is met by no Python from 3.{OLDEST_PYTHON_MINOR} on")
        asked = "".join(f"{requirement}\n" for requirement in sorted(requirements))
        key = hashlib.sha256(f"{lowest}\n{asked}{self._sources()}".encode()).hexdigest()
        task = self._running.get(key)
        if task is None:
            task = self._running[key] = asyncio.create_task(self._kept_or_resolved(key, asked, lowest))
            task.add_done_callback(lambda ended: self._forget(key, ended))
        return await asyncio.shield(task)  # a client that asks again, or another one, waits for the same

    def _wheels(self) -> list[str]:
        return [] if self._wheels_dir is None else sorted(wheel.name for wheel in self._wheels_dir.glob("*.whl"))

    def _sources(self) -> str:
        indexes = [self._environment.get(name, "") for name in ("UV_INDEX", "UV_DEFAULT_INDEX")]
        return "\n".join([*indexes, *self._wheels()])

    def _forget(self, key: str, ended: "asyncio.Task[str]") -> None:
        del self._running[key]
        if not ended.cancelled():
            ended.exception()  # told to whoever still waits; nobody may

    async def _kept_or_resolved(self, key: str, asked: str, lowest: str) -> str:
        locks = self._folder / "locks"
        kept = await asyncio.to_thread(_kept, locks, key)
        if kept is not None:
            return kept
        async with self._places:
            lock = await self._resolve(asked, lowest)
            await self._bound_cache()
        await asyncio.to_thread(_keep, locks, key, lock)
        return lock

    async def _resolve(self, asked: str, lowest: str) -> str:
        local = ["--find-links", str(self._wheels_dir)] if self._wheels() else []
        if local:
            said = await self._compile(asked, lowest, ["--offline", "--no-index", *local])
            if said.status == 0:
                return said.stdout.decode()
        said = await self._compile(asked, lowest, local)
        if said.status == 0:
            return said.stdout.decode()
        if said.status == NO_SOLUTION:
            words = self._without_places(said.words)
            raise Unresolvable(f"the requirements can't be installed on every Python from {lowest} on: {words}")
        log.warning("the package index can't be asked", uv=said.words)
        raise _unavailable("The package index can't be asked now, so what the package requires is not known.")

    async def _compile(self, asked: str, lowest: str, source: list[str]) -> _Said:
        arguments = ["pip", "compile", "-", "--universal", "--python-version", lowest, "--generate-hashes"]
        arguments += ["--only-binary", ":all:", "--no-header", "--no-annotate", *source]
        if not getattr(sys, "frozen", False):  # a bundle's own program is no Python: uv looks on PATH
            arguments += ["--python", sys.executable]
        try:
            async with asyncio.timeout(RESOLVE_SECONDS):
                return await self._uv(arguments, asked)
        except TimeoutError:
            raise _unavailable(f"Resolving the requirements took longer than {RESOLVE_SECONDS:,.0f} seconds.") from None

    async def _uv(self, arguments: list[str], stdin: str) -> _Said:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        process = await asyncio.create_subprocess_exec(
            bundled_program("uv") or uv.find_uv_bin(),
            *arguments,
            *("--cache-dir", str(self._folder / "uv-cache"), *ALWAYS),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=self._folder,
            env=self._environment,
        )
        try:
            if process.stdin is None or process.stdout is None or process.stderr is None:
                raise RuntimeError("a process without the pipes it was given")
            process.stdin.write(stdin.encode())
            process.stdin.close()
            stdout, stderr = await asyncio.gather(
                _read(process.stdout, MAX_LOCK_BYTES + 1), _read(process.stderr, _STDERR_BYTES)
            )
            status = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if len(stdout) > MAX_LOCK_BYTES:
            raise Unresolvable(f"what the requirements come to is longer than {MAX_LOCK_BYTES:,} bytes")
        return _Said(status, stdout, stderr.decode("utf-8", "replace"))

    async def _bound_cache(self) -> None:
        """Empties what uv keeps of indexes once it is large; uv waits for whoever uses it."""
        if await asyncio.to_thread(cache_bytes, self._folder / "uv-cache") <= CACHE_BYTES:
            return
        with contextlib.suppress(TimeoutError):  # the next resolution tries again
            async with asyncio.timeout(RESOLVE_SECONDS):
                await self._uv(["cache", "clean"], "")

    def _without_places(self, words: str) -> str:
        for place in (self._folder, self._wheels_dir):
            words = words if place is None else words.replace(str(place), "…")
        return _ADDRESS.sub("…", words)


def lowest_python(python: str) -> str | None:
    """The oldest Python within a range of versions, such as 3.11 or 3.12.4; None if the range holds none."""
    wanted = SpecifierSet(python)
    for minor in range(OLDEST_PYTHON_MINOR, 40):
        for patch in range(40):
            if wanted.contains(f"3.{minor}.{patch}"):
                return f"3.{minor}.{patch}" if patch else f"3.{minor}"
    return None


def _unavailable(message: str) -> ApiError:
    hint = "Finalize again in a minute: what was sent is kept. If it stays, tell the operator."
    return ApiError(ErrorCode.UNAVAILABLE, message, hint=hint)


def _environment(given: Mapping[str, str], folder: Path, indexes: Sequence[str]) -> dict[str, str]:
    """All that uv gets to know. Its last index is the default one, which it asks last."""
    kept = {name: given[name] for name in _KEPT_VARIABLES if name in given}
    own = {"HOME": str(folder), "LANG": "C.UTF-8"}
    listed = {"UV_INDEX": " ".join(indexes[:-1]), "UV_DEFAULT_INDEX": indexes[-1]} if indexes else {}
    return {**kept, **own, **listed}


async def _read(stream: asyncio.StreamReader, most: int) -> bytes:
    """To the end, of which the first `most` bytes are kept."""
    kept = b""
    while piece := await stream.read(_PIECE_BYTES):
        kept += piece[: most - len(kept)]
    return kept


def _kept(locks: Path, key: str) -> str | None:
    """A lock that was resolved less than a day ago (blocking); older ones are deleted."""
    oldest = time.time() - KEPT_SECONDS
    for file in locks.glob("*"):
        with contextlib.suppress(FileNotFoundError):  # another look deletes them too
            if file.stat().st_mtime < oldest:
                file.unlink()
    try:
        return (locks / f"{key}.txt").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _keep(locks: Path, key: str, lock: str) -> None:
    """Keeps a lock, whole or not at all (blocking)."""
    locks.mkdir(mode=0o700, exist_ok=True)
    draft = locks / f"{key}.part"
    with draft.open("w", encoding="utf-8") as file:
        file.write(lock)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(locks / f"{key}.txt")
