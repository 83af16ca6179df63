"""Waiting for a job's end: nothing old is streamed for nobody, and what comes back has ended."""

import json
from typing import Any

from .programs import Stranger
from .raw_server import RawServer, Said, answer, head

WAIT = """
const gpu = new sdk.GpuAgent({ server: args[0], apiKey: "sk_alpha_x" });
const job = await gpu.jobs.of({ id: "a-job", status: "queued" }).wait();
tell([job.status, job.data.newest_event]);
"""


def job(status: str, newest_event: int) -> bytes:
    return answer(200, {"id": "a-job", "status": status, "newest_event": newest_event})


def stream(number: int, status: str) -> bytes:
    told = json.dumps({"number": number, "status": status})
    event = f"id: {number}\nevent: job\ndata: {told}\n\n".encode()
    return head(200, Content_Type="text/event-stream", X_Newest_Event=str(number)) + event


def waited(stranger: Stranger, answers: list[Said]) -> tuple[Any, list[tuple[str, str | None]]]:
    """What `wait` gave, and what was asked, with the number behind which a stream was."""
    with RawServer(answers) as server:
        told = stranger.tell(WAIT, server.url)
    place = "/api/v1/customer/training-jobs/a-job"
    return told, [(asked.path.removeprefix(place), asked.headers.get("last-event-id")) for asked in server.asked]


def test_a_job_that_has_ended_is_not_streamed(stranger: Stranger) -> None:
    assert waited(stranger, [job("completed", 7)]) == (["completed", 7], [("", None)])


def test_only_what_is_new_is_streamed_when_nobody_hears_it(stranger: Stranger) -> None:
    told, asked = waited(stranger, [job("running", 7), stream(8, "completed"), job("completed", 8)])
    assert told == ["completed", 8]
    assert asked == [("", None), ("/events", "7"), ("", None)]


def test_a_job_that_was_retried_meanwhile_is_waited_for_again(stranger: Stranger) -> None:
    answers: list[Said] = [job("running", 7), stream(8, "failed"), job("running", 9), stream(10, "completed")]
    told, asked = waited(stranger, [*answers, job("completed", 10)])
    assert told == ["completed", 10]
    assert asked == [("", None), ("/events", "7"), ("", None), ("/events", "8"), ("", None)]
