"""Holds what the guide lists for looking up to the code: variables, functions, keys, codes, limits, exit codes."""

import inspect
import re

from agent.box_spec import unit_variables
from agent.sandbox.contract import unit_environment
from core import training
from core.accounts.limits import DEFAULTS
from core.console import ExitCode
from core.errors import ErrorCode
from core.jobs.artifacts import PICKLE_SUFFIXES
from core.nodes.tiers import tier_table
from core.protocol.customer import ArtifactType, Sensitivity

from .guide import blocks, project

_GUIDE = (project() / "docs/customer-custom-training-guide.md").read_text(encoding="utf-8")
# Of no use to a script: what makes Python find its modules, and what is the same on every machine
_NOT_WORTH_TELLING = {"PATH", "PYTHONPATH", "PYTHONNOUSERSITE", "LANG", "TZ"}


def test_the_table_of_variables_is_what_a_unit_is_given() -> None:
    given = unit_environment(
        unit_variables(params={}, role="train"),
        data="",
        inputs="",
        output="",
        checkpoint="",
        home="",
        path="",
        python_path=[],
        gpu_uuid=None,
    )
    table = _GUIDE.partition("| variable |")[2].partition("\n\n")[0]
    told = {name for row in table.splitlines()[2:] for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1])}
    assert told == set(given) - _NOT_WORTH_TELLING


def test_every_function_of_training_that_it_names_takes_what_it_shows() -> None:
    called = set(re.findall(r"training\.([a-z_]+)\(", _GUIDE)) | set(re.findall(r"`([a-z_]+)\([^`]*\)`", _GUIDE))
    assert {"checkpoint", "resume", "should_stop", "params", "log", "data_dir"} <= called
    assert [name for name in called if not inspect.isfunction(getattr(training, name, None))] == []


def test_every_code_in_the_table_of_refusals_exists() -> None:
    table = _GUIDE.partition("| code | usual cause |")[2].partition("\n\n")[0]
    told = {name for row in table.splitlines()[2:] for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1])}
    assert len(told) > 8
    assert told <= {code.value for code in ErrorCode}


def test_its_numbers_are_the_default_limits() -> None:
    words = " ".join(_GUIDE.split())
    for told in (
        f"{DEFAULTS.log_bytes_per_unit >> 20} MiB",
        f"{DEFAULTS.log_line_bytes >> 10} KiB a line",
        f"{DEFAULTS.metric_points_per_unit:,} points",
        f"{DEFAULTS.output_bytes_per_unit >> 30} GiB",
        f"over {DEFAULTS.jobs_per_minute} jobs a minute, or {DEFAULTS.active_jobs} at once",
        f"over {DEFAULTS.units_per_day} units a day",
        f"kept for {DEFAULTS.artifact_days} days",
    ):
        assert told in words
    assert DEFAULTS.queued_days == 7 and "waits for seven days" in words


def test_its_tables_name_every_sensitivity_and_every_type_of_artifact() -> None:
    for value in [*Sensitivity, *ArtifactType]:
        assert f"\n| `{value.value}` |" in _GUIDE
    tiers = {row["tier"]: row["sensitivities"] for row in tier_table()}
    assert tiers["controlled"] == ["public", "low_sensitive"] and tiers["trusted"][-1] == "sensitive"


def test_its_exit_codes_are_those_of_the_command_lines() -> None:
    words = " ".join(_GUIDE.split())
    sentence = words.partition("The command line ends with ")[2].partition(" | code |")[0]
    told = [int(number) for number in re.findall(r"\b(\d) (?:for|when)", sentence)]
    assert told == [code.value for code in ExitCode if code is not ExitCode.INTERRUPTED]


def test_its_pickles_are_what_the_service_marks() -> None:
    section = _GUIDE.partition("## Pickles")[2].partition("\n## ")[0]
    told = set(re.findall(r"`(\.\w+)`", section.partition("runs whatever")[0]))
    assert told and told <= PICKLE_SUFFIXES


def test_each_file_it_gives_is_named_in_the_text_above_it() -> None:
    lines = _GUIDE.splitlines()
    given = [block for block in blocks(_GUIDE) if block.file_name]
    assert len(given) >= 6
    for block in given:
        above = " ".join(lines[max(0, block.line - 6) : block.line - 2])
        assert f"`{block.file_name}`" in above or "`training.toml`" in above
