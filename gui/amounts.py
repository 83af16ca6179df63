"""Sizes, speeds, times and credits as customers' pages word them. Numbers in, words out; nothing of Qt's widgets."""

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QDate, QLocale

MICRO_PER_CREDIT = 1_000_000
_LEAST_SHOWN_MICRO = 1_000
_UNITS = ("B", "KB", "MB", "GB", "TB")


def size_words(size_bytes: int | float) -> str:
    """Bytes in powers of ten: `812 B`, `41 MB`, `2.1 GB`."""
    amount, unit = float(size_bytes), 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    digits = 1 if (unit and amount < 9.95) or (unit >= 3 and amount < 99.5) else 0
    return f"{amount:.{digits}f} {_UNITS[unit]}"


def of_words(done_bytes: int, total_bytes: int) -> str:
    """`1.39 of 3.4 GB`: both in the unit of the whole."""
    whole = size_words(total_bytes)
    number, _, unit = whole.partition(" ")
    divisor = 1000 ** _UNITS.index(unit)
    digits = 0 if unit == "B" else 2 if total_bytes / divisor < 10 else 1 if total_bytes / divisor < 100 else 0
    return _tr("{0} of {1}").format(f"{done_bytes / divisor:.{digits}f}", f"{number} {unit}")


def speed_words(bytes_per_second: float) -> str:
    """`11.8 MB/s`."""
    amount, unit = bytes_per_second, 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.{1 if unit >= 2 and amount < 100 else 0}f} {_UNITS[unit]}/s"


def left_words(seconds: float) -> str:
    """`2 min 50 s left`."""
    return _tr("{0} left").format(seconds_words(seconds))


def seconds_words(seconds: float) -> str:
    """`50 s`, `2 min 50 s`, `3 h 5 min`."""
    whole = max(1, round(seconds))
    if whole < 60:
        return _tr("{0} s").format(whole)
    if whole < 3600:
        return _tr("{0} min {1} s").format(whole // 60, whole % 60)
    return _tr("{0} h {1} min").format(whole // 3600, whole % 3600 // 60)


def count_words(count: int) -> str:
    """`18,204`."""
    return f"{count:,}"


def files_words(count: int) -> str:
    """`14 files`."""
    return _tr("1 file") if count == 1 else _tr("{0} files").format(count_words(count))


def local(time: str) -> datetime:
    """A time of the API as it is here."""
    return datetime.fromisoformat(time).astimezone()


def day_words(time: str, now: datetime) -> str:
    """`10 Apr`; with the year if it is another one than `now`'s."""
    at = local(time)
    day = QDate(at.year, at.month, at.day)
    shown = QLocale().toString(day, _tr("d MMM", "a date in QDate's letters"))
    return shown if at.year == now.year else f"{shown} {at.year}"


def moment_words(time: str, now: datetime, *, seconds: bool = False) -> str:
    """`today 14:07:18`, `13 Apr 18:16`."""
    at = local(time)
    clock = at.strftime("%H:%M:%S" if seconds else "%H:%M")
    same = at.date() == now.astimezone().date()
    return f"{_tr('today') if same else day_words(time, now)} {clock}"


def credit_words(micro: int, *, signed: bool = False) -> str:
    """Three decimals, rounded to the nearest; `signed` with + or −."""
    text = f"{abs(micro) / MICRO_PER_CREDIT:,.3f}"
    sign = "−" if micro < 0 else "+" if signed and micro > 0 else ""
    return sign + text


def some_credit_words(micro: int) -> str:
    """As `credit_words`; less than three decimals can show is `<0.001`, and no 0."""
    return "<0.001" if 0 < micro < _LEAST_SHOWN_MICRO else credit_words(micro)


def all_decimals(micro: int) -> str:
    """All six decimals, for a tooltip."""
    whole, rest = divmod(abs(micro), MICRO_PER_CREDIT)
    return f"{'−' if micro < 0 else ''}{whole:,}.{rest:06d}"


def short_digest(digest: str) -> str:
    """`7be1…40c9`."""
    return f"{digest[:4]}…{digest[-4:]}"


def _tr(text: str, note: str | None = None) -> str:
    return QCoreApplication.translate("amounts", text, note) if note else QCoreApplication.translate("amounts", text)
