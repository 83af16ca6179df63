"""The console of a node that runs: what it says is kept in the node's own log, too."""

from agent.node_log import Level, NodeLog
from core.console import Console, Mode


class LoggedConsole(Console):
    """As `Console`; also where `--quiet` keeps it from saying anything."""

    def __init__(self, mode: Mode, log: NodeLog) -> None:
        super().__init__(mode)
        self.log = log

    def info(self, text: str) -> None:
        """As `Console.info`."""
        self.log.add(Level.INFO, text)
        super().info(text)

    def warn(self, text: str) -> None:
        """As `Console.warn`."""
        self.log.add(Level.WARNING, text)
        super().warn(text)
