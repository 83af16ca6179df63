"""API keys: in the system's keyring, asked off the main thread and not for ever; else in a file of the owner's alone.

A locked wallet may wait for a password that nobody types, so no answer in time counts as no keyring.
"""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from core.private_files import write_private
from core.system_keyring import SECONDS, KeyringAbsent, no_answer, system_forget, system_get, system_put

T = TypeVar("T")


class KeyStore:
    """`problem` is empty while the keyring serves, else why keys lie in `file`."""

    def __init__(self, folder: Path, *, seconds: float = SECONDS) -> None:
        self.file = folder / "keys.json"
        self.problem = ""
        self._seconds = seconds

    async def get(self, address: str) -> str | None:
        """The key of a server; None if none is kept."""
        if not self.problem:
            try:
                found = await self._ask(lambda: system_get(address))
            except KeyringAbsent as absent:
                self.problem = str(absent)
            else:
                if found is not None:
                    return found
        return self._read().get(address)

    async def put(self, address: str, key: str) -> None:
        """Keep a key. Raises OSError where not even a file can be written."""
        if not self.problem:
            try:
                await self._ask(lambda: system_put(address, key))
            except KeyringAbsent as absent:
                self.problem = str(absent)
            else:
                self._write_without(address)
                return
        write_private(self.file, msgspec.json.encode({**self._read(), address: key}))

    async def forget(self, address: str) -> None:
        """Remove a key from wherever it lies."""
        if not self.problem:
            try:
                await self._ask(lambda: system_forget(address))
            except KeyringAbsent as absent:
                self.problem = str(absent)
        self._write_without(address)

    def _write_without(self, address: str) -> None:
        kept = self._read()
        if kept.pop(address, None) is not None:
            write_private(self.file, msgspec.json.encode(kept))

    def _read(self) -> dict[str, str]:
        try:
            return msgspec.json.decode(self.file.read_bytes(), type=dict[str, str])
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.DecodeError) as error:
            self.problem = f"{self.file}: {error}"
            return {}

    async def _ask(self, work: Callable[[], T]) -> T:
        """In a daemon thread, which may hang for ever without keeping the program. Raises KeyringAbsent."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()

        def tell(result: T | None, error: Exception | None) -> None:
            if answer.done():
                return
            if error is None:
                answer.set_result(result)  # type: ignore[arg-type]  # T may be None itself
            else:
                answer.set_exception(error)

        def run() -> None:
            try:
                result, error = work(), None
            except KeyringAbsent as absent:
                result, error = None, absent
            try:
                loop.call_soon_threadsafe(tell, result, error)
            except RuntimeError:
                return  # the window closed meanwhile

        threading.Thread(target=run, name="keyring", daemon=True).start()
        try:
            return await asyncio.wait_for(answer, self._seconds)
        except TimeoutError:
            raise no_answer(self._seconds) from None
