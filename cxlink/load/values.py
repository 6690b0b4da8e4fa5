"""Words and numbers that are not dates or money: choices, flags and scores."""

from __future__ import annotations

from collections.abc import Mapping

from cxlink.currencies import strip_mark
from cxlink.load.numerals import Mark, read_numeral
from cxlink.load.tables import Column

TRUE_WORDS = frozenset({"true", "t", "yes", "y", "1"})
FALSE_WORDS = frozenset({"false", "f", "no", "n", "0"})
MAX_LENGTH = 64


class BadValueError(ValueError):
    """A cell that cannot be used.

    Parameters
    ----------
    code : str
        Quarantine code.
    reason : str
        In words, without the value.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def translate(text: str, words: Mapping[str, str]) -> str:
    """Put the export's word into ours.

    Parameters
    ----------
    text : str
        Trimmed.
    words : mapping
        The source's setting ``values`` for the column.

    Returns
    -------
    str
        Unchanged where the setting does not name it; case is ignored where no word has the same case.
    """
    if text in words:
        return words[text].strip()
    folded = {word.casefold(): ours for word, ours in words.items()}
    return folded.get(text.casefold(), text).strip()


def read_choice(text: str, column: Column) -> str:
    """Read one of a column's words.

    Parameters
    ----------
    text : str
        Trimmed, not empty.
    column : Column
        With `choices`.

    Returns
    -------
    str
        The canonical word.

    Raises
    ------
    BadValueError
        If it is none of them (CX165).
    """
    for choice in column.choices:
        if text.casefold() == choice:
            return choice
    raise BadValueError("CX165", f"is none of {', '.join(column.choices)}")


def read_flag(text: str) -> bool:
    """Read true or false.

    Parameters
    ----------
    text : str
        Trimmed, not empty.

    Returns
    -------
    bool
        What it says.

    Raises
    ------
    BadValueError
        If it says neither (CX165).
    """
    folded = text.casefold()
    if folded in TRUE_WORDS:
        return True
    if folded in FALSE_WORDS:
        return False
    raise BadValueError("CX165", "is neither true nor false")


def read_number(text: str, column: Column, mark: Mark) -> float:
    """Read a number within the column's range.

    Parameters
    ----------
    text : str
        Trimmed, not empty.
    column : Column
        Of kind ``number``, ``score`` (a whole number) or ``rate`` (a currency's sign may stand by it).
    mark : {".", ","}
        The column's decimal mark.

    Returns
    -------
    float
        Finite.

    Raises
    ------
    BadValueError
        If it is not a number (CX163) or out of range (CX164).
    """
    bare = strip_mark(text)[0] if column.kind == "rate" and len(text) <= MAX_LENGTH else text
    numeral = read_numeral(bare, mark) if len(bare) <= MAX_LENGTH else None
    if numeral is None:
        raise BadValueError("CX163", "is not a plain number")
    value = float(numeral)
    if not column.low <= value <= column.high:
        raise BadValueError("CX164", f"is not between {column.low:g} and {column.high:g}")
    if column.kind == "score" and not value.is_integer():
        raise BadValueError("CX164", "is not a whole number")
    return value
