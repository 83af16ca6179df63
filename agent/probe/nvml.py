"""NVIDIA's library NVML, kept open, and asked so that a driver that hangs or is exchanged holds nobody up.

What is asked stands elsewhere; here is how: by one thread, within a limit of time, and opened anew where needed.
"""

import _ctypes
import contextlib
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

import pynvml  # type: ignore[import-untyped]  # nvidia-ml-py ships no types

from agent.probe.driver_words import Advice, advice_for, silent_for

T = TypeVar("T")

ANSWER_WITHIN_SECONDS = 8.0  # without its persistence daemon, a driver needs up to three for the first question
TRY_AGAIN_SECONDS = 30.0  # each opening of an absent driver may start a program of NVIDIA's

_OF_ONE_GPU = frozenset(
    {
        pynvml.NVML_ERROR_GPU_IS_LOST,
        pynvml.NVML_ERROR_INVALID_ARGUMENT,
        pynvml.NVML_ERROR_NO_PERMISSION,
        pynvml.NVML_ERROR_NOT_FOUND,
        pynvml.NVML_ERROR_NOT_SUPPORTED,
        pynvml.NVML_ERROR_RESET_REQUIRED,
    }
)

# pynvml holds one library for the whole process, and one of us may unload it.
_library_lock = threading.Lock()


class DriverTrouble(Exception):
    """The driver doesn't answer, or not what was asked. `is_absent`: there is none on this machine."""

    def __init__(self, advice: Advice, *, is_absent: bool = False) -> None:
        super().__init__(advice.words)
        self.advice = advice
        self.is_absent = is_absent


class Nvml:
    """The library, opened by the first question. `close` it at the end."""

    def __init__(
        self,
        *,
        answer_within_seconds: float = ANSWER_WITHIN_SECONDS,
        try_again_seconds: float = TRY_AGAIN_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._answer_within_seconds = answer_within_seconds
        self._try_again_seconds = try_again_seconds
        self._clock = clock
        self._questions: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._start_lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._asked_at: float | None = None
        self._is_open = False
        self._refusal: tuple[DriverTrouble, float] | None = None

    def ask(self, question: Callable[[], T]) -> T:
        """The answer to a question that calls pynvml (blocking, for the limit of time at most).

        A question may be asked a second time, when the driver was restarted meanwhile. Raises DriverTrouble, also for
        an NVMLError that the question lets through.
        """
        asked_at = self._asked_at
        if asked_at is not None and self._clock() - asked_at >= self._answer_within_seconds:
            raise DriverTrouble(silent_for(self._clock() - asked_at))
        self._start()
        answer: Future[T] = Future()
        self._questions.put((answer, question))
        try:
            return answer.result(self._answer_within_seconds)
        except TimeoutError:
            answer.cancel()
            raise DriverTrouble(silent_for(self._answer_within_seconds)) from None

    def close(self) -> None:
        """Let the library go; a driver that hangs is left behind."""
        if self._thread is not None:
            self._questions.put(None)
            self._thread.join(self._answer_within_seconds)

    def _start(self) -> None:
        with self._start_lock:
            if self._thread is None:
                # A daemon: the program must be able to end while the driver hangs.
                self._thread = threading.Thread(target=self._answer_questions, name="nvml", daemon=True)
                self._thread.start()

    def _answer_questions(self) -> None:
        while (asked := self._questions.get()) is not None:
            answer, question = asked
            if not answer.set_running_or_notify_cancel():
                continue
            self._asked_at = self._clock()
            try:
                answer.set_result(self._answered(question))
            except DriverTrouble as trouble:
                answer.set_exception(trouble)
            finally:
                self._asked_at = None
                if not answer.done():  # a fault of ours, which ends this thread: nobody shall wait for it
                    with self._start_lock:
                        self._thread = None
                    answer.set_exception(RuntimeError("the question about the GPUs has failed"))
        with _library_lock:
            self._shut()

    def _answered(self, question: Callable[[], T]) -> T:
        with _library_lock:
            was_open = self._is_open
            self._open()
            try:
                return question()
            except pynvml.NVMLError as error:
                if error.value in _OF_ONE_GPU:
                    raise DriverTrouble(advice_for(error)) from error
                self._forget()
                if not was_open:
                    raise self._refused(error) from error
            self._open()  # it was restarted or exchanged
            try:
                return question()
            except pynvml.NVMLError as error:
                self._forget()
                raise self._refused(error) from error

    def _open(self) -> None:
        if self._is_open:
            return
        if self._refusal is not None and self._clock() < self._refusal[1]:
            raise self._refusal[0]
        try:
            pynvml.nvmlInit()
        except pynvml.NVMLError as error:
            self._forget()
            raise self._refused(error) from error
        self._is_open = True
        self._refusal = None

    def _refused(self, error: pynvml.NVMLError) -> DriverTrouble:
        trouble = DriverTrouble(advice_for(error), is_absent=error.value == pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)
        self._refusal = (trouble, self._clock() + self._try_again_seconds)
        return trouble

    def _shut(self) -> None:
        if self._is_open:
            self._is_open = False
            with contextlib.suppress(pynvml.NVMLError):
                pynvml.nvmlShutdown()

    def _forget(self) -> None:
        """Shut it, and have pynvml load the file anew next time: an update of the driver has replaced it."""
        self._shut()
        library, pynvml.nvmlLib = pynvml.nvmlLib, None
        pynvml._nvmlGetFunctionPointer_cache.clear()
        if library is not None:
            if sys.platform == "win32":
                _ctypes.FreeLibrary(library._handle)
            else:
                _ctypes.dlclose(library._handle)
