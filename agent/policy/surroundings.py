"""What the rules look at, as the machine shows it at one moment. Nothing here acts."""

import msgspec


class GpuUse(msgspec.Struct, frozen=True):
    """One GPU. `others` are the programs of others than this node on it by name, with MiB of its memory each (None:
    the driver doesn't tell); `trouble` is why nothing new may run on it, if anything; `power_range_watts` the least and
    the most that its power can be limited to."""

    uuid: str
    temperature_celsius: int | None = None
    fan_percent: int | None = None
    power_watts: float | None = None
    utilization_percent: int | None = None
    vram_used_mb: int | None = None
    others: dict[str, int | None] = {}
    trouble: str = ""
    power_range_watts: tuple[float, float] | None = None


class Presence(msgspec.Struct, frozen=True):
    """Who uses the machine. None is what this machine doesn't tell, and `unknown` says why, by the rule's name.
    `idle_seconds`: since the last key or movement; `full_screen`: the program that fills a screen, "" for none;
    `programs`: of those that were asked for the ones that run, as they were asked for."""

    idle_seconds: float | None = None
    full_screen: str | None = None
    programs: frozenset[str] | None = None
    steam_game: str | None = None
    on_battery: bool | None = None
    is_metered: bool | None = None
    unknown: dict[str, str] = {}


class Surroundings(msgspec.Struct, frozen=True):
    """All of it. `others_cpu_percent` is what everybody but this node's units takes of the processors; `disk_used_mb`
    what units and caches hold; `moved_today_mb` what went over the network since midnight; `price` of a kWh now as the
    owner's command printed it, None without one or where it failed, and `price_trouble` why. `self_test` is why the
    newest self-test lets nothing run, "" if it does."""

    presence: Presence = Presence()
    gpus: tuple[GpuUse, ...] = ()
    others_cpu_percent: float | None = None
    disk_used_mb: int = 0
    moved_today_mb: float = 0.0
    price: float | None = None
    price_trouble: str = ""
    self_test: str = ""
