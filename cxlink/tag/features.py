"""Texts to numbers whose names can be read: words, pairs of words and letters within words, weighted by rarity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from cxlink.stats.arrays import Floats, Integers
from cxlink.tag.tokens import BlockKind, Occurrences, Tokens, read_tokens

Sparse: TypeAlias = Any
"""A ``scipy.sparse.csr_matrix`` of float64."""

IDF_DIGITS = 6
LONGEST_NAME = 100
"""Longer things are no words."""


@dataclass(frozen=True, slots=True)
class BlockSettings:
    """What to take from texts as one block of features.

    Parameters
    ----------
    kind : {"words", "pairs", "letters", "spelling"}
        ``words``: folded words, and two in a row. ``pairs``: the beginnings of two folded words, in either order.
        ``letters``: 3 to 5 letters of a folded word. ``spelling``: 3 to 5 letters of a word as written, in lower case.
    weight : float
        Length of the block in a text that has any of its features.
    window : int
        How far apart the words of a pair may stand; for ``pairs`` only.
    """

    kind: BlockKind
    weight: float
    window: int = 0


DEFAULT_BLOCKS = (
    BlockSettings("words", 1.0),
    BlockSettings("pairs", 1.0, window=12),
    BlockSettings("letters", 1.0),
    BlockSettings("spelling", 0.5),
)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Features of one kind.

    Parameters
    ----------
    settings : BlockSettings
        What is counted.
    names : tuple of str, shape (n_features,)
        Ascending; two words have a space between.
    idf : ndarray of float64, shape (n_features,)
        Weight of an occurrence: rare features weigh more.
    """

    settings: BlockSettings
    names: tuple[str, ...]
    idf: Floats
    _places: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_places", {name: place for place, name in enumerate(self.names)})

    def build_matrix(self, tokens: Tokens) -> Sparse:
        """Weigh what occurs in texts.

        Parameters
        ----------
        tokens : Tokens
            Of n texts.

        Returns
        -------
        csr_matrix of float64, shape (n, n_features)
            ``(1 + log count) * idf``, each row brought to length ``settings.weight``.
        """
        from scipy import sparse

        occurrences = Occurrences(self.settings.kind, tokens, self.settings.window)
        parts = [sparse.csr_matrix((0, len(self.names)))]
        for first, last in tokens.split_parts():
            rows, codes = occurrences.find(first, last)
            distinct, columns = np.unique(codes, return_inverse=True)
            places = np.array(
                [self._places.get(occurrences.name(code), -1) for code in distinct.tolist()], dtype=np.intp
            )
            columns = places[columns]
            known = columns >= 0
            shape = (last - first, len(self.names))
            ones = np.ones(np.count_nonzero(known))
            parts.append(self._weigh(sparse.csr_matrix((ones, (rows[known], columns[known])), shape=shape)))
        return sparse.vstack(parts, format="csr")

    def _weigh(self, counts: Sparse) -> Sparse:
        counts.sum_duplicates()
        counts.data = (1.0 + np.log(counts.data)) * self.idf[counts.indices]
        n_entries = np.diff(counts.indptr)
        row_of = np.repeat(np.arange(counts.shape[0]), n_entries)
        squares = np.bincount(row_of, weights=counts.data**2, minlength=counts.shape[0])
        counts.data *= self.settings.weight / np.sqrt(squares)[row_of]
        return counts


def fit_blocks(
    texts: Sequence[str],
    customers: Integers,
    settings: Sequence[BlockSettings] = DEFAULT_BLOCKS,
    *,
    min_customers: int = 2,
    max_features: int = 100_000,
) -> tuple[Block, ...]:
    """Choose the features that texts offer.

    Parameters
    ----------
    texts : sequence of str, shape (n,)
        As the customers wrote them.
    customers : ndarray of int, shape (n,)
        Who wrote each.
    settings : sequence of BlockSettings
        Blocks to build.
    min_customers : int
        Features of fewer customers are left out: nothing can be learnt from them, and they may be a name or a number.
    max_features : int
        Of each block; those of the most customers are kept, the first by name among equals.

    Returns
    -------
    tuple of Block
        One for each of the settings.
    """
    by_customer = np.argsort(customers, kind="stable")
    ordered, owner = [texts[row] for row in by_customer], customers[by_customer]
    folded, spelled = _read_both(ordered, settings)
    return tuple(
        _fit_block(one, spelled if one.kind == "spelling" else folded, owner, min_customers, max_features)
        for one in settings
    )


def build_matrix(blocks: Sequence[Block], texts: Sequence[str]) -> Sparse:
    """Turn texts into numbers.

    Parameters
    ----------
    blocks : sequence of Block
        From :func:`fit_blocks`.
    texts : sequence of str, shape (n,)
        As the customers wrote them.

    Returns
    -------
    csr_matrix of float64, shape (n, n_features)
        Columns of the blocks, one block after the other.
    """
    from scipy import sparse

    folded, spelled = _read_both(texts, [block.settings for block in blocks])
    parts = [block.build_matrix(spelled if block.settings.kind == "spelling" else folded) for block in blocks]
    return sparse.hstack(parts, format="csr")


def _read_both(texts: Sequence[str], settings: Sequence[BlockSettings]) -> tuple[Tokens, Tokens]:
    """Cut texts into folded words and, where a block wants them, words as written."""
    is_spelled = any(one.kind == "spelling" for one in settings)
    folded = read_tokens(texts)
    return folded, read_tokens(texts, is_folded=False) if is_spelled else folded


def _fit_block(
    settings: BlockSettings, tokens: Tokens, customers: Integers, min_customers: int, max_features: int
) -> Block:
    occurrences = Occurrences(settings.kind, tokens, settings.window)
    codes, n_customers, n_texts = (np.zeros(0, dtype=np.intp) for _ in range(3))
    for first, last in tokens.split_parts():
        rows, found = occurrences.find(first, last)
        distinct, places = np.unique(found, return_inverse=True)
        # A customer on the border of two parts counts twice, which happens once in 200,000 tokens.
        owners = customers[first:last][rows] - customers[first]
        counted = _count_once(places, owners, distinct.size), _count_once(places, rows, distinct.size)
        codes, merged = np.unique(np.concatenate((codes, distinct)), return_inverse=True)
        n_customers = np.bincount(merged, np.concatenate((n_customers, counted[0])), codes.size)
        n_texts = np.bincount(merged, np.concatenate((n_texts, counted[1])), codes.size)
    named = [(occurrences.name(int(codes[place])), place) for place in np.flatnonzero(n_customers >= min_customers)]
    ranked = sorted((-n_customers[place], name, place) for name, place in named if len(name) <= LONGEST_NAME)
    chosen = sorted((name, place) for _, name, place in ranked[:max_features])
    n_with = n_texts[np.array([place for _, place in chosen], dtype=np.intp)]
    idf = np.log((1.0 + tokens.n_texts) / (1.0 + n_with)) + 1.0
    return Block(settings, tuple(name for name, _ in chosen), np.round(idf, IDF_DIGITS))


def _count_once(places: Integers, owners: Integers, n_places: int) -> Integers:
    """Count the owners of each place."""
    base = int(owners.max(initial=0)) + 1
    # Sorted by hand: np.unique without inverse hashes, which takes ten times as long here.
    pairs = np.sort(places * base + owners)
    is_first = np.append(True, pairs[1:] != pairs[:-1])[: pairs.size]
    return np.bincount(pairs[is_first] // base, minlength=n_places)
