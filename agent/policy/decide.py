"""The decision: what is seen, the owner's rules and the time in; what pauses and why, and what comes next, out. Pure.

**Precedence**: the owner's hand over rules, rules over offers. Here stands the middle: every rule that would pause is a
reason, one that the owner sets aside (*Share anyway*) is a reason with an end of that, and one reason in force is
enough. A pause of the owner's needs no reason and is not looked at here. What can't be seen pauses nothing.
"""

from collections.abc import Sequence
from datetime import tzinfo

import msgspec

from agent.owners_choice import Anyway
from agent.policy.latch import Latch, Turn
from agent.policy.surroundings import GpuUse, Surroundings
from agent.policy.week import Week, dear_week, next_midnight, price_at, week_of
from core.clock import rfc3339, rfc3339_or_none
from core.protocol.node_rules import GpuRules, PauseReason, RuleKind, Rules, RulesNow

COOLER_BY_CELSIUS = 5
OTHERS_VRAM_MB = 512  # a desktop and its browser have less, a game or a model more
_OTHERS_GONE_MB = 256
_CPU_LESS_BY_PERCENT = 10
_CPU_OVER_SECONDS = 30.0
_DISK_OVER_SECONDS = 60.0  # until then caches make room
_NOT_TOLD = "this machine doesn't tell"
_LISTED, _STEAM, _FULL_SCREEN = "listed", "steam", "full_screen"
_ORDER = {rule: number for number, rule in enumerate(RuleKind)}

NEVER_ANYWAY = {
    RuleKind.SELF_TEST: "what failed would fail customers' work too: mend it and run the self-test again",
    RuleKind.GPU_TROUBLE: "nothing can run on a GPU that doesn't work",
    RuleKind.DAILY_VOLUME: "no chunk passes beyond it all the same: allow more in the rules",
    RuleKind.RULES_UNREADABLE: "nobody knows what the rules allow: write them anew",
}
OF_A_GPU = frozenset(
    {RuleKind.GPU_OFF, RuleKind.GPU_TEMPERATURE, RuleKind.GPU_OTHERS, RuleKind.GPU_TROUBLE}
)  # the others are of all the node


class RuleBook(msgspec.Struct, frozen=True):
    """Rules, and what is reckoned of them once. `trouble`: why they can't be read, if they can't."""

    rules: Rules = Rules()
    open_hours: Week | None = None
    dear_hours: Week | None = None
    trouble: str = ""


class Memory(msgspec.Struct, frozen=True):
    """What a decision leaves for the next: since when reasons stand, what is stopped at a ceiling, and when programs
    were seen last. Times are Unix seconds; keys are a rule and its GPU, or why a program is looked for and its name."""

    since: dict[tuple[RuleKind, str | None], float] = {}
    latches: dict[tuple[RuleKind, str | None], Latch] = {}
    seen_at: dict[tuple[str, str], float] = {}


class Decision(msgspec.Struct, frozen=True):
    """`next_at` is when it may be another one though nothing else is seen than now (Unix seconds)."""

    now: RulesNow = RulesNow()
    next_at: float | None = None
    memory: Memory = Memory()


def book_of(rules: Rules) -> RuleBook:
    """Reckon what doesn't change until the rules do."""
    hours = None if rules.hours is None else week_of(rules.hours)
    return RuleBook(rules, hours, dear_week(rules.electricity))


def decide(
    book: RuleBook,
    seen: Surroundings,
    before: Memory,
    anyway: Sequence[Anyway],
    now: float,
    zone: tzinfo | None = None,
) -> Decision:
    """`now` is in Unix seconds, `zone` that of the clock on the wall, None: the machine's."""
    judge = _Judge(book, seen, before, now, zone)
    judge.look_at_node()
    for gpu in seen.gpus:
        judge.look_at_gpu(gpu, book.rules.gpus.get(gpu.uuid, GpuRules()))
    return judge.decision(anyway)


def reasons_in_force(now: RulesNow) -> list[PauseReason]:
    """Without those that the owner has set aside."""
    return [reason for reason in now.reasons if reason.anyway_until is None]


def pauses_node(now: RulesNow) -> bool:
    """Whether nothing at all may run."""
    return any(reason.gpu_uuid is None for reason in reasons_in_force(now))


def paused_gpus(now: RulesNow) -> frozenset[str]:
    """The GPUs on which nothing new may run, each for a reason of its own."""
    return frozenset(reason.gpu_uuid for reason in reasons_in_force(now) if reason.gpu_uuid is not None)


def stopping_gpus(now: RulesNow) -> frozenset[str]:
    """Those of them on which also what runs is stopped. Trouble stops nothing: after an update of its driver what runs
    on a GPU goes on well, and the attempt of one that is lost ends as the node's fault, not by a rule."""
    reasons = [reason for reason in reasons_in_force(now) if reason.rule is not RuleKind.GPU_TROUBLE]
    return frozenset(reason.gpu_uuid for reason in reasons if reason.gpu_uuid is not None)


class _Found(msgspec.Struct, frozen=True):
    rule: RuleKind
    words: str
    subject: str
    gpu_uuid: str | None
    until: float | None


class _Judge:
    """Goes through the rules one by one; none knows of another, so their order makes no difference."""

    def __init__(self, book: RuleBook, seen: Surroundings, before: Memory, now: float, zone: tzinfo | None) -> None:
        self._book = book
        self._rules = book.rules
        self._seen = seen
        self._before = before
        self._now = now
        self._zone = zone
        self._found: list[_Found] = []
        self._unknown: dict[RuleKind, str] = {}
        self._coming: list[tuple[float, RuleKind]] = []
        self._latches: dict[tuple[RuleKind, str | None], Latch] = {}
        self._seen_at: dict[tuple[str, str], float] = {}

    def look_at_node(self) -> None:
        if self._book.trouble:
            self._pauses(RuleKind.RULES_UNREADABLE, self._book.trouble)
        if self._seen.self_test:
            self._pauses(RuleKind.SELF_TEST, f"the self-test failed: {self._seen.self_test}")
        self._hours()
        self._in_use()
        self._full_screen()
        self._programs()
        self._power_and_line()
        self._price()
        self._cpu()
        self._disk_and_volume()

    def look_at_gpu(self, gpu: GpuUse, rules: GpuRules) -> None:
        if not rules.shared:
            self._pauses(RuleKind.GPU_OFF, "its owner doesn't share this GPU", gpu=gpu.uuid)
        if gpu.trouble:
            self._pauses(RuleKind.GPU_TROUBLE, f"this GPU doesn't work: {gpu.trouble}", gpu.trouble, gpu=gpu.uuid)
        self._temperature(gpu, rules.temperature_celsius)
        if self._rules.others_gpu:
            self._others(gpu)

    def decision(self, anyway: Sequence[Anyway]) -> Decision:
        """All of it together."""
        since: dict[tuple[RuleKind, str | None], float] = {}
        reasons, changes = [], [*self._coming]
        for found in sorted(self._found, key=lambda one: (_ORDER[one.rule], one.gpu_uuid or "")):
            key = (found.rule, found.gpu_uuid)
            since[key] = min(self._before.since.get(key, self._now), self._now)
            ends = [] if found.rule in NEVER_ANYWAY else self._set_aside_until(found, anyway)
            anyway_until = max(ends, default=None)
            changes += [(end, found.rule) for end in (found.until, anyway_until) if end is not None]
            reasons.append(
                PauseReason(
                    rule=found.rule,
                    words=found.words,
                    subject=found.subject,
                    gpu_uuid=found.gpu_uuid,
                    since=rfc3339(since[key]),
                    until=rfc3339_or_none(found.until),
                    anyway_until=rfc3339_or_none(anyway_until),
                )
            )
        coming = sorted((at, _ORDER[rule], rule) for at, rule in changes if at > self._now)
        next_at = coming[0][0] if coming else None
        unknown = {rule.value: self._unknown[rule] for rule in sorted(self._unknown, key=_ORDER.__getitem__)}
        return Decision(
            RulesNow(reasons, rfc3339_or_none(next_at), coming[0][2] if coming else None, unknown),
            next_at,
            Memory(since, self._latches, self._seen_at),
        )

    # ---- the rules --------------------------------------------------------------------------------------------------

    def _hours(self) -> None:
        hours = self._book.open_hours
        if hours is None:
            return
        change = hours.next_change(self._now, self._zone)
        if not hours.has(self._now, self._zone):
            self._pauses(RuleKind.HOURS, "these are not the hours in which it shares", until=change)
        else:
            self._comes(RuleKind.HOURS, change)

    def _in_use(self) -> None:
        minutes, idle = self._rules.idle_minutes, self._seen.presence.idle_seconds
        if minutes is None:
            return
        if idle is None:
            self._unseen(RuleKind.IN_USE, "when it was used last")
        elif idle < minutes * 60:
            self._pauses(RuleKind.IN_USE, f"the computer is in use; it goes on after {_minutes(minutes)} without")

    def _full_screen(self) -> None:
        if not self._rules.full_screen:
            return
        program = self._seen.presence.full_screen
        if program is None:
            self._unseen(RuleKind.FULL_SCREEN, "what fills the screen")
        filling = {(_FULL_SCREEN, program)} if program else set()
        waited_for = {key for key in self._before.seen_at if key[0] == _FULL_SCREEN}
        self._lingers(RuleKind.FULL_SCREEN, filling, waited_for, "fills the screen", "filled the screen")

    def _programs(self) -> None:
        rules, presence = self._rules, self._seen.presence
        if not rules.programs and not rules.steam_games:
            return
        running: set[tuple[str, str]] = set()
        if rules.programs:
            if presence.programs is None:
                self._unseen(RuleKind.PROGRAM, "which programs run")
            else:
                running |= {(_LISTED, name) for name in presence.programs.intersection(rules.programs)}
        if rules.steam_games:
            if presence.steam_game is None:
                self._unseen(RuleKind.PROGRAM, "which games of Steam run")
            elif presence.steam_game:
                running.add((_STEAM, presence.steam_game))
        # What the owner has taken off the list meanwhile is not waited for any more.
        listed = set(rules.programs)
        waited_for = {key for key in self._before.seen_at if key[0] == _LISTED and key[1] in listed}
        if rules.steam_games:
            waited_for |= {key for key in self._before.seen_at if key[0] == _STEAM}
        self._lingers(RuleKind.PROGRAM, running, waited_for, "runs", "ran")

    def _power_and_line(self) -> None:
        presence = self._seen.presence
        for is_wanted, is_so, rule, words, what in (
            (self._rules.battery, presence.on_battery, RuleKind.BATTERY, "the computer runs on battery", "its power"),
            (
                self._rules.metered,
                presence.is_metered,
                RuleKind.METERED,
                "the network is paid by volume",
                "its network",
            ),
        ):
            if not is_wanted:
                continue
            if is_so is None:
                self._unseen(rule, what)
            elif is_so:
                self._pauses(rule, words)

    def _price(self) -> None:
        electricity = self._rules.electricity
        most = electricity.most
        if most is None:
            return
        change = None
        if electricity.command:
            price = self._seen.price
        else:
            price = price_at(electricity, self._now, self._zone)
            change = None if self._book.dear_hours is None else self._book.dear_hours.next_change(self._now, self._zone)
        if price is None:
            self._unknown[RuleKind.PRICE] = self._seen.price_trouble or "no price of electricity is told for now"
            self._comes(RuleKind.PRICE, change)
        elif price > most:
            unit = f" {electricity.currency}" if electricity.currency else ""
            words = f"a kWh costs {price:g}{unit}, more than {most:g}"
            self._pauses(RuleKind.PRICE, words, f"{price:g}{unit}", until=change)
        else:
            self._comes(RuleKind.PRICE, change)

    def _cpu(self) -> None:
        ceiling, used = self._rules.cpu_percent, self._seen.others_cpu_percent
        if ceiling is None:
            return
        if used is None:
            self._unseen(RuleKind.CPU, "what other programs take of its processors")
            return
        turn = Turn(ceiling, max(ceiling - _CPU_LESS_BY_PERCENT, ceiling / 2), _CPU_OVER_SECONDS)
        if self._latched(RuleKind.CPU, used, turn):
            words = f"other programs take {used:.0f} % of the processors, the ceiling is {ceiling} %"
            self._pauses(RuleKind.CPU, words, f"{used:.0f} %", until=self._latch_ends(RuleKind.CPU, turn))

    def _disk_and_volume(self) -> None:
        rules, seen = self._rules, self._seen
        if rules.disk_mb is not None:
            turn = Turn(rules.disk_mb + 1, rules.disk_mb, _DISK_OVER_SECONDS, 0.0)
            if self._latched(RuleKind.DISK, seen.disk_used_mb, turn):
                words = f"units and caches have {seen.disk_used_mb:,} MiB of the disk, they may have {rules.disk_mb:,}"
                self._pauses(RuleKind.DISK, words, f"{seen.disk_used_mb} MiB")
        if rules.daily_mb is not None and seen.moved_today_mb >= rules.daily_mb:
            words = f"{seen.moved_today_mb:,.0f} MiB went over the network today, at most {rules.daily_mb:,} may"
            until = next_midnight(self._now, self._zone)
            self._pauses(RuleKind.DAILY_VOLUME, words, f"{seen.moved_today_mb:.0f} MiB", until=until)

    def _temperature(self, gpu: GpuUse, ceiling: int | None) -> None:
        if ceiling is None:
            return
        reading = gpu.temperature_celsius
        if reading is None:
            self._unseen(RuleKind.GPU_TEMPERATURE, f"how hot {gpu.uuid} is")
            return
        turn = Turn(ceiling, ceiling - COOLER_BY_CELSIUS)
        if self._latched(RuleKind.GPU_TEMPERATURE, reading, turn, gpu.uuid):
            words = f"this GPU has {reading} °C; its ceiling is {ceiling} °C, it goes on at {ceiling - 5} °C"
            until = self._latch_ends(RuleKind.GPU_TEMPERATURE, turn, gpu.uuid)
            self._pauses(RuleKind.GPU_TEMPERATURE, words, f"{reading} °C", gpu=gpu.uuid, until=until)

    def _others(self, gpu: GpuUse) -> None:
        told = {name: mib for name, mib in gpu.others.items() if mib is not None}
        if len(told) < len(gpu.others):
            self._unseen(RuleKind.GPU_OTHERS, f"how much other programs have of {gpu.uuid}")
        turn = Turn(OTHERS_VRAM_MB, _OTHERS_GONE_MB)
        if self._latched(RuleKind.GPU_OTHERS, max(told.values(), default=0), turn, gpu.uuid):
            names = ", ".join(sorted(name for name, mib in told.items() if mib > _OTHERS_GONE_MB))
            words = f"{names} uses this GPU" if names else "another program used this GPU until a moment ago"
            until = self._latch_ends(RuleKind.GPU_OTHERS, turn, gpu.uuid)
            self._pauses(RuleKind.GPU_OTHERS, words, names, gpu=gpu.uuid, until=until)

    # ---- how --------------------------------------------------------------------------------------------------------

    def _pauses(
        self, rule: RuleKind, words: str, subject: str = "", *, gpu: str | None = None, until: float | None = None
    ) -> None:
        self._found.append(_Found(rule, words, subject, gpu, until))

    def _unseen(self, rule: RuleKind, what: str) -> None:
        why = self._seen.presence.unknown.get(rule.value, "")
        self._unknown[rule] = why or f"{_NOT_TOLD} {what}"

    def _comes(self, rule: RuleKind, at: float | None) -> None:
        if at is not None:
            self._coming.append((at, rule))

    def _latched(self, rule: RuleKind, value: float, turn: Turn, gpu: str | None = None) -> bool:
        latch = self._before.latches.get((rule, gpu), Latch()).next(value, turn, self._now)
        self._latches[rule, gpu] = latch
        if not latch.is_stopped:
            self._comes(rule, latch.turns_at(turn))
        return latch.is_stopped

    def _latch_ends(self, rule: RuleKind, turn: Turn, gpu: str | None = None) -> float | None:
        return self._latches[rule, gpu].turns_at(turn)

    def _lingers(
        self, rule: RuleKind, running: set[tuple[str, str]], waited_for: set[tuple[str, str]], does: str, did: str
    ) -> None:
        """Pauses while one runs, and for the owner's minutes after the last one was seen."""
        minutes = self._rules.again_minutes
        seen_at = {key: min(self._before.seen_at[key], self._now) for key in waited_for}
        seen_at = {key: at for key, at in seen_at.items() if self._now < at + minutes * 60}
        seen_at |= dict.fromkeys(running, self._now)
        self._seen_at |= seen_at
        names = ", ".join(sorted({name for _, name in running or seen_at}))
        if running:
            self._pauses(rule, f"{names} {does}", names)
        elif seen_at:
            words = f"{names} {did} less than {_minutes(minutes)} ago"
            self._pauses(rule, words, names, until=max(seen_at.values()) + minutes * 60)

    def _set_aside_until(self, found: _Found, anyway: Sequence[Anyway]) -> list[float]:
        return [one.until for one in anyway if one.holds(found.rule, found.gpu_uuid, self._now)]


def _minutes(minutes: int) -> str:
    return "a minute" if minutes == 1 else f"{minutes} minutes"
