"""Many followers of one job, cut at random and resumed: the short form of the benchmark."""

import pytest

from tests.backend.server_process import BackendServer
from tests.benchmarks.followers import GOAL_MIB, many_followed, wrong_with


@pytest.mark.full
def test_followers_that_are_cut_and_resumed_are_told_every_event_once(own_server: BackendServer) -> None:
    own_server.start()
    customer = own_server.new_customer()
    told, lines, grown, _ = many_followed(
        own_server, customer, followers=20, lines_a_second=200, seconds=4.0, stuck=5, cut_after=0.5
    )
    assert lines == 800
    assert [wrong_with(one, lines) for one in told] == [""] * 20
    assert sum(one.cuts for one in told) > 20
    assert grown < GOAL_MIB
