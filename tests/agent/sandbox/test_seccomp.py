"""What the filter answers to each call, told by running its program: for machines that this one isn't, too."""

import errno
import re
import struct
from pathlib import Path

import pytest

from agent.sandbox import system_calls
from agent.sandbox.choose import choose_sandbox
from agent.sandbox.seccomp import FilterUnknown, numbers_of, seccomp_program
from agent.sandbox.workspace import STATE_DIR_VARIABLE

AUDIT = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
I386 = 0x4000_0003
ALLOW, KILL, ERRNO = 0x7FFF_0000, 0x8000_0000, 0x0005_0000
LISTS = (system_calls.ALLOWED, system_calls.BY_RULE, system_calls.REFUSED)
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}

both_machines = pytest.mark.parametrize("machine", list(AUDIT))


def judge(machine: str, number: int, *arguments: int, audit: int | None = None) -> int | str:
    """Run the program on one call as the kernel would; "allowed", "killed", or the error number."""
    words = [argument & 0xFFFF_FFFF_FFFF_FFFF for argument in (*arguments, 0, 0, 0, 0, 0, 0)[:6]]
    data = struct.pack("<IIQ6Q", number, AUDIT[machine] if audit is None else audit, 0, *words)
    steps = [*struct.iter_unpack("<HBBI", seccomp_program(machine))]
    at, register = 0, 0
    while True:
        code, if_so, if_not, value = steps[at]
        at += 1
        match code:
            case 0x20:
                [register] = struct.unpack_from("<I", data, value)
            case 0x54:
                register &= value
            case 0x15:
                at += if_so if register == value else if_not
            case 0x35:
                at += if_so if register >= value else if_not
            case 0x45:
                at += if_so if register & value else if_not
            case 0x06:
                if value & 0xFFFF_0000 == ERRNO:
                    return int(value & 0xFFFF)
                return "allowed" if value == ALLOW else "killed" if value == KILL else f"{value:#x}"
            case _:
                raise AssertionError(f"an instruction that is not known: {code:#x}")


def call(machine: str, name: str, *arguments: int) -> int | str:
    """As `judge`, by name."""
    [number] = [numbers_of(listed, machine)[name] for listed in LISTS if name in numbers_of(listed, machine)]
    return judge(machine, number, *arguments)


@both_machines
def test_every_number_is_answered_as_its_list_says_and_what_is_not_listed_does_not_exist(machine: str) -> None:
    allowed, by_rule, refused = (set(numbers_of(listed, machine).values()) for listed in LISTS)
    assert not allowed & by_rule and not allowed & refused and not by_rule & refused
    for number in set(range(700)) - by_rule:
        expected: int | str = errno.ENOSYS
        if number in allowed:
            expected = "allowed"
        elif number in refused:
            expected = errno.EPERM
        assert judge(machine, number) == expected, number


@both_machines
def test_the_numbers_are_those_of_the_kernels_headers(machine: str) -> None:
    header = HEADERS[machine]
    if not header.exists():
        pytest.skip(f"{header} is not installed here")
    defined = dict(re.findall(r"^#define __NR(?:3264)?_(\w+)\s+(\d+)$", header.read_text(), re.MULTILINE))
    defined["newfstatat"] = defined.get("newfstatat") or defined["fstatat"]  # whose name on 64 bits is this
    for listed in LISTS:
        for name, number in numbers_of(listed, machine).items():
            assert int(defined[name]) == number, name


@both_machines
def test_calls_in_the_manner_of_other_machines_end_the_process(machine: str) -> None:
    assert judge(machine, numbers_of(system_calls.ALLOWED, machine)["read"], audit=I386) == "killed"
    x32_read = 0x4000_0000
    assert judge(machine, x32_read) == ("killed" if machine == "x86_64" else errno.ENOSYS)


@both_machines
def test_what_a_call_may_depends_on_its_arguments(machine: str) -> None:
    def asked(name: str, *arguments: int) -> int | str:
        return call(machine, name, *arguments)

    thread = 0x3D0F00
    assert asked("clone", thread) == asked("clone", 17) == "allowed"
    for namespace in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert asked("clone", namespace | 17) == asked("unshare", namespace) == errno.EPERM
    assert asked("unshare", 0x80) == errno.EPERM and asked("unshare", 0x400) == "allowed"

    assert asked("ioctl", 0, 0x5401) == "allowed"
    assert (
        asked("ioctl", 0, 0x5412) == asked("ioctl", 0, 0xFFFFFFFF_00005412) == asked("ioctl", 0, 0x541C) == errno.EPERM
    )

    assert asked("fchmod", 3, 0o777) == asked("fchmodat", -100, 0, 0o1777) == "allowed"
    assert asked("fchmod", 3, 0o4755) == asked("fchmodat", -100, 0, 0o2755) == errno.EPERM
    assert asked("mknodat", -100, 0, 0o104755) == errno.EPERM
    assert asked("openat", -100, 0, 0o101, 0o644) == asked("openat", -100, 0, 0, 0o6000) == "allowed"
    assert asked("openat", -100, 0, 0o101, 0o4755) == asked("openat", -100, 0, 0o20200002, 0o2755) == errno.EPERM

    assert asked("personality", 0xFFFF_FFFF) == "allowed" and asked("personality", 0x40000) == errno.EPERM


@both_machines
def test_sockets_are_unix_tcp_udp_and_the_plain_netlink(machine: str) -> None:
    def made(*arguments: int) -> int | str:
        return call(machine, "socket", *arguments)

    non_blocking = 0o4000
    assert made(1, 2, 0) == made(16, 3, 0) == "allowed"
    for family in (2, 10):
        assert made(family, 1, 0) == made(family, 1 | non_blocking, 6) == made(family, 2, 17) == "allowed"
        assert made(family, 3, 0) == made(family, 3 | non_blocking, 1) == made(family, 5, 132) == errno.EPERM
        assert made(family, 1, 132) == made(family, 2, 1) == errno.EPROTONOSUPPORT
    for family in set(range(64)) - {1, 2, 10, 16}:
        assert made(family, 1, 0) == made(family, 3, 0) == errno.EAFNOSUPPORT, family
    assert made(16, 3, 12) == errno.EPROTONOSUPPORT
    assert call(machine, "socketpair", 1, 1) == "allowed" and call(machine, "socketpair", 2, 1) == errno.EAFNOSUPPORT
    assert call(machine, "setsockopt", 3, 1, 7) == call(machine, "setsockopt", 3, 1, 8) == 0
    assert call(machine, "setsockopt", 3, 1, 26) == errno.EPERM
    assert call(machine, "setsockopt", 3, 1, 2) == call(machine, "setsockopt", 3, 6, 7) == "allowed"


def test_a_machine_whose_numbers_are_not_known_confines_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FilterUnknown, match="known for riscv64 processors, only for x86_64 and aarch64"):
        seccomp_program("riscv64")
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    confinement = choose_sandbox(tmp_path, environ={STATE_DIR_VARIABLE: str(tmp_path)}).confinement
    assert confinement.kind.value == "none" and "riscv64" in confinement.detail
