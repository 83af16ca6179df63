"""What is pinned fits what the project asks for, on every Python that it runs on, and names no addresses."""

import re
import tomllib
from collections import defaultdict

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from build_scripts import example_wheels
from build_scripts.find_python import SUPPORTED
from tests.build_scripts.checkout import PROJECT

SCRIPTS = PROJECT / "build_scripts"


def constraints() -> list[str]:
    lines = (SCRIPTS / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_every_constraint_is_one_version_and_no_address_or_hash() -> None:
    assert [line for line in constraints() if not re.fullmatch(r"[a-z0-9-]+==[A-Za-z0-9.+!]+( ; [^@/]+)?", line)] == []


def test_everything_that_the_project_asks_for_is_pinned_to_a_version_that_it_accepts() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["dev"]
    pinned = defaultdict(list)
    for line in constraints():
        requirement = Requirement(line)
        pinned[canonicalize_name(requirement.name)].append(str(requirement.specifier).removeprefix("=="))

    for text in [*asked, *project["build-system"]["requires"]]:
        requirement = Requirement(text)
        versions = pinned[canonicalize_name(requirement.name)]
        assert versions, f"{requirement.name} isn't pinned"
        assert all(version in requirement.specifier for version in versions), (text, versions)


def test_the_examples_numpy_is_pinned_for_every_supported_python() -> None:
    pins = example_wheels.read_pins((SCRIPTS / "example_wheels.txt").read_text(encoding="utf-8"))

    assert [pin.python for pin in pins] == [f"{major}.{minor}" for major, minor in SUPPORTED]
    assert {pin.name for pin in pins} == {"numpy"}


def test_a_wheel_that_is_there_already_is_recognised_by_its_name() -> None:
    pin = example_wheels.Pin("3.12", "numpy", "2.5.5")

    assert pin.pattern() == "numpy-2.5.5-cp312-cp312-*.whl"
