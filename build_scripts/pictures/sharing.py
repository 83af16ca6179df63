"""What somebody sees who shares a computer: rules that pause, what waits meanwhile, what ran and how to report it."""

from datetime import datetime

import msgspec

from core.protocol.node_rules import Rules
from gui.hour_spans import EVERY_CELL, painted
from gui.pages.node.demand import DemandPage
from gui.pages.node.history import History
from gui.pages.node.history_parts.report_form import ReportForm
from gui.pages.node.my_node import MyNode
from gui.pages.node.rules import RulesPage
from gui.rule_words import pausing_rules

from .camera import Camera
from .trainings import submit


async def pausing_rules_of_owner(camera: Camera) -> None:
    """Rules of which one pauses, and one that was set aside; then what waits while they do."""
    node, client = camera.desktop.ui.node, await camera.client()
    page = camera.open(RulesPage)
    await camera.until(lambda: node.rules.in_force)
    closed = [cell for cell in EVERY_CELL if cell[1] in (7, 8, 12) or 17 <= cell[1] < 23]
    await node.rules.change(
        lambda rules: msgspec.structs.replace(
            rules,
            hours=painted(painted(None, closed, False), [(day, datetime.now().hour) for day in range(7)], False),
            idle_minutes=10,
            programs=["blender", "obs"],
            download_kib_s=4883,
        )
    )
    await camera.until(lambda: pausing_rules(node.status) if node.status else None)
    await camera.take("rules-pausing")
    oldest = (await client.list_content("training-packages")).data[-1]
    await submit(client, "waits for a larger card", oldest.id, vram_mb=8_000)
    demand = camera.open(DemandPage)
    demand.reload()
    await camera.until(lambda: demand.rows)
    await camera.take("demand-waiting")
    camera.open(MyNode)
    await camera.take("my-node-paused-by-rule")
    camera.open(RulesPage)
    page.hours.note.button.click()
    await camera.until(lambda: node.status and not pausing_rules(node.status))
    await camera.take("rules-anyway")
    await node.rules.change(lambda rules: Rules())


async def report(camera: Camera) -> None:
    """A unit of the example beside the history of this computer, and the form that reports its package."""
    camera.open(History, view="log")
    await camera.take("history-log")
    page = camera.open(History, view="units")
    attempt = await camera.until(page.current)
    page.sides.show_side()
    await camera.take("history-unit")
    for language in camera.languages:
        camera.speak(language)
        page.blocking.ask(attempt)
        form = await camera.dialog(ReportForm)
        await camera.take_in(language, "report-form", form)
        form.reject()
