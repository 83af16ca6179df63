"""What of a request this version can plan, and what it says of the rest: by field, or for each strategy in numbers."""

from ..errors import ApiError, ErrorCode, ErrorDetail
from ..packages.training_toml import StrategyKind, TrainingToml
from ..protocol.customer import StrategySpec, SubmitJob
from ..protocol.preview import StrategyOffer

OFFERED = (StrategyKind.SINGLE,)
NOT_OFFERED = "not offered by this version"
LONG_SECONDS = 1800


def check_offered(request: SubmitJob, training: TrainingToml) -> None:
    """Raises VALIDATION_FAILED with a row for each field that asks for what this version can't plan."""
    strategy = request.strategy or StrategySpec(kind=training.strategy.kind.value)
    kinds = " and ".join(OFFERED)
    rows: list[ErrorDetail] = []
    if strategy.kind not in OFFERED:
        where = "strategy.kind" if request.strategy else "strategy"
        said = strategy.kind if request.strategy else f"{strategy.kind}, which the package asks for,"
        rows.append(ErrorDetail(f"{said} is {NOT_OFFERED}; {kinds} is", field=where))
    for name in ("sweep", "metric", "direction", "early_stop", "segments"):
        if getattr(strategy, name) is not None:
            rows.append(ErrorDetail(f"{NOT_OFFERED}; strategy {kinds} needs none", field=f"strategy.{name}"))
    if rows:
        raise ApiError(ErrorCode.VALIDATION_FAILED, details=rows)


def strategy_offers(
    training: TrainingToml,
    *,
    train_seconds: int,
    data_bytes: int,
    checkpoint_bytes: int | None,
    bytes_per_second: float | None,
) -> list[StrategyOffer]:
    """Every strategy. `train_seconds` is the longest the training may take; `checkpoint_bytes` what an earlier run of
    the package left as its checkpoint, `bytes_per_second` what the median node has measured of its line; None is not
    known. How long a round takes is not measured yet, and said to be unknown.
    """
    twice = None if checkpoint_bytes is None else 2 * checkpoint_bytes
    size = "not known before a run has left one" if checkpoint_bytes is None else f"{checkpoint_bytes:,} bytes"
    cuts = "would be cut" if train_seconds > LONG_SECONDS else "would not need cutting"
    with_bounds = sum(param.min is not None or bool(param.choices) for param in training.params.values())
    unknown = {
        StrategyKind.SEGMENTS: (
            f"this version does not cut a training into checkpointed parts; one of {train_seconds:,} seconds {cuts}, "
            f"and each cut sends its checkpoint twice ({size})",
            twice,
        ),
        StrategyKind.SWEEP: (
            f"this version does not fan parameters out; the package names {len(training.params)}, "
            f"{with_bounds} of them with bounds or choices",
            data_bytes,
        ),
        StrategyKind.SHARDS: (
            f"this version does not divide the dataset of {data_bytes:,} bytes over nodes",
            data_bytes,
        ),
        StrategyKind.DILOCO: (
            f"this version does not merge rounds of local training; each round would send the weights twice ({size})",
            twice,
        ),
        StrategyKind.CUSTOM: ("this version does not take units that a package writes out", None),
    }
    return [
        StrategyOffer(kind.value, True)
        if kind in OFFERED
        else StrategyOffer(
            kind.value,
            False,
            unknown[kind][0],
            transfer_bytes=unknown[kind][1],
            median_node_bytes_per_second=bytes_per_second,
        )
        for kind in StrategyKind
    ]
