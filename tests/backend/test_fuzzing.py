"""Whatever is sent, the answer is one that the OpenAPI file tells of. The figures of the long run are printed by
tests/benchmarks/api_fuzz.py."""

import json
from pathlib import Path

import pytest

from tests.backend.fuzzing import Figures, fuzz, fuzzed_server
from tests.backend.server_process import BackendServer

MOST_LIMITED = 0.01


def run(server: BackendServer, folder: Path, *, examples: int, phases: str) -> Figures:
    with fuzzed_server(server) as (furnished, ways):
        figures = fuzz(furnished, ways, server.url, folder, examples=examples, phases=phases)
    assert figures.failures == [], figures.output
    assert figures.limited_share < MOST_LIMITED, figures.limited
    assert not {status for status in figures.by_status if not status.isdigit() or int(status) >= 500}
    return figures


def test_some_hundred_cases_are_answered_as_the_file_says(own_server: BackendServer, tmp_path: Path) -> None:
    figures = run(own_server, tmp_path, examples=5, phases="examples,fuzzing,stateful")
    assert figures.cases > 300, figures.by_status
    assert {"200", "201", "400", "404", "410"} <= set(figures.by_status), json.dumps(figures.by_status)


@pytest.mark.full
def test_twenty_thousand_cases_are_answered_as_the_file_says(own_server: BackendServer, tmp_path: Path) -> None:
    figures = run(own_server, tmp_path, examples=450, phases="examples,coverage,fuzzing,stateful")
    assert figures.cases > 20_000, figures.by_status
