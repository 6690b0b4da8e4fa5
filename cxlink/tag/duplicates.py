"""Texts that say the same: equal ones, near-equal ones, and agents' macros within texts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Integers
from cxlink.tag.features import Sparse
from cxlink.tag.normalise import CLAUSE_BREAK, count_words, fold_text
from cxlink.tag.tokens import Occurrences, Tokens, index_tokens

N_BANDS, BAND_ROWS = 16, 4
"""Two texts are compared when one of the bands agrees: at similarity 0.8 all but 2 in 10,000 pairs are."""
COMPARED_PAIRS = 100_000
"""Pairs compared at a time; bounds the memory."""
HASHED_ITEMS = 1_000_000
"""Words hashed at a time; bounds the memory."""

_SENTENCE_END = re.compile(r"[.!?…。！？؟\n\r]+(?=\s|$)|[\n\r]+")

Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Repeats:
    """Which texts say the same as an earlier one.

    Parameters
    ----------
    group : ndarray of int, shape (n,)
        The first text that says the same; a text's own place where it is the first.
    is_repeat : ndarray of bool, shape (n,)
        True for all but the first of each group.
    n_equal, n_near : int
        Repeats whose folded words are equal, and the others.
    """

    group: Integers
    is_repeat: Flags
    n_equal: int
    n_near: int


def find_repeats(texts: Sequence[str], *, similarity: float = 0.8, seed: int = 0) -> Repeats:
    """Find texts that say the same, in time nearly proportional to their number.

    Parameters
    ----------
    texts : sequence of str, shape (n,)
        As the customers wrote them. Texts without a word repeat nothing.
    similarity : float
        Least share of common words and neighbouring words (Jaccard) of near-equal texts; above 0.5, at most 1.
    seed : int
        Of the hashes that find candidates.

    Returns
    -------
    Repeats
        Groups of texts; members of a group are near-equal to another member.

    Raises
    ------
    ValueError
        If the similarity is out of bounds.

    References
    ----------
    .. [1] Broder (1997), Compression and Complexity of Sequences, 21-29.
    """
    if not 0.5 < similarity <= 1.0:
        raise ValueError("similarity must be above 0.5 and at most 1")
    first_of: dict[tuple[str, ...], int] = {}
    said = [tuple(word for word in fold_text(text).split() if word != CLAUSE_BREAK) for text in texts]
    group = np.array([first_of.setdefault(words, place) for place, words in enumerate(said)], dtype=np.intp)
    wordless = np.array([not words for words in said], dtype=bool)
    group[wordless] = np.flatnonzero(wordless)
    n_equal = int(np.count_nonzero(group != np.arange(group.size)))
    single = np.flatnonzero((group == np.arange(group.size)) & ~wordless)
    if similarity < 1.0 and single.size > 1:
        root = _group_near(index_tokens([said[place] for place in single]), similarity, np.random.default_rng(seed))
        near = np.arange(group.size)
        near[single] = single[root]
        group = near[group]
    is_repeat = group != np.arange(group.size)
    return Repeats(group, is_repeat, n_equal, int(np.count_nonzero(is_repeat)) - n_equal)


def find_macros(
    texts: Sequence[str], customers: npt.ArrayLike, *, min_words: int = 8, min_customers: int = 5
) -> frozenset[str]:
    """Find agents' macros: long sentences that stand, letter for letter, in the records of many customers.

    Parameters
    ----------
    texts : sequence of str, shape (n,)
        As they were written.
    customers : array_like, shape (n,)
        Whose record each text is.
    min_words : int
        Words of a sentence from which on it is no coincidence.
    min_customers : int
        Customers from which on it is a macro.

    Returns
    -------
    frozenset of str
        Folded sentences.
    """
    owners: dict[str, set[object]] = {}
    for text, customer in zip(texts, np.asarray(customers).tolist(), strict=True):
        for sentence in _SENTENCE_END.split(text):
            folded = fold_text(sentence)
            known = owners.get(folded)
            if known is None and count_words(folded) >= min_words:
                owners[folded] = {customer}
            elif known is not None and len(known) < min_customers:
                known.add(customer)
    return frozenset(sentence for sentence, known in owners.items() if len(known) >= min_customers)


def strip_macros(texts: Sequence[str], macros: Collection[str]) -> list[str]:
    """Take macros out of texts.

    Parameters
    ----------
    texts : sequence of str, shape (n,)
        As they were written.
    macros : collection of str
        From :func:`find_macros`.

    Returns
    -------
    list of str
        The other sentences, as they were written; "" where there are none. A text without a macro is unchanged.
    """
    return [_strip(text, macros) for text in texts]


def _strip(text: str, macros: Collection[str]) -> str:
    if not macros:
        return text
    kept, start, is_changed = [], 0, False
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    for end in [*ends, len(text)]:
        sentence, start = text[start:end], end
        if fold_text(_SENTENCE_END.sub("", sentence)) in macros:
            is_changed = True
        else:
            kept.append(sentence)
    return "".join(kept).strip() if is_changed else text


def _group_near(tokens: Tokens, similarity: float, rng: np.random.Generator) -> Integers:
    """Give each text the first text of its group."""
    items = _collect_items(tokens)
    bands = _hash_bands(items, rng)
    root = np.arange(tokens.n_texts)
    for band in bands.T:
        order = np.argsort(band, kind="stable")
        starts_bucket = np.append(True, band[order[1:]] != band[order[:-1]])
        # Within a bucket each text is compared with the first alone, which keeps the work linear.
        firsts = order[np.flatnonzero(starts_bucket)[np.cumsum(starts_bucket) - 1]]
        new = root[order] != root[firsts]
        for one, other in _select_similar(items, order[new], firsts[new], similarity):
            _join(root, one, other)
    while np.any(root != root[root]):
        root = root[root]
    return root


def _collect_items(tokens: Tokens) -> Sparse:
    """Collect each text's words and neighbouring words, each once, as a matrix of ones."""
    from scipy import sparse

    occurrences = Occurrences("words", tokens, 0)
    found = [
        (rows + first, codes) for first, last in tokens.split_parts() for rows, codes in [occurrences.find(first, last)]
    ]
    rows, codes = (np.concatenate(part) for part in zip(*found, strict=True))
    distinct, columns = np.unique(codes, return_inverse=True)
    items = sparse.csr_matrix((np.ones(rows.size), (rows, columns)), shape=(tokens.n_texts, distinct.size))
    items.sum_duplicates()
    items.data[:] = 1.0
    return items


def _hash_bands(items: Sparse, rng: np.random.Generator) -> Hashes:
    """Hash each text ``N_BANDS`` times, so that similar texts agree in one of them; every text has an item."""
    of_item = rng.integers(0, 2**64, items.shape[1], dtype=np.uint64)
    factors = rng.integers(0, 2**63, (N_BANDS, BAND_ROWS), dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    bands = np.zeros((items.shape[0], N_BANDS), dtype=np.uint64)
    for rows in _split_rows(items.indptr):
        starts = items.indptr[rows.start : rows.stop + 1]
        hashes = of_item[items.indices[starts[0] : starts[-1]]]
        for band, row in np.ndindex(factors.shape):
            least = np.minimum.reduceat(hashes * factors[band, row], starts[:-1] - starts[0])
            bands[rows, band] = bands[rows, band] * np.uint64(0x9E3779B97F4A7C15) + (least >> np.uint64(7))
    return bands


def _split_rows(starts: Integers) -> list[slice]:
    borders = np.unique(np.searchsorted(starts[:-1], np.arange(0, starts[-1] + HASHED_ITEMS, HASHED_ITEMS)))
    return [slice(int(first), int(last)) for first, last in pairwise(borders)]


def _select_similar(items: Sparse, some: Integers, others: Integers, similarity: float) -> Iterator[tuple[int, int]]:
    for start in range(0, some.size, COMPARED_PAIRS):
        one, other = some[start : start + COMPARED_PAIRS], others[start : start + COMPARED_PAIRS]
        common = np.asarray(items[one].multiply(items[other]).sum(axis=1)).ravel()
        n_items = np.diff(items.indptr)
        is_similar = common >= similarity * (n_items[one] + n_items[other] - common)
        yield from zip(one[is_similar].tolist(), other[is_similar].tolist(), strict=True)


def _find_root(root: Integers, place: int) -> int:
    while root[place] != place:
        root[place] = root[root[place]]
        place = int(root[place])
    return place


def _join(root: Integers, one: int, other: int) -> None:
    first, second = sorted((_find_root(root, one), _find_root(root, other)))
    root[second] = first
