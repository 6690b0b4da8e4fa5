"""Text that others wrote, made safe for each place where it is shown.

Nothing that customers or exports wrote reaches a report except through :func:`render_text`.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_KEPT = {0x200C, 0x200D}
_FILLERS = {0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800, 0x034F}
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Sink(Enum):
    """Where a text is going to be shown."""

    PLAIN = "a page, a workbook cell: what the place itself escapes is left alone"
    TERMINAL = "a terminal or the log of a CI run"
    MARKDOWN = "Markdown"
    CSV = "a cell of a CSV file that someone may open as a sheet"


def render_text(untrusted: str, sink: Sink, *, limit: int | None = None) -> str:
    r"""Make a text visible and inert, on one line.

    Control, bidirectional and other invisible characters become visible escapes such as ``\x1b`` and ``\u202e``; the
    joiners that Arabic script and emoji need are kept between letters.

    Parameters
    ----------
    untrusted : str
        As it came.
    sink : Sink
        Where it goes.
    limit : int, optional
        Characters kept; what is cut is marked by an ellipsis.

    Returns
    -------
    str
        Safe to print there.
    """
    text = " ".join(re.sub(r"[ \t\r\n]+", " ", untrusted).split(" ")).strip(" ")
    if limit is not None and len(text) > limit:
        text = text[: limit - 1].rstrip() + "…"
    shown = _visible(text)
    if sink is Sink.TERMINAL:
        return shown.replace("::", ":\\x3a").replace("##", "#\\x23")
    if sink is Sink.MARKDOWN:
        return _PUNCTUATION.sub(r"\\\1", shown)
    if sink is Sink.CSV:
        return guard_cell(shown)
    return shown


def guard_cell(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula.

    Parameters
    ----------
    text : str
        A text cell; numbers are not to be passed.

    Returns
    -------
    str
        The text, or the text after an apostrophe.
    """
    return "'" + text if text.startswith(_FORMULA_START) else text


def _visible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible_character(text, index) for index in range(len(text)))


def _visible_character(text: str, index: int) -> str:
    character = text[index]
    code = ord(character)
    if code in _KEPT and 0 < index < len(text) - 1 and text[index - 1] not in "\u200c\u200d":
        return character
    if unicodedata.category(character) in _INVISIBLE or code in _FILLERS:
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return " " if unicodedata.category(character) == "Zs" else character
