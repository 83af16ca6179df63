"""`gpu-agent-node doctor`: what this machine can do as a node, and what would mend what it can't."""

import asyncio

from agent.command_line.options import DataDirOption, default_data_dir
from core.console import Console, JsonOption, QuietOption


def doctor(
    data_dir: DataDirOption = default_data_dir("node"), json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Say what confines units here, which Pythons and GPUs there are, and how much may be shared."""
    from agent.command_line.diagnosis import diagnose, in_words

    found = asyncio.run(diagnose(data_dir.absolute()))
    Console.choose(json, quiet).result(found, human=in_words(found))
