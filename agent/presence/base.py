"""What every platform's look at the machine's other users has in common: what is asked, and how it is put together."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Generic, NamedTuple, TypeVar

import msgspec

from agent.policy.surroundings import Presence
from agent.presence.programs import Found, PsutilPrograms, RunningPrograms, find_programs
from core.printable import printable
from core.protocol.node_rules import RuleKind, Rules

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)
ANSWER_SECONDS = 0.05
"""How long a look waits for one other program."""

_MOST_CHARACTERS = 200
_KEPT_SECONDS = 20.0
_PAUSES_SECONDS = (0.0, 0.0, 10.0, 30.0, 60.0, 300.0)
_RULES = (RuleKind.IN_USE, RuleKind.FULL_SCREEN, RuleKind.PROGRAM, RuleKind.BATTERY, RuleKind.METERED)


class Untold(Exception):
    """This machine doesn't tell it now. The text says why, for its owner."""


class Told(NamedTuple, Generic[_T_co]):
    """An answer, and `by` whom; `missing` is what of it can't be seen, if anything."""

    value: _T_co
    by: str
    missing: str = ""


class Sight(msgspec.Struct, frozen=True):
    """Whether a rule can see here what it looks at: `words` say by what, or why not."""

    rule: RuleKind
    sees: bool
    words: str


def harmless(text: str) -> str:
    """A name that a stranger's program or window gave itself, short and printable."""
    return printable(text[:_MOST_CHARACTERS])[:_MOST_CHARACTERS]


def least_idle(told: Iterable[Told[float]], reasons: Iterable[str], nothing: str) -> Told[float]:
    """Of several screens and terminals the least idle counts; `reasons` are why others don't tell. Raises Untold with
    them, or else with `nothing`, where none does."""
    missing = "; ".join(dict.fromkeys(reasons))
    least = min(told, key=lambda one: one.value, default=None)
    if least is None:
        raise Untold(missing or nothing)
    return least._replace(missing=missing)


class Steady(Generic[_T]):
    """One source, asked at each look. What fails is asked again twice, then ever more rarely, so that it costs nothing;
    an answer stands for 20 s where the source fails after it: a busy machine is no reason to think it unused."""

    def __init__(self, ask: Callable[[], _T], clock: Callable[[], float]) -> None:
        self._ask = ask
        self._clock = clock
        self._failures = 0
        self._asks_again_at = 0.0
        self._reason = ""
        self._last: tuple[float, _T] | None = None

    def __call__(self) -> _T:
        """Raises Untold."""
        now = self._clock()
        if self._failures and now < self._asks_again_at:
            return self._instead(now)
        try:
            answer = self._ask()
        except Untold as error:
            pause = _PAUSES_SECONDS[min(self._failures, len(_PAUSES_SECONDS) - 1)]
            self._failures += 1
            self._asks_again_at = now + pause
            self._reason = str(error)
            return self._instead(now)
        self._failures = 0
        self._last = (now, answer)
        return answer

    def _instead(self, now: float) -> _T:
        if self._last is not None and now - self._last[0] < _KEPT_SECONDS:
            return self._last[1]
        raise Untold(self._reason)


class PresenceSensor(ABC):
    """Sees who else uses the machine. One look at a time, from any thread; each of the questions raises Untold where
    this machine doesn't tell."""

    def __init__(self, own_pid: int, programs: RunningPrograms | None = None) -> None:
        """`own_pid`: a process whose descendants (the units' boxes) are nobody's programs, nor is it itself."""
        self._own_pid = own_pid
        self._programs = programs or PsutilPrograms()

    def look(
        self, programs: frozenset[str], *, steam_games: bool, only: frozenset[RuleKind] = frozenset(_RULES)
    ) -> Presence:
        """What these rules look at (blocking, some milliseconds): `programs` are those to look for, by name, and
        `steam_games` whether to look for these too. What is not looked at stays None."""
        unknown: dict[str, str] = {}
        found = Found(None, None)
        if programs or steam_games:
            found = find_programs(self._programs.look(), programs, steam_games=steam_games, own_pid=self._own_pid)
        return Presence(
            idle_seconds=_ask(self.idle, RuleKind.IN_USE, only, unknown),
            full_screen=_ask(self.full_screen, RuleKind.FULL_SCREEN, only, unknown),
            programs=found.programs,
            steam_game=None if found.steam_game is None else harmless(found.steam_game),
            on_battery=_ask(self.on_battery, RuleKind.BATTERY, only, unknown),
            is_metered=_ask(self.is_metered, RuleKind.METERED, only, unknown),
            unknown=unknown,
        )

    def look_for(self, rules: Rules) -> Presence:
        """What an owner's rules look at, and nothing that they don't."""
        wanted = {
            RuleKind.IN_USE: rules.idle_minutes is not None,
            RuleKind.FULL_SCREEN: rules.full_screen,
            RuleKind.BATTERY: rules.battery,
            RuleKind.METERED: rules.metered,
        }
        only = frozenset(rule for rule, is_wanted in wanted.items() if is_wanted)
        return self.look(frozenset(rules.programs), steam_games=rules.steam_games, only=only)

    def sights(self) -> list[Sight]:
        """What each rule can see here, and by what (blocking as a look)."""
        asks: dict[RuleKind, Callable[[], Told[object]]] = {
            RuleKind.IN_USE: self.idle,
            RuleKind.FULL_SCREEN: self.full_screen,
            RuleKind.PROGRAM: lambda: Told(None, self._programs.by),
            RuleKind.BATTERY: self.on_battery,
            RuleKind.METERED: self.is_metered,
        }
        return [_sight(rule, asks[rule]) for rule in _RULES]

    @abstractmethod
    def idle(self) -> Told[float]:
        """Seconds since the last key or movement at any screen or terminal of the machine."""

    @abstractmethod
    def full_screen(self) -> Told[str]:
        """The program that fills a screen, "" for none."""

    @abstractmethod
    def on_battery(self) -> Told[bool]:
        """Whether the machine draws on a battery of its own."""

    @abstractmethod
    def is_metered(self) -> Told[bool]:
        """Whether its network is paid for by what passes."""

    @abstractmethod
    def close(self) -> None:
        """Let all connections go."""


def _ask(
    question: Callable[[], Told[_T]], rule: RuleKind, only: frozenset[RuleKind], unknown: dict[str, str]
) -> _T | None:
    if rule not in only:
        return None
    try:
        told = question()
    except Untold as error:
        unknown[rule.value] = str(error)
        return None
    return told.value


def _sight(rule: RuleKind, question: Callable[[], Told[object]]) -> Sight:
    try:
        told = question()
    except Untold as error:
        return Sight(rule, False, str(error))
    return Sight(rule, True, f"by {told.by}{f'; but {told.missing}' if told.missing else ''}")
