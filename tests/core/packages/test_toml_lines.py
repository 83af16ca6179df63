"""Lines of keys, in TOML as nasty as it is allowed to be."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.packages.toml_lines import key_lines

NASTY = '''\
# a comment with [brackets] = and "quotes
[package] # header
name = "a # b = [c]" # not a key = 1
"quoted.key" = 1
'literal key'=2
a.b . "c" = 3
text = """
[fake]
fake = 1
\\""" still inside
"""
after_text = """x"""""
literal = \'\'\'
[fake2]
it\'s = 1
\'\'\'
list = [
  "one", # ] not the end
  [2, 3],
  {x = 1, "y" = {z = [1,
    2]}},
]
when = 1979-05-27 07:32:00
inline = { first = 1, second.third = "}" }
empty = {}
none = []

  [ params . "lr" ]
type = "float"
[[many]]
v = 1
[[many]]
v = 2
w = -inf
last = 0xFF'''

EXPECTED = {
    ("package",): 2,
    ("package", "name"): 3,
    ("package", "quoted.key"): 4,
    ("package", "literal key"): 5,
    ("package", "a", "b", "c"): 6,
    ("package", "text"): 7,
    ("package", "after_text"): 12,
    ("package", "literal"): 13,
    ("package", "list"): 17,
    ("package", "list", 0): 18,
    ("package", "list", 1): 19,
    ("package", "list", 2): 20,
    ("package", "list", 2, "x"): 20,
    ("package", "list", 2, "y", "z", 1): 21,
    ("package", "when"): 23,
    ("package", "inline", "first"): 24,
    ("package", "inline", "second", "third"): 24,
    ("package", "empty"): 25,
    ("package", "none"): 26,
    ("params", "lr"): 28,
    ("params", "lr", "type"): 29,
    ("many",): 30,
    ("many", "v"): 31,
    ("many", "w"): 34,
    ("many", "last"): 35,
}


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_keys_are_found_at_their_lines(line_end: str) -> None:
    text = NASTY.replace("\n", line_end)
    tomllib.loads(text)
    lines = key_lines(text)
    assert {path: lines.get(path) for path in EXPECTED} == EXPECTED
    assert not [path for path in lines if any("fake" in str(part) for part in path)]


def paths_of(value: Any, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    found = {path} - {()}
    if isinstance(value, dict):
        for key, inner in value.items():
            found |= paths_of(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found |= paths_of(inner, (*path, index))
    return found


def literal(value: Any, layout: st.DataObject) -> str:
    blank = layout.draw(st.sampled_from(["", " ", "\n", "\r\n", ' # ] } = "\n\t']))
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key(name)} = {literal(inner, layout)}" for name, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + "".join(f"{blank}{literal(inner, layout)}{blank}," for inner in value) + blank + "]"
    if isinstance(value, str):
        escaped = "".join(
            f"\\U{ord(character):08x}"
            if character in '"\\' or ord(character) < 32 or ord(character) == 127
            else character
            for character in value
        )
        return f'"""{escaped}"""' if layout.draw(st.booleans()) else f'"{escaped}"'
    return str(value).lower() if isinstance(value, bool) else repr(value)


def key(name: str) -> str:
    if name and name.isascii() and name.isalnum():
        return name
    return '"' + "".join(f"\\U{ord(character):08x}" for character in name) + '"'


texts = st.text(st.characters(codec="utf-8"), max_size=6)
values = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(texts, values, max_size=4), st.data())
def test_every_key_and_element_of_any_document_has_a_line_and_no_other_has(
    document: dict[str, Any], data: st.DataObject
) -> None:
    text = ""
    starts: dict[str, int] = {}
    for name, value in document.items():
        text += data.draw(st.sampled_from(["", "\n", "# note = 1\n", "\t"]))
        starts[name] = text.count("\n") + 1
        text += f"{key(name)} = {literal(value, data)}\n"
    parsed = tomllib.loads(text)
    lines = key_lines(text)
    assert set(lines) == paths_of(parsed)
    assert {name: lines[(name,)] for name in starts} == starts
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())
