"""The node's own log: bounded, its owner's alone, without secrets, read while it is written."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from agent.command_line.logs import logs
from agent.journal import JournalBusy
from agent.node_log import Level, NodeLog
from core.node_log import LogReader, lines_since


@pytest.fixture
def log(tmp_path: Path) -> Iterator[NodeLog]:
    log = NodeLog(tmp_path, wall=lambda: 1_775_000_000.0)
    with log.of_a_run():
        yield log


def texts(data_dir: Path) -> list[str]:
    return [line.text for line in LogReader(data_dir).lines()]


def test_what_was_said_before_the_folder_was_its_own_comes_first(log: NodeLog, tmp_path: Path) -> None:
    log.add(Level.INFO, "before")
    assert not (tmp_path / "log").exists()
    log.open()
    log.add(Level.WARNING, "after\x1b[2J, and\nmore")
    assert texts(tmp_path) == ["before", r"after\x1b[2J, and more"]
    file = tmp_path / "log" / "node.log"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_folder_that_can_not_be_made_yet_is_tried_again_with_the_next_line(log: NodeLog, tmp_path: Path) -> None:
    (tmp_path / "log").write_text("in the way")
    log.open()
    for number in range(1_500):
        log.add(Level.INFO, str(number))
    (tmp_path / "log").unlink()
    log.add(Level.INFO, "last")
    assert texts(tmp_path) == [*map(str, range(501, 1_500)), "last"]


def test_secrets_are_never_written(log: NodeLog, tmp_path: Path) -> None:
    log.hide("credential-of-this-node")
    log.open()
    log.add(Level.INFO, "said credential-of-this-node to https://me:pass-word@host/chunk?signature=abcdef&expires=1")
    log.add(Level.INFO, "Authorization: Bearer abcdefgh123")
    whole = (tmp_path / "log" / "node.log").read_text()
    assert not any(secret in whole for secret in ("credential-of", "pass-word", "abcdef"))
    assert "host/chunk" in whole


def test_it_never_takes_more_than_ten_mebibytes_and_readers_miss_nothing(log: NodeLog, tmp_path: Path) -> None:
    log.open()
    reader = LogReader(tmp_path)
    read = list(reader.lines())
    words = "x" * 1_900
    for number in range(7_000):
        log.add(Level.INFO, f"{number} {words}")
        if number % 2_500 == 0:  # files are rotated about each thousandth line
            read += reader.more()
    read += reader.more()
    assert [int(line.text.split()[0]) for line in read] == list(range(7_000))
    assert sum(file.stat().st_size for file in (tmp_path / "log").iterdir()) <= 10 << 20
    left = [int(text.split()[0]) for text in texts(tmp_path)]
    assert left == list(range(left[0], 7_000)) and 3_000 < len(left) < 7_000


def test_a_torn_line_is_passed_over_and_one_half_written_waits_for_its_end(log: NodeLog, tmp_path: Path) -> None:
    log.open()
    log.add(Level.INFO, "whole")
    file = tmp_path / "log" / "node.log"
    with file.open("a") as opened:
        opened.write('{"at": "2026-\n')
    with file.open("a") as opened:
        opened.write('{"at":"2026-04-01T00:00:00.000Z","level":"info",')
    reader = LogReader(tmp_path)
    assert [line.text for line in reader.lines()] == ["whole"]
    with file.open("a") as opened:
        opened.write('"text":"late"}\n')
    assert [line.text for line in reader.more()] == ["late"]


def test_following_tells_what_comes(log: NodeLog, tmp_path: Path) -> None:
    log.open()
    log.add(Level.INFO, "first")
    reader = LogReader(tmp_path)
    assert len(list(reader.lines())) == 1
    comes = reader.follow()
    writing = threading.Thread(target=lambda: log.add(Level.INFO, "second"))
    writing.start()
    assert next(comes).text == "second"
    writing.join()


def test_lines_since_a_moment(log: NodeLog, tmp_path: Path) -> None:
    log.open()
    log.add(Level.INFO, "said")
    lines = list(LogReader(tmp_path).lines())
    at = datetime.fromtimestamp(1_775_000_000, UTC)
    assert [line.text for line in lines_since(lines, at)] == ["said"]
    assert list(lines_since(lines, at.replace(year=2030))) == []


def test_what_ends_a_node_is_said_but_not_in_the_log_of_another(tmp_path: Path) -> None:
    with pytest.raises(JournalBusy), NodeLog(tmp_path).of_a_run():
        raise JournalBusy("another node runs here")
    assert not (tmp_path / "log").exists()
    with pytest.raises(OSError, match="no room"), NodeLog(tmp_path).of_a_run():
        raise OSError("no room")
    assert texts(tmp_path) == ["no room"]


def test_the_command_prints_warnings_alone_where_it_is_asked_for(
    log: NodeLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log.open()
    for level, text in ((Level.INFO, "a"), (Level.WARNING, "b"), (Level.INFO, "c"), (Level.ERROR, "d")):
        log.add(level, text)
    logs(go_on=False, last=2, since=None, warnings=True, data_dir=tmp_path, json=True, quiet=False)
    assert [line["text"] for line in msgspec.json.decode(capsys.readouterr().out)["data"]] == ["b", "d"]
