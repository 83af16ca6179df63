"""Counts, sizes and durations as people say them."""


def counted(count: int, thing: str) -> str:
    """`1 node`, `2 nodes`, `1,797 nodes`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def size_in_words(size_bytes: int | float) -> str:
    """Bytes as people say them: `812 B`, `1.4 MiB`."""
    amount = float(size_bytes)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"


def seconds_in_words(seconds: float) -> str:
    """A duration as people say it: `4 s`, `3 min 5 s`, `2 h 10 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
