"""How the library calls: tried again where that is safe, cut streams taken up, refusals typed. Against said bytes."""

import hashlib
import json
from datetime import UTC, datetime

from standardwebhooks import Webhook

from .programs import Stranger
from .raw_server import SILENCE, Asked, RawServer, Said, answer, head, refusal

JOB = {"id": "a-job", "status": "queued"}
SUBMIT = """
const gpu = new sdk.GpuAgent({ server: args[0], apiKey: "sk_alpha_x" });
const job = await gpu.jobs.submit({ name: "job" });
tell(job.id);
"""
REFUSED = """
const gpu = new sdk.GpuAgent({ server: args[0], apiKey: "sk_alpha_x", retries: { attempts: 3 }, timeoutSeconds: 20 });
const fields = ["status", "code", "message", "hint", "requestId", "retryAfterSeconds"];
try {
  await (%s);
  tell("nothing was thrown");
} catch (error) {
  tell({
    class: Object.entries(sdk).find(([name, value]) => value === error.constructor)?.[0],
    api: error instanceof sdk.ApiError,
    connection: error instanceof sdk.ConnectionError,
    ...Object.fromEntries(fields.map((name) => [name, error[name]])),
  });
}
"""


VERIFY = """
const [cases, secret] = JSON.parse(args[0]);
const seen = [];
for (const [body, headers] of cases) {
  seen.push(await sdk.verifyWebhook(body, headers, secret).catch((error) => error.name));
}
tell(seen);
"""


def event(number: int, kind: str, **data: object) -> bytes:
    return f"id: {number}\nevent: {kind}\ndata: {json.dumps({'number': number, **data})}\n\n".encode()


def test_a_create_is_tried_again_with_the_same_idempotency_key(stranger: Stranger) -> None:
    answers = [b"", refusal(503, "UNAVAILABLE", Retry_After="0"), answer(429), answer(201, JOB)]
    with RawServer(answers) as server:
        assert stranger.tell(SUBMIT, server.url) == "a-job"
    keys = {asked.headers["idempotency-key"] for asked in server.asked}
    assert len(server.asked) == 4 and len(keys) == 1 and len(keys.pop()) == 32
    assert {asked.headers["x-api-key"] for asked in server.asked} == {"sk_alpha_x"}
    assert {asked.body for asked in server.asked} == {b'{"name":"job"}'}


def test_what_can_not_be_done_twice_is_sent_once(stranger: Stranger) -> None:
    with RawServer([b"", answer(200, JOB)]) as server:
        told = stranger.tell(REFUSED % "gpu.jobs.of({ id: 'a-job' }).cancel()", server.url)
    assert told["class"] == "ConnectionError" and len(server.asked) == 1


def test_what_comes_to_a_webhook_is_believed_only_with_the_services_signature(stranger: Stranger) -> None:
    """Signed by the library that the service signs with."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body, other = '{"type":"job.completed","name":"é"}', '{"type":"job.failed"}'
    now = datetime.now(UTC)
    signature = Webhook(secret).sign("msg_1", now, body)
    headers = {"Webhook-Id": "msg_1", "Webhook-Timestamp": str(int(now.timestamp())), "Webhook-Signature": signature}
    both = {**headers, "Webhook-Signature": f"v1,AAAA v2,x {signature}"}
    old = {**headers, "Webhook-Timestamp": str(int(now.timestamp()) - 301)}
    unsigned = {name: value for name, value in headers.items() if name != "Webhook-Signature"}
    cases = [(body, headers), (body, both), (other, headers), (body, old), (body, unsigned)]
    told = stranger.tell(VERIFY, json.dumps([cases, secret]))
    assert told == [json.loads(body)] * 2 + ["WebhookRefusedError"] * 3


def test_a_long_wait_is_left_to_the_caller(stranger: Stranger) -> None:
    with RawServer([refusal(429, "RATE_LIMITED", Retry_After="30"), answer(200, JOB)]) as server:
        told = stranger.tell(REFUSED % "gpu.jobs.get('a-job')", server.url)
    assert (told["class"], told["api"], told["retryAfterSeconds"]) == ("RateLimitedError", True, 30)
    assert len(server.asked) == 1


def test_a_refusal_is_of_its_codes_class(stranger: Stranger) -> None:
    moved = head(302, Location="/elsewhere", Content_Length="0")
    cases: list[tuple[list[Said], list[object]]] = [
        ([refusal(404, "JOB_NOT_FOUND")], ["JobNotFoundError", 404, "JOB_NOT_FOUND", "the-request"]),
        ([refusal(402, "NEWER_THAN_THIS")], ["ApiError", 402, "NEWER_THAN_THIS", "the-request"]),
        (
            [refusal(429, "DAILY_TASK_LIMIT_EXCEEDED", Retry_After="0")],
            ["DailyTaskLimitExceededError", 429, "DAILY_TASK_LIMIT_EXCEEDED", "the-request"],
        ),
        ([answer(404, "a proxy's page")], ["UnreadableAnswerError", None, None, None]),
        ([head(200, Content_Length="3") + b"<p>"], ["UnreadableAnswerError", None, None, None]),
        ([moved] * 3, ["ConnectionError", None, None, None]),
    ]
    code = """
const gpu = new sdk.GpuAgent({ server: args[0], apiKey: "sk_alpha_x", retries: { attempts: 3 } });
const told = [];
for (let number = 0; number < Number(args[1]); number++) {
  const error = await gpu.jobs.get("a-job").catch((error) => error);
  told.push([error.name, error.status ?? null, error.code ?? null, error.requestId ?? null]);
}
tell(told);
"""
    with RawServer([said for answers, _ in cases for said in answers]) as server:
        assert stranger.tell(code, server.url, str(len(cases))) == [expected for _, expected in cases]
    assert {asked.path for asked in server.asked} == {"/api/v1/customer/training-jobs/a-job"}


def test_a_service_that_says_nothing_is_given_up(stranger: Stranger) -> None:
    code = """
const gpu = new sdk.GpuAgent({ server: args[0], timeoutSeconds: 0.2, retries: { attempts: 1 } });
const late = await gpu.meta().catch((error) => error);
const mine = await gpu.meta({ signal: AbortSignal.abort("mine") }).catch((error) => error);
const later = await gpu.meta({ signal: AbortSignal.timeout(50) }).catch((error) => error);
tell([late instanceof sdk.TimeoutError, mine, later.name]);
"""
    with RawServer([SILENCE, SILENCE, SILENCE]) as server:
        assert stranger.tell(code, server.url) == [True, "mine", "TimeoutError"]


def test_an_address_that_would_carry_keys_readably_is_refused(stranger: Stranger) -> None:
    addresses = ["http://example.com", "ftp://127.0.0.1", "nonsense", "https://a:b@example.com", "http://[::1]:8400"]
    code = """
const isRefused = (server) => {
  try {
    return new sdk.GpuAgent({ server }) === null;
  } catch (error) {
    return error instanceof sdk.AddressError;
  }
};
tell(JSON.parse(args[0]).map(isRefused));
"""
    assert stranger.tell(code, json.dumps(addresses)) == [True, True, True, True, False]


def test_a_list_goes_from_page_to_page_with_its_filters(stranger: Stranger) -> None:
    pages = [
        answer(200, {"data": [{"id": "1"}, {"id": "2"}], "page": {"limit": 2, "next_cursor": "c 1", "has_more": True}}),
        answer(200, {"data": [{"id": "3"}], "page": {"limit": 2, "next_cursor": None, "has_more": False}}),
    ]
    code = """
const gpu = new sdk.GpuAgent({ server: args[0], apiKey: "session_x" });
const rows = await gpu.jobs.list({ status: ["failed", "cancelled"], limit: 2 }).all();
tell(rows.map((row) => row.id));
"""
    with RawServer(pages) as server:
        assert stranger.tell(code, server.url) == ["1", "2", "3"]
    first, second = [asked.path.partition("?")[2] for asked in server.asked]
    assert first == "limit=2&status=failed&status=cancelled" and second == f"{first}&cursor=c+1"
    assert {asked.headers.get("authorization") for asked in server.asked} == {"Bearer session_x"}


def test_a_cut_stream_of_events_is_taken_up_behind_its_last_whole_event(stranger: Stranger) -> None:
    begun = event(1, "job", status="queued") + event(2, "log", lines=[{"text": "eins\n"}]) + event(3, "job")[:-1]
    rest = event(3, "newer_than_this") + event(4, "unit", state="completed") + event(5, "job", status="completed")
    stream = {"Content_Type": "text/event-stream", "X_Newest_Event": "5"}
    answers = [
        head(200, Content_Length="99999", **stream) + begun,  # and the connection ends before the answer does
        refusal(503, "UNAVAILABLE", Retry_After="0"),
        head(200, **stream) + b":\n\n" + rest,
        answer(200, {"id": "a-job", "status": "completed"}),
    ]
    code = """
const gpu = new sdk.GpuAgent({ server: args[0], apiKey: "sk_alpha_x" });
const seen = [];
const job = await gpu.jobs.of({ id: "a-job" }).wait({ onEvent: (event) => seen.push([event.number, event.kind]) });
tell([seen, job.status]);
"""
    with RawServer(answers) as server:
        seen, status = stranger.tell(code, server.url)
    assert seen == [[1, "job"], [2, "log"], [4, "unit"], [5, "job"]] and status == "completed"
    assert [asked.headers.get("last-event-id") for asked in server.asked] == [None, "2", "2", None]


def test_a_stream_of_a_service_that_was_put_back_says_so_and_goes_on(stranger: Stranger) -> None:
    stream = {"Content_Type": "text/event-stream", "X_Newest_Event": "2"}
    past = {"field": "Last-Event-ID", "message": "there is no event 5 yet"}
    answers = [
        head(200, Content_Length="99999", **stream) + event(5, "job", status="running"),
        refusal(400, "VALIDATION_FAILED", past),
        head(200, **stream),
        head(200, **stream) + event(3, "unit", state="completed") + event(4, "job", status="completed"),
        answer(200, {"id": "a-job", "status": "completed"}),
    ]
    code = """
const gpu = new sdk.GpuAgent({ server: args[0], apiKey: "sk_alpha_x" });
const seen = [];
await gpu.jobs.of({ id: "a-job" }).wait({ onEvent: ({ number, kind, data }) => seen.push([number, kind, data]) });
tell(seen.map(([number, kind, data]) => (kind === "gap" ? [number, kind, data.from, data.to] : [number, kind])));
"""
    with RawServer(answers) as server:
        seen = stranger.tell(code, server.url)
    assert seen == [[5, "job"], [2, "gap", 1, 2], [3, "unit"], [4, "job"]]
    assert [asked.headers.get("last-event-id") for asked in server.asked] == [None, "5", None, "2", None]


def test_who_stops_reading_a_stream_lets_go_of_it(stranger: Stranger) -> None:
    stream = head(200, Content_Type="text/event-stream", X_Newest_Event="9", Content_Length="99999")
    code = """
const gpu = new sdk.GpuAgent({ server: args[0], apiKey: "sk_alpha_x" });
for await (const event of gpu.jobs.of({ id: "a-job" }).follow()) {
  tell(event.number);
  break;
}
"""
    with RawServer([stream + event(1, "job", status="queued")]) as server:
        assert stranger.tell(code, server.url) == 1  # and the program comes to its end


def download(stranger: Stranger, content: bytes, answers: list[Said]) -> tuple[object, list[Asked]]:
    """What became of an artifact whose row promises this content, and what was asked for it after the list."""
    code = """
const gpu = new sdk.GpuAgent({ server: args[0], apiKey: "sk_alpha_x" });
const [artifact] = await gpu.jobs.of({ id: "a-job" }).artifacts();
tell(await artifact.text().catch((error) => error.constructor.name));
"""
    row = {"id": "a", "name": "model", "size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    listed = answer(200, {"data": [row], "page": {"limit": 100, "next_cursor": None, "has_more": False}})
    with RawServer([listed, *answers]) as server:
        told = stranger.tell(code, server.url)
    return told, server.asked[1:]


def signed(url: str) -> bytes:
    return answer(200, {"download_url": f"{url}/file", "expires_at": "", "file_name": "model", "size_bytes": 10})


def test_a_cut_download_goes_on_where_it_was_cut(stranger: Stranger) -> None:
    answers: list[Said] = [
        signed,
        head(200, Content_Length="10") + b"0123",
        signed,
        refusal(403, "SIGNED_URL_INVALID"),
        signed,
        head(206, Content_Length="6", Content_Range="bytes 4-9/10") + b"456789",
    ]
    told, asked = download(stranger, b"0123456789", answers)
    assert told == "0123456789"
    bulk = [one for one in asked if one.path == "/file"]
    assert [one.headers.get("range") for one in bulk] == [None, "bytes=4-", "bytes=4-"]
    assert all("x-api-key" not in one.headers for one in bulk)


def test_bytes_that_are_not_those_of_the_row_are_no_artifact(stranger: Stranger) -> None:
    other: list[Said] = [signed, head(200, Content_Length="10") + b"9876543210"]
    longer: list[Said] = [signed, head(200, Content_Length="11") + b"01234567890"]
    assert download(stranger, b"0123456789", other)[0] == "TransferError"
    assert download(stranger, b"0123456789", longer)[0] == "TransferError"


def test_a_delete_whose_answer_was_lost_is_done(stranger: Stranger) -> None:
    code = """
const gpu = new sdk.GpuAgent({ server: args[0], apiKey: "sk_alpha_x" });
const told = [];
for (const part of [gpu.datasets, gpu.packages, gpu.webhooks, gpu.datasets, gpu.datasets]) {
  told.push(await part.delete("an-id").then(() => "done", (error) => error.constructor.name));
}
tell(told);
"""
    gone = refusal(404, "NOT_FOUND")
    lost = [b"", gone, b"", gone, refusal(503, "UNAVAILABLE", Retry_After="0"), gone]
    never_done = [refusal(429, "RATE_LIMITED", Retry_After="0"), gone]
    with RawServer([*lost, *never_done, gone]) as server:
        told = stranger.tell(code, server.url)
    assert told == ["done"] * 3 + ["NotFoundError"] * 2
    assert {asked.method for asked in server.asked} == {"DELETE"} and len(server.asked) == 9
