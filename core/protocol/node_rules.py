"""An owner's rules for a node, as its loopback endpoint takes and tells them, and what they come to at this moment.

The node holds them by itself, also without a network. **Precedence**: the owner's hand (Pause, *Share anyway*) over
rules, rules over offers of work. Days begin and end by the clock on the node's wall; Monday is the first.
"""

from typing import Annotated

import msgspec

from .open_enum import OpenStrEnum

RULES_FILE_NAME = "rules.json"
"""Where they lie in the node's data folder."""

MINUTES_A_DAY = 24 * 60
Minute = Annotated[int, msgspec.Meta(ge=0, le=MINUTES_A_DAY)]
Percent = Annotated[int, msgspec.Meta(ge=1, le=100)]
Amount = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Price = Annotated[float, msgspec.Meta(ge=-1_000, le=1_000_000)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the rules. What is not said stays as it is by default, and unknown fields are refused."""


class Span(Rule, frozen=True):
    """From a minute of a day to another, which it does not include; 24 * 60 is the day's end."""

    from_minute: Minute
    to_minute: Minute


class GpuRules(Rule, frozen=True):
    """One GPU's. At a ceiling its work stops until it is well below; None is no ceiling. `power_watts` is what the
    card is held to while it works, where the driver lets us; `fan_percent` likewise the speed of its fan; `vram_mb` is
    the most that units may have of its memory."""

    shared: bool = True
    temperature_celsius: Annotated[int, msgspec.Meta(ge=30, le=120)] | None = None
    power_watts: Annotated[int, msgspec.Meta(ge=1, le=5_000)] | None = None
    fan_percent: Percent | None = None
    vram_mb: Amount | None = None


class TariffSpan(Rule, frozen=True):
    """What a kWh costs in a span of these days (0: Monday … 6: Sunday)."""

    days: list[Annotated[int, msgspec.Meta(ge=0, le=6)]]
    span: Span
    price: Price


class Electricity(Rule, frozen=True):
    """What power costs, and the most at which the node runs. The price at a moment is the command's, if there is one;
    else that of the first span of the tariff that it lies in; else `price`. `command` is run without a shell, and
    prints one number."""

    currency: Annotated[str, msgspec.Meta(max_length=8)] = ""
    price: Price | None = None
    tariff: Annotated[list[TariffSpan], msgspec.Meta(max_length=168)] = []
    command: Annotated[list[Name], msgspec.Meta(max_length=32)] = []
    most: Price | None = None


class Rules(Rule, frozen=True):
    """All rules of a node. `hours`: a list of spans a day, Monday first; None is always. `idle_minutes`: only while
    nobody has used the computer for so long. `programs`: paused while one of these runs, by the name of its file
    without `.exe`, small letters alike; `steam_games`: any game that Steam started. `again_minutes`: so long after a
    program, or a full-screen one, has ended. `others_gpu`: a GPU that others use is not free.

    `cpus` and `cpu_percent` (of the whole machine, others' use included), `disk_mb` (of what units and caches may
    have), `download_kib_s`, `upload_kib_s`, `daily_mb` (both ways, a day of the wall's clock) are ceilings, None is
    none. `sensitivities` are those of jobs that are taken; `blocked_packages` are never, by their digest."""

    hours: Annotated[list[Annotated[list[Span], msgspec.Meta(max_length=48)]], msgspec.Meta(max_length=7)] | None = None
    idle_minutes: Annotated[int, msgspec.Meta(ge=1, le=MINUTES_A_DAY)] | None = None
    full_screen: bool = False
    programs: Annotated[list[Name], msgspec.Meta(max_length=200)] = []
    steam_games: bool = False
    again_minutes: Annotated[int, msgspec.Meta(ge=0, le=MINUTES_A_DAY)] = 5
    others_gpu: bool = True
    battery: bool = True
    metered: bool = True
    gpus: dict[str, GpuRules] = {}
    cpus: Annotated[int, msgspec.Meta(ge=0, le=4096)] | None = None
    cpu_percent: Percent | None = None
    disk_mb: Amount | None = None
    download_kib_s: Annotated[int, msgspec.Meta(ge=1, le=2**40)] | None = None
    upload_kib_s: Annotated[int, msgspec.Meta(ge=1, le=2**40)] | None = None
    daily_mb: Amount | None = None
    electricity: Electricity = Electricity()
    sensitivities: tuple[str, ...] = ("public", "low_sensitive", "sensitive", "restricted")
    blocked_packages: Annotated[list[str], msgspec.Meta(max_length=10_000)] = []


class RuleKind(OpenStrEnum):
    """Which rule pauses. Those of a GPU pause that GPU alone; the others all of the node. `rules_unreadable`: what
    the node keeps of the rules can't be read, and it waits for its owner rather than share against a rule."""

    HOURS = "hours"
    IN_USE = "in_use"
    FULL_SCREEN = "full_screen"
    PROGRAM = "program"
    BATTERY = "battery"
    METERED = "metered"
    PRICE = "price"
    CPU = "cpu"
    DISK = "disk"
    DAILY_VOLUME = "daily_volume"
    SELF_TEST = "self_test"
    RULES_UNREADABLE = "rules_unreadable"
    GPU_OFF = "gpu_off"
    GPU_TEMPERATURE = "gpu_temperature"
    GPU_OTHERS = "gpu_others"
    GPU_TROUBLE = "gpu_trouble"


class PauseReason(msgspec.Struct, frozen=True):
    """A rule that pauses now. `subject` is what it is about (a program's name, a temperature), `words` the whole in
    English; `until` is when it ends by itself, where that is known; `gpu_uuid` None: all of the node. `anyway_until`:
    the owner shares in spite of it until then."""

    rule: RuleKind
    words: str
    subject: str = ""
    gpu_uuid: str | None = None
    since: str | None = None
    until: str | None = None
    anyway_until: str | None = None


class RulesNow(msgspec.Struct, frozen=True):
    """What the rules come to. `reasons` are all that would pause, those set aside by *Share anyway* among them.
    `next_change_at` and `next_change` (a rule) are what is known to come by the clock. `unknown` are rules that can't
    be looked at on this machine, with why: they pause nothing."""

    reasons: list[PauseReason] = []
    next_change_at: str | None = None
    next_change: RuleKind | None = None
    unknown: dict[str, str] = {}


class ShareAnyway(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /share-anyway`: set this rule aside, of this GPU or of all the node, for so long; 0 ends it."""

    rule: RuleKind
    for_seconds: Annotated[float, msgspec.Meta(ge=0, le=7 * 86_400)] = 3_600.0
    gpu_uuid: str | None = None


class WhyReason(msgspec.Struct, frozen=True):
    """One answer to *why am I not earning now?* `kind`: a RuleKind's value, or `paused`, `finishing`, `starting`,
    `not_connected`, `problem`, `unconfined`, `no_work`; of the service `in_turn`, `lacks_…`, `blocked`. `next_step` is
    what an owner can do about it, or empty."""

    kind: str
    words: str
    next_step: str = ""
    gpu_uuid: str | None = None
    since: str | None = None
    until: str | None = None


class Why(msgspec.Struct, frozen=True):
    """`GET /why`. `words` in one sentence; `reasons` the weightiest first: the owner's hand, then what is wrong, then
    rules, then what is offered. `set_aside` are rules that would pause if the owner had not said *share anyway*."""

    is_working: bool
    words: str
    reasons: list[WhyReason] = []
    set_aside: list[WhyReason] = []
