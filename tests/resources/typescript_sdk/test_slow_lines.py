"""Uploads over lines that are slow or break late, to a real server: all that arrives counts, and nothing is hurried."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from core.content.manifest import CHUNK_SIZE_BYTES, PACK_BELOW_BYTES
from tests.backend.server_process import BackendServer

from .programs import Stranger

COUNT = 6
CODE = """
const given = JSON.parse(args[2]);
const puts = [];
let sending = 0;
const said = (status, code) => new Response(JSON.stringify({ error: { code, message: "no" } }), { status });
const through = async (url, init) => {
  if (init.method !== "PUT") {
    return fetch(url, init);
  }
  sending += 1;
  puts.push({ sending });
  try {
    return (await line(puts.length, init)) ?? (await fetch(url, init));
  } finally {
    sending -= 1;
  }
};
const retries = { seconds: 0.5, ...given.retries };
const gpu = new sdk.GpuAgent({ server: args[0], apiKey: args[1], fetch: through, retries });
const files = Object.fromEntries(given.sizes.map((size, index) => [`${index}`, new Uint8Array(size).fill(index)]));
const upload = () =>
  gpu.datasets.upload("rows", files, given.options).then((stored) => stored.status, (error) => error);
"""
SIZES = [PACK_BELOW_BYTES + number for number in range(COUNT)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    made = BackendServer(tmp_path_factory.mktemp("server") / "data")
    made.start()
    yield made
    made.close()


def uploaded(stranger: Stranger, server: BackendServer, code: str, sizes: list[int], **options: Any) -> Any:
    given = json.dumps({"sizes": sizes, "options": options})
    return stranger.tell(CODE + code, server.url, server.new_customer().key, given)


def test_a_chunk_has_as_long_as_a_slow_line_takes_and_goes_in_pieces(stranger: Stranger, server: BackendServer) -> None:
    """Node ends a request of which no piece has gone for five minutes: a body in one piece has no longer."""
    code = """
const pieces = [];
const line = async (number, init) => {
  for await (const piece of new Response(init.body).body) {
    pieces.push(piece.length);
  }
};
const limits = [];
const { setTimeout } = globalThis;
globalThis.setTimeout = (run, milliseconds, ...rest) => {
  limits.push(milliseconds);
  return setTimeout(run, milliseconds, ...rest);
};
const status = await upload();
tell([status, Math.max(...limits), Math.max(...pieces), pieces.reduce((sum, one) => sum + one)]);
"""
    status, longest, largest, total = uploaded(stranger, server, code, [CHUNK_SIZE_BYTES])
    assert status == "ready" and total == CHUNK_SIZE_BYTES
    assert longest == 1000 * 4 * CHUNK_SIZE_BYTES / (16 * 1024)
    assert largest <= 64 * 1024


def test_after_a_chunk_that_took_too_long_the_others_go_one_by_one(stranger: Stranger, server: BackendServer) -> None:
    code = """
let allSent;
const four = new Promise((resolve) => (allSent = resolve));
const line = async (number) => {
  if (number <= 4) {
    number === 4 && allSent();
    await four;
    throw new sdk.TimeoutError("too slow", "wait");
  }
};
tell([await upload(), puts.map((one) => one.sending)]);
"""
    status, sending = uploaded(stranger, server, code, SIZES)
    assert status == "ready"
    assert sending == [1, 2, 3, 4] + [1] * COUNT


def test_a_line_on_which_no_chunk_comes_to_its_end_is_given_up(stranger: Stranger, server: BackendServer) -> None:
    code = """
const line = async () => {
  throw new sdk.TimeoutError("too slow", "wait");
};
const error = await upload();
tell([error.message, puts.length]);
"""
    assert uploaded(stranger, server, code, SIZES) == ["too slow", 4 + 1 + 1]


def test_a_chunk_that_broke_late_is_tried_again(stranger: Stranger, server: BackendServer) -> None:
    code = """
const line = async (number) => {
  if (number === 1) {
    await new Promise((resolve) => setTimeout(resolve, 600)); // longer than `retries.seconds`
    throw new TypeError("broken");
  }
};
tell([await upload(), puts.length]);
"""
    assert uploaded(stranger, server, code, SIZES[:1]) == ["ready", 2]


def test_urls_may_expire_as_often_as_anything_arrives_between(stranger: Stranger, server: BackendServer) -> None:
    code = """
const line = async (number) => (number % 2 === 0 ? said(403, "SIGNED_URL_INVALID") : undefined);
tell([await upload(), puts.length]);
"""
    assert uploaded(stranger, server, code, SIZES, parallel=1) == ["ready", 2 * COUNT - 1]
