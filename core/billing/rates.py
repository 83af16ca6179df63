"""The rate card: micro-credits a second by kind of unit and class of VRAM."""

from typing import Any

import msgspec

from ..clock import credits_text


class Rate(msgspec.Struct, frozen=True):
    """The price of a second: for GPU units of at most `vram_up_to_mb`, None for CPU units."""

    rate_class: str
    vram_up_to_mb: int | None
    micro_per_second: int


CPU_RATE = Rate("cpu", None, 200)
GPU_RATES = (
    Rate("gpu-8g", 8_192, 2_000),
    Rate("gpu-12g", 12_288, 3_000),
    Rate("gpu-16g", 16_384, 4_000),
    Rate("gpu-24g", 24_576, 6_000),
    Rate("gpu-48g", 49_152, 12_000),
    Rate("gpu-80g", 81_920, 24_000),
    Rate("gpu-192g", 196_608, 48_000),
)
FEE_PERCENT = 10


def rate_for(kind: str, vram_mb: int) -> Rate:
    """The rate of a unit of this kind that asks for this much VRAM (MiB). Raises ValueError above the last class."""
    if kind == "cpu":
        return CPU_RATE
    for rate in GPU_RATES:
        if rate.vram_up_to_mb is not None and vram_mb <= rate.vram_up_to_mb:
            return rate
    raise ValueError(f"no rate for {vram_mb} MiB of VRAM")


def rate_card() -> dict[str, Any]:
    """The card as `/meta.rates` shows it."""
    return {
        "fee_percent": FEE_PERCENT,
        "classes": [
            {**msgspec.to_builtins(rate), "credits_per_hour": credits_text(rate.micro_per_second * 3600)}
            for rate in (CPU_RATE, *GPU_RATES)
        ],
    }
