"""Taking a change of the rules back takes back that change, and nothing that others changed meanwhile."""

from core.protocol.node_rules import GpuRules, Rules
from gui.rule_book import carried_over, with_gpu


def test_what_others_changed_meanwhile_stays() -> None:
    before, after = Rules(idle_minutes=10), Rules(idle_minutes=None)
    now = Rules(idle_minutes=None, programs=["blender"], daily_mb=1000)
    assert carried_over(now, after, before) == Rules(idle_minutes=10, programs=["blender"], daily_mb=1000)


def test_of_a_gpu_only_the_field_that_was_changed_is_taken_back() -> None:
    before = with_gpu(Rules(), "a", power_watts=200)
    after = with_gpu(before, "a", power_watts=300)
    now = with_gpu(with_gpu(after, "a", shared=False), "b", vram_mb=8192)
    taken_back = carried_over(now, after, before)
    assert taken_back.gpus == {"a": GpuRules(shared=False, power_watts=200), "b": GpuRules(vram_mb=8192)}


def test_a_gpu_that_had_no_rules_of_its_own_has_the_usual_ones_again() -> None:
    after = with_gpu(Rules(), "a", shared=False)
    assert carried_over(after, after, Rules()).gpus == {"a": GpuRules()}
