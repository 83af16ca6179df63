"""How the server logs: lines to one stream, for people or as JSON. Secrets never reach it."""

import contextlib
import io
import logging
from typing import TextIO, cast

import structlog


class _Lossy(io.TextIOBase):
    """A stream that loses what can't be written: a full disk below the log must not fail the request it tells of."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.flush()


def configure_log(stream: TextIO, *, as_json: bool) -> None:
    """Sends all logs, uvicorn's warnings too, to the stream. Called once, by the process that serves.

    Tracebacks are without local variables: among those are the headers of a request, and the keys in them.
    """
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback)
    )
    # structlog's own choice shows the values of all variables: passwords, keys and tokens are among them
    without_values = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    lossy = cast(TextIO, _Lossy(stream))
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.ExceptionRenderer(without_values)] if as_json else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(lossy),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(stream=lossy, level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
