"""What the server is told of the GPUs that are not offered: each for its reason, and nothing of what the owner does."""

import msgspec

from agent.events import MachineSeen, RulesJudged
from agent.policy.surroundings import GpuUse
from agent.withheld import withheld_gpus
from core.protocol.node import FreeGpu, FreeResources
from core.protocol.node_control import GpuNotOffered
from core.protocol.node_gpus import DRIVER_CHARACTERS, NAME_CHARACTERS, REASON_CHARACTERS, Withheld, WithheldGpu
from core.protocol.node_rules import GpuRules, PauseReason, RuleKind, Rules, RulesNow

from .bench import Bench, a_lease

NAMES = ("free", "held", "off", "ruled", "ill", "lost")
OTHERS = [
    GpuNotOffered("Tesla T4", "it is cut into parts (MIG)", "undo it", Withheld.MIG, "GPU-mig"),
    GpuNotOffered("AMD GPU", "NVIDIA's only", why=Withheld.MAKER),
]
MACHINE = MachineSeen(
    cpus=4,
    memory_mb=8192,
    disk_mb=50_000,
    gpus=[FreeGpu(f"GPU-{name}", f"NVIDIA {name}", 8000, 8000, "570") for name in NAMES],
    gpu_uses=[GpuUse("GPU-ill", trouble="it hangs"), GpuUse("GPU-lost", trouble="it is lost (to mend it: …)")],
    lost_gpus={"GPU-lost": "it has fallen off the bus"},
    gpus_not_offered=OTHERS,
)
HOT = PauseReason(RuleKind.GPU_OTHERS, "a private game is on this GPU", "a private game", "GPU-ruled")
OFF = PauseReason(RuleKind.GPU_OFF, "you don't share it", gpu_uuid="GPU-off")
ILL = PauseReason(RuleKind.GPU_TROUBLE, "it hangs", gpu_uuid="GPU-ill")
RULES = Rules(gpus={"GPU-off": GpuRules(shared=False)})


def told(bench: Bench) -> FreeResources:
    bench.answer_poll()
    bench.pass_time(5)
    free = bench.poll.request.free
    assert free is not None
    return free


def test_each_gpu_is_offered_or_told_with_its_reason(bench: Bench) -> None:
    bench.feed(MACHINE, RulesJudged(RULES, RulesNow([HOT, OFF, ILL]), "digest"))
    bench.run(a_lease(gpu_uuid="GPU-held"))
    free = told(bench)
    assert [gpu.uuid for gpu in free.gpus] == ["GPU-free"]
    assert free.gpus_withheld == [
        WithheldGpu("NVIDIA held", Withheld.UNIT, "GPU-held", driver="570"),
        WithheldGpu("NVIDIA off", Withheld.OFF, "GPU-off", driver="570"),
        WithheldGpu("NVIDIA ruled", Withheld.RULE, "GPU-ruled", driver="570"),
        WithheldGpu("NVIDIA ill", Withheld.TROUBLE, "GPU-ill", "it hangs", "570"),
        WithheldGpu("NVIDIA lost", Withheld.LOST, "GPU-lost", "it has fallen off the bus", "570"),
        WithheldGpu("Tesla T4", Withheld.MIG, "GPU-mig", "it is cut into parts (MIG)"),
        WithheldGpu("AMD GPU", Withheld.MAKER, reason="NVIDIA's only"),
    ]
    assert b"private" not in msgspec.json.encode(free)


def test_a_machine_that_offers_all_of_its_gpus_says_so(bench: Bench) -> None:
    bench.feed(msgspec.structs.replace(MACHINE, gpus=MACHINE.gpus[:1], gpus_not_offered=[]))
    assert told(bench).gpus_withheld == []


def test_whatever_a_driver_says_the_server_takes_it() -> None:
    """A word too long or not text would have all else that the node says refused with it."""
    long = "\x1b\udcff" + "x" * 5000
    others = [GpuNotOffered(long, long, why=Withheld.DRIVER)] * 500
    gpus = [FreeGpu(f"GPU-{number}", long, 1, 1, long) for number in range(500)]
    lost = {gpu.uuid: long for gpu in gpus}
    machine = msgspec.structs.replace(MACHINE, gpus=gpus, lost_gpus=lost, gpus_not_offered=others)
    found = withheld_gpus(machine, [], Rules(), set())
    sent = msgspec.json.encode(FreeResources(1, 1, 1, gpus_withheld=found))
    assert msgspec.json.decode(sent, type=FreeResources).gpus_withheld == found
    longest = (NAME_CHARACTERS, REASON_CHARACTERS, DRIVER_CHARACTERS)
    assert (len(found[0].name), len(found[0].reason), len(found[0].driver)) == longest
