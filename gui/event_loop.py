"""The one place where asyncio and Qt become one loop (qasync), and where signals of the system end the window in order.

qasync 0.28: a nested `exec()` in a slot breaks other tasks, so nothing here or elsewhere calls one; the loop ends by a
future, since `quit()` under run_until_complete would be an error. Generators that are dropped half-way are closed by
hooks that qasync leaves out.
"""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import qasync
from PySide6.QtWidgets import QApplication

_THREADS = 4
_ASKED_TO_END = ("SIGINT", "SIGTERM", "SIGHUP")


def close_dropped_generators(loop: asyncio.AbstractEventLoop) -> None:
    """What asyncio's run_forever does and qasync's doesn't: an async generator that is dropped half-way, such as those
    inside an HTTP stream, is closed by a task of the loop, and `shutdown_asyncgens` knows those still open."""
    first, last = (getattr(loop, f"_asyncgen_{name}_hook") for name in ("firstiter", "finalizer"))
    sys.set_asyncgen_hooks(firstiter=first, finalizer=last)


def run(app: QApplication, main: Callable[[asyncio.Event], Coroutine[Any, Any, int]]) -> int:
    """Run `main(closing)` to its end; `closing` is set when the system asks the program to end."""
    app.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    close_dropped_generators(loop)
    threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="io")
    loop.set_default_executor(threads)
    closing = asyncio.Event()
    with loop:
        for name in _ASKED_TO_END:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup's wish stands
                loop.add_signal_handler(number, closing.set)
        try:
            return int(loop.run_until_complete(main(closing)))
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            threads.shutdown(wait=False, cancel_futures=True)
