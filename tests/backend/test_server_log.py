"""What the log says of a fault of ours: where it happened, never what the variables there held."""

import subprocess
import sys

import pytest

from tests.backend.server_process import PROJECT

FAULT = """
import sys
from backend.responses import log_unhandled
from backend.server_log import configure_log

configure_log(sys.stderr, as_json=sys.argv[1] == "json")

def sign_in(password: str) -> None:
    body = {"password": password}
    raise LookupError(f"{len(body)} things went wrong")

try:
    sign_in(sys.argv[2])
except LookupError as error:
    log_unhandled(error, "the request")
"""


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_fault_is_logged_with_its_traceback_and_without_the_values_of_variables(form: str) -> None:
    secret = "correct horse battery"
    done = subprocess.run(
        [sys.executable, "-c", FAULT, form, secret], cwd=PROJECT, capture_output=True, text=True, check=True, timeout=60
    )
    assert "1 things went wrong" in done.stderr and "sign_in" in done.stderr and "the request" in done.stderr
    assert secret not in done.stderr
