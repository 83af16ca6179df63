"""What confines: Python, bubblewrap, the box, who tries to get out of it, the filter of system calls, the limits."""

import asyncio
import contextlib
import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from agent.interpreters import Interpreter
from agent.sandbox import system_calls
from agent.sandbox.base import BoxNotStarted, ConfinementKind, Sandbox, StopReason
from agent.sandbox.bubblewrap_arguments import REQUIRED_FLAGS
from agent.sandbox.choose import flags_of
from agent.sandbox.remedies import (
    Advice,
    bubblewrap_is_missing,
    bubblewrap_is_too_old,
    explain_failure,
    read_kernel_settings,
)
from agent.sandbox.seccomp import numbers_of
from agent.self_test.boxes import LIMITS, Boxes, Ran
from agent.self_test.run import Finding, failed, passed
from core.protocol.self_test import NextStep

BOMB_MB = 256
BOMB_LIMIT_MB = 96
PROCESSES = 24
_MORE_NUMBERS = {"x86_64": {"clone3": 435}, "aarch64": {"clone3": 435}}
_UNKNOWN_CALL = 1023
_REFUSALS = (1, 38, -1)  # EPERM, ENOSYS, killed
_KNOWN_WORDS = {
    "sudo apt-get install apparmor-profiles": "Get the profiles that Ubuntu leaves out",
    "sudo cp /usr/share/apparmor": "Put the one for bubblewrap in its place",
    "sudo apparmor_parser": "Load it; no restart is needed",
    "sudo sysctl": "Change the setting now",
    "echo ": "Keep it so after a restart of the machine",
    "systemd-run": "Start the node so that it gets cgroups of its own",
}
_INTO_THE_BOX = frozenset({"PATH", "HOME", "LANG", "TZ", "TMPDIR", "PWD", "SHLVL", "_"})
_REPORT = [
    NextStep("Bring bubblewrap and the kernel up to date, and start the machine again", ""),
    NextStep("Read what each layer of the box says", "gpu-agent-node doctor"),
    NextStep("If it stays so, tell whoever makes this program: until then nothing is run here", ""),
]


def steps_of(remedies: list[str]) -> list[NextStep]:
    """Commands of `remedies.py` with what each is for, and what is no command as words."""
    return [_step_of(remedy) for remedy in remedies]


def _step_of(remedy: str) -> NextStep:
    for start, words in _KNOWN_WORDS.items():
        if remedy.startswith(start):
            return NextStep(words, remedy)
    is_command = remedy.startswith(("sudo ", "gpu-agent-node "))
    return NextStep("Say this in a terminal", remedy) if is_command else NextStep(remedy)


def _by_advice(advice: Advice, seen: str = "") -> Finding:
    return failed(advice.detail, steps=steps_of(advice.remedies), seen=seen)


async def find_python(interpreters: list[Interpreter]) -> Finding:
    """Whether there is a Python to run units with."""
    if not interpreters:
        return failed(
            "no Python 3.11 to 3.14 was found to run units with",
            steps=[NextStep("Install one", "sudo apt-get install python3"), NextStep("Start the node again")],
        )
    return passed(", ".join(f"{one.executable}, {one.version}" for one in interpreters[:3]))


async def find_bubblewrap() -> Finding:
    """Whether bubblewrap is there and new enough."""
    return await asyncio.to_thread(_find_bubblewrap)


def _find_bubblewrap() -> Finding:
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        return _by_advice(bubblewrap_is_missing())
    try:
        version = subprocess.run([bwrap, "--version"], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        return _by_advice(Advice(f"{bwrap} does not run: {error}", bubblewrap_is_missing().remedies))
    if missing := sorted(REQUIRED_FLAGS - flags_of(bwrap)):
        return _by_advice(bubblewrap_is_too_old(missing))
    return passed(f"{version.stdout.strip()}, {bwrap}")


async def start_a_box(sandbox: Sandbox, boxes: Boxes | None) -> Finding:
    """Whether a unit's box can be made: with all that it is made of, and a script of ours in it."""
    confinement = sandbox.confinement
    if confinement.kind is ConfinementKind.NONE:
        return failed(confinement.detail, steps=steps_of(confinement.remedies))
    if boxes is None:
        return failed("there is no Python to run in it")
    try:
        ran = await boxes.run("hello.py", {})
    except BoxNotStarted as error:
        advice = explain_failure(str(error), read_kernel_settings())
        return _by_advice(advice, str(error))
    if ran.exit.exit_code != 0:
        return failed(f"a script that only says that it runs ended so: {ran.exit.message}", seen=ran.said)
    held = [layer.name for layer in confinement.layers if layer.holds]
    return passed(f"a script ran in {ran.exit.run_seconds:.2f} s; layers that hold: {', '.join(held)}")


async def break_out(boxes: Boxes) -> Finding:
    """Whether any of the scripts that try to get out does."""
    with things_to_find(boxes.sandbox.workspace_root) as given:
        ran = await boxes.run("break_out.py", given)
    tries = [told for told in ran.told if "won" in told]
    if not ran.told or ran.told[-1].get("tried") != len(tries) or not tries:
        return _unfinished(ran)
    won = [told for told in tries if told["won"]]
    if won:
        return failed(
            f"code of a unit gets out of the box: {', '.join(str(told['name']) for told in won[:5])}",
            evidence=f"{len(won)} of {len(tries)} scripts got out",
            steps=_REPORT,
            seen="\n".join(f"{told['name']}: {told['words']}" for told in won),
        )
    return passed(f"{len(tries)} scripts tried to get out, none did")


async def ask_the_filter(boxes: Boxes) -> Finding:
    """Whether a filter of system calls is loaded, and refuses what it has to."""
    given = {"numbers": numbers_here(), "unknown": _UNKNOWN_CALL}
    ran = await boxes.run("system_calls.py", given)
    if not ran.told:
        return _unfinished(ran)
    told = ran.told[-1]
    if told["filter"] != "2" or told["no_new_privileges"] != "1":
        return failed("no filter of system calls is loaded in the box", steps=_REPORT, seen=str(told))
    answers: dict[str, int] = told["answers"]
    let_through = [f"{name} ({os.strerror(answer)})" for name, answer in answers.items() if answer not in _REFUSALS]
    if let_through:
        return failed(
            f"the filter lets through: {', '.join(let_through)}",
            evidence=f"{len(let_through)} of {len(answers)} calls were let through",
            steps=_REPORT,
        )
    return passed(f"seccomp, loaded: {len(answers)} calls that lead out were refused")


async def too_much(boxes: Boxes) -> Finding:
    """Whether code that takes more memory, or more processes, than it was given is stopped."""
    limits = msgspec.structs.replace(LIMITS, memory_mb=BOMB_LIMIT_MB, tmp_mb=8, shm_mb=8)
    bomb = await boxes.run("too_much.py", {"of": "memory", "most": BOMB_MB}, limits=limits)
    if bomb.exit.stop is not StopReason.MEMORY:
        return failed(
            f"code that was given {BOMB_LIMIT_MB} MiB of memory was not stopped for it: {bomb.exit.message}",
            steps=steps_of(_limit_remedies(boxes.sandbox)) or _REPORT,
            seen=bomb.said,
        )
    ended = f"{_how(boxes.sandbox)}: a {BOMB_MB} MiB bomb ended in {bomb.exit.run_seconds:.1f} s"
    if boxes.sandbox.confinement.kind is ConfinementKind.NONE:
        return passed(ended)  # processes are not counted where nothing confines: the owner's own would be, too
    limits = msgspec.structs.replace(LIMITS, process_count=PROCESSES)
    fork = await boxes.run("too_much.py", {"of": "processes", "most": 2 * PROCESSES}, limits=limits)
    if not fork.told:
        return _unfinished(fork)
    made = int(fork.told[-1]["processes"])
    if made >= PROCESSES:
        return failed(f"code that was given {PROCESSES} processes made {made}", steps=_REPORT)
    return passed(f"{ended}; {made} processes were made where {PROCESSES} may be")


def _how(sandbox: Sandbox) -> str:
    is_kernels = any(layer.name == "limits" and layer.holds for layer in sandbox.confinement.layers)
    return "by cgroups" if is_kernels else "by a watcher"


def _limit_remedies(sandbox: Sandbox) -> list[str]:
    return [remedy for layer in sandbox.confinement.layers if layer.name == "limits" for remedy in layer.remedies]


def _unfinished(ran: Ran) -> Finding:
    return failed(f"the scripts in the box did not come to their end: {ran.exit.message}", seen=ran.said)


def numbers_here() -> dict[str, int]:
    machine = os.uname().machine
    numbers = dict(_MORE_NUMBERS.get(machine, {}))
    for listed in (system_calls.ALLOWED, system_calls.BY_RULE, system_calls.REFUSED):
        numbers |= numbers_of(listed, machine)
    return numbers


@contextlib.contextmanager
def things_to_find(folder: Path) -> Iterator[dict[str, Any]]:
    """What lies on the host for scripts to find, each of which the host itself reaches. Raises OSError."""
    secret = folder / f"self-test-{secrets.token_hex(8)}"
    abstract = f"gpu-agent-{secrets.token_hex(8)}"
    with contextlib.ExitStack() as things:
        server = things.enter_context(socket.create_server(("127.0.0.1", 0)))
        listening = things.enter_context(socket.socket(socket.AF_UNIX))
        listening.bind("\0" + abstract)
        listening.listen()
        secret.write_text("of the node, and of nobody else")
        things.callback(secret.unlink, missing_ok=True)
        secret.chmod(0o644)
        port = server.getsockname()[1]
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
        with socket.socket(socket.AF_UNIX) as client:
            client.connect("\0" + abstract)
        yield {
            "secret": str(secret),
            "port": port,
            "abstract": abstract,
            "hostname": socket.gethostname(),
            "boot_id": Path("/proc/sys/kernel/random/boot_id").read_text(),
            "command": Path("/proc/self/cmdline").read_bytes().hex(),
            "variable": _a_variable().hex(),
        }


def _a_variable() -> bytes:
    """Something of the node's environment that no unit has; where there is nothing, what nobody has."""
    for entry in Path("/proc/self/environ").read_bytes().split(b"\0"):
        name = entry.partition(b"=")[0].decode(errors="replace")
        if len(entry) >= 12 and name not in _INTO_THE_BOX:
            return entry
    return secrets.token_bytes(16)
