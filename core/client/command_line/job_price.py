"""What a job would cost and how it would be divided, as people see it before they submit it."""

from rich.console import Group, RenderableType
from rich.text import Text

from ...clock import credits_text
from ...console import Console, printable, table
from ...console.words import counted, seconds_in_words
from ...errors import ErrorCode
from ...protocol.customer import JobPreview, PlannedUnit


def show_price(console: Console, preview: JobPreview) -> None:
    """Say the price, the balance and the plan in two lines, and what stands in the way."""
    console.info(_price_text(preview))
    units = ", ".join(
        f"{unit.role} ({unit.kind.value}, {counted(unit.nodes_now, 'node')} now)" for unit in preview.units
    )
    console.info(f"Plan: {units}")
    warn_of_obstacles(console, preview)


def warn_of_obstacles(console: Console, preview: JobPreview) -> None:
    """Say what a submit would meet now."""
    is_too_dear = preview.hold_micro > preview.balance_micro
    for refusal in preview.would_be_refused:
        if refusal.code != ErrorCode.CREDIT_INSUFFICIENT or not is_too_dear:
            console.warn(f"It would be refused: {refusal.message}.")
    if is_too_dear:
        console.warn(f"Your balance is {preview.balance}, and {preview.hold} would be held: it would be refused.")
    if any(unit.nodes_now == 0 for unit in preview.units):
        console.warn("No node can run all of it at this moment; the job waits until one can.")


def price_view(preview: JobPreview) -> RenderableType:
    """The price in a line, and a table with a row a unit."""
    return Group(Text(printable(_price_text(preview))), Text(), _plan_table(preview.units))


def _price_text(preview: JobPreview) -> str:
    low, high = preview.cost_micro[0], preview.cost_micro[-1]
    cost = credits_text(high) if low == high else f"{credits_text(low)} to {credits_text(high)}"
    runs = max((unit.earlier_runs for unit in preview.units), default=0)
    basis = f", as in {counted(runs, 'earlier run')}" if runs else ""
    return f"Price: {cost} credits{basis}; {preview.hold} are held until it ends. Balance: {preview.balance}"


def _plan_table(units: list[PlannedUnit]) -> RenderableType:
    """A row a unit; how long it usually runs is shown where the package has run before."""
    names = [unit.role if unit.index == 0 else f"{unit.role}-{unit.index}" for unit in units]
    titles = ["unit", "kind", "after", "at most", "held", "nodes now"]
    has_run = any(unit.usual_seconds is not None for unit in units)
    rows = (
        (
            name,
            unit.kind.value,
            ", ".join(names[need] for need in unit.needs) or None,
            seconds_in_words(unit.max_seconds),
            credits_text(unit.hold_micro),
            unit.nodes_now,
            *([None if unit.usual_seconds is None else seconds_in_words(unit.usual_seconds)] if has_run else []),
        )
        for name, unit in zip(names, units, strict=True)
    )
    return table([*titles, "usually"] if has_run else titles, rows)
