"""Amounts are worded as people read them; the pace of a transfer is that of its last seconds."""

from datetime import UTC, datetime

from gui.amounts import (
    all_decimals,
    credit_words,
    day_words,
    files_words,
    of_words,
    seconds_words,
    size_words,
    some_credit_words,
    speed_words,
)
from gui.transfer_pace import Pace


def test_sizes_are_in_powers_of_ten() -> None:
    sizes = [0, 812, 1_400_000, 41_000_000, 999_600_000, 2_100_000_000]
    assert [size_words(size) for size in sizes] == ["0 B", "812 B", "1.4 MB", "41 MB", "1.0 GB", "2.1 GB"]
    assert of_words(1_390_000_000, 3_400_000_000) == "1.39 of 3.4 GB"
    assert speed_words(11_800_000) == "11.8 MB/s"


def test_credits_have_three_decimals_and_a_true_sign() -> None:
    assert [credit_words(micro, signed=True) for micro in (-1_310_000, 0, 100_000_000)] == [
        "−1.310",
        "0.000",
        "+100.000",
    ]
    assert [some_credit_words(micro) for micro in (0, 1, 999, 1_000)] == ["0.000", "<0.001", "<0.001", "0.001"]
    assert all_decimals(-1_000_001) == "−1.000001"


def test_counts_and_durations() -> None:
    assert (files_words(1), files_words(18_204)) == ("1 file", "18,204 files")
    assert [seconds_words(value) for value in (0.2, 50, 170, 11_100)] == ["1 s", "50 s", "2 min 50 s", "3 h 5 min"]


def test_pace_follows_the_last_seconds_and_forgets_a_pause() -> None:
    pace = Pace()
    assert pace.bytes_per_second() is None
    for second in range(30):
        pace.add(float(second), second * 100 if second < 15 else 1500 + (second - 15) * 1000)
    assert pace.bytes_per_second() == 1000.0 and pace.seconds_left(15_000, 20_000) == 5.0
    pace.reset()
    assert pace.seconds_left(0, 100) is None
    pace.add(40.0, 500)
    pace.add(41.0, 400)
    assert pace.bytes_per_second() is None


def test_a_time_of_another_year_says_so() -> None:
    now = datetime(2027, 1, 2, tzinfo=UTC)
    assert day_words("2026-04-10T12:00:00.000Z", now).endswith("2026")
