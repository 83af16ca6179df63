"""Each code of the contract comes as a class of its own, below the family of its status; a newer one as its family."""

import json
import pickle
from pathlib import Path

import pytest

from build_scripts import error_classes
from core.client import errors
from core.client.coded_errors import ERROR_CLASSES
from core.client.error_answers import coded, server_error
from core.content.chunking import SourceRefused
from core.errors import ERRORS, ApiError, ErrorCode, ErrorDetail, GpuAgentError


def answer(status: int, code: str) -> Exception:
    error = {"code": code, "message": "no", "hint": "do this", "details": [{"message": "bad", "field": "name"}]}
    body = json.dumps({"error": {**error, "request_id": "r-1"}}).encode()
    return server_error(status, body, {"retry-after": "7"})


def test_the_classes_are_those_of_the_table() -> None:
    assert error_classes.MODULE.read_text(encoding="utf-8") == error_classes.text(), error_classes.COMMAND
    assert set(ERROR_CLASSES) == set(ErrorCode)


@pytest.mark.parametrize("code", list(ErrorCode), ids=str)
def test_a_code_is_raised_as_its_class_with_all_that_was_said(code: ErrorCode) -> None:
    error = answer(ERRORS[code].status, code.value)
    assert type(error) is ERROR_CLASSES[code] and type(error).__name__ == error_classes.class_name(code)
    assert isinstance(error, errors.family_of(ERRORS[code].status))
    assert (error.code, error.status, error.message, error.hint) == (code, ERRORS[code].status, "no", "do this")
    assert (error.request_id, error.retry_after_seconds) == ("r-1", 7.0)
    assert error.details == [ErrorDetail("bad", field="name")]
    assert isinstance(error, GpuAgentError)


@pytest.mark.parametrize(
    ("status", "family"),
    [
        (400, errors.InvalidRequestError),
        (401, errors.AuthenticationError),
        (402, errors.PaymentError),
        (403, errors.PermissionDeniedError),
        (404, errors.NotFoundError),
        (409, errors.ConflictError),
        (418, errors.InvalidRequestError),
        (426, errors.UpgradeRequired),
        (429, errors.RateLimitError),
        (507, errors.ServiceError),
    ],
)
def test_a_code_of_a_newer_service_comes_as_its_family(status: int, family: type[errors.ServerError]) -> None:
    error = answer(status, "MODEL_TOO_GOOD")
    assert type(error) is family
    assert (error.code_text, error.status, error.message) == ("MODEL_TOO_GOOD", status, "no")


def test_what_is_refused_on_this_side_has_the_same_class() -> None:
    rows = [ErrorDetail("unclosed", file="train.py", line=3)]
    error = coded(ApiError(ErrorCode.PACKAGE_REJECTED, "It has a problem.", details=rows))
    assert type(error) is ERROR_CLASSES[ErrorCode.PACKAGE_REJECTED]
    assert (error.details, error.message, error.request_id) == (rows, "It has a problem.", "")


@pytest.mark.parametrize(
    "error",
    [
        answer(409, "STATE_CONFLICT"),
        answer(418, "MODEL_TOO_GOOD"),
        errors.NothingAnswers("Nothing answers.", hint="Look."),
        SourceRefused(Path("data"), "is a link", "Leave it out."),
        ApiError(ErrorCode.PACKAGE_REJECTED, details=[ErrorDetail("unclosed", file="train.py", line=3)]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_goes_from_one_process_to_another_as_it_is(error: GpuAgentError) -> None:
    other = pickle.loads(pickle.dumps(error))
    assert type(other) is type(error) and str(other) == str(error)
    assert vars(other) == vars(error) and other.hint
