"""What a node takes for a lock: pins with hashes, and nothing that could tell uv anything else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from agent.package_lock import MAX_LOCK_CHARACTERS, MAX_PINS, checked_lock

HASH = "sha256:" + "0a" * 32
OTHER = "sha256:" + "1b" * 32
WRITTEN = re.compile(r'[a-z0-9-]+==[a-z0-9.!+_-]+( ; [^"\n]+("[^"\n]*"[^"\n]*)*)?( --hash=sha256:[0-9a-f]{64})+', re.I)


def test_what_uv_writes_comes_out_one_pin_a_line() -> None:
    lock = (
        f"Leaf_x==1.0 ; python_full_version < '3.12' \\\n    --hash={HASH} \\\n    --hash={OTHER}\n"
        f"tree==2!1.0.post1+cpu \\\n    --hash={HASH}\n"
    )
    assert checked_lock(lock) == (
        f'leaf-x==1.0 ; python_full_version < "3.12" --hash={HASH} --hash={OTHER}\n'
        f"tree==2!1.0.post1+cpu --hash={HASH}\n"
    )


@pytest.mark.parametrize(
    "lock",
    [
        "",
        "\n",
        "leaf==1.0",
        "leaf==1.0 --hash=md5:00",
        f"leaf==1.0 --hash={HASH[:-1]}",
        f"leaf==1.0 --hash={HASH} --index-url=http://example.com",
        f"leaf==1.0 --index-url=http://example.com --hash={HASH}",
        f"leaf==1.0 ; sys_platform == 'x --index-url=http://example.com' --hash={HASH}",
        f'leaf==1.0 ; sys_platform == "x" or "\' == \'y" --hash={HASH}',
        f"leaf==1.0 --hash={HASH} # words",
        f"leaf>=1.0 --hash={HASH}",
        f"leaf --hash={HASH}",
        f"leaf==1.* --hash={HASH}",
        f"leaf===1.0 --hash={HASH}",
        f"leaf==1.0,!=2 --hash={HASH}",
        f"leaf[more]==1.0 --hash={HASH}",
        f"leaf @ http://example.com/leaf.whl --hash={HASH}",
        f"./leaf --hash={HASH}",
        f"-e leaf --hash={HASH}",
        "-r /etc/passwd",
        "--index-url http://example.com",
        f"leaf==${{HOME}} --hash={HASH}",
        f"leaf==1.0\r-r x --hash={HASH}",
        f"leaf=={'9' * 5000} --hash={HASH}",
        f"leaf_==1.0 --hash={HASH}",
        f"leaf==1.0 ; {'(' * 1900}os_name == 'x' --hash={HASH}",
        f"leaf==1.0 --hash={HASH}\n" * (MAX_PINS + 1),
        " " * (MAX_LOCK_CHARACTERS + 1),
    ],
)
def test_a_hostile_lock_is_refused_in_printable_words(lock: str) -> None:
    with pytest.raises(ValueError) as refused:
        checked_lock(lock)
    assert str(refused.value).isprintable() and len(str(refused.value)) < 200


_STRANGE = f"leaf|==|1.0| | ; |os_name|'|\"| --hash={HASH}|\n|\\\n| --index-url=|http:|-r |@|[x]|#|(|)|,|*|${{A}}|>=|\r"
_pieces = st.one_of(st.sampled_from(_STRANGE.split("|")), st.text(max_size=3))
_GOOD = ["leaf", "==", "1.0", " ; os_name ==", " 'x'", f" --hash={HASH}", "\n"]
_garbage = st.lists(st.lists(_pieces, max_size=1).map("".join), min_size=len(_GOOD), max_size=len(_GOOD))


@given(_garbage.map(lambda between: "".join(piece + strange for piece, strange in zip(_GOOD, between, strict=True))))
def test_of_garbage_nothing_is_left_but_pins_with_hashes(text: str) -> None:
    try:
        written = checked_lock(text)
    except ValueError:
        return
    for line in written.splitlines():
        assert WRITTEN.fullmatch(line), line
        pin = Requirement(line.partition(" --hash=")[0])
        assert pin.url is None and not pin.extras and len(pin.specifier) == 1


_names = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,4})?", fullmatch=True)
_versions = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}(rc[0-9])?(\.post[0-9])?(\+[a-z0-9]{1,5})?", fullmatch=True)
_hashes = st.lists(st.from_regex(r"sha256:[0-9a-f]{64}", fullmatch=True), min_size=1, max_size=3)


@pytest.mark.full
@given(st.lists(st.tuples(_names, _versions, _hashes), min_size=1, max_size=5))
def test_an_honest_lock_is_kept_as_it_is(pins: list[tuple[str, str, list[str]]]) -> None:
    spoken = [" \\\n    --hash=".join([f"{name}=={version}", *hashes]) for name, version, hashes in pins]
    kept = [" --hash=".join([f"{name}=={version}", *hashes]) for name, version, hashes in pins]
    assert checked_lock("".join(f"{line}\n" for line in spoken)) == "".join(f"{line}\n" for line in kept)
