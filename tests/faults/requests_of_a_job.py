"""What was asked of one job, as the proxy saw it."""

from tests.faults.proxy import Proxy

STREAM = "/events"


def asked_of_a_job(proxy: Proxy, job_id: str) -> list[str]:
    """What was read of the job and below it, in order: what stands behind its id, without a query."""
    before = f"/api/v1/customer/training-jobs/{job_id}"
    paths = [request.path.partition("?")[0] for request, _ in proxy.answered if request.method == "GET"]
    return [path.removeprefix(before) for path in paths if path.startswith(before)]


def asked_after_the_stream(proxy: Proxy, job_id: str) -> list[str]:
    """What was read of it after its stream was first opened, but the stream itself."""
    asked = asked_of_a_job(proxy, job_id)
    return [path for path in asked[asked.index(STREAM) :] if path != STREAM]
