"""What of a node's owner and units a self-test gives way to. Pure: a picture of the node in, words out."""

from agent.picture import Picture
from agent.policy.decide import reasons_in_force
from core.protocol.node_control import NodeState
from core.protocol.node_rules import RuleKind

_PLAYS = (RuleKind.PROGRAM, RuleKind.FULL_SCREEN)
_PAUSED = (NodeState.PAUSED, NodeState.PAUSING)


def gpu_in_the_way(picture: Picture, gpu_uuid: str, *, is_asked: bool) -> str:
    """Why a GPU must not be tested now, "" for no reason. One that is asked for (`is_asked`) is made on a node that is
    paused, too. What a GPU's trouble stops is tested: it may have been mended."""
    if any(unit.gpu_uuid == gpu_uuid for unit in picture.units):
        return "a unit uses this GPU"
    if any(gpu.uuid == gpu_uuid and not gpu.shared for gpu in picture.gpus):
        return "its owner does not share this GPU"
    for reason in reasons_in_force(picture.judged.now):
        if reason.gpu_uuid == gpu_uuid and reason.rule is not RuleKind.GPU_TROUBLE:
            return f"a rule pauses this GPU: {reason.words}"
        if reason.rule in _PLAYS and not is_asked:
            return f"a rule pauses the node: {reason.words}"
    return "its owner paused the node" if picture.state in _PAUSED and not is_asked else ""


def line_in_the_way(picture: Picture) -> str:
    """Why the line must not be measured now, "" for no reason."""
    if picture.units:
        return "a unit needs the line"
    metered = [reason for reason in reasons_in_force(picture.judged.now) if reason.rule is RuleKind.METERED]
    return metered[0].words if metered else ""
