"""The filter of system calls that every box gets: an allow-list, put together as classic BPF in plain Python.

An allow-list, since a deny-list lets through whatever Linux learns next. No library, since none that puts filters
together is on every machine. It judges by architecture, number, and those arguments that are no pointers
(seccomp(2); the instructions are those of linux/filter.h).
"""

import errno
import platform
import struct
from collections.abc import Iterable, Sequence

import msgspec

from agent.sandbox import system_calls

_ALLOW = 0x7FFF_0000  # SECCOMP_RET_…
_KILL_PROCESS = 0x8000_0000
_ERRNO = 0x0005_0000

_LOAD = 0x20  # linux/bpf_common.h: class, size, mode and operation added up
_AND = 0x54
_RETURN = 0x06
_JUMP_IF_EQUAL = 0x15
_JUMP_IF_AT_LEAST = 0x35
_JUMP_IF_ANY_BIT = 0x45

_NUMBER_AT = 0  # struct seccomp_data: number, architecture, instruction pointer, six arguments of 64 bits
_ARCHITECTURE_AT = 4
_ARGUMENTS_AT = 16

_X32_BIT = 0x4000_0000
_NEW_NAMESPACES = 0x7E02_0000  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_NEW_TIME_NAMESPACE = 0x80  # of unshare alone: to clone these bits are a signal
_MAKES_A_FILE = 0o100 | 0o20000000  # O_CREAT, __O_TMPFILE
_SET_ID = 0o6000
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C  # both type into a terminal
_UNIX, _INET, _NETLINK, _INET6 = 1, 2, 16, 10  # AF_…
_STREAM, _DATAGRAM, _TYPE_BITS = 1, 2, 0xF
_TCP, _UDP = 6, 17
_OF_SOCKETS = 1  # SOL_SOCKET
_BUFFER_SIZES = (7, 8)  # SO_SNDBUF, SO_RCVBUF
_PACKET_FILTERS = (26, 50, 51, 52)  # SO_ATTACH_FILTER, _BPF, _REUSEPORT_CBPF, _REUSEPORT_EBPF
_PLAIN_PERSONALITIES = (0, 0xFFFF_FFFF)  # Linux, and the question which one it is


class FilterUnknown(Exception):
    """There is no filter for this machine. The text is for the owner."""


class _Architecture(msgspec.Struct, frozen=True):
    """The kernel's word for it (AUDIT_ARCH_…), and which of the listed numbers are its own."""

    audit: int
    column: int
    has_x32: bool


_ARCHITECTURES = {
    "x86_64": _Architecture(0xC000_003E, 0, True),
    "aarch64": _Architecture(0xC000_00B7, 1, False),
}


class _Step(msgspec.Struct, frozen=True):
    """One instruction (struct sock_filter); the jumps skip as many of those that follow."""

    code: int
    value: int
    if_so: int = 0
    if_not: int = 0


# A _Verdict is a list of steps that answers on every way through it, so verdicts can be put into one another.
_Verdict = list[_Step]


def seccomp_program(machine: str | None = None) -> bytes:
    """The filter for a machine as `uname -m` names it (this one), in the form that bwrap's --seccomp reads.

    Raises FilterUnknown for a machine whose numbers aren't listed.
    """
    machine = machine or platform.machine()
    architecture = _ARCHITECTURES.get(machine)
    if architecture is None:
        known = " and ".join(_ARCHITECTURES)
        raise FilterUnknown(f"no filter of system calls is known for {machine} processors, only for {known}")
    by_number = [_Step(_LOAD, _NUMBER_AT), *_by_number(machine, architecture)]
    steps = [_Step(_LOAD, _ARCHITECTURE_AT), *_if_equal(architecture.audit, by_number, _answer(_KILL_PROCESS))]
    return b"".join(struct.pack("<HBBI", step.code, step.if_so, step.if_not, step.value) for step in steps)


def numbers_of(listed: str, machine: str) -> dict[str, int]:
    """The calls of one of the lists in `system_calls` that this machine has."""
    column = _ARCHITECTURES[machine].column
    entries = (entry.split(":") for entry in listed.split())
    return {name: int(columns[column]) for name, *columns in entries if columns[column]}


def _by_number(machine: str, architecture: _Architecture) -> _Verdict:
    verdict = _refuse(errno.ENOSYS)
    for first, last in reversed(_ranges(numbers_of(system_calls.REFUSED, machine).values())):
        verdict = _if_between(first, last, _refuse(errno.EPERM), verdict)
    for first, last in reversed(_ranges(numbers_of(system_calls.ALLOWED, machine).values())):
        verdict = _if_between(first, last, _answer(_ALLOW), verdict)
    for name, number in numbers_of(system_calls.BY_RULE, machine).items():
        verdict = _if_equal(number, _RULES[name], verdict)
    return _if(_JUMP_IF_AT_LEAST, _X32_BIT, _answer(_KILL_PROCESS), verdict) if architecture.has_x32 else verdict


def _ranges(values: Iterable[int]) -> list[tuple[int, int]]:
    """First and last of each run of neighbours."""
    ranges: list[tuple[int, int]] = []
    for value in sorted(values):
        if ranges and ranges[-1][1] == value - 1:
            ranges[-1] = (ranges[-1][0], value)
        else:
            ranges.append((value, value))
    return ranges


def _answer(value: int) -> _Verdict:
    return [_Step(_RETURN, value)]


def _refuse(number: int) -> _Verdict:
    return _answer(_ERRNO | number)


def _if(jump: int, value: int, then: _Verdict, otherwise: _Verdict) -> _Verdict:
    """A jump is at most 255 steps long, so the shorter way is the one that is skipped."""
    if len(then) <= len(otherwise):
        return [_Step(jump, value, 0, len(then)), *then, *otherwise]
    return [_Step(jump, value, len(otherwise), 0), *otherwise, *then]


def _if_equal(value: int, then: _Verdict, otherwise: _Verdict) -> _Verdict:
    return _if(_JUMP_IF_EQUAL, value, then, otherwise)


def _if_one_of(values: Sequence[int], then: _Verdict, otherwise: _Verdict) -> _Verdict:
    for value in values:
        otherwise = _if_equal(value, then, otherwise)
    return otherwise


def _if_between(first: int, last: int, then: _Verdict, otherwise: _Verdict) -> _Verdict:
    if first == last:
        return _if_equal(first, then, otherwise)
    # Above the range: on to `otherwise`, which lies behind `then`. Below it: the same.
    return [
        _Step(_JUMP_IF_AT_LEAST, last + 1, 1 + len(then), 0),
        _Step(_JUMP_IF_AT_LEAST, first, 0, len(then)),
        *then,
        *otherwise,
    ]


def _argument(index: int, verdict: _Verdict, bits: int | None = None) -> _Verdict:
    """Load the lower half of an argument; every one that is judged here is an int or smaller to the kernel."""
    load = _Step(_LOAD, _ARGUMENTS_AT + 8 * index)
    return [load, *([_Step(_AND, bits)] if bits is not None else []), *verdict]


def _unless_any_bit(bits: int, index: int) -> _Verdict:
    return _argument(index, _if(_JUMP_IF_ANY_BIT, bits, _refuse(errno.EPERM), _answer(_ALLOW)))


def _unless_set_id_file(flags_at: int) -> _Verdict:
    """A mode counts only where a file is made."""
    made = _unless_any_bit(_SET_ID, flags_at + 1)
    return _argument(flags_at, _if(_JUMP_IF_ANY_BIT, _MAKES_A_FILE, made, _answer(_ALLOW)))


def _socket() -> _Verdict:
    """UNIX sockets; TCP and UDP (on the box's own loopback); the netlink that tells of addresses, which gloo asks."""

    def protocol(own: int) -> _Verdict:
        return _argument(2, _if_one_of((0, own), _answer(_ALLOW), _refuse(errno.EPROTONOSUPPORT)))

    by_type = _if_equal(_DATAGRAM, protocol(_UDP), _refuse(errno.EPERM))
    internet = _argument(1, _if_equal(_STREAM, protocol(_TCP), by_type), bits=_TYPE_BITS)
    netlink = _argument(2, _if_equal(0, _answer(_ALLOW), _refuse(errno.EPROTONOSUPPORT)))
    others = _if_equal(_NETLINK, netlink, _refuse(errno.EAFNOSUPPORT))
    return _argument(0, _if_equal(_UNIX, _answer(_ALLOW), _if_one_of((_INET, _INET6), internet, others)))


def _socket_option() -> _Verdict:
    """Sizes of buffers are answered but not set: 2,000 pairs of sockets held 15.7 GB of the kernel's memory."""
    option = _if_one_of(_PACKET_FILTERS, _refuse(errno.EPERM), _answer(_ALLOW))
    option = _if_one_of(_BUFFER_SIZES, _refuse(0), option)
    return _argument(1, _if_equal(_OF_SOCKETS, _argument(2, option), _answer(_ALLOW)))


_RULES = {
    "chmod": _unless_any_bit(_SET_ID, 1),
    "clone": _unless_any_bit(_NEW_NAMESPACES, 0),
    "creat": _unless_any_bit(_SET_ID, 1),
    "fchmod": _unless_any_bit(_SET_ID, 1),
    "fchmodat": _unless_any_bit(_SET_ID, 2),
    "ioctl": _argument(1, _if_one_of((_TIOCSTI, _TIOCLINUX), _refuse(errno.EPERM), _answer(_ALLOW))),
    "mknod": _unless_any_bit(_SET_ID, 1),
    "mknodat": _unless_any_bit(_SET_ID, 2),
    "open": _unless_set_id_file(1),
    "openat": _unless_set_id_file(2),
    "personality": _argument(0, _if_one_of(_PLAIN_PERSONALITIES, _answer(_ALLOW), _refuse(errno.EPERM))),
    "setsockopt": _socket_option(),
    "socket": _socket(),
    "socketpair": _argument(0, _if_equal(_UNIX, _answer(_ALLOW), _refuse(errno.EAFNOSUPPORT))),
    "unshare": _unless_any_bit(_NEW_NAMESPACES | _NEW_TIME_NAMESPACE, 0),
}
