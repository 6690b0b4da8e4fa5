"""Words, numbers and signs of a claim, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from cxlink.currencies import CODES, SIGNS

Kind = Literal["number", "scale", "equals", "sign", "percent", "money", "word", "colon", "times"]
_SIGNS = "|".join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True) if not sign[0].isalpha())
_LETTER_SIGNS = "|".join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True) if sign[0].isalpha())
DECIMALS = 9
LARGEST = 1e12
_SPACE = "  ' "
_PATTERN = re.compile(
    rf"""
      (?P<scale>0\s*(?:-|–|—|to)\s*10(?![\d.,]))
    | (?P<equals>==|=>|=|->|→|⇒|⟶)
    | (?P<sign>[+\-−–±])
    | (?P<number>\d{{1,3}}(?:[{_SPACE}]\d{{3}})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)*)
    | (?P<percent>%)
    | (?P<colon>:)
    | (?P<times>×|[xX](?![^\W_]))
    | (?P<money>(?:{_LETTER_SIGNS})(?![^\W\d_])|{_SIGNS})
    | (?P<word>[^\W\d_]+(?:-[^\W\d_]+)*)
    """,
    re.VERBOSE,
)
_SKIPPED = re.compile(r"[\s,.;()]+")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a claim.

    Parameters
    ----------
    kind : str
        What it is.
    text : str
        As written; words in lower case, currencies as written.
    place : int
        Of its first character.
    """

    kind: Kind
    text: str
    place: int


class GrammarError(Exception):
    """A claim that cannot be read.

    Parameters
    ----------
    code : str
        What kind of fault.
    place : int
        Character at which reading stopped.
    expected : str
        What would have been understood there.
    """

    def __init__(self, code: str, place: int, expected: str) -> None:
        super().__init__(expected)
        self.code, self.place, self.expected = code, place, expected


def split_claim(text: str) -> list[Token]:
    """Part a claim into tokens.

    Parameters
    ----------
    text : str
        Such as ``+1 NPS = +0.5% revenue``.

    Returns
    -------
    list of Token
        In their order.

    Raises
    ------
    GrammarError
        At a character that no claim has (CX560).
    """
    tokens: list[Token] = []
    place = 0
    while place < len(text):
        skipped = _SKIPPED.match(text, place)
        if skipped:
            place = skipped.end()
            continue
        match = _PATTERN.match(text, place)
        if match is None or match.lastgroup is None:
            raise GrammarError("CX560", place, "a word, a number, a currency, =, -> or %")
        tokens.append(_token(match, place))
        place = match.end()
    return tokens


def _token(match: re.Match[str], place: int) -> Token:
    text, kind = match.group(), match.lastgroup
    if kind == "word" and text in CODES:
        return Token("money", text, place)
    if kind == "word":
        return Token("word", text.casefold(), place)
    for name in ("number", "scale", "equals", "sign", "percent", "money", "colon", "times"):
        if kind == name:
            return Token(name, text, place)
    raise ValueError("a token of no kind")


def read_number(token: Token) -> float:
    """Read a number with a decimal point or comma, and thousands set apart.

    Parameters
    ----------
    token : Token
        Of kind number.

    Returns
    -------
    float
        Its value.

    Raises
    ------
    GrammarError
        Where a mark may be either (CX561), or the number is too large to be one (CX560).
    """
    text = re.sub(rf"[{_SPACE}]", "", token.text)
    points, commas = text.count("."), text.count(",")
    if points and commas:
        mark = max(".,", key=text.rfind)
        other = "," if mark == "." else "."
        whole, _, part = text.rpartition(mark)
        if mark in whole or not _is_grouped(whole, other):
            raise GrammarError("CX561", token.place, "one decimal mark, and thousands in groups of three")
        text = f"{whole.replace(other, '')}.{part}"
    elif points + commas > 1:
        mark = "." if points else ","
        if not _is_grouped(text, mark):
            raise GrammarError("CX561", token.place, "thousands in groups of three")
        text = text.replace(mark, "")
    elif points + commas == 1:
        mark = "." if points else ","
        whole, _, part = text.partition(mark)
        could_be_thousands = len(part) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
        if could_be_thousands and mark == ".":
            raise GrammarError("CX561", token.place, f"{whole}{part} for thousands, or {whole}.{part}0 for a fraction")
        text = whole + part if could_be_thousands else f"{whole}.{part}"
    value = round(float(text), DECIMALS)
    if not value < LARGEST:
        raise GrammarError("CX560", token.place, "a number below a million million")
    return value


def _is_grouped(text: str, mark: str) -> bool:
    first, *others = text.split(mark)
    return 1 <= len(first) <= 3 and all(len(part) == 3 for part in others)
