"""What a node says in English, in the language shown now: each sentence of its that is known, by its template.

A sentence that isn't known is shown as the node said it. Paths, versions and what programs said stay as they are.
"""

import re
from collections.abc import Callable, Sequence
from functools import cached_property


class Said:
    """`templates` have {0}, {1} … where a sentence has words of its own, which are translated likewise. Of two that
    fit one sentence the narrower stands first. Those that know none of it leave it to `others`."""

    def __init__(
        self, templates: Sequence[str], translate: Callable[[str], str], others: Callable[[str], str] = str
    ) -> None:
        self._templates, self._translate, self._others = templates, translate, others

    def __call__(self, text: str) -> str:
        """The same in the language shown now."""
        for pattern, template in self._known:
            if found := pattern.fullmatch(text):
                return self._translate(template).format(*map(self, found.groups()))
        return self._others(text)

    @cached_property
    def _known(self) -> list[tuple[re.Pattern[str], str]]:
        return [(re.compile(_pattern_of(template), re.DOTALL), template) for template in self._templates]


def _pattern_of(template: str) -> str:
    parts = re.split(r"\{\d\}", template)
    return "(.+?)".join(map(re.escape, parts))
