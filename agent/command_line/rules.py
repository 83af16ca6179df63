"""`gpu-agent-node rules show`, `rules set`, `why` and `share-anyway`: the owner's rules of the node that runs here."""

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.command_line.asking import ask_node, seconds_of
from agent.command_line.options import DataDirOption, default_data_dir
from core.console import CommandError, Console, ExitCode, JsonOption, QuietOption

if TYPE_CHECKING:  # slow to load: help needs none of it
    from core.client.node_control import NodeControl
    from core.protocol.node_control import NodeStatus
    from core.protocol.node_rules import Rules, RulesNow

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="When this machine may be shared, and how much.")
_MOST_BYTES = 1 << 20
_TRIES_MORE = 4


@app.command("show")
def show(
    data_dir: DataDirOption = default_data_dir("node"), json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Say which rules hold, and what they come to now. With --json: the rules whole, as `rules set -` takes them."""
    rules, now = ask_node(data_dir, lambda node: (node.rules(), node.status().rules))
    _tell(Console.choose(json, quiet), rules, now)


@app.command("set")
def set_rules(
    given: Annotated[
        list[str],
        typer.Argument(
            help="A file with all rules in JSON, - for stdin; or simple ones, such as idle_minutes=10 battery=false "
            "programs=blender,obs gpus.GPU-1b2c.shared=false; VALUE none takes a ceiling away.",
            metavar="FILE|-|NAME=VALUE...",
        ),
    ],
    data_dir: DataDirOption = default_data_dir("node"),
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Change the rules. They hold at once: what they stop is given back with its last checkpoint."""
    from agent.command_line.rules_given import rules_changed, rules_of_json

    is_whole = len(given) == 1 and "=" not in given[0]
    if is_whole:
        rules = rules_of_json(_content(given[0]))
        status = ask_node(data_dir, lambda node: node.put_rules(rules))
    else:
        rules, status = ask_node(data_dir, lambda node: _changed(node, lambda before: rules_changed(before, given)))
    _tell(Console.choose(json, quiet), rules, status.rules)


def why(
    data_dir: DataDirOption = default_data_dir("node"), json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Say why this machine isn't earning now, and what to do about it."""
    from agent.command_line.rules_words import why_in_words

    answer = ask_node(data_dir, lambda node: node.why())
    quietly = [reason.kind for reason in answer.reasons]
    Console.choose(json, quiet).result(answer, human=why_in_words(answer), quiet=quietly)


def share_anyway(
    rule: Annotated[str, typer.Argument(help="The rule to set aside, as `why` names it: hours, program, battery …")],
    for_time: Annotated[
        str, typer.Option("--for", help="For so long, such as 30min; 0s ends it.", metavar="TIME")
    ] = "1h",
    gpu: Annotated[str | None, typer.Option("--gpu", help="Of this GPU alone.", metavar="UUID")] = None,
    data_dir: DataDirOption = default_data_dir("node"),
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Share in spite of a rule for a while. It ends by itself, and by a pause."""
    from agent.command_line.rules_words import reason_lines
    from agent.policy.decide import NEVER_ANYWAY
    from core.protocol.node_rules import RuleKind

    seconds = seconds_of(for_time)
    kind = RuleKind(rule)
    if not kind.is_known:
        raise CommandError(
            f"{rule!r} is no rule.",
            hint=f"Name one of: {', '.join(one.value for one in RuleKind if one not in NEVER_ANYWAY)}",
            exit_code=ExitCode.ARGUMENTS,
        )
    status = ask_node(data_dir, lambda node: node.share_anyway(kind, seconds, gpu))
    lines = reason_lines(status.rules) or ["no rule pauses"]
    Console.choose(json, quiet).result(status, human="\n".join(lines), quiet=status.state.value)


def _changed(node: "NodeControl", change: "Callable[[Rules], Rules]") -> "tuple[Rules, NodeStatus]":
    """What is in force changed, anew where another change came between."""
    from core.client.coded_errors import StateConflict

    def once() -> "tuple[Rules, NodeStatus]":
        digest = node.status().rules_digest
        rules = change(node.rules())
        return rules, node.put_rules(rules, if_match=digest or None)

    for _ in range(_TRIES_MORE):
        with contextlib.suppress(StateConflict):
            return once()
    return once()


def _content(name: str) -> bytes:
    try:
        if name == "-":
            content = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(
            f"{name} can't be read: {error.strerror or error}",
            hint="Name a file of rules, or write NAME=VALUE, such as idle_minutes=10.",
            exit_code=ExitCode.ARGUMENTS,
        ) from error
    if len(content) > _MOST_BYTES:
        raise CommandError(f"{name} is too large.", hint="Rules have 1 MiB at most.", exit_code=ExitCode.ARGUMENTS)
    return content


def _tell(console: Console, rules: "Rules", now: "RulesNow") -> None:
    from agent.command_line.rules_words import rules_in_words

    console.result(rules, human=rules_in_words(rules, now), quiet=[reason.rule.value for reason in now.reasons])
