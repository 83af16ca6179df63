"""Requirements are names and versions; `packaging`, the field's own parser, must agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from core.packages.requirements import requirement_problem, specifier_problem


@pytest.mark.parametrize(
    "text",
    [
        "numpy",
        "numpy>=1.26",
        "numpy >= 1.26, < 3",
        "torch==2.3.0+cpu",
        "torch[opt-einsum,optree]~=2.1",
        "Pillow!=9.*",
        "a",
        "ruamel.yaml==0.18.6",
        "x==1!2.0rc1.post2.dev3",
        "scikit_learn (>=1.4)",
        "x<=2.0-1",
    ],
)
def test_names_with_versions_pass(text: str) -> None:
    assert requirement_problem(text) is None
    Requirement(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("numpy @ https://example.org/numpy.whl", "URL"),
        ("git+https://example.org/x.git", "URL"),
        ("x @ file:///etc/passwd", "URL"),
        ("git@example.org:x/y.git", "URL"),
        ("./local", "path"),
        ("../local", "path"),
        ("/etc/passwd", "path"),
        ("local/wheel", "path"),
        ("wheel-1.0-py3-none-any.whl", "names a file"),
        ("..\\x", "path"),
        ("--index-url=http", "option"),
        ("-r other.txt", "option"),
        ("-e .", "option"),
        ("numpy\n--index-url http", "line breaks"),
        ("numpy\r", "line breaks"),
        ("numpy; python_version < '3.12'", "condition"),
        ("", "no name"),
        (" numpy", "no name"),
        ("numpy 1.26", "no name"),
        ("numpy>=", "no name"),
        ("numpy==abc", "no name"),
        ("numpy===1.0", "no name"),
        ("numpy>1.*", "no name"),
        ("~=1", "path"),
        ("x~=1", "no name"),
        ("numpy>=1,", "no name"),
        ("num\u0440y", "no name"),
        ("numpy>=１", "no name"),
        ("n" * 201, "200 characters"),
    ],
)
def test_all_else_is_refused_with_its_reason(text: str, word: str) -> None:
    assert word in (requirement_problem(text) or "")


words = ["numpy", "x", "rc1", "a", "dev", "post", "cpu", "v", "1", "2.0"]
signs = [*"-_.[],*!+();@/ ", ">=", "==", "~=", "<", "!=", "===", ".*"]
alphabet = st.sampled_from(words + signs)


@given(st.lists(alphabet, max_size=9).map("".join))
def test_whatever_passes_is_a_requirement_without_url_or_marker_for_packaging_too(text: str) -> None:
    if requirement_problem(text) is None:
        requirement = Requirement(text)
        assert requirement.url is None
        assert requirement.marker is None


@given(st.lists(alphabet, max_size=9).map("".join))
def test_whatever_passes_as_versions_does_for_packaging_too(text: str) -> None:
    if specifier_problem(text) is None:
        SpecifierSet(text)


@pytest.mark.parametrize("text", [">=3.11", ">=3.11,<3.14", "==3.12.*", "~=3.11"])
def test_ranges_of_versions_pass(text: str) -> None:
    assert specifier_problem(text) is None


@pytest.mark.parametrize("text", ["", "3.11", ">=3.11\n", "python3", ">=", "> =3"])
def test_what_is_no_range_of_versions_is_refused(text: str) -> None:
    assert specifier_problem(text)
