"""What a package requires, installed by uv from wheels only into a folder that units share.

Installing runs no stranger's code: nothing is built, and units see the folder through PYTHONPATH. Which interpreter
it is for is decided here; running anything with it is the box's.
"""

import asyncio
import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import uv
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from agent.durable import sync_file_system
from agent.interpreters import Interpreter
from agent.package_lock import checked_lock
from agent.shared_folders import PASSABLE, SharedFolders
from core.packages.requirements import requirement_problem
from core.protocol.node import Fault
from core.sibling_commands import bundled_program
from core.uv_program import ALWAYS, NO_SOLUTION, cache_bytes, said_words

_MOST_WORDS = 1500
_ASK_SECONDS = 120.0
_INSTALL_SECONDS = 1800.0
_CACHE_BYTES = 2 << 30


class EnvironmentFailed(Exception):
    """There will be no environment. `fault` says whether another node may have more luck; `code` is for the report."""

    def __init__(self, fault: Fault, message: str, code: str = "environment") -> None:
        self.fault = fault
        self.code = code
        super().__init__(message)


class _Said(msgspec.Struct, frozen=True):
    status: int
    stdout: str
    stderr: str

    @property
    def words(self) -> str:
        return said_words(self.stderr, _MOST_WORDS)


def choose_interpreter(interpreters: Sequence[Interpreter], python: str) -> Interpreter:
    """The first interpreter within a range of versions such as `>=3.11,<3.13`.

    Raises EnvironmentFailed: the customer's fault for what is no range, else the node's.
    """
    try:
        wanted = SpecifierSet(python)
    except InvalidSpecifier as error:
        raise EnvironmentFailed(Fault.CUSTOMER, f"python = {python!r} is no range of versions") from error
    for interpreter in interpreters:
        if wanted.contains(interpreter.version):
            return interpreter
    here = ", ".join(interpreter.version for interpreter in interpreters) or "none"
    raise EnvironmentFailed(Fault.NODE, f"no Python {python} on this node; it has {here}", "python")


class Environments:
    """The environments of a node. Wheels lying in `wheels_dir` (which may be absent) are taken before any index.

    `before_uv` is put before uv's command line and confines it, where something does (`Sandbox.tool_prefix`).
    `uv_environment` is added to what uv finds in its environment, such as the way to indexes.
    """

    def __init__(
        self,
        root: Path,
        folders: SharedFolders,
        wheels_dir: Path,
        *,
        before_uv: Sequence[str] = (),
        uv_environment: Mapping[str, str] | None = None,
        cache_bytes: int = _CACHE_BYTES,
    ) -> None:
        self._root = root
        self._before_uv = before_uv
        self._uv_environment = uv_environment or {}
        self._most_cache_bytes = self._cache_bytes = cache_bytes
        self._folders = folders
        self._wheels_dir = wheels_dir

    @property
    def used_bytes(self) -> int:
        """What all environments take; of uv's cache most are links to the same files."""
        return self._folders.used_bytes

    @property
    def held_bytes(self) -> int:
        """What those take that units hold."""
        return self._folders.held_bytes

    async def set_quota(self, quota_bytes: int) -> None:
        """From now on no more than so much stays of what no unit holds. uv's cache is emptied once it is larger than
        that."""
        await self._folders.set_quota(quota_bytes)
        before, self._cache_bytes = self._cache_bytes, min(self._most_cache_bytes, quota_bytes)
        if self._cache_bytes < before:
            await self._bound_cache()

    async def expire(self, unused_since: float) -> None:
        """Nothing: what is installed here is from a package index, and no job's."""

    async def site_packages(
        self, interpreter: Interpreter, requirements: Sequence[str], lock: str | None, holder: str
    ) -> Path | None:
        """The folder with what is required, or None for nothing; stays until `release(holder)`.

        `lock` is what the server resolved the requirements to. It is checked and then installed as it is; without one
        they are resolved here, what was once asked for not again. The folder is keyed by the lock and the Python that
        it is for. Raises EnvironmentFailed.
        """
        if not requirements:
            return None
        for requirement in requirements:
            problem = requirement_problem(requirement)
            if problem is not None:
                raise EnvironmentFailed(Fault.CUSTOMER, f"requirement {requirement!r} {problem}")
        self._root.mkdir(mode=PASSABLE, parents=True, exist_ok=True)
        pins = await self._resolved_here(interpreter, requirements) if lock is None else _checked(lock)
        name = hashlib.sha256(f"{_abi(interpreter)}\n{pins}".encode()).hexdigest()[:32]

        async def make(folder: Path) -> None:
            await self._install(interpreter, pins, folder)

        return await self._folders.hold(name, holder, make)

    async def release(self, holder: str) -> None:
        """The unit needs its environment no more."""
        await self._folders.release(holder)

    async def _resolved_here(self, interpreter: Interpreter, requirements: Sequence[str]) -> str:
        """Exact versions with hashes, as a requirements file."""
        asked = "".join(f"{requirement}\n" for requirement in sorted(requirements))
        key = hashlib.sha256(f"{_abi(interpreter)}\n{asked}".encode()).hexdigest()[:32]
        file = self._root / "locks" / f"{key}.txt"
        if file.exists():
            return file.read_text()
        said = await self._resolve(interpreter, asked)
        file.parent.mkdir(mode=0o700, exist_ok=True)
        draft = file.with_suffix(".part")
        draft.write_text(said)
        await asyncio.to_thread(sync_file_system, draft.parent)  # half a list would be installed as if it were whole
        draft.rename(file)
        return said

    async def _resolve(self, interpreter: Interpreter, asked: str) -> str:
        arguments = ["pip", "compile", "-", "--generate-hashes", "--no-header", "--no-annotate"]
        trouble = ""
        for source in self._sources():
            said = await self._pip([*arguments, *source], interpreter, stdin=asked, seconds=_ASK_SECONDS)
            if said.status == 0:
                return said.stdout
            if "--offline" in source:
                continue
            if said.status == NO_SOLUTION:
                raise EnvironmentFailed(Fault.CUSTOMER, f"the requirements can't be installed: {said.words}")
            trouble = said.words
        raise EnvironmentFailed(Fault.NODE, f"the package index could not be asked: {self._plain(trouble)}")

    async def _install(self, interpreter: Interpreter, pins: str, folder: Path) -> None:
        trouble = ""
        arguments = ["pip", "install", "--require-hashes", "--no-deps", "--compile-bytecode", "--target", str(folder)]
        for source in self._sources():
            said = await self._pip([*arguments, "-r", "-", *source], interpreter, stdin=pins, seconds=_INSTALL_SECONDS)
            if said.status == 0:
                await self._bound_cache()
                return
            if "--offline" not in source:
                trouble = said.words
        raise EnvironmentFailed(Fault.NODE, f"installing did not work: {self._plain(trouble)}")

    async def _bound_cache(self) -> None:
        """Empties uv's cache of wheels once it is large. Environments keep their files: they are links of their own."""
        size = await asyncio.to_thread(cache_bytes, self._root / "uv-cache")
        if size > self._cache_bytes:
            await self._uv(["cache", "clean"], stdin="", seconds=_ASK_SECONDS)

    def _sources(self) -> list[list[str]]:
        """Where to look, in order: the wheels that came with this program, the index, what uv still knows of it."""
        has_wheels = self._wheels_dir.is_dir() and any(self._wheels_dir.glob("*.whl"))
        local = ["--find-links", str(self._wheels_dir)] if has_wheels else []
        return [*([["--offline", "--no-index", *local]] if local else []), local, ["--offline", *local]]

    async def _pip(self, arguments: list[str], interpreter: Interpreter, *, stdin: str, seconds: float) -> _Said:
        """One of uv's pip commands: for this interpreter, and nothing is ever built."""
        chosen = ["--python", interpreter.executable, "--only-binary", ":all:"]
        return await self._uv([*arguments, *chosen], stdin=stdin, seconds=seconds)

    async def _uv(self, arguments: list[str], *, stdin: str, seconds: float) -> _Said:
        cache = self._root / "uv-cache"
        process = await asyncio.create_subprocess_exec(
            *self._before_uv,
            bundled_program("uv") or uv.find_uv_bin(),
            *arguments,
            *("--cache-dir", str(cache), *ALWAYS),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=self._root,
            env={**os.environ, **self._uv_environment},
        )
        try:
            async with asyncio.timeout(seconds):
                stdout, stderr = await process.communicate(stdin.encode())
        except TimeoutError:
            raise EnvironmentFailed(Fault.NODE, f"uv did not end within {seconds:,.0f} seconds") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return _Said(process.returncode or 0, stdout.decode("utf-8", "replace"), stderr.decode("utf-8", "replace"))

    def _plain(self, words: str) -> str:
        """Words of uv without the owner's folders."""
        return words.replace(str(self._root), "…").replace(os.path.expanduser("~"), "…")  # noqa: PTH111


def _checked(lock: str) -> str:
    """The pins of a server's lock. Raises EnvironmentFailed."""
    try:
        return checked_lock(lock)
    except ValueError as error:
        raise EnvironmentFailed(Fault.NODE, f"the server's list of what to install is refused: {error}") from None


def _abi(interpreter: Interpreter) -> str:
    """What decides which wheels fit: the minor version; platform and machine don't change on a node."""
    return f"cpython-3.{interpreter.minor}"
