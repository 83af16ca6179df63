"""What a part of the page asks for: a change of the rules, with the names of the fields that a refusal may be about."""

from collections.abc import Callable
from typing import NamedTuple

from core.protocol.node_control import NodeStatus
from core.protocol.node_rules import Rules, RulesNow

from ....rule_book import Change


class Wish(NamedTuple):
    """`field` is the name in `Rules` that it changes; `refused` is told in words why it was not taken, and nothing
    ("") when it was."""

    field: str
    change: Change
    refused: Callable[[str], object]


Ask = Callable[[Wish], object]


class Shown(NamedTuple):
    """What parts show. `can_act` is False where the node doesn't answer now; `status` None where there is none."""

    rules: Rules
    status: NodeStatus | None
    can_act: bool

    @property
    def now(self) -> RulesNow:
        """What the rules come to, as far as it is known."""
        return RulesNow() if self.status is None or not self.can_act else self.status.rules
