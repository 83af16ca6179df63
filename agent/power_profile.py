"""What a GPU's power and fan are held to while a unit works on it, and how what was there before comes back.

That is on the disk before anything is set, so that also a start after kill -9 can put it back: once, and never over
what somebody else has set meanwhile. Whether the GPUs answer is nvml.py's business.
"""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pynvml  # type: ignore[import-untyped]  # nvidia-ml-py ships no types

from agent.durable import sync_file_system
from agent.probe.nvml import DriverTrouble, Nvml
from core.private_files import write_private
from core.protocol.node_rules import GpuRules

T = TypeVar("T")

PROFILE_FILE_NAME = "power-profile.json"
_UNREADABLE_SUFFIX = ".unreadable"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_AS_ROOT = "run the node with sudo, or leave power_watts and fan_percent out of the GPU's rules"


class FanHeld(msgspec.Struct, frozen=True):
    """One fan: how fast it was set to turn before (None: it went by the temperature), and what was set."""

    fan: int
    before_percent: int | None
    set_percent: int


class Held(msgspec.Struct, frozen=True):
    """One GPU, as it was before and as it was set; milliwatts, None where its power was left alone. `boot` is the run
    of the system in which that was: a start of the computer takes away whatever was set."""

    boot: str
    power_before: int | None = None
    power_set: int | None = None
    fans: list[FanHeld] = []

    @property
    def is_empty(self) -> bool:
        return self.power_set is None and not self.fans


class ProfileWords(msgspec.Struct, frozen=True):
    """What was done, for the owner; `refused`: what the driver did not let us do, and the next step."""

    words: str = ""
    refused: bool = False


def boot_of_this_system() -> str:
    """What changes with each start of the computer; empty where the system doesn't tell."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return ""


class PowerProfile:
    """The profiles of one node. All methods block, for a few ms or until the driver's time is up; any thread may call
    them."""

    def __init__(self, data_dir: Path, nvml: Nvml, *, boot: str) -> None:
        self._file = data_dir / PROFILE_FILE_NAME
        self._nvml = nvml
        self._boot = boot
        self._lock = threading.Lock()

    def apply(self, uuid: str, rules: GpuRules, is_wanted: Callable[[], bool] = lambda: True) -> ProfileWords:
        """Hold a GPU to its rules, and to no others that it was held to before. A limit is only ever lowered, and no
        further than the card lets it be. `is_wanted` is asked when nothing else can set or put back any more: what was
        asked for may be over by then."""
        with self._lock:
            if not is_wanted():
                return ProfileWords()
            try:
                left = self._restore(uuid)
                if left.refused:
                    return left
                if rules.power_watts is None and rules.fan_percent is None:
                    return ProfileWords()
                wanted = self._nvml.ask(lambda: _plan(pynvml.nvmlDeviceGetHandleByUUID(uuid), rules, self._boot))
                if wanted.is_empty:
                    return ProfileWords("its power and fan are as low as its rules say already")
                self._write({**self._read(), uuid: wanted})
                done, refusal = self._nvml.ask(lambda: _set(pynvml.nvmlDeviceGetHandleByUUID(uuid), wanted))
                self._keep(uuid, done)
            except DriverTrouble as trouble:
                return ProfileWords(f"its power and fan could not be set: {trouble.advice.in_one_line}", True)
            except OSError as error:
                words = f"its power and fan are left alone, since what they were can't be kept: {error.strerror}"
                return ProfileWords(words, True)
        if refusal:
            return ProfileWords(refusal, True)
        return ProfileWords(_in_words(done))

    def lost(self, uuid: str) -> str:
        """What of that has been undone since, in words, or nothing: a driver forgets it while the computer sleeps, and
        other programs set limits too. A limit below the one that was set here is as good."""
        with self._lock:
            held = self._read().get(uuid)
            if held is None:
                return ""
            try:
                lost = self._nvml.ask(lambda: _lost(pynvml.nvmlDeviceGetHandleByUUID(uuid), held))
            except DriverTrouble:  # nobody knows
                return ""
        return _in_words(lost, "no longer held")

    def set_again(self, uuid: str, is_wanted: Callable[[], bool]) -> ProfileWords:
        """Set what was undone; without words, where it could not be tried. What is put back in the end stays what there
        was when the GPU was held first."""
        with self._lock:
            held = self._read().get(uuid)
            if held is None or not is_wanted():
                return ProfileWords()
            try:
                refusal = self._nvml.ask(lambda: _set_lost(pynvml.nvmlDeviceGetHandleByUUID(uuid), held))
            except DriverTrouble:  # asked again with the next look
                return ProfileWords()
        return ProfileWords(refusal, True) if refusal else ProfileWords(_in_words(held))

    def restore(self, uuid: str) -> ProfileWords:
        """Put back what one GPU had before, if anything was set here."""
        with self._lock:
            return self._restore(uuid)

    def restore_all(self) -> list[ProfileWords]:
        """The same for every GPU, also those that an earlier run of the program has left so. Empty: nothing was."""
        with self._lock:
            return [words for uuid in self._read() if (words := self._restore(uuid)).words]

    # ---- how --------------------------------------------------------------------------------------------------------

    def _restore(self, uuid: str) -> ProfileWords:
        held = self._read().get(uuid)
        if held is None:
            return ProfileWords()
        try:
            if held.boot != self._boot:
                self._keep(uuid, None)
                return ProfileWords()
            next_step = f"sudo gpu-agent-node restore-power --data-dir {self._file.parent}"
            put_back, refusal = self._nvml.ask(
                lambda: _put_back(pynvml.nvmlDeviceGetHandleByUUID(uuid), held, next_step)
            )
            if refusal:
                return ProfileWords(f"{uuid}: what its power and fan were could not be put back: {refusal}", True)
            self._keep(uuid, None)
        except DriverTrouble as trouble:
            words = f"{uuid}: what its power and fan were could not be put back: {trouble.advice.in_one_line}"
            return ProfileWords(words, True)
        except OSError as error:
            return ProfileWords(f"{uuid}: {self._file} can't be written: {error.strerror}", True)
        return ProfileWords(f"{uuid}: {put_back}")

    def _keep(self, uuid: str, held: Held | None) -> None:
        others = {other: kept for other, kept in self._read().items() if other != uuid}
        self._write(others if held is None or held.is_empty else {**others, uuid: held})

    def _read(self) -> dict[str, Held]:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=dict[str, Held])
        except FileNotFoundError:
            return {}
        except (msgspec.DecodeError, UnicodeDecodeError):  # nobody can tell any more what was there; for who looks
            self._file.replace(self._file.with_name(f"{self._file.name}{_UNREADABLE_SUFFIX}"))
            return {}

    def _write(self, held: dict[str, Held]) -> None:
        """On the disk when it returns. Raises OSError."""
        if held:
            write_private(self._file, msgspec.json.encode(held))
        else:
            self._file.unlink(missing_ok=True)
        sync_file_system(self._file.parent)


# ---- on the driver's thread ------------------------------------------------------------------------------------------


def _plan(gpu: Any, rules: GpuRules, boot: str) -> Held:
    """What would be set, beside what is there now. Empty where the card has nothing to set, or is so already."""
    before, wanted = _power(gpu, rules.power_watts)
    fans = [] if rules.fan_percent is None else _fans(gpu, rules.fan_percent)
    return Held(boot, before if wanted is not None else None, wanted, fans)


def _power(gpu: Any, watts: int | None) -> tuple[int | None, int | None]:
    before = _told(lambda: int(pynvml.nvmlDeviceGetPowerManagementLimit(gpu)))
    if watts is None or before is None:
        return None, None
    least, most = _told(lambda: pynvml.nvmlDeviceGetPowerManagementLimitConstraints(gpu)) or (before, before)
    wanted = min(max(watts * 1000, least), most)
    return before, wanted if wanted < before else None


def _fans(gpu: Any, percent: int) -> list[FanHeld]:
    slowest, fastest = _told(lambda: pynvml.nvmlDeviceGetMinMaxFanSpeed(gpu)) or (0, 100)
    wanted = min(max(percent, slowest), fastest)
    fans = []
    for fan in range(_told(lambda: int(pynvml.nvmlDeviceGetNumFans(gpu))) or 0):
        before = _fan_percent(gpu, fan)
        if before != wanted:
            fans.append(FanHeld(fan, before, wanted))
    return fans


def _fan_percent(gpu: Any, fan: int) -> int | None:
    """What a fan is set to; None: it goes by the temperature."""
    policy = _told(lambda: pynvml.nvmlDeviceGetFanControlPolicy_v2(gpu, fan))
    if policy != pynvml.NVML_FAN_POLICY_MANUAL:
        return None
    return _told(lambda: int(pynvml.nvmlDeviceGetTargetFanSpeed(gpu, fan)))


def _set(gpu: Any, wanted: Held) -> tuple[Held, str]:
    """Set it; gives what is set now, as the card tells it, and why not all of it. After a refusal nothing more is
    tried."""
    done = Held(wanted.boot)
    power = wanted.power_set
    if power is not None:
        refusal = _refusal(_AS_ROOT, pynvml.nvmlDeviceSetPowerManagementLimit, gpu, power)
        if refusal:
            return done, f"its power is not held to {power / 1000:.0f} W: {refusal}"
        power = _told(lambda: int(pynvml.nvmlDeviceGetPowerManagementLimit(gpu))) or power
        done = msgspec.structs.replace(done, power_before=wanted.power_before, power_set=power)
    for held in wanted.fans:
        refusal = _refusal(_AS_ROOT, pynvml.nvmlDeviceSetFanSpeed_v2, gpu, held.fan, held.set_percent)
        if refusal:
            return done, f"its fan is not held to {held.set_percent} %: {refusal}"
        percent = _fan_percent(gpu, held.fan)
        held = held if percent is None else msgspec.structs.replace(held, set_percent=percent)
        done = msgspec.structs.replace(done, fans=[*done.fans, held])
    return done, ""


def _lost(gpu: Any, held: Held) -> Held:
    """The part of it that is not in force."""
    limit = None if held.power_set is None else _told(lambda: int(pynvml.nvmlDeviceGetPowerManagementLimit(gpu)))
    is_raised = limit is not None and held.power_set is not None and limit > held.power_set
    fans = [fan for fan in held.fans if not _is_as_set(gpu, fan)]
    return Held(held.boot, held.power_before, held.power_set if is_raised else None, fans)


def _set_lost(gpu: Any, held: Held) -> str:
    """Why not all of it could be set again, or nothing."""
    _, refusal = _set(gpu, _lost(gpu, held))
    return refusal


def _put_back(gpu: Any, held: Held, next_step: str) -> tuple[str, str]:
    """Put back what is still as we set it; gives what was done, and why not if the driver refused."""
    done = []
    if held.power_set is not None and held.power_before is not None:
        before = held.power_before
        if _told(lambda: int(pynvml.nvmlDeviceGetPowerManagementLimit(gpu))) != held.power_set:
            done.append("its power limit is no longer the one that was set here, and stays")
        elif refusal := _refusal(next_step, pynvml.nvmlDeviceSetPowerManagementLimit, gpu, before):
            return "", refusal
        else:
            done.append(f"its power limit is {before / 1000:.0f} W again")
    for fan in held.fans:
        if not _is_as_set(gpu, fan):
            done.append(f"fan {fan.fan} is no longer as it was set here, and stays")
        elif refusal := _refusal(next_step, _put_fan_back, gpu, fan):
            return "", refusal
        else:
            speed = "goes by the temperature" if fan.before_percent is None else f"turns at {fan.before_percent} %"
            done.append(f"fan {fan.fan} {speed} again")
    return "; ".join(done), ""


def _is_as_set(gpu: Any, fan: FanHeld) -> bool:
    policy = _told(lambda: pynvml.nvmlDeviceGetFanControlPolicy_v2(gpu, fan.fan))
    percent = _told(lambda: int(pynvml.nvmlDeviceGetTargetFanSpeed(gpu, fan.fan)))
    return policy in (None, pynvml.NVML_FAN_POLICY_MANUAL) and percent in (None, fan.set_percent)


def _put_fan_back(gpu: Any, fan: FanHeld) -> None:
    if fan.before_percent is None:
        pynvml.nvmlDeviceSetDefaultFanSpeed_v2(gpu, fan.fan)
    else:
        pynvml.nvmlDeviceSetFanSpeed_v2(gpu, fan.fan, fan.before_percent)


_CARD_CAN_NOT = frozenset(
    {pynvml.NVML_ERROR_NOT_SUPPORTED, pynvml.NVML_ERROR_INVALID_ARGUMENT, pynvml.NVML_ERROR_FUNCTION_NOT_FOUND}
)


def _refusal(next_step: str, set_it: Callable[..., Any], *arguments: Any) -> str:
    """Why the driver does not let something be set, with the next step for who is not root, or nothing. Raises
    NVMLError where it is no refusal."""
    try:
        set_it(*arguments)
    except pynvml.NVMLError as error:
        if error.value == pynvml.NVML_ERROR_NO_PERMISSION:
            is_root = hasattr(os, "geteuid") and os.geteuid() == 0
            return (
                "the driver refuses it, though this is root: in a container?" if is_root else f"needs root: {next_step}"
            )
        if error.value in _CARD_CAN_NOT:
            return f"the card does not let it be set ({error})"
        raise
    return ""


def _told(ask: Callable[[], T]) -> T | None:
    """What the driver tells, or None where this card or driver doesn't. Raises NVMLError where it can't be asked."""
    try:
        return ask()
    except pynvml.NVMLError as error:
        if error.value not in _CARD_CAN_NOT:
            raise
        return None


def _in_words(held: Held, so: str = "held") -> str:
    power = [] if held.power_set is None else [f"its power is {so} to {held.power_set / 1000:.0f} W"]
    fans = sorted({fan.set_percent for fan in held.fans})
    return "; ".join([*power, *(f"its fan is {so} to {percent} %" for percent in fans)])
