"""Nothing that the library hands out shows the key, however it is printed or kept."""

from .programs import Stranger
from .raw_server import RawServer, answer

JOB = {"id": "a-job", "status": "queued"}
ARTIFACT = {"id": "an-artifact", "name": "model", "size_bytes": 1, "sha256": "00"}
CODE = """
import { inspect } from "node:util";
const gpu = new sdk.GpuAgent({ server: args[0], apiKey: args[1], retries: { attempts: 1 } });
const job = await gpu.jobs.get("a-job");
const [artifact] = await job.artifacts();
const failed = await gpu.meta().catch((error) => error);
const things = [gpu, ...Object.values(gpu), job, artifact, gpu.jobs.list(), job.follow(), artifact.pieces(), failed];
const texts = things.flatMap((one) => [
  inspect(one, { depth: null, showHidden: true, getters: true }),
  JSON.stringify(one),
]);
tell([texts.filter((text) => text.includes(args[1])), things.length, job, artifact]);
"""


def test_no_object_shows_the_key_and_a_job_is_its_row_in_json(stranger: Stranger) -> None:
    listed = {"data": [ARTIFACT], "page": {"limit": 100, "next_cursor": None, "has_more": False}}
    for key in ("sk_alpha_never_shown", "session_never_shown"):
        with RawServer([answer(200, JOB), answer(200, listed), b""]) as server:
            showing, count, job, artifact = stranger.tell(CODE, server.url, key)
        assert showing == [] and count > 10
        assert (job, artifact) == (JOB, ARTIFACT)
        assert all(key in str(asked.headers) for asked in server.asked)
