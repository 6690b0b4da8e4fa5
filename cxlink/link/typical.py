"""Which of a cause's records stand best for it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

LEAST_LETTERS, MOST_LETTERS = 15, 280
"""Of an example that can be read at a glance and says more than a word."""

MOST_WORDS = 5_000
REPEAT = 0.3
"""Weight of being unlike the examples chosen before, beside that of being near to the middle."""

WORD = re.compile(r"\w\w+")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def choose_typical(texts: Sequence[str], n_named: Sequence[int], *, n: int) -> list[int]:
    """Choose texts that are near to the middle of all, in words weighed by how telling they are, and unlike each other.

    Parameters
    ----------
    texts : sequence of str
        Of records of one cause.
    n_named : sequence of int
        Causes that each names: those that name the fewest are chosen first.
    n : int
        How many are wanted.

    Returns
    -------
    list of int
        Positions, the most typical first; texts that differ in numbers alone stand once.

    References
    ----------
    .. [1] Radev, Jing, Stys and Tam (2004), Information Processing and Management 40:919-938 (centroids).
    .. [2] Carbonell and Goldstein (1998), SIGIR 335-336 (maximal marginal relevance).
    """
    words = [" ".join(NUMBER.sub("#", text.casefold()).split()) for text in texts]
    first: dict[str, int] = {}
    for place, text in enumerate(words):
        first.setdefault(text, place)
    kept = sorted(first.values())
    near, alike = _likeness([words[place] for place in kept])
    unhandy = [not LEAST_LETTERS <= len(words[place]) <= MOST_LETTERS for place in kept]
    left, chosen = list(range(len(kept))), list[int]()
    while left and len(chosen) < n:
        repeats = alike[:, chosen].max(axis=1, initial=0.0)
        chosen.append(
            min(
                left,
                key=lambda k: (unhandy[k], n_named[kept[k]], REPEAT * repeats[k] - (1 - REPEAT) * near[k], kept[k]),
            )
        )
        left.remove(chosen[-1])
    return [kept[k] for k in chosen]


def _likeness(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Cosine of each text with the mean of all, and with each other; zero where no text has a word."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        tokenizer=WORD.findall, token_pattern=None, lowercase=False, sublinear_tf=True, max_features=MOST_WORDS
    )
    try:
        weighed = vectorizer.fit_transform(texts)
    except ValueError:
        return np.zeros(len(texts)), np.zeros((len(texts), len(texts)))
    middle = np.asarray(weighed.mean(axis=0)).ravel()
    length = float(np.linalg.norm(middle)) or 1.0
    # rounded, so that the order does not hang on the last digit
    return np.round(weighed @ middle / length, 9), np.round((weighed @ weighed.T).toarray(), 9)
