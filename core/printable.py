"""Text from outside made harmless to show, on a terminal or in a window."""

import unicodedata

_JOINERS = "\u200c\u200d"  # Persian, Hindi and emoji are misread without them


def printable(text: str, *, keep: str = "") -> str:
    r"""Text from outside with control, bidi, invisible and half characters written as escapes (`\x1b`, `\u202e`),
    so that it can neither move the cursor nor pretend to be other words. Characters in `keep` stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c in keep or _is_harmless(c) else c.encode("unicode_escape").decode() for c in text)


def _is_harmless(character: str) -> bool:
    return character.isprintable() or character in _JOINERS or unicodedata.category(character) == "Zs"
