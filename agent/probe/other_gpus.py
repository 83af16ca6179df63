"""GPUs that can't be offered yet, AMD's, Intel's and Apple's, and NVIDIA's cards as the system shows them.

Linux tells by files; macOS and Windows by a program of theirs, which has not been run on such machines.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from core.printable import printable
from core.protocol.node_control import GpuNotOffered
from core.protocol.node_gpus import Withheld

_ASK_SECONDS = 20
_MOST = 32
_NAME_CHARACTERS = 100
_DISPLAY_CLASSES = ("0x03", "0x1200")  # what draws, and what only computes
_MACOS = ["system_profiler", "SPDisplaysDataType", "-json"]
_WINDOWS = [
    *("powershell", "-NoProfile", "-NonInteractive", "-Command"),
    "Get-CimInstance Win32_VideoController | Select-Object Name, PNPDeviceID | ConvertTo-Json",
]
_ONLY_NVIDIA = "units run on NVIDIA's GPUs only as yet; its processors and memory are shared all the same"
_NVIDIA, _AMD, _INTEL, _APPLE = "NVIDIA", "AMD", "Intel", "Apple"
_PCI_VENDORS = {"10de": _NVIDIA, "1002": _AMD, "8086": _INTEL, "106b": _APPLE}
_CARD = re.compile(r"card\d+")


class OtherGpus(msgspec.Struct, frozen=True):
    """`nvidia` are the names of NVIDIA's cards, whether their driver works or not."""

    nvidia: list[str] = []
    not_offered: list[GpuNotOffered] = []


class Card(msgspec.Struct, frozen=True):
    """`vendor` is empty where nobody tells."""

    vendor: str
    name: str


def look_for_other_gpus() -> OtherGpus:
    """What this system shows (blocking: files on Linux, up to seconds elsewhere). Where it can't be asked: nothing."""
    if sys.platform == "darwin":
        return sorted_by_maker(cards_of_macos(_said_by(_MACOS)))
    if sys.platform == "win32":
        return sorted_by_maker(cards_of_windows(_said_by(_WINDOWS)))
    return sorted_by_maker(cards_of_linux(Path("/")))


def sorted_by_maker(cards: list[Card]) -> OtherGpus:
    """As the owner is told of them; names come from firmware, and may be anything."""
    named = [Card(card.vendor, printable(card.name)[:_NAME_CHARACTERS] or f"{card.vendor} GPU") for card in cards]
    others = [card.name for card in named if card.vendor not in (_NVIDIA, "")]
    return OtherGpus(
        nvidia=[card.name for card in named if card.vendor == _NVIDIA][:_MOST],
        not_offered=[GpuNotOffered(name, _ONLY_NVIDIA, why=Withheld.MAKER) for name in others[:_MOST]],
    )


def cards_of_linux(root: Path) -> list[Card]:
    """By /sys below `root` (/ but in tests): cards on a PCI bus, and those of a chip that draws without one."""
    return [*_on_pci(root), *_on_chip(root)]


def cards_of_macos(said: Any) -> list[Card]:
    """By what system_profiler says."""
    cards = said.get("SPDisplaysDataType") if isinstance(said, dict) else None
    found = [card for card in cards if isinstance(card, dict)] if isinstance(cards, list) else []
    names = [str(card.get("sppci_model") or card.get("_name") or "") for card in found]
    return [Card(_vendor_by_name(name), name) for name in names]


def cards_of_windows(said: Any) -> list[Card]:
    """By what WMI says: one object, or a list of them."""
    found = [card for card in (said if isinstance(said, list) else [said]) if isinstance(card, dict)]
    cards = []
    for card in found:
        vendor = re.search(r"VEN_([0-9A-F]{4})", str(card.get("PNPDeviceID") or "").upper())
        if vendor is not None and vendor[1].lower() in _PCI_VENDORS:
            cards.append(Card(_PCI_VENDORS[vendor[1].lower()], str(card.get("Name") or "")))
    return cards


def _on_pci(root: Path) -> Iterator[Card]:
    for device in _sorted_entries(root / "sys/bus/pci/devices"):
        vendor = _PCI_VENDORS.get(_read(device / "vendor").removeprefix("0x"))
        if vendor is not None and _read(device / "class").startswith(_DISPLAY_CLASSES):
            told = _read(device / "product_name")  # amdgpu tells it of some cards
            model = _read(device / "device").removeprefix("0x")
            yield Card(vendor, told or f"{vendor} GPU ({model})")


def _on_chip(root: Path) -> Iterator[Card]:
    for card in _sorted_entries(root / "sys/class/drm"):
        uevent = _read(card / "device/uevent") if _CARD.fullmatch(card.name) else ""
        if "DRIVER=asahi" in uevent.splitlines():
            yield Card(_APPLE, "Apple GPU")


def _sorted_entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _read(file: Path) -> str:
    try:
        return file.read_text(errors="replace").strip()
    except OSError:
        return ""


def _vendor_by_name(name: str) -> str:
    words = name.lower()
    brands = {"apple": _APPLE, "amd": _AMD, "radeon": _AMD, "intel": _INTEL, "nvidia": _NVIDIA, "geforce": _NVIDIA}
    return next((vendor for brand, vendor in brands.items() if brand in words), "")


def _said_by(command: list[str]) -> Any:
    try:
        said = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_ASK_SECONDS, check=True
        ).stdout
        return json.loads(said)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
