"""GPUs through the real binding, and a library that answers as NVML does."""

from collections.abc import Iterator

import pytest

from agent.probe.gpus import Gpus
from agent.probe.nvml import Nvml
from agent.probe.other_gpus import OtherGpus
from tests.agent.nvml.fake_nvml import FakeNvml


class Clock:
    """Stands still until it is turned."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def nvml() -> Iterator[Nvml]:
    nvml = Nvml(try_again_seconds=0.0)
    yield nvml
    nvml.close()


@pytest.fixture
def gpus(driver: FakeNvml, nvml: Nvml, clock: Clock) -> Gpus:
    """They are looked at in a machine that shows no other cards."""
    return Gpus(nvml, look_for_others=OtherGpus, clock=clock)
