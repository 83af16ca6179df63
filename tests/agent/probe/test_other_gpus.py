"""GPUs that can't be offered yet. Stand-ins for what systems tell: the machines that run these tests have none."""

from pathlib import Path

import pytest

from agent.probe import other_gpus
from agent.probe.other_gpus import cards_of_linux, cards_of_macos, cards_of_windows, look_for_other_gpus
from core.protocol.node_control import GpuNotOffered


def device(root: Path, address: str, **files: str) -> None:
    folder = root / "sys/bus/pci/devices" / address
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name.removesuffix("_")).write_text(f"{text}\n")


def test_linux_tells_the_cards_of_each_maker_and_nothing_else(tmp_path: Path) -> None:
    device(tmp_path, "0000:01:00.0", vendor="0x10de", class_="0x030000", device="0x2684")
    device(tmp_path, "0000:01:00.1", vendor="0x10de", class_="0x040300", device="0x22ba")  # its sound
    device(
        tmp_path, "0000:03:00.0", vendor="0x1002", class_="0x030000", device="0x744c", product_name="Radeon \x1b[31m"
    )
    device(tmp_path, "0000:04:00.0", vendor="0x1002", class_="0x120000", device="0x740f")
    device(tmp_path, "0000:05:00.0", vendor="0x1a03", class_="0x030000", device="0x2000")  # a server's screen
    device(tmp_path, "0000:00:02.0", vendor="0x8086", class_="0x030000", device="0xa780")
    (tmp_path / "sys/class/drm/card0/device").mkdir(parents=True)
    (tmp_path / "sys/class/drm/card0/device/uevent").write_text("DRIVER=asahi\n")
    (tmp_path / "sys/class/drm/card0-eDP-1").mkdir()
    told = other_gpus.sorted_by_maker(cards_of_linux(tmp_path))
    assert told.nvidia == ["NVIDIA GPU (2684)"]
    names = ["Intel GPU (a780)", r"Radeon \x1b[31m", "AMD GPU (740f)", "Apple GPU"]
    assert [gpu.name for gpu in told.not_offered] == names
    assert all("NVIDIA's GPUs only as yet" in gpu.reason for gpu in told.not_offered)


def test_a_system_that_shows_nothing_has_no_such_cards(tmp_path: Path) -> None:
    assert cards_of_linux(tmp_path) == []


def test_what_macos_and_windows_tell_is_read() -> None:
    macos = {"SPDisplaysDataType": [{"_name": "kHW_AppleM2Item", "sppci_model": "Apple M2"}, "no card"]}
    assert other_gpus.sorted_by_maker(cards_of_macos(macos)).not_offered[0].name == "Apple M2"
    radeon = {"Name": "AMD Radeon RX 7900", "PNPDeviceID": "PCI\\VEN_1002&DEV_744C"}
    geforce = {"Name": "NVIDIA GeForce RTX 3060", "PNPDeviceID": "PCI\\VEN_10DE&DEV_2504"}
    remote = {"Name": "Microsoft Remote Display Adapter", "PNPDeviceID": "SWD\\REMOTEDISPLAYENUM"}
    told = other_gpus.sorted_by_maker(cards_of_windows([radeon, geforce, remote]))
    assert told.nvidia == ["NVIDIA GeForce RTX 3060"]
    assert [gpu.name for gpu in told.not_offered] == ["AMD Radeon RX 7900"]
    assert other_gpus.sorted_by_maker(cards_of_windows(radeon)).not_offered[0].name == "AMD Radeon RX 7900"


@pytest.mark.parametrize("said", [None, [], {}, "text", 7, {"SPDisplaysDataType": 7}, [[{}]]])
def test_what_makes_no_sense_is_no_card(said: object) -> None:
    assert cards_of_macos(said) == []
    assert cards_of_windows(said) == []


def test_this_machine_is_asked_without_a_fault() -> None:
    told = look_for_other_gpus()
    assert all(isinstance(gpu, GpuNotOffered) and gpu.reason for gpu in told.not_offered)
