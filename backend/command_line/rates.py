"""`rates set` and `rates show`: what a second costs, and the service's fee."""

import typer

from core.billing.rates import RateCard, rate_card, set_rates
from core.console import Console, JsonOption, QuietOption, table
from core.errors import validation_failed

from ..data_folder import command_store
from ..operator_command import Command
from .options import DEFAULT_DATA_DIR, DataDir

app = typer.Typer(help="What work costs.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def rates() -> None:
    """What work costs."""


@app.command("show")
def show(data_dir: DataDir = DEFAULT_DATA_DIR, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Show the rate of each class, and the fee."""
    with command_store(data_dir) as store:
        card = rate_card(store.connection)
    _tell(card, Console.choose(json, quiet))


@app.command("set")
def set_(
    changes: list[str] = typer.Argument(
        None,
        metavar="CLASS=MICRO_PER_SECOND…",
        help="Micro-credits a second, such as cpu=200 or gpu-24g=6000; CLASS=default puts one back.",
    ),
    fee_percent: int = typer.Option(None, "--fee-percent", help="What the service keeps of a charge, 0 to 100."),
    data_dir: DataDir = DEFAULT_DATA_DIR,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Set rates and the fee; a running server keeps to them at once. Units that are held keep the rate they have."""
    wanted = _parse(changes or [])
    if not wanted and fee_percent is None:
        raise validation_failed(rates="name a class and its rate, such as cpu=200, or --fee-percent")
    details: dict[str, object] = dict(wanted)
    if fee_percent is not None:
        details["fee_percent"] = fee_percent
    with command_store(data_dir) as store, store.transaction() as tx:
        card = set_rates(tx, wanted, fee_percent=fee_percent)
        Command().record(tx, "rates.set", "rates", **details)
    _tell(card, Console.choose(json, quiet))


def _tell(card: RateCard, console: Console) -> None:
    rows = ((r.rate_class, r.vram_up_to_mb, r.micro_per_second, r.credits_per_hour) for r in card.classes)
    console.result(
        card,
        human=table(
            ("class", "VRAM up to (MiB)", "micro-credits a second", "credits an hour"),
            rows,
            title=f"Fee: {card.fee_percent} %",
        ),
        quiet=[*(f"{r.rate_class}={r.micro_per_second}" for r in card.classes), f"fee_percent={card.fee_percent}"],
    )


def _parse(changes: list[str]) -> dict[str, int | None]:
    """`class=rate` pairs. Raises VALIDATION_FAILED with a row for each that is none."""
    parsed: dict[str, int | None] = {}
    bad: dict[str, str] = {}
    for change in changes:
        name, separator, value = (part.strip() for part in change.partition("="))
        if not separator:
            bad[change] = "is not CLASS=MICRO_PER_SECOND"
        elif value == "default":
            parsed[name] = None
        elif value.isascii() and value.removeprefix("-").isdecimal() and len(value) < 20:
            parsed[name] = int(value)
        else:
            bad[name] = f"{value!r} is no whole number of micro-credits a second"
    if bad:
        raise validation_failed(**bad)
    return parsed
