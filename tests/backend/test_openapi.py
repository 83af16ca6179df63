"""The OpenAPI file: whole, true to the types, and the same as what is served."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import msgspec
import pytest
import schemathesis
from litestar import Litestar
from litestar.routes import HTTPRoute

from backend.authentication import LEGACY_PATH
from backend.openapi import document_of
from backend.openapi.examples import EXAMPLES
from backend.openapi.schemas import answer_type, request_type
from backend.openapi.words import FIELDS, PARAMETERS, TAGS
from backend.routes import ROUTE_HANDLERS
from backend.settings import API_PATH
from backend.validation import parse_body
from core.errors import ERRORS, ErrorEnvelope
from tests.backend.server_process import BackendServer

ADDRESS = "https://api.example.com"
DOCUMENT = document_of(ROUTE_HANDLERS, ADDRESS)
HOW = "see backend/openapi/__init__.py"


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


OPERATIONS = {operation["operationId"]: operation for _, _, operation in operations()}
HANDLERS = {
    handler.operation_id: handler
    for route in Litestar(path=API_PATH, route_handlers=ROUTE_HANDLERS, openapi_config=None).routes
    if isinstance(route, HTTPRoute)
    for handler, _ in route.route_handler_map.values()
}
JSON_OPERATIONS = [name for name in OPERATIONS if name in HANDLERS and HANDLERS[name].resolve_include_in_schema()]


def follow(reference: dict[str, Any]) -> dict[str, Any]:
    """What a reference refers to; anything else as it is."""
    found: Any = reference
    while "$ref" in found:
        place = found["$ref"].removeprefix("#/").split("/")
        found = DOCUMENT
        for name in place:
            found = found[name]
    return dict(found)


def check(value: Any, schema: dict[str, Any]) -> None:
    """Raises unless a value fits a schema of the file, formats too."""
    whole = {**schema, "components": DOCUMENT["components"]}
    jsonschema_rs.Draft202012Validator(whole, validate_formats=True).validate(value)


def good_answer(operation: dict[str, Any]) -> dict[str, Any]:
    [status] = [status for status in operation["responses"] if int(status) < 400]
    return dict(operation["responses"][status])


def test_the_file_is_openapi_and_every_reference_in_it_leads_somewhere() -> None:
    schemathesis.openapi.from_dict(DOCUMENT).validate()
    text = msgspec.json.encode(DOCUMENT).decode()
    references = {part.partition('"')[0] for part in text.split('"$ref":"')[1:]}
    assert len(references) > 50
    for reference in references:
        follow({"$ref": reference})
    links = [
        link["operationId"]
        for op in OPERATIONS.values()
        for link in op["responses"].get("200", {}).get("links", {}).values()
    ]
    assert links and set(links) <= set(OPERATIONS)


def test_every_route_is_in_the_file_but_those_of_nodes() -> None:
    left_out = {name for name, handler in HANDLERS.items() if name not in OPERATIONS}
    assert left_out - {None} == {"enroll_node", "leave_node", "node_why", "test_line"}
    assert {path for path, _, _ in operations()} >= {LEGACY_PATH, f"{API_PATH}/openapi.json"}


def test_every_operation_says_what_it_is() -> None:
    assert len(OPERATIONS) == len(list(operations())), "an operation id is used twice"
    for name, operation in OPERATIONS.items():
        assert operation["description"].strip() and operation["summary"].strip(), f"{name} has no docstring"
        assert len(operation["tags"]) == 1 and operation["tags"][0] in TAGS, f"{name} has no tag of {list(TAGS)}; {HOW}"
        for parameter in operation["parameters"]:
            assert parameter["description"], f"{name}: parameter {parameter['name']} has no words; {HOW}"
            schema = parameter["schema"]
            if schema.get("type") == "integer":
                assert "minimum" in schema and "maximum" in schema, f"{name}: {parameter['name']} has no bounds"


def test_every_operation_declares_its_errors() -> None:
    for name in JSON_OPERATIONS:
        assert "errors" in HANDLERS[name].opt, f'{name}: say opt={{"errors": (…)}} in its decorator'


def test_every_field_of_a_body_has_words() -> None:
    for name in JSON_OPERATIONS:
        body = OPERATIONS[name].get("requestBody")
        if body is not None:
            fields = follow(body["content"]["application/json"]["schema"])["properties"]
            assert [field for field, schema in fields.items() if not schema.get("description")] == [], f"{name}; {HOW}"


def test_no_words_are_of_what_is_gone() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    told = [(kind, field) for kind, field in FIELDS if kind]
    assert [place for place in told if place[1] not in schemas.get(place[0], {}).get("properties", {})] == []
    assert set(EXAMPLES) == set(JSON_OPERATIONS)
    named = {parameter["name"] for operation in OPERATIONS.values() for parameter in operation["parameters"]}
    assert set(PARAMETERS) <= named
    assert set(TAGS) == {operation["tags"][0] for operation in OPERATIONS.values()}


@pytest.mark.parametrize("name", JSON_OPERATIONS)
def test_every_example_fits_its_schema_and_its_type(name: str) -> None:
    handler, operation = HANDLERS[name], OPERATIONS[name]
    assert name in EXAMPLES, f"{name} has no example; {HOW}"
    wanted = request_type(handler)
    if wanted is not None:
        content = operation["requestBody"]["content"]["application/json"]
        check(content["example"], content["schema"])
        parse_body(msgspec.json.encode(content["example"]), wanted)
    answer = good_answer(operation)
    if "content" in answer:
        [content] = answer["content"].values()
        check(content["example"], content["schema"])
        if (answered := answer_type(handler)) is not None:
            assert set(content["example"]) >= {
                field.encode_name for field in msgspec.structs.fields(answered) if field.required
            }
            msgspec.convert(content["example"], answered)
    else:
        assert answer["description"] == "No Content"


def test_every_code_has_an_example_of_its_status_that_fits() -> None:
    examples = DOCUMENT["components"]["examples"]
    assert set(examples) == {code.value for code in ERRORS}
    for example in examples.values():
        check(example["value"], {"$ref": "#/components/schemas/ErrorEnvelope"})
        assert msgspec.convert(example["value"], ErrorEnvelope).error.hint
    for operation in OPERATIONS.values():
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                content = follow(answer)["content"]["application/json"]
                for code in content["examples"]:
                    assert ERRORS[code].status == int(status)
                    check(examples[code]["value"], content["schema"])


def test_errors_that_follow_from_what_a_route_is_are_told() -> None:
    def codes(name: str, status: int) -> set[str]:
        return set(follow(OPERATIONS[name]["responses"][str(status)])["content"]["application/json"]["examples"])

    submit = OPERATIONS["submit_training_job"]
    assert codes("submit_training_job", 409) == {"IDEMPOTENCY_CONFLICT", "STATE_CONFLICT"}
    assert codes("submit_training_job", 403) == {"API_KEY_SCOPE_DENIED", "CUSTOMER_SUSPENDED"}
    assert codes("list_training_jobs", 400) == {"VALIDATION_FAILED", "PAGINATION_INVALID_CURSOR"}
    assert "413" in submit["responses"] and "413" not in OPERATIONS["get_training_job"]["responses"]
    assert "Idempotency-Key" in [parameter["name"] for parameter in submit["parameters"]]
    assert "Idempotent-Replayed" in good_answer(submit)["headers"]
    assert "scope jobs:write" in submit["description"]
    assert {*codes("healthz", 400)} == {"VALIDATION_FAILED"} and "401" not in OPERATIONS["healthz"]["responses"]
    too_many = follow(submit["responses"]["429"])["headers"]
    assert set(too_many) == {
        "X-Request-Id",
        "X-RateLimit-Limit",
        "X-RateLimit-Remaining",
        "X-RateLimit-Reset",
        "Retry-After",
    }
    assert codes("create_enrollment_code", 401) == codes("sign_out", 401) == codes("submit_training_job", 401)
    assert codes("sign_in", 401) == {"SIGN_IN_FAILED"}


def test_the_ways_in_are_told_where_there_are_any() -> None:
    ways = {name: {scheme for way in operation["security"] for scheme in way} for name, operation in OPERATIONS.items()}
    of_customers = {"ApiKey", "Session"}
    assert ways["submit_training_job"] == ways["list_owned_nodes"] == ways["get_account"] == of_customers
    assert ways["sign_out"] == {"Session"}
    assert ways["admin_list_nodes"] == ways["metrics"] == {"AdminKey", "AdminBearer"}
    assert {name for name, those in ways.items() if not those and "legacy" not in name} == {
        "healthz",
        "readyz",
        "meta",
        "openapi",
        "sign_in",
        "begin_device_login",
        "fetch_device_key",
    }


def test_a_server_serves_this_file_at_its_public_address(backend_server: BackendServer) -> None:
    served = backend_server.new_customer(credits=0).http.get("/openapi.json")
    assert served.headers["Content-Type"].startswith("application/json")
    assert served.json() == document_of(ROUTE_HANDLERS, backend_server.url)
    assert served.json()["servers"] == [{"url": backend_server.url}]
