"""The examples of the API page: what a server may say in them, and that whatever it says is only ever a value."""

import ast
import json
import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ERRORS
from gui.api_examples import (
    PLACEHOLDER_KEY,
    Filling,
    curl_example,
    javascript_example,
    key_of_prefix,
    page_example,
    python_example,
    query_example,
    route_words,
)
from gui.api_reference import PUBLISHED_JOB, ApiReference, ErrorCodeRow, read_limits, read_reference
from gui.error_words import error_words
from gui.widgets.code_colours import coloured
from tests.gui.api_samples import DATASET_ID, JOB_ID, PACKAGE_ID, a_document, a_meta

HERE = "http://127.0.0.1:8420/api/v1"
OWN = Filling(dataset_id=DATASET_ID, package_id=PACKAGE_ID, job_id=JOB_ID)
PLAIN = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)


def reference(document: dict[str, Any] | None = None, **of_meta: Any) -> ApiReference:
    return read_reference(a_meta(**of_meta), document, connected_to=HERE)


def body_of_curl(text: str) -> dict[str, Any]:
    """What the first of the three commands sends, as a shell reads it."""
    words = shlex.split(text.split("\n\n")[0], comments=True)
    body: dict[str, Any] = json.loads(words[words.index("-d") + 1])
    return body


def body_of_python(text: str) -> dict[str, Any]:
    """What the example sends, as Python reads it."""
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    given = {keyword.arg: keyword.value for call in calls for keyword in call.keywords}
    body: dict[str, Any] = ast.literal_eval(given["json"])
    return body


def test_the_examples_are_the_published_ones_with_own_ids() -> None:
    wanted = {**PUBLISHED_JOB, "dataset_id": DATASET_ID, "training_package_id": PACKAGE_ID}
    curl = curl_example(reference(), OWN)
    assert body_of_curl(curl) == body_of_python(python_example(reference(), OWN)) == wanted
    assert curl.splitlines()[:5] == [
        "# 1) create the training job (uses an already-finalized dataset + package)",
        "curl -fsS -X POST 'https://api-staging.example.com/api/v1/customer/training-jobs' \\",
        f"  -H 'X-API-Key: {PLACEHOLDER_KEY}' \\",
        "  -H 'Idempotency-Key: client-uuid-12345678' \\",
        "  -H 'Content-Type: application/json' \\",
    ]
    assert curl.endswith("| jq -r '.download_url'") and "/training-jobs/<job-id>/artifacts/<artifact-id>/" in curl
    javascript = javascript_example(reference(), OWN)
    assert javascript.startswith("const r = await fetch('https://api-staging.example.com/api/v1/customer/training-job")
    assert f"    dataset_id: '{DATASET_ID}',\n    training_package_id: '{PACKAGE_ID}',\n" in javascript


def test_without_own_things_there_are_placeholders() -> None:
    assert body_of_curl(curl_example(reference(), Filling())) == PUBLISHED_JOB
    assert "/customer/training-jobs/<job-id>/artifacts'" in query_example(reference(), Filling(), "list_artifacts")


def test_what_stands_for_a_key_of_which_the_beginning_is_known_is_replaced_whole() -> None:
    shown = key_of_prefix("sk_alpha_Ab12Cd")
    assert shown[0] + shown[-1] == "<>" and "sk_alpha_Ab12Cd>" in shown  # nothing to be filled up behind it
    filling = Filling(key=shown)
    assert f"-H 'X-API-Key: {shown}'" in query_example(reference(), filling, "list_training_jobs")
    assert f"'X-API-Key': '{shown}'," in javascript_example(reference(), filling)


def test_queries_are_those_of_the_published_page_as_far_as_the_server_has_them() -> None:
    assert route_words(reference(), "list_training_jobs") == (
        "GET",
        "/customer/training-jobs?limit=50&status=completed",
    )
    assert route_words(reference(), "list_compute_units") == ("GET", "/customer/training-jobs/:id/compute-units")
    known = reference(a_document())
    assert route_words(known, "list_training_jobs") == ("GET", "/customer/training-jobs?limit=20")
    assert route_words(known, "usage_daily") is None and query_example(known, OWN, "usage_daily") == ""
    assert (known.page_limit, known.page_most) == (20, 60)
    assert json.loads(page_example(known).replace("...", '"…"', 1))["page"]["limit"] == 20


@given(PLAIN, PLAIN)
def test_a_servers_example_is_only_ever_a_value(name: str, sensitivity: str) -> None:
    job = {**PUBLISHED_JOB, "name": name, "sensitivity": sensitivity, "priority": 7, "urgent": True}
    known = reference(a_document(job))
    assert body_of_curl(curl_example(known, Filling())) == job
    assert body_of_python(python_example(known, Filling())) == job


@pytest.mark.parametrize(
    "change",
    [
        {"name": "a\nb"},
        {"name": "\u202e"},
        {"name": "x" * 201},
        {"a b": 1},
        {"params": {"lr": 1}},
        {"x'; rm -rf ~ #": 1},
        {"name": None},
    ],
    ids=["line", "bidi", "long", "space", "object", "shell", "null"],
)
def test_an_example_that_is_no_plain_one_is_not_shown(change: dict[str, Any]) -> None:
    assert reference(a_document({**PUBLISHED_JOB, **change})).job == PUBLISHED_JOB


@pytest.mark.parametrize(
    "address",
    [
        "https://x.example'; rm -rf ~ #/api/v1",
        "javascript:alert(1)",
        "https://x.example/a b",
        "https://x\u202e.com",
        "",
    ],
    ids=["shell", "scheme", "space", "bidi", "empty"],
)
def test_an_address_that_can_be_none_is_not_shown_in_examples(address: str) -> None:
    assert reference(api_base_url=address).base_url == HERE


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"paths": []},
        {"paths": {"/api/v1/customer/training-jobs": None}},
        {"paths": {"/api/v1/x'$(id)": {"get": {"operationId": "list_training_jobs"}}}},
        {"paths": {"/api/v1/x": {"get": {"operationId": 7}, "parameters": [], "brew": {}}}},
        {"paths": {"/api/v1/x": {"get": {"operationId": "x", "parameters": "none"}}}},
    ],
    ids=["empty", "no paths", "no item", "path", "kinds", "parameters"],
)
def test_what_is_no_sound_file_has_no_routes(document: dict[str, Any]) -> None:
    assert reference(document).routes == {}
    assert curl_example(reference(document), Filling()) == curl_example(reference(), Filling())


def test_limits_are_the_customers_and_else_those_of_meta() -> None:
    rows = [{"name": "active_jobs", "limit": 5, "used": 2}, {"name": "log_bytes", "limit": 9, "used": None}, "?", {}]
    found = read_limits(a_meta(), {"limits": rows})
    assert (found["active_jobs"].used, found["active_jobs"].limit) == (2, 5)
    assert (found["units_per_day"].used, found["units_per_day"].limit) == (None, 200)
    assert found["log_bytes"].used is None
    assert read_limits(a_meta(), {"limits": 7}).keys() == a_meta().limits.keys()


def test_every_code_of_the_contract_has_words_that_can_be_translated() -> None:
    from gui.error_words import _descriptions

    assert _descriptions() == {code.value: kind.description for code, kind in ERRORS.items()}


def test_a_newer_server_is_quoted() -> None:
    assert error_words(ErrorCodeRow("TOO_SLOW", 418, "The kettle is not hot")) == "The kettle is not hot"
    assert error_words(ErrorCodeRow("JOB_NOT_FOUND", 404, "Gone fishing")) == "Gone fishing"


def test_codes_of_no_sound_form_are_left_out() -> None:
    rows = [{"code": "A", "status": 400, "description": 7}, {"code": "A", "status": 1}, {"code": "<b>", "status": 1}]
    assert reference(error_codes=[*rows, {"status": 4}]).codes == (ErrorCodeRow("A", 400, ""),)


@pytest.mark.parametrize(
    ("language", "line", "parts"),
    [
        ("shell", '    "required_vram_mb": 8000,', {'"required_vram_mb"': "series1", "8000": "series2"}),
        ("shell", "# 2) poll status", {"# 2) poll status": "ink3"}),
        ("shell", "  -H 'X-API-Key: sk' \\", {"'X-API-Key: sk'": "series4"}),
        ("javascript", "    name: 'a // b',", {"name": "series1", "'a // b'": "series4"}),
        ("python", '        "name": "it\'s # no",', {'"name"': "series1", '"it\'s # no"': "series4"}),
        ("python", "    timeout=15,", {"15": "series2"}),
        ("python", 'x = "#1"  # a secret', {'"#1"': "series4", "# a secret": "ink3"}),
        ("javascript", 'const x = "//"; // a secret', {'"//"': "series4", "// a secret": "ink3"}),
        ("plain", "X-API-Key: 7", {}),
    ],
    ids=[
        "field",
        "comment",
        "header",
        "javascript",
        "python",
        "number",
        "python comment",
        "javascript comment",
        "plain",
    ],
)
def test_parts_of_an_example_have_colours(language: Any, line: str, parts: dict[str, str]) -> None:
    assert {line[one.start : one.start + one.length]: one.colour for one in coloured(line, language)} == parts
