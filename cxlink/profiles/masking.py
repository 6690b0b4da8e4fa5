"""Examples of cells without personal data."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cxlink.profiles.names import fold_name
from cxlink.profiles.toml_text import plain_line

N_EXAMPLES = 3
MAX_SHAPE = 40
MAX_WORD = 25
N_WORDS = 12
_PERSONAL = re.compile(
    r"name|mail|phone|fax|address|street|\bcity\b|\bzip\b|postal|postcode|\bip\b|latitude|longitude|comment|note|body"
    r"|subject|description|card|iban|account|submitter|requester|assignee|owner|author|company|message|statement"
    r"|birth|\bdob\b|\bborn\b|\bids?\b|number|customer|client|\buser\b|person|recipient|contact|respondent"
)
_PLAIN = re.compile(r"(?!.*[0-9]{6})[-+]?[0-9.,]{1,15}|[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}.{0,20}")
_LETTERS = re.compile(r"[^\W\d_]+")


def mask_text(text: str) -> str:
    """Show the shape of a text: letters as ``a`` and ``A``, digits as ``9``.

    Parameters
    ----------
    text : str
        Any cell.

    Returns
    -------
    str
        At most forty characters, on one line.
    """
    shape = "".join(_mask(letter) for letter in plain_line(text[: 4 * MAX_SHAPE]))
    return plain_line(shape, MAX_SHAPE)


def _mask(letter: str) -> str:
    if letter.isdigit():
        return "9"
    if letter.isalpha():
        return "A" if letter.isupper() else "a"
    return letter if letter.isascii() else "."


def show_cell(ours: str, text: str) -> str:
    """Show a cell of a canonical column on the terminal.

    Parameters
    ----------
    ours : str
        The canonical column.
    text : str
        The cell.

    Returns
    -------
    str
        Masked where people write or can be reached.
    """
    if "@" in text or ours in ("email", "comment", "subject", "body", "alias"):
        return mask_text(text)
    return plain_line(text, MAX_SHAPE)


def show_examples(header: str, texts: Sequence[tuple[str, int]]) -> str:
    """Show what a column holds: words that repeat, numbers and days as they are, everything else as shapes.

    Parameters
    ----------
    header : str
        The column's name; one that sounds personal is masked whatever it holds.
    texts : sequence of (str, int)
        Distinct cells and how often each occurs.

    Returns
    -------
    str
        Some examples.
    """
    filled = [(text, count) for text, count in texts if text.strip()]
    if not filled:
        return "(empty)"
    if _PERSONAL.search(fold_name(header)) is None and _are_words(filled):
        return ", ".join(plain_line(text, MAX_SHAPE) for text, _ in filled[:N_WORDS])
    if _PERSONAL.search(fold_name(header)) is None and all(_PLAIN.fullmatch(text.strip()) for text, _ in filled):
        return ", ".join(plain_line(text) for text, _ in filled[:N_EXAMPLES])
    return ", ".join(dict.fromkeys(mask_text(text) for text, _ in filled[: 2 * N_EXAMPLES]))


def _are_words(filled: Sequence[tuple[str, int]]) -> bool:
    """Whether a column holds a few words that repeat, and no addresses."""
    total = sum(count for _, count in filled)
    short = all(len(text) <= MAX_WORD and "@" not in text for text, _ in filled)
    lettered = any(_LETTERS.search(text) for text, _ in filled)
    return short and lettered and len(filled) <= N_WORDS and total >= 2 * len(filled)
