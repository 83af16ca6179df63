"""Streams of events at a real server: each event once, in order, over cuts and stops, to the job's end."""

import json
import socket
from collections.abc import Generator, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from httpx_sse import ServerSentEvent, connect_sse

from backend.event_streams import STREAMS_A_CUSTOMER
from core.jobs.live import EVENTS_A_PAGE
from core.protocol.customer import Artifact, ComputeUnit, TrainingJob
from core.protocol.events import EVENT_TYPES, ArtifactEvent, JobEvent, UnitEvent, artifact_of, job_after, unit_after
from tests.backend.server_process import BackendServer, Customer
from tests.backend.test_exchange import Node, submit
from tests.backend.uploading import code_of, ready_dataset, ready_package

JOBS = "/customer/training-jobs"


@pytest.fixture
def server(own_server: BackendServer) -> BackendServer:
    own_server.start()
    return own_server


@pytest.fixture
def node(server: BackendServer) -> Iterator[Node]:
    made = Node(server)
    yield made
    made.close()


def events(
    customer: Customer, path: str, after: int = 0, most: int | None = None
) -> Generator[ServerSentEvent, None, None]:
    """What a stream tells, to its end or so many."""
    headers = {"Last-Event-ID": str(after)} if after else {}
    with connect_sse(customer.http, "GET", path, headers=headers) as source:
        assert source.response.status_code == 200, source.response.read()
        for count, event in enumerate(source.iter_sse(), 1):
            yield event
            if count == most:
                return


def run_unit(node: Node, say: int = 3) -> None:
    """Takes the next unit, says so many lines, one point and no outputs, and completes it."""
    leases = node.exchange(max_leases=1).leases
    while not leases:
        leases = node.poll().result().leases
    (lease,) = leases
    lines = [{"number": number, "stream": "stdout", "text": f"line {number}"} for number in range(1, say + 1)]
    points = [{"number": 1, "step": 5, "values": {"loss": 0.5}}]
    node.report(lease, "started", 1)
    node.report(lease, "step", 2, step=5, of=10)
    node.report(lease, "log", 3, lines=lines)
    node.report(lease, "metrics", 4, points=points)
    node.report(lease, "exited", 5, exit_code=0, run_seconds=0.1)
    assert node.report(lease, "completed", 6, manifest={"files": []}).status == "accepted"


def test_a_job_is_told_whole_over_many_cuts_each_event_once(server: BackendServer, node: Node) -> None:
    customer = server.new_customer()
    job = submit(customer)
    for _ in range(4):
        run_unit(node, say=300)
    told: list[ServerSentEvent] = []
    while not told or '"completed"' not in told[-1].data or told[-1].event != "job":
        told += events(customer, f"{JOBS}/{job}/events", after=int(told[-1].id) if told else 0, most=3)
    assert [event.id for event in told] == [str(number) for number in range(1, len(told) + 1)]
    assert list(events(customer, f"{JOBS}/{job}/events", after=len(told))) == []
    bodies = [(event.event, json.loads(event.data)) for event in told]
    lines = [line["text"] for kind, body in bodies if kind == "log" for line in body["lines"]]
    assert lines == [f"line {number}" for number in range(1, 301)] * 4
    assert [point["values"] for kind, body in bodies if kind == "metric" for point in body["points"]] == [
        {"loss": 0.5}
    ] * 4
    assert {kind for kind, body in bodies if "status" in body} == {"job"}
    assert {body["training_job_id"] for _, body in bodies} == {job}
    assert {body["node_label"] for kind, body in bodies if kind == "unit" and body["attempt"]} == {"node"}
    assert bodies[-1] == ("job", {**bodies[-1][1], "status": "completed", "progress": 1.0})
    assert any(kind == "job" and 0.0 < body["progress"] < 1.0 for kind, body in bodies)


class Snapshot:
    """A job, its units and its artifacts as the lists tell them; events are applied to it."""

    def __init__(self, customer: Customer, job_id: str) -> None:
        self._http = customer.http
        self._path = f"{JOBS}/{job_id}"
        self.job = msgspec.convert(self._http.get(self._path).json(), TrainingJob)
        self.units = {row["id"]: msgspec.convert(row, ComputeUnit) for row in self._list("compute-units")}
        self.artifacts = {row["id"]: msgspec.convert(row, Artifact) for row in self._list("artifacts")}

    def _list(self, what: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._http.get(f"{self._path}/{what}?limit=100").json()["data"]
        return rows

    def take(self, sent: ServerSentEvent) -> None:
        event = msgspec.json.decode(sent.data, type=EVENT_TYPES[sent.event])
        match event:
            case JobEvent():
                self.job = job_after(self.job, event)
            case UnitEvent():
                unit = self.units[event.compute_unit_id]
                self.units[unit.id] = unit_after(unit, event)
                self.job = job_after(self.job, event)
            case ArtifactEvent() if artifact := artifact_of(event):
                self.artifacts[artifact.id] = artifact

    def facts(self) -> tuple[Any, ...]:
        """All but how far the stream is, and when artifacts go: with the job's end that is known anew."""
        artifacts = [msgspec.structs.replace(one, expires_at=None) for one in self.artifacts.values()]
        return msgspec.structs.replace(self.job, newest_event=0), self.units, artifacts


def test_whoever_read_a_job_once_knows_all_of_it_by_its_stream(server: BackendServer, node: Node) -> None:
    customer = server.new_customer()
    job = submit(customer)
    run_unit(node)
    known = Snapshot(customer, job)
    assert known.job.newest_event > 1 and known.job.status == "running"
    stream = events(customer, f"{JOBS}/{job}/events", after=known.job.newest_event)
    run_unit(node)
    known.take(next(stream))
    answer = customer.http.post(f"{JOBS}/{job}/extend", json={"max_runtime_seconds": 90})
    assert answer.status_code == 200, answer.text
    for _ in range(2):
        run_unit(node)
    for sent in stream:
        known.take(sent)
    assert known.facts() == Snapshot(customer, job).facts()
    assert known.job.max_runtime_seconds == 90 and known.job.metrics == {"loss": 0.5}
    assert {unit.attempts[0].outcome for unit in known.units.values()} == {"completed"}


def test_a_failure_and_a_retry_are_told_whole(server: BackendServer, node: Node) -> None:
    customer = server.new_customer()
    job = submit(customer)
    run_unit(node)
    known = Snapshot(customer, job)
    (lease,) = node.poll().result().leases
    node.report(lease, "started", 1)
    node.report(lease, "exited", 2, exit_code=3, run_seconds=0.1)
    node.report(lease, "failed", 3, fault="customer", code="exit_code", message="ended with exit code 3", exit_code=3)
    for sent in events(customer, f"{JOBS}/{job}/events", after=known.job.newest_event):
        known.take(sent)
    assert known.job.status == "failed" and known.job.failure is not None
    assert known.facts() == Snapshot(customer, job).facts()
    after = Snapshot(customer, job).job.newest_event
    assert customer.http.post(f"{JOBS}/{job}/retry").status_code == 200
    newest = Snapshot(customer, job)
    for sent in events(customer, f"{JOBS}/{job}/events", after=after, most=newest.job.newest_event - after):
        known.take(sent)
    assert known.job.status == "queued" and known.job.failure is None and known.job.finished_at is None
    assert known.facts() == newest.facts()


def test_an_event_reaches_a_waiting_reader_by_its_commit(server: BackendServer, node: Node) -> None:
    customer = server.new_customer()
    job = submit(customer)
    stream = events(customer, f"{JOBS}/{job}/events")
    assert json.loads(next(stream).data)["status"] == "queued"
    (lease,) = node.exchange(max_leases=1).leases
    assert json.loads(next(stream).data)["state"] == "leased"
    node.report(lease, "started", 1)
    assert json.loads(next(stream).data)["state"] == "running"
    assert json.loads(next(stream).data)["status"] == "running"
    node.report(lease, "log", 2, lines=[{"number": 1, "stream": "stderr", "text": 'a "status":"completed" \x1b[2J'}])
    (line,) = json.loads(next(stream).data)["lines"]
    assert (line["stream"], line["text"]) == ("stderr", 'a "status":"completed" \x1b[2J')
    customer.http.post(f"{JOBS}/{job}/cancel")
    rest = [(event.event, json.loads(event.data)) for event in stream]
    assert rest[-1][0] == "job" and rest[-1][1]["status"] == "cancelled"
    assert [kind for kind, _ in rest].index("artifact") < len(rest) - 1


def test_a_retry_opens_the_stream_again(server: BackendServer) -> None:
    customer = server.new_customer()
    job = submit(customer)
    customer.http.post(f"{JOBS}/{job}/cancel")
    first = list(events(customer, f"{JOBS}/{job}/events"))
    assert json.loads(first[-1].data)["status"] == "cancelled"
    customer.http.post(f"{JOBS}/{job}/retry")
    stream = events(customer, f"{JOBS}/{job}/events", after=int(first[-1].id))
    states = [json.loads(next(stream).data) for _ in range(5)]
    assert states[-1]["status"] == "queued" and states[0]["number"] == len(first) + 1
    stream.close()
    whole = events(customer, f"{JOBS}/{job}/events")
    statuses = [json.loads(next(whole).data).get("status") for _ in range(len(first) + 5)]
    assert [status for status in statuses if status] == ["queued", "cancelled", "queued"]
    whole.close()


def test_a_customers_stream_tells_of_all_their_things_and_of_nobody_elses(server: BackendServer) -> None:
    customer, other = server.new_customer(), server.new_customer()
    ready_dataset(other)
    stream = events(customer, "/customer/events")
    dataset = ready_dataset(customer)
    seen = [(event.event, json.loads(event.data)) for event in (next(stream), next(stream))]
    assert [(kind, body["dataset_id"], body["status"]) for kind, body in seen] == [
        ("dataset", dataset, "uploading"),
        ("dataset", dataset, "ready"),
    ]
    package = ready_package(customer)
    seen = [(event.event, json.loads(event.data)) for event in (next(stream), next(stream))]
    assert [(kind, body["training_package_id"], body["status"], body["version"]) for kind, body in seen] == [
        ("training_package", package, "uploading", 1),
        ("training_package", package, "ready", 1),
    ]
    customer.http.delete(f"/customer/datasets/{dataset}")
    deleted = next(stream)
    assert (deleted.id, json.loads(deleted.data)["status"]) == ("5", "deleted")
    job = submit(customer)
    kinds = {"dataset", "training_package"}
    body = next(json.loads(event.data) for event in stream if event.event not in kinds)
    assert (body["training_job_id"], body["status"]) == (job, "queued")
    stream.close()


def test_events_that_are_gone_are_told_as_a_gap(server: BackendServer) -> None:
    customer = server.new_customer()
    job = submit(customer)
    for _ in range(2):
        customer.http.post(f"{JOBS}/{job}/cancel")
        customer.http.post(f"{JOBS}/{job}/retry")
    with server.store() as store, store.transaction() as tx:
        number = "(SELECT event_number FROM jobs)"
        tx.connection.execute(f"DELETE FROM events WHERE job_number BETWEEN 2 AND 4 OR job_number >= {number} - 1")
    customer.http.post(f"{JOBS}/{job}/cancel")
    told = [(int(event.id), event.event, json.loads(event.data)) for event in events(customer, f"{JOBS}/{job}/events")]
    assert [number for number, _, _ in told[:3]] == [1, 4, 5]
    gaps = [(body["from"], body["to"]) for _, kind, body in told if kind == "gap"]
    assert gaps[0] == (2, 4) and len(gaps) == 2
    covered = [number for first, last in gaps for number in range(first, last + 1)]
    covered += [number for number, kind, _ in told if kind != "gap"]
    assert sorted(covered) == list(range(1, told[-1][0] + 1))


def test_lines_and_points_that_are_gone_are_told_as_gaps_and_the_rest_as_it_was(
    server: BackendServer, node: Node
) -> None:
    customer = server.new_customer()
    job = submit(customer)
    for _ in range(4):
        run_unit(node, say=201)  # two events of lines, one of a point
    whole = list(events(customer, f"{JOBS}/{job}/events"))
    with server.store() as store, store.transaction() as tx:
        first = "(SELECT min(id) FROM units)"
        tx.connection.execute(f"DELETE FROM log_lines WHERE unit_id = {first} AND number <= 10")
        tx.connection.execute(f"DELETE FROM metric_points WHERE unit_id = {first}")
    told = list(events(customer, f"{JOBS}/{job}/events"))
    gaps = [json.loads(event.data) for event in told if event.event == "gap"]
    lines, points = (next(int(event.id) for event in whole if event.event == kind) for kind in ("log", "metric"))
    assert [(gap["from"], gap["to"]) for gap in gaps] == [(lines, lines), (points, points)]
    assert [event.id for event in told] == [event.id for event in whole]
    kept = {lines, points}
    assert [event.event for event in told if int(event.id) not in kept] == [
        event.event for event in whole if int(event.id) not in kept
    ]


def test_events_are_numbered_and_told_in_order_when_the_clock_is_set_back(server: BackendServer, node: Node) -> None:
    customer = server.new_customer()
    job = submit(customer)
    run_unit(node)
    before = list(events(customer, f"{JOBS}/{job}/events", most=5))
    with server.store() as store, store.transaction() as tx:
        tx.connection.execute("UPDATE events SET created_at = created_at + 86400")  # as if set back since
    for _ in range(3):
        run_unit(node)
    told = before + list(events(customer, f"{JOBS}/{job}/events", after=5))
    assert [int(event.id) for event in told] == list(range(1, len(told) + 1))
    times = [json.loads(event.data)["time"] for event in told[5:]]
    assert times != sorted(times) and json.loads(told[-1].data)["status"] == "completed"


def test_a_server_told_to_stop_ends_its_streams_and_a_reader_goes_on_at_the_next(server: BackendServer) -> None:
    customer = server.new_customer()
    job = submit(customer)
    stream = events(customer, f"{JOBS}/{job}/events")
    first = next(stream)
    assert server.stop() == 0
    with pytest.raises((StopIteration, httpx.TransportError)):
        next(stream)
    server.start()
    customer.http.post(f"{JOBS}/{job}/cancel")
    rest = [int(event.id) for event in events(customer, f"{JOBS}/{job}/events", after=int(first.id))]
    assert rest == list(range(2, 2 + len(rest)))


def test_what_a_command_beside_the_server_changes_is_told(server: BackendServer) -> None:
    customer = server.new_customer()
    stream = events(customer, "/customer/events")
    with server.store() as store, store.transaction() as tx:
        (customer_id,) = tx.connection.execute("SELECT max(id) FROM customers").fetchone()
        tx.connection.execute("UPDATE customers SET event_number = 1 WHERE id = ?", (customer_id,))
        columns = "customer_id, customer_number, kind, payload, created_at"
        tx.connection.execute(f"INSERT INTO events ({columns}) VALUES (?, 1, 'dataset', '{{}}', 0)", (customer_id,))
    assert next(stream).event == "dataset"
    stream.close()


@pytest.mark.full
def test_a_reader_that_takes_nothing_holds_nobody_up_and_gets_all_later(server: BackendServer, node: Node) -> None:
    customer = server.new_customer()
    job = submit(customer)
    host, port = urlsplit(server.url).hostname, urlsplit(server.url).port
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect((host, port))
        request = f"GET /api/v1{JOBS}/{job}/events HTTP/1.0\r\nHost: {host}\r\nX-API-Key: {customer.key}\r\n\r\n"
        slow.sendall(request.encode())
        (lease,) = node.exchange(max_leases=1).leases
        node.report(lease, "started", 1)
        text = "x" * 8000
        for number in range(1, 401):
            lines = [{"number": number, "stream": "stdout", "text": text}]
            assert node.report(lease, "log", number + 1, lines=lines).status == "accepted"
        assert customer.http.post(f"{JOBS}/{job}/cancel").status_code == 200
        whole = b"".join(iter(lambda: slow.recv(65536), b""))
    assert whole.count(text.encode()) == 400
    assert whole.count(b"\nid: ") > EVENTS_A_PAGE
    assert b'"status":"cancelled"' in whole.rpartition(b"event: ")[2]


@pytest.mark.parametrize("header", ["x", "-1", "1.5", "٣", "99999999999999999999", "7"])
def test_an_id_that_is_none_of_this_stream_is_refused(server: BackendServer, header: str) -> None:
    customer = server.new_customer()
    job = submit(customer)
    answer = customer.http.get(f"{JOBS}/{job}/events", headers={b"Last-Event-ID": header.encode()})
    assert (answer.status_code, code_of(answer)) == (400, "VALIDATION_FAILED")
    assert answer.json()["error"]["details"][0]["field"] == "Last-Event-ID"


def test_streams_are_for_keys_that_may_read_jobs_and_count_as_requests(server: BackendServer) -> None:
    customer, other = server.new_customer(), server.new_customer(scopes=["datasets:read"])
    job = submit(customer)
    answer = other.http.get("/customer/events")
    assert (answer.status_code, code_of(answer)) == (403, "API_KEY_SCOPE_DENIED")
    stranger = server.new_customer()
    answer = stranger.http.get(f"{JOBS}/{job}/events")
    assert (answer.status_code, code_of(answer)) == (404, "JOB_NOT_FOUND")
    answer = httpx.get(f"{server.url}/api/v1/customer/events", trust_env=False)
    assert (answer.status_code, code_of(answer)) == (401, "CUSTOMER_AUTH_REQUIRED")
    with connect_sse(customer.http, "GET", f"{JOBS}/{job}/events") as source:
        headers: Any = source.response.headers
        assert headers["content-type"].startswith("text/event-stream")
        assert int(headers["X-RateLimit-Remaining"]) < 600 and headers["X-Request-Id"]
        assert (headers["Cache-Control"], headers["X-Newest-Event"]) == ("no-store, no-transform", "1")
        assert (headers["X-Accel-Buffering"], headers["X-Job-Status"]) == ("no", "queued")


def test_a_customer_has_so_many_streams_open_and_no_more(server: BackendServer) -> None:
    customer = server.new_customer()
    many = httpx.Limits(max_connections=STREAMS_A_CUSTOMER + 8)
    with httpx.Client(base_url=customer.http.base_url, headers=customer.http.headers, limits=many) as http:
        streams = [http.stream("GET", "/customer/events") for _ in range(STREAMS_A_CUSTOMER)]
        answers = [stream.__enter__() for stream in streams]
        assert {answer.status_code for answer in answers} == {200}
        refused = http.get("/customer/events")
        assert (refused.status_code, code_of(refused)) == (429, "RATE_LIMITED")
        assert refused.headers["Retry-After"]
        for stream in streams:
            stream.__exit__(None, None, None)
