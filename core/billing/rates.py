"""The rate card: micro-credits a second by kind of unit and class of VRAM, and the service's fee.

Classes and their defaults are here; what an operator has set stands in the store and goes before. A unit keeps the rate
that it was held at; the fee is that of the moment in which an owner is paid.
"""

from collections.abc import Mapping

import msgspec

from ..clock import credits_text
from ..errors import validation_failed
from ..store.database import Transaction
from ..store.sqlite import Connection, named_sql

SQL = named_sql(__file__, "rates")
CPU_CLASS = "cpu"
FEE_PERCENT = 10
MOST_MICRO_PER_SECOND = 1_000_000_000
# The classes, from small to large: the most VRAM (MiB) that a unit of the class asks for, and its default rate
CLASSES: dict[str, tuple[int | None, int]] = {
    CPU_CLASS: (None, 200),
    "gpu-8g": (8_192, 2_000),
    "gpu-12g": (12_288, 3_000),
    "gpu-16g": (16_384, 4_000),
    "gpu-24g": (24_576, 6_000),
    "gpu-48g": (49_152, 12_000),
    "gpu-80g": (81_920, 24_000),
    "gpu-192g": (196_608, 48_000),
}


class Rate(msgspec.Struct, frozen=True):
    """The price of a second: for GPU units of at most `vram_up_to_mb`, None for CPU units."""

    rate_class: str
    vram_up_to_mb: int | None
    micro_per_second: int
    credits_per_hour: str


class RateCard(msgspec.Struct, frozen=True):
    """All rates and the fee, as `/meta.rates` shows them."""

    fee_percent: int
    classes: list[Rate]

    @property
    def cpu(self) -> Rate:
        """The rate of a unit, or of a node, without a GPU."""
        return self.classes[0]

    def rate_for(self, kind: str, vram_mb: int) -> Rate:
        """The rate of a unit of this kind that asks for this much VRAM (MiB). Raises ValueError above all classes."""
        if kind == CPU_CLASS:
            return self.cpu
        for rate in self.classes:
            if rate.vram_up_to_mb is not None and vram_mb <= rate.vram_up_to_mb:
                return rate
        raise ValueError(f"no rate for {vram_mb} MiB of VRAM")


class _Set(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an operator has set, as it is stored: rates by class, and the fee where it is not the default."""

    rates: dict[str, int] = {}
    fee_percent: int | None = None


def rate_card(connection: Connection) -> RateCard:
    """The card as it stands in the store at this moment."""
    return _card(_stored(connection))


def fee_percent(tx: Transaction) -> int:
    """The fee now. Remembered from one transaction to the next, since every settlement asks; `set_rates` and changes by
    other processes are seen at once."""
    percent: int = tx.ever(_FEE, lambda: rate_card(tx.connection).fee_percent)
    return percent


def set_rates(tx: Transaction, changes: Mapping[str, int | None], *, fee_percent: int | None = None) -> RateCard:
    """Sets rates of classes, in micro-credits a second (None puts one back to its default), and the fee if it is given.

    Raises VALIDATION_FAILED with a row for each class that is none and each number out of range.
    """
    bad = {name: f"is no class; there are {', '.join(CLASSES)}" for name in changes if name not in CLASSES}
    for name, value in changes.items():
        if name in CLASSES and value is not None and not 0 <= value <= MOST_MICRO_PER_SECOND:
            bad[name] = f"must be 0 to {MOST_MICRO_PER_SECOND} micro-credits a second"
    if fee_percent is not None and not 0 <= fee_percent <= 100:
        bad["fee_percent"] = "must be 0 to 100"
    if bad:
        raise validation_failed(**bad)
    before = _stored(tx.connection)
    rates = {name: value for name, value in {**before.rates, **changes}.items() if value is not None}
    after = _Set(rates, before.fee_percent if fee_percent is None else fee_percent)
    SQL.store(tx.connection, card=msgspec.json.encode(after, order="sorted").decode())
    card = _card(after)
    tx.connection.behind.remember(_FEE, card.fee_percent)
    return card


_FEE = "fee percent"


def _stored(connection: Connection) -> _Set:
    text = SQL.stored(connection)
    return _Set() if text is None else msgspec.json.decode(text, type=_Set)


def _card(given: _Set) -> RateCard:
    classes = []
    for name, (vram_up_to_mb, default) in CLASSES.items():
        micro = given.rates.get(name, default)
        classes.append(Rate(name, vram_up_to_mb, micro, credits_text(micro * 3600)))
    return RateCard(FEE_PERCENT if given.fee_percent is None else given.fee_percent, classes)


DEFAULT_CARD = _card(_Set())
