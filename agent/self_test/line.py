"""The server and the line to it: whether it answers, how soon, and how many bytes go each way."""

from urllib.parse import urlsplit

from agent.line import Line
from agent.self_test.run import Finding, failed, passed, skipped
from core.client.errors import ClientError, ServerError
from core.client.node import NodeClient
from core.errors import ErrorCode
from core.protocol.node import PROTOCOL_VERSION
from core.protocol.node_rules import Rules
from core.protocol.self_test import MeasuredSpeed, NextStep

SECONDS_A_WAY = 4.0
LINE_TEST_MB = 64  # each way, as the server agrees to at most
_PINGS = 4
_STEPS = [
    NextStep("Look whether this machine reaches the network, and whether a proxy or firewall stands in the way"),
    NextStep("Ask whoever runs the server; until then the node tries again by itself"),
]


def no_room_for_line(line: Line, rules: Rules) -> str:
    """Why the day's volume lets nobody measure the line now, "" where it does."""
    has_room = rules.daily_mb is None or line.moved_today_mb() + 2 * LINE_TEST_MB <= rules.daily_mb
    return "" if has_room else "the day's volume has no room for it"


async def reach_server(client: NodeClient) -> Finding:
    """Whether the server answers and speaks this node's protocol, and how soon."""
    host = urlsplit(client.base_url).netloc
    try:
        protocol = await client.protocol()
        seconds = min([await client.latency() for _ in range(_PINGS)])
    except ServerError as error:
        return failed(f"{host} answers: {error.message}", steps=_STEPS[1:])
    except ClientError as error:
        return failed(error.message, steps=_STEPS)
    if PROTOCOL_VERSION not in protocol.spoken:
        return failed(
            f"{host} speaks protocol {protocol.version}, this node {PROTOCOL_VERSION}",
            steps=[NextStep("Update this program: what the node holds is finished and kept")],
        )
    return passed(f"{host} in {seconds * 1e3:.0f} ms, protocol {protocol.version}", MeasuredSpeed(seconds))


async def measure_line(client: NodeClient) -> Finding:
    """How many bytes a second come and go, a few seconds each way."""
    try:
        test = await client.line_test()
        down = await client.measure_download(test, SECONDS_A_WAY)
        up = await client.measure_upload(test, SECONDS_A_WAY)
    except ServerError as error:
        if error.code in (ErrorCode.RATE_LIMITED, ErrorCode.NOT_FOUND):  # enough for a day; a server of before
            return skipped(error.message)
        return failed(f"the server answers: {error.message}", steps=_STEPS[1:])
    except ClientError as error:
        return failed(error.message, steps=_STEPS)
    evidence = f"{down * 8 / 1e6:,.1f} Mbit/s down, {up * 8 / 1e6:,.1f} Mbit/s up"
    return passed(evidence, MeasuredSpeed(download_rate=down, upload_rate=up))
