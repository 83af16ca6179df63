"""What a kWh costs now, as a command of the owner's prints it. The tariff table needs none of this."""

import contextlib
import math
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from typing import IO

import msgspec

_ASK_EVERY_SECONDS = 300.0
_ASK_AGAIN_SECONDS = 60.0
_WITHIN_SECONDS = 10.0
_MOST_BYTES = 4096
_MOST_SHOWN = 80
_MOST_PRICE = 1_000_000.0


class Price(msgspec.Struct, frozen=True):
    """`value` of a kWh, or None and why."""

    value: float | None = None
    trouble: str = ""


class PriceCommand:
    """Runs the command now and then, in a thread of its own, and keeps what it printed between. `monotonic` gives
    seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._command: list[str] = []
        self._ask_at = 0.0
        self._price = Price()
        self._asking: threading.Thread | None = None

    def price(self, command: Sequence[str]) -> Price:
        """The newest price, without waiting for it; no command: none, and no trouble."""
        if list(command) != self._command:
            self._command, self._ask_at = list(command), self._monotonic()
            self._price = Price(None, "the command for the price has not answered yet") if command else Price()
        is_asking = self._asking is not None and self._asking.is_alive()
        if self._command and not is_asking and self._monotonic() >= self._ask_at:
            self._asking = threading.Thread(target=self._ask, args=(self._command,), daemon=True)
            self._asking.start()
        return self._price

    def wait(self) -> None:
        """Until the command that runs has ended, if one does."""
        if self._asking is not None:
            self._asking.join()

    def _ask(self, command: list[str]) -> None:
        price = asked_price(command)
        if command is self._command:  # the owner has not named another one meanwhile
            self._ask_at = self._monotonic() + (_ASK_EVERY_SECONDS if price.value is not None else _ASK_AGAIN_SECONDS)
            self._price = price


def asked_price(command: Sequence[str]) -> Price:
    """Run the command once, without a shell (blocking, 10 seconds at most). What it starts and leaves behind is not
    waited for; what it started goes with it where its time is up."""
    try:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return Price(None, f"the command for the price can't be run: {error}")
    assert process.stdout is not None
    with process.stdout as pipe:
        try:
            process.wait(_WITHIN_SECONDS)  # a pipe holds more than any price; who prints on and on waits for a reader
        except subprocess.TimeoutExpired:
            _kill(process)
            return Price(None, f"the command for the price took more than {_WITHIN_SECONDS:.0f} seconds")
        if process.returncode != 0:
            return Price(None, f"the command for the price ended with exit code {process.returncode}")
        printed = _printed(pipe).decode("utf-8", "replace").strip()
    try:
        value = float(printed)
    except ValueError:
        return Price(None, f"the command for the price printed no number: {printed[:_MOST_SHOWN]!r}")
    if not math.isfinite(value) or abs(value) > _MOST_PRICE:
        return Price(None, f"the command for the price printed {printed[:_MOST_SHOWN]!r}, which is no price")
    return Price(value)


def _printed(pipe: IO[bytes]) -> bytes:
    """What is there to be read: the end of the pipe may be held open by something that was left behind."""
    if os.name == "posix":
        os.set_blocking(pipe.fileno(), False)
    try:
        return os.read(pipe.fileno(), _MOST_BYTES)
    except BlockingIOError:
        return b""


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):  # it hangs in the kernel
        process.wait(1.0)
