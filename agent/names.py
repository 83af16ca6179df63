"""A node's name where the owner chose none: two random words, never anything of the machine."""

from collections.abc import Callable, Sequence

_FIRST = (
    "amber autumn bold brave bright calm clever copper coral crimson dawn eager early emerald fair fleet gentle "
    "golden grand green happy hardy honest indigo ivory jade jolly keen kind late light lively lucky lunar mellow "
    "merry mild misty noble north olive opal patient pearl plain proud quick quiet rapid rose royal ruby rustic "
    "sable silent silver simple solar south steady sunny swift tidy violet warm wild winter wise young"
)
_SECOND = (
    "acorn anchor aspen badger basin beacon birch bison brook canyon cedar cliff comet condor crane creek dale "
    "delta dune eagle elm ember falcon fern field finch fjord forest fox garden glacier glade grove harbor hawk "
    "heron hill island lagoon lake lark lynx maple marsh meadow mesa moose oak orchard osprey otter owl pebble "
    "pine plover pond prairie raven reef ridge river robin shore sparrow spruce stone summit swan thicket valley "
    "willow wren"
)


def random_name(choose: Callable[[Sequence[str]], str]) -> str:
    """Such as `calm-heron`. `choose` picks one of several, as `secrets.choice` does."""
    return f"{choose(_FIRST.split())}-{choose(_SECOND.split())}"
