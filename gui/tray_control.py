"""The tray's clicks carried to the node, and the node's state to the tray. The window's own actions are the shell's."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from core.console import CommandError

from .amounts import some_credit_words
from .demand_words import told_words
from .earned_watch import EarnedWatch
from .machine_words import stopped_words
from .node_link import LinkState
from .pause_choices import PauseFor
from .settings import Told, ToldOfMachine
from .start_at_login import of_this_system, own_command
from .tray import Tray
from .trouble import trouble_of
from .ui import Ui


def connect_tray(tray: Tray, ui: Ui) -> None:
    """Share, Pause and Finish act on `ui.node`; what fails comes to the window's banner. What `ui.demand` and
    `ui.machines` have to tell is told from the tray."""
    node = ui.node

    def pause(choice: PauseFor) -> None:
        ui.tasks.start(node.pause(choice), retry=lambda: pause(choice))

    def share() -> None:
        ui.tasks.start(node.share(), retry=share)

    def finish() -> None:
        ui.tasks.start(node.finish_then_pause(), retry=finish)

    def show_node() -> None:
        ui.navigate("my_node")
        tray.open_asked.emit()

    def show_earnings() -> None:
        ui.navigate("earnings")
        tray.open_asked.emit()

    def troubleshoot() -> None:
        ui.navigate("troubleshoot")
        tray.open_asked.emit()

    def show_demand() -> None:
        ui.navigate("demand")
        tray.open_asked.emit()

    def tell_wanted(told: Told) -> None:
        words = f"{told_words(told)} ({told.because})" if told.because else told_words(told)
        tray.tell(QCoreApplication.translate("tray", "Your GPU is wanted"), words, show_demand)

    def tell_stopped(told: list[ToldOfMachine]) -> None:
        words = "\n".join(stopped_words(one) for one in told)
        tray.tell(QCoreApplication.translate("tray", "Look at your machines"), words, show_node)

    def show() -> None:
        tray.set_words(node.words())
        tray.set_today(today_words(ui.earned))

    def look() -> None:
        ui.earned.ask()
        tray.set_login(starts_at_login())
        show()

    tray.pause_asked.connect(pause)
    tray.share_asked.connect(share)
    tray.finish_asked.connect(finish)
    tray.node_asked.connect(show_node)
    tray.earnings_asked.connect(show_earnings)
    tray.troubleshoot_asked.connect(troubleshoot)
    tray.login_asked.connect(lambda on: turn_login(tray, ui, on))
    ui.demand.wanted.connect(tell_wanted)
    ui.machines.stopped.connect(tell_stopped)
    ui.demand.has_tray = lambda: tray.is_available
    node.changed.connect(show)
    ui.earned.changed.connect(show)
    ui.language.changed.connect(show)
    ui.language.changed.connect(tray.show_words)
    tray.menu.aboutToShow.connect(look)
    show()


def today_words(watch: EarnedWatch) -> str:
    """`Today 9.140 credits`; empty while that isn't known."""
    known = watch.earned
    if known is None:
        return ""
    translate, credits = QCoreApplication.translate, some_credit_words(known.today_micro)
    if watch.is_stale:
        at = f"{known.heard_at.astimezone():%H:%M}"
        return translate("tray", "Today {0} credits, as of {1}").format(credits, at)
    return translate("tray", "Today {0} credits").format(credits)


def starts_at_login() -> bool | None:
    """Whether the system starts this program, not another one; None where it can't be told."""
    try:
        state = of_this_system(own_command()).state()
    except (OSError, CommandError):
        return None  # Settings says why
    return state.is_on and not state.other


def turn_login(tray: Tray, ui: Ui, on: bool) -> None:
    """What the system refuses comes to the window's banner, and the mark stays as it is there."""
    try:
        of_this_system(own_command()).turn(on)
    except (OSError, CommandError) as error:
        ui.tasks.tell(trouble_of(error), lambda: turn_login(tray, ui, on))
        tray.open_asked.emit()
    tray.set_login(starts_at_login())


def stop_sharing_and_quit(ui: Ui, quit: Callable[[], object]) -> None:
    """A node of ours ends with the program. One that runs as a service stays, so it is paused before."""

    async def stop() -> None:
        if ui.node.state is LinkState.LIVE and not ui.processes.has_children:
            await ui.node.pause(PauseFor.UNTIL_I_SAY)
        quit()

    ui.tasks.start(stop(), retry=lambda: stop_sharing_and_quit(ui, quit))
