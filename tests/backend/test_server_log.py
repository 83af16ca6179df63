"""The log: a fault is told with its traceback, and never with what its variables held."""

import io

import pytest
import structlog

from backend.server_log import configure_log


@pytest.mark.parametrize("as_json", [True, False])
def test_a_traceback_shows_no_values(as_json: bool) -> None:
    stream = io.StringIO()
    try:
        configure_log(stream, as_json=as_json)
        _fail("sk_alpha_" + "x" * 43)
    finally:
        structlog.reset_defaults()
    assert "KeyError" in stream.getvalue() and "_fail" in stream.getvalue()
    assert "xxxx" not in stream.getvalue()


def _fail(key: str) -> None:
    try:
        raise KeyError(len(key))
    except KeyError as error:
        structlog.get_logger().error("unhandled error", exc_info=error)
