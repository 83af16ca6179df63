"""The tray's clicks carried to the node, and the node's state to the tray. The window's own actions are the shell's."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from .demand_words import told_words
from .machine_words import stopped_words
from .node_link import LinkState
from .pause_choices import PauseFor
from .settings import Told, ToldOfMachine
from .tray import Tray
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

    tray.pause_asked.connect(pause)
    tray.share_asked.connect(share)
    tray.finish_asked.connect(finish)
    tray.node_asked.connect(show_node)
    ui.demand.wanted.connect(tell_wanted)
    ui.machines.stopped.connect(tell_stopped)
    ui.demand.has_tray = lambda: tray.is_available
    node.changed.connect(show)
    ui.language.changed.connect(show)
    ui.language.changed.connect(tray.show_words)
    tray.menu.aboutToShow.connect(show)
    show()


def stop_sharing_and_quit(ui: Ui, quit: Callable[[], object]) -> None:
    """A node of ours ends with the program. One that runs as a service stays, so it is paused before."""

    async def stop() -> None:
        if ui.node.state is LinkState.LIVE and not ui.processes.has_children:
            await ui.node.pause(PauseFor.UNTIL_I_SAY)
        quit()

    ui.tasks.start(stop(), retry=lambda: stop_sharing_and_quit(ui, quit))
