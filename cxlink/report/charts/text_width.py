"""How wide a text will be, before any font is known: estimated on the wide side, so that labels keep apart."""

from __future__ import annotations

import unicodedata

SIZE = 13.0
"""Height of the letters of all charts, in units of the view box."""

LINE = 16.0
"""From one line of text to the next."""

_ROUNDING = 1e-6
_NARROW, _WIDE = frozenset("fijlrtI.,:;'|!()[]{}/\\-` "), frozenset("mwMWQO@%&")


def measure(text: str) -> float:
    """Estimate the width of a text.

    Parameters
    ----------
    text : str
        On one line.

    Returns
    -------
    float
        Units of the view box.
    """
    return SIZE * sum(_em(character) for character in text)


def shorten(text: str, width: float) -> str:
    """Cut a text that is too wide, and mark the cut by an ellipsis.

    Parameters
    ----------
    text : str
        On one line.
    width : float
        Units of the view box.

    Returns
    -------
    str
        The text itself where it fits; nothing where not even the ellipsis does.
    """
    if measure(text) <= width + _ROUNDING:
        return text
    if measure("…") > width + _ROUNDING:
        return ""
    kept, left = "", width - measure("…")
    for character in text:
        left -= SIZE * _em(character)
        if left < 0:
            break
        kept += character
    return kept.rstrip(" \u200c\u200d") + "…"


def wrap(text: str, width: float, *, lines: int) -> tuple[str, ...]:
    """Break a text at its spaces, and a word that is wider than a line anywhere.

    What does not fit into the lines is cut and marked by an ellipsis.

    Parameters
    ----------
    text : str
        On one line.
    width : float
        Units of the view box.
    lines : int
        At the most.

    Returns
    -------
    tuple of str
        At least one.
    """
    words = [piece for word in text.split(" ") for piece in _pieces(word, width)]
    broken: list[str] = []
    for place, (word, goes_on) in enumerate(words):
        longer = broken[-1] + ("" if goes_on else " ") + word if broken else word
        if not broken or (measure(longer) <= width + _ROUNDING and not goes_on):
            broken[-1:] = [longer]
        elif len(broken) < lines:
            broken.append(word)
        else:
            rest = "".join(("" if on else " ") + piece for piece, on in words[place:])
            broken[-1] = shorten(broken[-1] + rest, width)
            break
    return tuple(broken)


def is_cut(text: str, lines: tuple[str, ...]) -> bool:
    """Tell whether something of a text is not in its lines.

    Parameters
    ----------
    text : str
        That was wrapped.
    lines : tuple of str
        What came of it.

    Returns
    -------
    bool
        Whether an ellipsis stands for something.
    """
    return "".join(lines).replace(" ", "") != text.replace(" ", "")


def _pieces(word: str, width: float) -> list[tuple[str, bool]]:
    """A word that is wider than a line in pieces that are not, and whether each goes on from the one before."""
    pieces, used = [""], 0.0
    for character in word:
        used += SIZE * _em(character)
        if used > width + _ROUNDING and pieces[-1]:
            pieces.append("")
            used = SIZE * _em(character)
        pieces[-1] += character
    return [(piece, place > 0) for place, piece in enumerate(pieces)]


def _em(character: str) -> float:
    """Part of the letter's height; at least as wide as in the sans serif faces that systems come with."""
    if character in _NARROW:
        return 0.42
    if character in _WIDE:
        return 1.0
    if character.isascii():
        return 0.72 if character.isupper() else 0.64
    if unicodedata.combining(character) or character in "\u200c\u200d":
        return 0.0
    return 1.1 if unicodedata.east_asian_width(character) in "WF" or ord(character) > 0xFFFF else 0.72
