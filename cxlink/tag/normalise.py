"""Text as the rules see it: folded words parted by single spaces, ``.`` for the end of a clause.

Folding works on each character alone: NFKC compatibility forms, case, diacritics (Latvian, Portuguese), niqqud, tashkil
and tatweel, alef/ya/ta-marbuta and Hebrew final letters are unified; bidi, zero-width and control characters vanish.
So ``Não chegou!!!`` becomes ``nao chegou .``. As no word is ever split or joined differently, the n-th folded word is
the n-th word of the original, and a match leads back to the exact letters the customer wrote.
"""

from __future__ import annotations

import re
import unicodedata

CLAUSE_BREAK = "."

_BREAKS = frozenset(".,;:!?()[]{}<>|\n\r…—–•،؛؟٫۔。、，！？¡¿\u2028\u2029\u0085")
_DROPPED = frozenset("'`´’‘ʼʹ‛′׳״\u05f3\u05f4\u0640")
_TO_LETTER = str.maketrans(
    {
        "ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك", "ٱ": "ا",
        "ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ",
        "ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th",
    }
)  # fmt: skip
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_WORD = re.compile(r"w(?:[wmd]*[wm])?")


class _FoldTable(dict[int, str]):
    """``str.translate`` table that folds each character the first time it is met."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        self[code] = folded
        return folded


class _ShapeTable(dict[int, str]):
    """``str.translate`` table to one kind a character: ``w`` word, ``m`` mark, ``d`` dropped, space or ``.``."""

    def __missing__(self, code: int) -> str:
        shape = _shape_of(chr(code))
        self[code] = shape
        return shape


def _is_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN" or unicodedata.category(character) == "Mc"


def _fold_character(character: str) -> str:
    """Fold one character to word letters, ``""`` (dropped), ``" "`` or ``" . "``."""
    if character in _BREAKS:
        return f" {CLAUSE_BREAK} "
    if character in _DROPPED:
        return ""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    letters = "".join(c for c in decomposed if _is_word(c)).translate(_TO_LETTER)
    if letters:
        return letters
    is_dropped = unicodedata.category(character) in {"Mn", "Me", "Cc", "Cf"} and not character.isspace()
    return "" if is_dropped else " "


def _shape_of(character: str) -> str:
    folded = _FOLD[ord(character)]
    if folded == "":
        return "m" if unicodedata.category(character) in {"Mn", "Me"} else "d"
    if folded.isspace():
        return " "
    return CLAUSE_BREAK if folded.strip() == CLAUSE_BREAK else "w"


_FOLD = _FoldTable()
_SHAPE = _ShapeTable()


def fold_letters(text: str) -> str:
    """Fold the letters of a text and leave its other ASCII characters as they are; for patterns.

    Parameters
    ----------
    text : str
        A piece of a pattern, without escapes.

    Returns
    -------
    str
        The same with letters folded as in :func:`fold_text`.
    """
    return "".join(c if c.isascii() and not c.isalpha() else _FOLD[ord(c)] for c in text)


def fold_text(text: str) -> str:
    """Fold a text for matching.

    Parameters
    ----------
    text : str
        As the customer wrote it.

    Returns
    -------
    str
        Folded words and clause breaks (``.``), parted by single spaces; a letter written three times or more in a row
        stands once (``muuuito`` gives ``muito``).
    """
    return _REPEATED.sub(r"\1", " ".join(text.translate(_FOLD).split()))


def fold_tag(text: str) -> str:
    """Fold a tag of a ticket system, in which words are often joined by signs.

    Parameters
    ----------
    text : str
        Such as ``late-delivery`` or ``Billing::Overcharge``.

    Returns
    -------
    str
        Its folded words, parted by single spaces.
    """
    return " ".join(
        word for word in fold_text(text.replace("_", " ").replace("-", " ")).split() if word != CLAUSE_BREAK
    )


def locate_words(text: str) -> list[tuple[int, int]]:
    """Locate the words of a text; the n-th is the n-th word of :func:`fold_text`.

    Parameters
    ----------
    text : str
        As the customer wrote it.

    Returns
    -------
    list of (int, int)
        Start and end (exclusive) of each word, as offsets in ``text``; combining marks belong to their word.
    """
    return [match.span() for match in _WORD.finditer(text.translate(_SHAPE))]


def count_words(folded: str) -> int:
    """Count the words of a folded text, clause breaks aside.

    Parameters
    ----------
    folded : str
        From :func:`fold_text`, or a part of it cut at spaces.

    Returns
    -------
    int
        Number of words.
    """
    return sum(token != CLAUSE_BREAK for token in folded.split())
