"""Lines of a pipe, however its bytes come."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sandbox.lines import MAX_LINE_BYTES, LineProtocol, LogBudget


def read(pieces: list[bytes], log_mb: int = 1) -> tuple[list[str], list[float]]:
    lines: list[str] = []
    floods: list[float] = []

    async def feed() -> None:
        protocol = LineProtocol(LogBudget(log_mb, floods.append), lines.append)
        for piece in pieces:
            protocol.data_received(piece)
        protocol.connection_lost(None)
        await protocol.closed

    asyncio.run(feed())
    return lines, floods


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r")), max_size=20), st.integers(1, 50))
def test_lines_are_the_same_however_they_are_cut_on_the_way(texts: list[str], size: int) -> None:
    data = "".join(f"{text}\n" for text in texts).encode()
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    assert read(pieces)[0] == texts


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"a\n\nb", ["a", "", "b"]),
        (b"", []),
        (b"\xff\xfe\n", ["��"]),
        (b"windows\r\n", ["windows"]),
        (b" 10%\r 50%\r100%\n", ["100%"]),
        (b" 10%\r 50%\r", [" 50%"]),
    ],
)
def test_bytes_become_what_a_terminal_would_show(data: bytes, lines: list[str]) -> None:
    assert read([data])[0] == lines


def test_a_line_without_an_end_is_cut_between_characters() -> None:
    text = "x" + "é" * MAX_LINE_BYTES
    lines, _ = read([text.encode()])
    assert "".join(lines) == text
    assert len(lines) == 3 and all(len(line.encode()) <= MAX_LINE_BYTES for line in lines)


def test_past_the_budget_one_notice_is_given_and_a_flood_is_told_once() -> None:
    piece = b"y" * 1023 + b"\n"
    lines, floods = read([piece] * (25 * 1024))
    assert lines[-1] == "[the log is longer than 1 MiB; the rest is not kept]"
    assert len(lines) == 1025 and lines.count(lines[-1]) == 1
    assert len(floods) == 1 and floods[0] > 20
