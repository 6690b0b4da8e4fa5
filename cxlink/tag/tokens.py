"""Texts as numbered words, and what occurs in them: words, pairs of words, pieces of words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

import numpy as np

from cxlink.stats.arrays import Integers
from cxlink.tag.normalise import CLAUSE_BREAK, fold_text

BlockKind = Literal["words", "pairs", "letters", "spelling"]

PIECE_LETTERS = (3, 4, 5)
"""Lengths of the pieces of words; the space before and after a word counts as a letter."""
PAIRED_LETTERS = 3
"""Letters of a word that stand for it in a pair, so that its endings do not matter."""
PIECES_OF_LETTERS = 100
"""A longer word is no word; only its beginning is cut into pieces."""
PART_TOKENS = 200_000
"""Tokens counted at a time: what bounds the memory, as a text has many more pairs and pieces than words."""


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """The tokens of texts.

    Parameters
    ----------
    words : tuple of str, shape (n_words,)
        Distinct tokens, ascending; a token is a word or the end of a clause.
    ids : ndarray of int, shape (n_tokens,)
        Place in ``words`` of each token, one text after the other.
    starts : ndarray of int, shape (n_texts + 1,)
        Where the tokens of each text begin; the last one is ``n_tokens``.
    """

    words: tuple[str, ...]
    ids: Integers
    starts: Integers

    @property
    def n_texts(self) -> int:
        """Number of texts."""
        return self.starts.size - 1

    def split_parts(self) -> Iterator[tuple[int, int]]:
        """Cut the texts into parts of about ``PART_TOKENS`` tokens.

        Yields
        ------
        (int, int)
            First text of the part, and the one after its last.
        """
        first = 0
        while first < self.n_texts:
            limit = self.starts[first] + PART_TOKENS
            last = max(first + 1, int(np.searchsorted(self.starts, limit, side="right")) - 1)
            yield first, last
            first = last


def read_tokens(texts: Sequence[str], *, is_folded: bool = True) -> Tokens:
    """Cut texts into tokens.

    Parameters
    ----------
    texts : sequence of str, shape (n_texts,)
        As the customers wrote them.
    is_folded : bool
        Whether to fold them with :func:`cxlink.tag.normalise.fold_text`; else they are put in lower case only, which
        keeps diacritics and punctuation.

    Returns
    -------
    Tokens
        Of all texts.
    """
    return index_tokens([(fold_text(text) if is_folded else text.lower()).split() for text in texts])


def index_tokens(cut: Sequence[Sequence[str]]) -> Tokens:
    """Number the tokens of texts.

    Parameters
    ----------
    cut : sequence of sequence of str, shape (n_texts,)
        Tokens of each text.

    Returns
    -------
    Tokens
        Of all texts.
    """
    words = tuple(sorted(set(chain.from_iterable(cut))))
    places = {word: place for place, word in enumerate(words)}
    lengths = np.array([len(one) for one in cut], dtype=np.intp)
    n_tokens = int(lengths.sum())
    ids = np.fromiter((places[word] for one in cut for word in one), dtype=np.intp, count=n_tokens)
    return Tokens(words, ids, np.concatenate((np.zeros(1, dtype=np.intp), np.cumsum(lengths))))


class Occurrences:
    """What of one kind occurs in texts; each thing has a code, and a name that can be read.

    Parameters
    ----------
    kind : {"words", "pairs", "letters", "spelling"}
        What to look for.
    tokens : Tokens
        Of the texts.
    window : int
        Words between which pairs are taken.
    """

    def __init__(self, kind: BlockKind, tokens: Tokens, window: int) -> None:
        self._kind = kind
        self._tokens = tokens
        self._window = window
        self._words = tokens.words
        if kind == "pairs":
            self._words = tuple(sorted({word[:PAIRED_LETTERS] for word in tokens.words}))
            places = {word: place for place, word in enumerate(self._words)}
            self._place_of = np.array([places[word[:PAIRED_LETTERS]] for word in tokens.words], dtype=np.intp)
            self._is_word = np.array([word != CLAUSE_BREAK for word in tokens.words], dtype=bool)
        self._base = len(self._words) + 1
        self._pieces: list[str] = []
        self._pieces_of: list[Integers] = []
        if kind in {"letters", "spelling"}:
            self._cut_words()

    def find(self, first: int, last: int) -> tuple[Integers, Integers]:
        """Find what occurs in some texts.

        Parameters
        ----------
        first : int
            First text.
        last : int
            The one after the last.

        Returns
        -------
        rows : ndarray of int, shape (n_occurrences,)
            Text of each, counted from ``first``.
        codes : ndarray of int, shape (n_occurrences,)
            What occurs.
        """
        starts = self._tokens.starts[first : last + 1]
        ids = self._tokens.ids[starts[0] : starts[-1]]
        rows = np.repeat(np.arange(last - first), np.diff(starts))
        if self._kind == "words":
            return self._find_words(rows, ids)
        if self._kind == "pairs":
            return self._find_pairs(rows, ids)
        lengths = np.array([self._pieces_of[one].size for one in ids.tolist()], dtype=np.intp)
        none = np.zeros(0, dtype=np.intp)
        return np.repeat(rows, lengths), np.concatenate([none, *(self._pieces_of[one] for one in ids.tolist())])

    def name(self, code: int) -> str:
        """Name a thing.

        Parameters
        ----------
        code : int
            From :meth:`find`.

        Returns
        -------
        str
            One word, two words or beginnings of words with a space between, or a piece of a word.
        """
        if self._kind in {"letters", "spelling"}:
            return self._pieces[code]
        one, other = divmod(code, self._base)
        return self._words[one] if other == self._base - 1 else f"{self._words[one]} {self._words[other]}"

    def _find_words(self, rows: Integers, ids: Integers) -> tuple[Integers, Integers]:
        follows = np.flatnonzero(rows[1:] == rows[:-1])
        single, double = ids * self._base + self._base - 1, ids[follows] * self._base + ids[follows + 1]
        return np.concatenate((rows, rows[follows])), np.concatenate((single, double))

    def _find_pairs(self, rows: Integers, ids: Integers) -> tuple[Integers, Integers]:
        rows, ids = rows[self._is_word[ids]], self._place_of[ids[self._is_word[ids]]]
        found_rows, found = [rows[:0]], [ids[:0]]
        for apart in range(1, min(self._window, ids.size - 1) + 1):
            one, other = ids[:-apart], ids[apart:]
            paired = (rows[:-apart] == rows[apart:]) & (one != other)
            found_rows.append(rows[:-apart][paired])
            # Beginnings are sorted, so the smaller number comes first in the alphabet too.
            found.append(np.minimum(one, other)[paired] * self._base + np.maximum(one, other)[paired])
        return np.concatenate(found_rows), np.concatenate(found)

    def _cut_words(self) -> None:
        places: dict[str, int] = {}
        for word in self._tokens.words:
            pieces = () if word == CLAUSE_BREAK else _cut(f" {word[:PIECES_OF_LETTERS]} ")
            codes = [places.setdefault(piece, len(places)) for piece in pieces]
            self._pieces_of.append(np.array(codes, dtype=np.intp))
        self._pieces = list(places)


def _cut(padded: str) -> Iterator[str]:
    for length in PIECE_LETTERS:
        for start in range(len(padded) - length + 1):
            yield padded[start : start + length]
