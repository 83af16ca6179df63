"""Words of an answer that a newer service may have more of than this program knows."""

from enum import StrEnum
from typing import Self


class OpenStrEnum(StrEnum):
    """A StrEnum that takes an unknown text for a member of its own, which is in no list and is never kept.

    What is read from an answer is thus never refused for a new word. Whoever decides by a value asks `is_known`.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member

    @property
    def is_known(self) -> bool:
        """Whether it is one of the listed members."""
        return any(self is member for member in type(self))
