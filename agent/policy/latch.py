"""Stopping at one value and going on only well below it and after a while, so that noise doesn't stop and go."""

import msgspec


class Turn(msgspec.Struct, frozen=True):
    """Stop once the value has been `stop_at` or more for so long; go on once it has been `go_on_at` or less."""

    stop_at: float
    go_on_at: float
    stop_after_seconds: float = 0.0
    go_on_after_seconds: float = 60.0


class Latch(msgspec.Struct, frozen=True):
    """Whether it is stopped, and since when (Unix seconds) the value has been where it would turn."""

    is_stopped: bool = False
    crossed_at: float | None = None

    def next(self, value: float, turn: Turn, now: float) -> "Latch":
        """After one more reading. A clock that was put back makes the wait begin anew."""
        is_across = value <= turn.go_on_at if self.is_stopped else value >= turn.stop_at
        if not is_across:
            return Latch(self.is_stopped)
        crossed_at = now if self.crossed_at is None else min(self.crossed_at, now)
        crossed = Latch(self.is_stopped, crossed_at)
        turns_at = crossed.turns_at(turn)
        return Latch(not self.is_stopped) if turns_at is not None and now >= turns_at else crossed

    def turns_at(self, turn: Turn) -> float | None:
        """When it turns if the value stays; None: not with this value."""
        if self.crossed_at is None:
            return None
        return self.crossed_at + (turn.go_on_after_seconds if self.is_stopped else turn.stop_after_seconds)
