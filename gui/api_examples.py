"""The examples of the API page: the published texts, filled in with a server and with one's own things. No widgets.

Everything in them is quoted for the language it stands in; what may stand in them at all is `api_reference`'s matter.
"""

import json
from collections.abc import Mapping

import msgspec

from .api_reference import PUBLISHED_ROUTES, ApiReference, BodyValue, Route

PLACEHOLDER_KEY = "sk_alpha_REPLACE_ME_WITH_YOUR_KEY"
IDEMPOTENCY_KEY = "client-uuid-12345678"
JOB_PLACEHOLDER = "<job-id>"
ARTIFACT_PLACEHOLDER = "<artifact-id>"
_WAIT_SECONDS = 15
_DOWNLOAD_SECONDS = 900

_FLOW = """# See docs/customer-custom-training-guide.md for the full
# dataset → training_package → training_job flow."""
PYTHON_SDK = f"""# Python 3.11 or newer, in a checkout of GPU-Agent. Its guide: docs/python-library.md
python3 build_scripts/sdk.py
pip install ./dist/gpu_agent_sdk-*.whl
{_FLOW}"""
TYPESCRIPT_SDK = f"""# Node 20.3 or newer, or a browser. Its guide: resources/typescript-sdk/README.md
npm install ./resources/typescript-sdk
{_FLOW}"""

# What is asked of each list, as the published page shows it
_QUERIES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "list_training_jobs": (("limit", ""), ("status", "completed")),
    "usage_daily": (("days", "30"),),
    "usage_export": (("date_from", "2026-04-01"), ("date_to", "2026-04-30")),
    "ledger": (("limit", "100"),),
}


class Filling(msgspec.Struct, frozen=True):
    """What examples are filled in with; None leaves the published placeholder. `ca_file` is an own authority's,
    where the server's certificate is of one."""

    key: str = PLACEHOLDER_KEY
    ca_file: str | None = None
    dataset_id: str | None = None
    package_id: str | None = None
    job_id: str | None = None


def key_of_prefix(prefix: str) -> str:
    """What stands for a key of which only the beginning is known. It is in brackets, as other placeholders are, to be
    replaced whole: what is filled up behind a beginning is easily one character off."""
    return f"<the-whole-key-that-begins-{prefix}>"


def auth_header(filling: Filling) -> str:
    return f"X-API-Key: {filling.key}"


def job_body(reference: ApiReference, filling: Filling) -> dict[str, BodyValue]:
    """The request for a job, with one's own dataset and package."""
    own = {"dataset_id": filling.dataset_id, "training_package_id": filling.package_id}
    return {**reference.job, **{name: id for name, id in own.items() if id is not None}}


def curl_example(reference: ApiReference, filling: Filling) -> str:
    """Create, poll, download: the three steps of the published page."""
    fields = ",\n".join(
        f"    {json.dumps(name)}: {json.dumps(value)}" for name, value in job_body(reference, filling).items()
    )
    header = _shell(auth_header(filling))
    trust = [f"  {option} \\" for option in _curl_trust(filling)]
    job, artifact = _url(reference, "get_training_job"), _url(reference, "artifact_download_url")
    body = "{\n" + fields + "\n  }"
    return "\n".join(
        [
            "# 1) create the training job (uses an already-finalized dataset + package)",
            f"curl -fsS -X POST {_shell(_submit_url(reference))} \\",
            *trust,
            f"  -H {header} \\",
            f"  -H {_shell(f'Idempotency-Key: {IDEMPOTENCY_KEY}')} \\",
            "  -H 'Content-Type: application/json' \\",
            f"  -d {_shell(body)}",
            "",
            "# 2) poll status (every 5s; jobs typically complete in minutes)",
            f"curl -fsS {_shell(job)} \\",
            *trust,
            f"  -H {header} | jq '.status'",
            "",
            f"# 3) download an artifact (signed URL minted on demand, {_DOWNLOAD_SECONDS}s TTL)",
            f"curl -fsS -X POST {_shell(artifact)} \\",
            *trust,
            f"  -H {header} | jq -r '.download_url'",
        ]
    )


def javascript_example(reference: ApiReference, filling: Filling) -> str:
    """The same request by `fetch`, whose authorities are given to Node before it starts and not by the program."""
    fields = [f"    {name}: {_javascript(value)}," for name, value in job_body(reference, filling).items()]
    ca_file = filling.ca_file
    return "\n".join(
        [
            *([] if ca_file is None else [f"// NODE_EXTRA_CA_CERTS={_shell(ca_file)} node example.mjs"]),
            f"const r = await fetch({_javascript(_submit_url(reference))}, {{",
            "  method: 'POST',",
            "  headers: {",
            f"    'X-API-Key': {_javascript(filling.key)},",
            f"    'Idempotency-Key': {_javascript(IDEMPOTENCY_KEY)},",
            "    'Content-Type': 'application/json',",
            "  },",
            "  body: JSON.stringify({",
            *fields,
            "  }),",
            "});",
            "const job = await r.json();",
            "console.log(job.id);",
        ]
    )


def python_example(reference: ApiReference, filling: Filling) -> str:
    """The same request by `requests`; the key is the environment's matter."""
    fields = [f"        {_python(name)}: {_python(value)}," for name, value in job_body(reference, filling).items()]
    return "\n".join(
        [
            "import os, requests",
            "r = requests.post(",
            f"    {_python(_submit_url(reference))},",
            "    headers={",
            '        "X-API-Key": os.environ["GPU_AGENT_API_KEY"],',
            f'        "Idempotency-Key": {_python(IDEMPOTENCY_KEY)},',
            "    },",
            "    json={",
            *fields,
            "    },",
            f"    timeout={_WAIT_SECONDS},",
            *([] if filling.ca_file is None else [f"    verify={_python(filling.ca_file)},"]),
            ")",
            "r.raise_for_status()",
            'print(r.json()["id"])',
        ]
    )


def page_example(reference: ApiReference) -> str:
    """What a list answers."""
    return "\n".join(
        [
            "{",
            '  "data": [ ... ],',
            f'  "page": {{ "limit": {reference.page_limit}, "next_cursor": "eyJ0cy...", "has_more": true }}',
            "}",
        ]
    )


def route_words(reference: ApiReference, operation_id: str) -> tuple[str, str] | None:
    """Method and path with its query, as the published page writes them; None where the server has no such route."""
    route = reference.routes.get(operation_id)
    return None if route is None else (route.method, route.shown + _query(reference, operation_id, route))


def query_example(reference: ApiReference, filling: Filling, operation_id: str) -> str:
    """A curl of a GET, with one's own newest job where an id stands; empty where the server has no such route."""
    route = reference.routes.get(operation_id)
    if route is None:
        return ""
    address = _url(reference, operation_id, filling.job_id or JOB_PLACEHOLDER)
    url = address + _query(reference, operation_id, route)
    options = [*_curl_trust(filling), f"-H {_shell(auth_header(filling))}"]
    return " \\\n  ".join([f"curl -fsS {_shell(url)}", *options])


def _curl_trust(filling: Filling) -> list[str]:
    return [] if filling.ca_file is None else [f"--cacert {_shell(filling.ca_file)}"]


def _query(reference: ApiReference, operation_id: str, route: Route) -> str:
    wanted = [
        f"{name}={value or reference.page_limit}"
        for name, value in _QUERIES.get(operation_id, ())
        if name in route.parameters
    ]
    return "?" + "&".join(wanted) if wanted else ""


def _submit_url(reference: ApiReference) -> str:
    return _url(reference, "submit_training_job")


def _url(reference: ApiReference, operation_id: str, job_id: str = JOB_PLACEHOLDER) -> str:
    """The route's address; that of the published page for a server whose file doesn't tell it."""
    path = reference.routes.get(operation_id, PUBLISHED_ROUTES[operation_id]).path
    return reference.base_url + path.replace("{id}", job_id).replace("{artifact_id}", ARTIFACT_PLACEHOLDER)


def _shell(text: str) -> str:
    """One word of a POSIX shell, always in single quotes, as the published page has them."""
    return "'" + text.replace("'", "'\\''") + "'"


def _javascript(value: BodyValue) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    return "'" + json.dumps(value)[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"


def _python(value: BodyValue) -> str:
    """A literal. JSON's escapes beyond U+FFFF are two halves, which Python doesn't join."""
    return str(value) if isinstance(value, bool) else json.dumps(value, ensure_ascii=False)
