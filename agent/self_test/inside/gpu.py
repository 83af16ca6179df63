"""Tests the one GPU of the box by its driver alone (libcuda.so.1): memory, arithmetic, and how fast that is.

With `of` "compute" it writes a pattern into a part of the memory, reads it back, runs a kernel whose results are whole
numbers that are known beforehand, and tells in one line. With "hold" it takes memory, says so, and keeps it until it is
killed. Whatever the driver answers but 0 is told by the name of the call. Not run on a GPU yet.
"""

import ctypes
import json
import os
import signal
import struct
import sys
import time
from typing import Any

_BLOCK_BYTES = 64 << 20
_THREADS = 256
_BLOCKS_A_PROCESSOR = 8
_CHAINS = 8
_UNROLLED = 16
_ROUNDS = 4096
_STARTS = 1024
_PROCESSORS, _MAJOR, _MINOR = 16, 75, 76  # CUdevice_attribute
_FLOPS_A_THREAD = 2 * _CHAINS * _UNROLLED * _ROUNDS


def kernel() -> str:
    """PTX: each thread begins with its number modulo 1024, and the seven numbers after it, in eight registers, adds `b`
    to each by a multiplication with `a` and an addition, again and again, and writes their sum. Were two registers the
    same, they would be reckoned once. Drivers compile it for any GPU since Maxwell."""
    chains = [f"%f{number}" for number in range(1, _CHAINS + 1)]
    step = "\n".join(f"    fma.rn.f32 {chain}, {chain}, %fa, %fb;" for _ in range(_UNROLLED) for chain in chains)
    begin = "\n".join(f"    add.f32 {chain}, %fs, {_literal(number)};" for number, chain in enumerate(chains))
    end = "\n".join(f"    add.f32 %fr, %fr, {chain};" for chain in chains)
    return f""".version 6.0
.target sm_50
.address_size 64

.visible .entry fma_rate(.param .u64 out, .param .f32 a, .param .f32 b, .param .u32 rounds)
{{
    .reg .pred %p1;
    .reg .f32 %f<{_CHAINS + 1}>;
    .reg .f32 %fa, %fb, %fs, %fr;
    .reg .b32 %r<8>;
    .reg .b64 %rd<5>;

    ld.param.u64 %rd1, [out];
    ld.param.f32 %fa, [a];
    ld.param.f32 %fb, [b];
    ld.param.u32 %r7, [rounds];
    cvta.to.global.u64 %rd2, %rd1;
    mov.u32 %r1, %ctaid.x;
    mov.u32 %r2, %ntid.x;
    mov.u32 %r3, %tid.x;
    mad.lo.s32 %r4, %r1, %r2, %r3;
    and.b32 %r5, %r4, {_STARTS - 1};
    cvt.rn.f32.u32 %fs, %r5;
{begin}
    mov.u32 %r6, 0;
again:
{step}
    add.u32 %r6, %r6, 1;
    setp.lt.u32 %p1, %r6, %r7;
    @%p1 bra again;
    mov.f32 %fr, 0f00000000;
{end}
    mul.wide.u32 %rd3, %r4, 4;
    add.s64 %rd4, %rd2, %rd3;
    st.global.f32 [%rd4], %fr;
    ret;
}}
"""


def _literal(number: float) -> str:
    return f"0f{struct.pack('>f', number).hex().upper()}"


def expected(thread: int) -> float:
    """What a thread writes: whole numbers below 2^24, which 32-bit floating point holds exactly."""
    return float(_CHAINS * (thread % _STARTS + _UNROLLED * _ROUNDS) + sum(range(_CHAINS)))


class Refused(Exception):
    """The driver did not do it."""


class Driver:
    """libcuda, whose calls raise Refused."""

    def __init__(self) -> None:
        try:
            self._library = ctypes.CDLL("libcuda.so.1")
        except OSError as error:
            raise Refused(f"the driver's library can't be loaded: {error}") from error

    def __call__(self, name: str, *arguments: Any) -> None:
        """Call one; all its arguments are ctypes' own."""
        code = getattr(self._library, name)(*arguments)
        if code != 0:
            raise Refused(f"{name} answered {code}")


class Gpu:
    """The first GPU that can be seen, with a context on it."""

    def __init__(self) -> None:
        self.call = call = Driver()
        call("cuInit", ctypes.c_uint(0))
        self.device = ctypes.c_int()
        call("cuDeviceGet", ctypes.byref(self.device), ctypes.c_int(0))
        context = ctypes.c_void_p()
        call("cuDevicePrimaryCtxRetain", ctypes.byref(context), self.device)
        call("cuCtxSetCurrent", context)

    def free_bytes(self) -> tuple[int, int]:
        """Of its memory what is free, and all."""
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        self.call("cuMemGetInfo_v2", ctypes.byref(free), ctypes.byref(total))
        return free.value, total.value

    def attribute(self, number: int) -> int:
        """One of the device's numbers."""
        value = ctypes.c_int()
        self.call("cuDeviceGetAttribute", ctypes.byref(value), ctypes.c_int(number), self.device)
        return value.value

    def take(self, size_bytes: int) -> ctypes.c_uint64:
        """Memory of this size."""
        address = ctypes.c_uint64()
        self.call("cuMemAlloc_v2", ctypes.byref(address), ctypes.c_size_t(size_bytes))
        return address

    def fill(self, address: int, words: int, word: int) -> None:
        """Write one 32-bit word again and again."""
        self.call("cuMemsetD32_v2", ctypes.c_uint64(address), ctypes.c_uint(word), ctypes.c_size_t(words))

    def read(self, into: Any, address: int, size_bytes: int) -> None:
        """Copy memory of the GPU back."""
        self.call("cuMemcpyDtoH_v2", into, ctypes.c_uint64(address), ctypes.c_size_t(size_bytes))

    def settle(self) -> None:
        """Wait until all that was asked for is done."""
        self.call("cuCtxSynchronize")


def _word_of(block: int) -> int:
    return (block + 1) * 0x9E3779B9 & 0xFFFFFFFF  # of each block another, or one address for two were not seen


def wrong_blocks(gpu: Gpu, size_bytes: int) -> int:
    """How many blocks of memory do not hold what was written to them."""
    compare = ctypes.CDLL(None).memcmp
    blocks = max(1, size_bytes // _BLOCK_BYTES)
    address = gpu.take(blocks * _BLOCK_BYTES)
    for block in range(blocks):
        gpu.fill(address.value + block * _BLOCK_BYTES, _BLOCK_BYTES // 4, _word_of(block))
    gpu.settle()
    came, wrong = ctypes.create_string_buffer(_BLOCK_BYTES), 0
    for block in range(blocks):
        gpu.read(came, address.value + block * _BLOCK_BYTES, _BLOCK_BYTES)
        awaited = _word_of(block).to_bytes(4, "little") * (_BLOCK_BYTES // 4)
        wrong += compare(came, awaited, ctypes.c_size_t(_BLOCK_BYTES)) != 0
    gpu.call("cuMemFree_v2", address)
    return wrong


def arithmetic(gpu: Gpu, seconds: float) -> tuple[int, float]:
    """How many results were wrong, and 10^12 operations a second: for about so long."""
    module, function = ctypes.c_void_p(), ctypes.c_void_p()
    gpu.call("cuModuleLoadData", ctypes.byref(module), ctypes.c_char_p(kernel().encode()))
    gpu.call("cuModuleGetFunction", ctypes.byref(function), module, ctypes.c_char_p(b"fma_rate"))
    blocks = gpu.attribute(_PROCESSORS) * _BLOCKS_A_PROCESSOR
    threads = blocks * _THREADS
    out = gpu.take(threads * 4)
    given: list[Any] = [out, ctypes.c_float(1.0), ctypes.c_float(1.0), ctypes.c_uint(_ROUNDS)]
    parameters = (ctypes.c_void_p * len(given))(*(ctypes.cast(ctypes.byref(one), ctypes.c_void_p) for one in given))
    shape = [ctypes.c_uint(one) for one in (blocks, 1, 1, _THREADS, 1, 1, 0)]

    def launch() -> None:
        gpu.call("cuLaunchKernel", function, *shape, None, parameters, None)

    launch()
    gpu.settle()
    launches, began = 0, time.perf_counter()
    while (took := time.perf_counter() - began) < seconds or launches == 0:
        launch()
        gpu.settle()
        launches += 1
    results = (ctypes.c_float * threads)()
    gpu.read(results, out.value, threads * 4)
    gpu.call("cuMemFree_v2", out)
    wrong = sum(results[thread] != expected(thread) for thread in range(threads))
    return wrong, launches * threads * _FLOPS_A_THREAD / took / 1e12


def compute(seconds: float, most_bytes: int) -> dict[str, Any]:
    """All of it, with at most half of what is free."""
    gpu = Gpu()
    free, total = gpu.free_bytes()
    tested = min(most_bytes, free // 2)
    wrong = wrong_blocks(gpu, tested)
    results, tflops = arithmetic(gpu, seconds)
    return {
        "total_bytes": total,
        "tested_bytes": tested,
        "wrong_blocks": wrong,
        "wrong_results": results,
        "tflops": tflops,
        "capability": f"{gpu.attribute(_MAJOR)}.{gpu.attribute(_MINOR)}",
    }


def hold(most_bytes: int) -> int:
    """Take memory and write to it; how much that was."""
    gpu = Gpu()
    size = min(most_bytes, gpu.free_bytes()[0] // 2) // 4 * 4
    address = gpu.take(size)
    gpu.fill(address.value, size // 4, _word_of(0))
    gpu.settle()
    return size


def main() -> None:
    """See the module."""
    given = json.loads(os.environ["SELF_TEST_GIVEN"])
    try:
        if given["of"] == "hold":
            told: dict[str, Any] = {"held_bytes": hold(given["most_bytes"])}
        else:
            told = compute(given["seconds"], given["most_bytes"])
    except Refused as error:
        told = {"error": str(error)}
    sys.stdout.write(f"{json.dumps(told)}\n")
    sys.stdout.flush()
    if "held_bytes" in told:
        signal.pause()


if __name__ == "__main__":
    main()
