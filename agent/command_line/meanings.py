"""What the errors of the node's commands mean to their callers."""

from agent.autostart.base import ServiceRefused
from agent.identity import IdentityUnreadable
from agent.journal import JournalBusy, JournalRefused, JournalTooNew
from agent.journal_backups import NoWayBack
from agent.sandbox.choose import PlatformNotOffered
from core.client.errors import AddressRefused, ClientError, KeyRefused
from core.client.node_control import NodeNotRunning
from core.console import ExitCode

MEANINGS: dict[type[Exception], ExitCode] = {
    AddressRefused: ExitCode.ARGUMENTS,
    KeyRefused: ExitCode.CONNECTION,
    NodeNotRunning: ExitCode.ENVIRONMENT,
    ClientError: ExitCode.CONNECTION,
    JournalBusy: ExitCode.ENVIRONMENT,
    JournalTooNew: ExitCode.ENVIRONMENT,
    JournalRefused: ExitCode.ENVIRONMENT,
    NoWayBack: ExitCode.REFUSED,
    ServiceRefused: ExitCode.ENVIRONMENT,
    IdentityUnreadable: ExitCode.ENVIRONMENT,
    PlatformNotOffered: ExitCode.ENVIRONMENT,
}
