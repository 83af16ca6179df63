"""Answers that carry a secret, and don't show it when they are printed."""

from typing import Any

_NEVER_SHOWN = frozenset({"secret", "token"})


class Discreet:
    """Stands before an answer's own base. Its repr ends up in logs, notebooks and tracebacks: it has all but the
    secret, also where rich makes it."""

    __slots__ = ()
    __struct_fields__: tuple[str, ...]

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({shown})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [(name, getattr(self, name)) for name in self.__struct_fields__ if name not in _NEVER_SHOWN]
