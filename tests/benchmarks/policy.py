"""The processor time of a decision of an owner's rules: all rules set, eight GPUs, tables as full as they may be.

python -m tests.benchmarks.policy [--decisions N]
"""

import argparse
import time
from statistics import mean
from zoneinfo import ZoneInfo

from agent.policy.decide import Memory, book_of, decide
from agent.policy.surroundings import GpuUse, Presence, Surroundings
from core.protocol.node_rules import Electricity, GpuRules, Rules, Span, TariffSpan

GPUS = [f"GPU-{number}" for number in range(8)]
LOOK_SECONDS = 5.0
BEGIN = 1_774_656_000.0  # 2026-03-28, a day before the clock is put forward


def fullest() -> Rules:
    halves = [Span(minute, minute + 15) for minute in range(0, 1440, 30)]
    tariff = [TariffSpan([day], Span(hour * 60, hour * 60 + 60), 0.1 * hour) for day in range(7) for hour in range(24)]
    return Rules(
        hours=[halves] * 7,
        idle_minutes=10,
        full_screen=True,
        programs=[f"program-{number}" for number in range(200)],
        steam_games=True,
        gpus={uuid: GpuRules(temperature_celsius=80) for uuid in GPUS},
        cpu_percent=50,
        disk_mb=1000,
        daily_mb=1000,
        electricity=Electricity("EUR", 0.3, tariff, most=1.0),
    )


def sight(number: int) -> Surroundings:
    programs = frozenset(f"program-{one}" for one in range(number % 200))
    gpus = tuple(GpuUse(uuid, 75 + number % 10, others={"game": 500 + number % 50}) for uuid in GPUS)
    return Surroundings(
        Presence(float(number % 900), "", programs, "", False, False), gpus, 45.0 + number % 10, 999, 5.0
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--decisions", type=int, default=10_000)
    decisions = parser.parse_args().decisions
    zone = ZoneInfo("Europe/Berlin")
    began = time.process_time()
    book = book_of(fullest())
    reckoned = time.process_time() - began
    sights = [sight(number) for number in range(1000)]
    memory, took = Memory(), []
    for number in range(decisions):
        began = time.process_time()
        memory = decide(book, sights[number % 1000], memory, [], BEGIN + number * LOOK_SECONDS, zone).memory
        took.append(1000 * (time.process_time() - began))
    took.sort()
    print(f"{mean(took):.3f} ms a decision, mean of {decisions:,}")  # noqa: T201
    print(f"{took[int(len(took) * 0.99)]:.3f} ms, the 99th percentile; {took[-1]:.3f} ms, the longest")  # noqa: T201
    print(f"{1000 * reckoned:.1f} ms once when the rules change")  # noqa: T201


if __name__ == "__main__":
    main()
