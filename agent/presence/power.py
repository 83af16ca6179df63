"""Whether the machine draws on a battery of its own, by Linux's list of power supplies.

psutil tells of the first battery only, and takes a wireless mouse's for the machine's.
"""

from pathlib import Path

from agent.presence.base import Told, Untold


def draws_on_battery(supplies: Path = Path("/sys/class/power_supply")) -> Told[bool]:
    """From a folder like that; a machine without a battery of its own (or an uninterruptible supply) draws on none."""
    try:
        folders = sorted(supplies.iterdir())
    except FileNotFoundError:
        return Told(False, "the kernel, which has no list of power supplies")
    except OSError as error:
        raise Untold(f"the list of power supplies can't be read: {error.strerror}") from None
    own = [folder for folder in folders if _text(folder / "scope") != "Device"]
    batteries = [folder for folder in own if _text(folder / "type") in ("Battery", "UPS")]
    lines = [folder for folder in own if folder not in batteries]
    by = f"the kernel's list of power supplies ({', '.join(one.name for one in [*lines, *batteries]) or 'empty'})"
    if not batteries or any(_text(line / "online") not in ("0", "") for line in lines):
        return Told(False, by)
    states = {_text(battery / "status") for battery in batteries}
    is_unplugged = any(_text(line / "online") == "0" for line in lines)
    return Told("Discharging" in states or (is_unplugged and "Charging" not in states), by)


def _text(file: Path) -> str:
    """What a file says; "" where it doesn't exist, or the driver fails to tell just now."""
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
