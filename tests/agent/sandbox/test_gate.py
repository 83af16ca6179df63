"""Nothing runs behind the gate before the word."""

import os
import subprocess

import pytest

from agent.sandbox.gate import GO, READY, gated, memory_file

from .drive import LIMITS


@pytest.mark.parametrize("answer", [b"", b"\n", b"no\n", b"go", b"gone\n"])
def test_any_answer_but_the_word_ends_it(answer: bytes) -> None:
    ended = subprocess.run(gated(["echo", "ran"], LIMITS), input=answer, capture_output=True)
    assert (ended.returncode, ended.stdout) == (97, f"{READY}\n".encode())


def test_the_word_lets_the_command_run_with_its_limits_and_without_the_gates_pipe() -> None:
    tell = 'ulimit -n; ulimit -c; read -r rest || echo "no more"; printf "%s" "$1"'
    ended = subprocess.run(gated(["sh", "-c", tell, "sh", "$(a) b"], LIMITS), input=GO + b"rest\n", capture_output=True)
    assert ended.stdout.decode().split("\n") == [READY, "256", "0", "no more", "$(a) b"]


def test_a_memory_file_is_read_from_its_start_and_has_no_path() -> None:
    fd = memory_file("name", b"content" * 100_000)
    try:
        assert os.read(fd, 1_000_000) == b"content" * 100_000
        assert os.fstat(fd).st_nlink == 0
    finally:
        os.close(fd)
