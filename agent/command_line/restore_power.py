"""`gpu-agent-node restore-power`: what a killed node has left set on GPUs goes back to what it was before."""

import msgspec

from agent.command_line.options import DataDirOption, default_data_dir
from core.console import CommandError, Console, ExitCode, JsonOption, QuietOption


class RestoredPower(msgspec.Struct, frozen=True):
    """What was done, a line a GPU; empty where nothing was left set."""

    restored: list[str]


def restore_power(
    data_dir: DataDirOption = default_data_dir("node"), json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Put back the power limits and fans that a killed node has left set. A node does so itself when it starts."""
    from agent.journal import Journal
    from agent.power_profile import PROFILE_FILE_NAME, PowerProfile, boot_of_this_system
    from agent.probe.nvml import Nvml

    folder = data_dir.absolute()
    done = []
    if (folder / PROFILE_FILE_NAME).exists():
        journal = Journal(folder / "journal.sqlite")  # while a node runs, its GPUs are its own to set
        nvml = Nvml()
        try:
            done = PowerProfile(folder, nvml, boot=boot_of_this_system()).restore_all()
        finally:
            nvml.close()
            journal.close()
    for refused in done:
        if refused.refused:
            raise CommandError(
                refused.words,
                hint="Nothing is lost: what was there before stays noted.",
                exit_code=ExitCode.ENVIRONMENT,
            )
    words = [restored.words for restored in done]
    human = "\n".join(words) or "nothing was left set"
    Console.choose(json, quiet).result(RestoredPower(words), human=human)
