"""A node's day up to now, written into its journal before it is first started: pictures show no empty day."""

import time
from pathlib import Path

from agent.data_folder import make_data_folder
from agent.day import Span, bounds, today
from agent.doings import Device
from agent.journal import Journal
from core.protocol.node_day import Doing

_PARTS = (
    (Doing.PAUSED_BY_YOU, 40),
    (Doing.OUTSIDE_HOURS, 12),
    (Doing.WAITING, 4),
    *((Doing.WORKING, 1), (Doing.WAITING, 2)) * 4,
    (Doing.OUTSIDE_HOURS, 8),
    (Doing.NOT_CONNECTED, 2),
    *((Doing.WORKING, 2), (Doing.WAITING, 3)) * 3,
    (Doing.PAUSED_BY_RULE, 7),
)


def write_day(node_dir: Path) -> None:
    """What a machine without a GPU did since midnight."""
    now = time.time()
    begins, _ = bounds(today(now, None), None)
    a_part = (now - begins) / sum(parts for _, parts in _PARTS)
    spans, at = [], begins
    for doing, parts in _PARTS:
        spans.append(Span(Device(), 0, doing, at, at + parts * a_part))
        at += parts * a_part
    make_data_folder(node_dir)
    journal = Journal(node_dir / "journal.sqlite")
    journal.write_doings(spans, now)
    journal.close()
