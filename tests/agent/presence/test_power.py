"""What a machine draws on, by folders as the kernel makes them."""

from pathlib import Path

import pytest

from agent.presence.power import draws_on_battery

MAINS_ON = {"type": "Mains", "online": "1"}
MAINS_OFF = {"type": "Mains", "online": "0"}
EMPTYING = {"type": "Battery", "status": "Discharging"}
FULL = {"type": "Battery", "status": "Full"}
MOUSE = {"type": "Battery", "scope": "Device", "status": "Discharging"}


@pytest.mark.parametrize(
    ("supplies", "on_battery"),
    [
        ({}, False),
        ({"hidpp_battery_0": MOUSE}, False),
        ({"AC": MAINS_ON, "BAT0": FULL}, False),
        ({"AC": MAINS_OFF, "BAT0": EMPTYING}, True),
        ({"AC": MAINS_OFF, "BAT0": {"type": "Battery", "status": "Unknown"}}, True),
        ({"AC": MAINS_ON, "BAT0": EMPTYING}, False),
        ({"AC": MAINS_OFF, "ucsi": {"type": "USB", "online": "1"}, "BAT0": EMPTYING}, False),
        ({"ucsi": {"type": "USB", "online": "0"}}, False),
        ({"BAT0": FULL, "BAT1": EMPTYING}, True),
        ({"BAT0": {"type": "Battery", "status": "Charging"}, "mouse": MOUSE}, False),
        ({"ups": {"type": "UPS", "status": "Discharging"}}, True),
    ],
)
def test_only_a_battery_of_the_machines_own_counts(
    supplies: dict[str, dict[str, str]], on_battery: bool, tmp_path: Path
) -> None:
    for name, facts in supplies.items():
        (tmp_path / name).mkdir()
        for fact, text in facts.items():
            (tmp_path / name / fact).write_text(f"{text}\n")
    assert draws_on_battery(tmp_path).value is on_battery


def test_a_kernel_without_power_supplies_draws_on_no_battery(tmp_path: Path) -> None:
    assert draws_on_battery(tmp_path / "none").value is False
