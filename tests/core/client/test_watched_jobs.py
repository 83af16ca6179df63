"""What is asked of a service while a job is watched: its stream, and nothing else once that is open."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from core.client.customer import Client
from core.client.job_follow import Look, follow
from tests.backend.server_process import BackendServer, Customer
from tests.backend.test_events import run_unit
from tests.backend.test_exchange import Node, submit
from tests.faults.proxy import Proxy
from tests.faults.requests_of_a_job import asked_after_the_stream, asked_of_a_job

CLIENT = [sys.executable, "-c", "from core.client.command_line import main; main()"]
WATCH = [*CLIENT, "jobs", "watch"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BackendServer]:
    made = BackendServer(tmp_path / "data", "--lease-seconds", "5")
    made.start()
    yield made
    made.close()


@pytest.fixture
def proxy(server: BackendServer) -> Iterator[Proxy]:
    made = Proxy()
    address = urlsplit(server.url)
    made.target = (address.hostname or "", address.port or 0)
    yield made
    made.close()


@pytest.fixture
def node(server: BackendServer) -> Iterator[Node]:
    made = Node(server)
    yield made
    made.close()


def watching(proxy: Proxy, customer: Customer, job: str) -> "subprocess.Popen[str]":
    """`jobs watch` through the proxy; returns when it has shown that the job waits."""
    said = {**os.environ, "GPU_AGENT_SERVER": proxy.url, "GPU_AGENT_API_KEY": customer.key}
    command = subprocess.Popen(
        [*WATCH, job, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=said
    )
    assert command.stderr is not None and "queued" in command.stderr.readline()
    return command


def test_watch_asks_for_nothing_once_the_stream_is_open_and_shows_all_at_the_end(
    server: BackendServer, proxy: Proxy, node: Node
) -> None:
    customer = server.new_customer()
    job = submit(customer)
    command = watching(proxy, customer, job)
    for _ in range(4):
        run_unit(node, say=5)
    out, err = command.communicate(timeout=60)
    assert command.returncode == 0, err
    assert sum("line 5" in line for line in err.splitlines()) == 4
    assert asked_of_a_job(proxy, job)[-1] == "/events"
    assert asked_after_the_stream(proxy, job) == []
    shown = json.loads(out)
    now = customer.http.get(f"/customer/training-jobs/{job}").json()
    assert now["status"] == "completed" and int(now["credits"]["charged_micro"]) > 0 and now["finished_at"]
    assert {**shown, "newest_event": 0} == {**now, "newest_event": 0}


@pytest.mark.full
def test_a_job_is_followed_to_its_end_at_a_server_that_was_put_back_to_a_backup(
    server: BackendServer, node: Node, tmp_path: Path
) -> None:
    customer = server.new_customer()
    job = submit(customer)
    server.kill()
    shutil.copytree(server.data_dir, tmp_path / "backup")
    server.start()
    for _ in range(3):
        run_unit(node)
    with Client(server.url, customer.key) as client:
        looks = follow(client, job)
        assert next(looks).job.progress > 0
        assert any(look.metrics for look in looks)
        server.kill()
        shutil.rmtree(server.data_dir)
        shutil.copytree(tmp_path / "backup", server.data_dir)
        server.start()
        customer.http.post(f"/customer/training-jobs/{job}/cancel")
        *_, last = looks
    assert (last.job.status, last.job.progress) == ("cancelled", 0.0)


def waiting(proxy: Proxy, customer: Customer, *words: str) -> "subprocess.Popen[str]":
    """`jobs wait` through the proxy."""
    said = {**os.environ, "GPU_AGENT_SERVER": proxy.url, "GPU_AGENT_API_KEY": customer.key}
    command = [*CLIENT, "jobs", "wait", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=said)


def test_wait_follows_streams_instead_of_asking_again_and_again(
    server: BackendServer, proxy: Proxy, node: Node
) -> None:
    customer = server.new_customer()
    jobs = [submit(customer) for _ in range(2)]
    command = waiting(proxy, customer, *jobs, "--json")
    proxy.until_answered(f"/training-jobs/{jobs[0]}/events")
    for _ in range(8):
        run_unit(node, say=2)
    out, err = command.communicate(timeout=60)
    assert command.returncode == 0, err
    assert [line for line in err.splitlines() if "completed" in line] == [f"{job}: completed" for job in jobs]
    assert [row["status"] for row in json.loads(out)["data"]] == ["completed"] * 2
    for job in jobs:
        assert asked_of_a_job(proxy, job) == ["", "/events", ""], "before the stream, the stream, and how it ended"


def test_wait_misses_nothing_while_the_line_is_lost(server: BackendServer, proxy: Proxy, node: Node) -> None:
    customer = server.new_customer()
    job = submit(customer)
    command = waiting(proxy, customer, job, "--quiet")
    proxy.until_answered(f"/training-jobs/{job}/events")
    proxy.go_away()
    for _ in range(4):
        run_unit(node, say=2)
    proxy.come_back()
    out, err = command.communicate(timeout=60)
    assert (command.returncode, out) == (0, f"{job}\n"), err
    assert asked_of_a_job(proxy, job).count("/events") > 1


@pytest.mark.full
def test_wait_ends_in_time_though_nothing_comes(server: BackendServer, proxy: Proxy) -> None:
    customer = server.new_customer()
    command = waiting(proxy, customer, submit(customer), submit(customer), "--timeout-seconds", "2", "--json")
    out, err = command.communicate(timeout=60)
    assert command.returncode == 3 and "2 of 2 jobs not ended yet" in err
    assert json.loads(out)["error"]["code"] == "TIMED_OUT"


def test_watch_is_resumed_behind_a_cut_and_asks_for_nothing_then_either(
    server: BackendServer, proxy: Proxy, node: Node
) -> None:
    customer = server.new_customer()
    job = submit(customer)
    looks: list[Look] = []
    with Client(proxy.url, customer.key) as client:
        following = follow(client, job)
        looks.append(next(following))
        run_unit(node, say=300)
        looks.append(next(following))
        proxy.go_away()
        run_unit(node, say=300)
        proxy.come_back()
        for _ in range(2):
            run_unit(node, say=300)
        looks += following
    assert [line.row.text for look in looks for line in look.lines] == [f"line {n}" for n in range(1, 301)] * 4
    assert [unit.state.value for unit in looks[-1].units] == ["completed"] * 4
    assert all(unit.charged_micro and unit.attempts[0].exit_code == 0 for unit in looks[-1].units)
    assert looks[-1].metrics == {"loss": 0.5} and looks[-1].job.finished_at
    assert asked_of_a_job(proxy, job).count("/events") > 1
    assert asked_after_the_stream(proxy, job) == []


def test_after_a_gap_the_job_is_asked_for_again(server: BackendServer, proxy: Proxy, node: Node) -> None:
    customer = server.new_customer()
    job = submit(customer)
    with Client(proxy.url, customer.key) as client:
        following = follow(client, job)
        next(following)
        assert node.exchange(max_leases=1).leases
        next(following)
        proxy.go_away()
        customer.http.post(f"/customer/training-jobs/{job}/cancel")
        with server.store() as store, store.transaction() as tx:
            tx.connection.execute("DELETE FROM events WHERE job_number > 2")
        proxy.come_back()
        *_, last = following
    assert last.job.status.value == "cancelled" and last.job.finished_at
    assert asked_after_the_stream(proxy, job) == ["", "/compute-units"]
