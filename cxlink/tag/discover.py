"""Themes in what no tag covers: what customers speak of that the taxonomy does not know. A reading aid, never a tag."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse, stats

from cxlink.stats import EstimationError
from cxlink.stats.arrays import Floats, Integers
from cxlink.tag.normalise import CLAUSE_BREAK, fold_text

LEAST_TEXTS = 40
LEAST_TEXTS_A_WORD = 3
MOST_WORDS_SHARE = 0.3
"""A word that stands in more texts than this says nothing of a theme."""

MAX_WORDS = 20_000
N_WORDS = 8
N_RESAMPLES = 20
RECENT_MONTHS = 1
LEAST_BASELINE_MONTHS = 3
FALSE_DISCOVERIES = 0.1
MAX_STEPS = 400


@dataclass(frozen=True, slots=True)
class Theme:
    """Words that come together in untagged texts.

    Parameters
    ----------
    words : tuple of str
        Folded, most telling first.
    texts : ndarray of int
        Positions of its texts, the most typical first.
    stability : float
        Mean overlap (Jaccard) of its texts with those of the nearest theme, where texts are drawn again: 1 is always
        the same texts; below .5 there is hardly a theme.
    recent, expected : float
        Texts in the last month, and those that the months before let expect.
    p_value : float or None
        That the last month has so many by chance; None where there are fewer than three months before it.
    surge : bool
        Whether it stands out among all themes, with one false alarm in ten allowed.
    """

    words: tuple[str, ...]
    texts: Integers
    stability: float
    recent: float
    expected: float
    p_value: float | None
    surge: bool


def find_themes(
    texts: Sequence[str], months: Integers, *, last_month: int, n_themes: int, seed: int
) -> tuple[Theme, ...]:
    """Find themes by non-negative factors of word weights.

    Parameters
    ----------
    texts : sequence of str, shape (n,)
        Untagged texts, as written.
    months : ndarray of int, shape (n,)
        Number of each text's month.
    last_month : int
        The last one observed, in which surges are looked for.
    n_themes : int
        Themes wanted; fewer where there are fewer texts or words.
    seed : int
        Of the resampling.

    Returns
    -------
    tuple of Theme
        Largest first.

    Raises
    ------
    EstimationError
        If there are too few texts, or they share no words.

    References
    ----------
    .. [1] Lee and Seung (1999), Nature 401:788-791, for the factors.
    .. [2] Grootendorst (2022), arXiv 2203.05794, for the words of a theme (class-based TF-IDF).
    .. [3] Hennig (2007), Comput. Stat. Data Anal. 52:258-271, for the stability.
    .. [4] Benjamini and Hochberg (1995), JRSS B 57:289-300, for surges among many themes.
    """
    if len(texts) < LEAST_TEXTS:
        raise EstimationError(f"{len(texts)} texts bear no tag, needs {LEAST_TEXTS} to look for themes")
    counts, words = _count(texts)
    wanted = min(n_themes, len(texts) // 10, len(words) // N_WORDS)
    if wanted < 1:
        raise EstimationError("the texts without a tag share too few words")
    owner = _factor(counts, wanted, seed)
    told = _words_of(counts, owner, wanted)
    stability = _stability(counts, owner, wanted, seed)
    tests = [_surge(months, owner == k, last_month) for k in range(wanted)]
    surges = _discoveries([p for _, _, p in tests])
    themes = []
    for k in range(wanted):
        members = np.flatnonzero(owner == k)
        if not len(members):
            continue
        weight = np.asarray(counts[members][:, told[k]].sum(axis=1)).ravel()
        order = members[np.argsort(-weight, kind="stable")]
        names = tuple(words[place] for place in told[k])
        themes.append(Theme(names, order, float(stability[k]), *tests[k], surges[k]))
    return tuple(sorted(themes, key=lambda theme: (-len(theme.texts), theme.words)))


def _count(texts: Sequence[str]) -> tuple[sparse.csr_array, list[str]]:
    """Count words and pairs of words; those of nearly all or hardly any texts are left out."""
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(
        tokenizer=_tokens,
        token_pattern=None,
        lowercase=False,
        ngram_range=(1, 2),
        min_df=LEAST_TEXTS_A_WORD,
        max_df=MOST_WORDS_SHARE,
        max_features=MAX_WORDS,
    )
    try:
        counts = vectorizer.fit_transform(texts)
    except ValueError as error:
        raise EstimationError("the texts without a tag share no words") from error
    return sparse.csr_array(counts, dtype=np.float64), vectorizer.get_feature_names_out().tolist()


def _tokens(text: str) -> list[str]:
    # words of one and two Latin letters join others in any text
    return [word for word in fold_text(text).split() if word != CLAUSE_BREAK and len(word.encode()) > 2]


def _factor(counts: sparse.csr_array, n_themes: int, seed: int) -> Integers:
    """Theme of each text, -1 for texts without a word that counts."""
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.feature_extraction.text import TfidfTransformer

    weighed = TfidfTransformer(sublinear_tf=True).fit_transform(counts)
    # a limit of steps is no fault here: themes are read, not estimated
    model = NMF(n_themes, init="nndsvda", max_iter=MAX_STEPS, tol=1e-3, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        parts = model.fit_transform(weighed)
    owner: Integers = np.where(parts.max(axis=1) > 0, parts.argmax(axis=1), -1)
    return owner


def _words_of(counts: sparse.csr_array, owner: Integers, n_themes: int) -> list[Integers]:
    """Most telling words of each theme: frequent in it, and rare in the others."""
    known = owner >= 0
    member = sparse.csr_array(
        (np.ones(int(known.sum())), (owner[known], np.flatnonzero(known))), shape=(n_themes, len(owner))
    )
    by_theme = (member @ counts).toarray()
    size = by_theme.sum(axis=1).mean()
    weight = by_theme / np.maximum(by_theme.sum(axis=1, keepdims=True), 1.0)
    weight *= np.log1p(size / np.maximum(by_theme.sum(axis=0), 1.0))
    return [np.argsort(-row, kind="stable")[:N_WORDS] for row in weight]


def _stability(counts: sparse.csr_array, owner: Integers, n_themes: int, seed: int) -> Floats:
    """Mean overlap of each theme's texts with those of the nearest theme of a bootstrap sample."""
    rng = np.random.default_rng(seed)
    overlaps = np.zeros((N_RESAMPLES, n_themes))
    for number in range(N_RESAMPLES):
        drawn = rng.integers(0, counts.shape[0], counts.shape[0])
        again = _factor(counts[drawn], n_themes, seed)
        known = np.unique(drawn, return_index=True)[1]
        before, after = owner[drawn[known]], again[known]
        overlaps[number] = [
            max((_jaccard(before == k, after == other) for other in range(n_themes)), default=0.0)
            for k in range(n_themes)
        ]
    mean: Floats = overlaps.mean(axis=0)
    return mean


def _jaccard(one: np.ndarray, other: np.ndarray) -> float:
    either = int((one | other).sum())
    return int((one & other).sum()) / either if either else 0.0


def _surge(months: Integers, is_member: np.ndarray, last: int) -> tuple[float, float, float | None]:
    """Texts of the last month, what the months before let expect of as many texts, and the chance of so many."""
    recent = months > last - RECENT_MONTHS
    n_before = last - RECENT_MONTHS - int(months.min()) + 1
    now, before = int((is_member & recent).sum()), int((is_member & ~recent).sum())
    all_now, all_before = int(recent.sum()), int((~recent).sum())
    if n_before < LEAST_BASELINE_MONTHS or not all_before or not all_now:
        return float(now), float("nan"), None
    # given both counts, how many fall into the last month is binomial, if the theme's share has not changed
    p = float(stats.binomtest(now, now + before, all_now / (all_now + all_before), alternative="greater").pvalue)
    return float(now), before * all_now / all_before, p if now + before else 1.0


def _discoveries(p_values: Sequence[float | None]) -> list[bool]:
    known = np.array([p for p in p_values if p is not None])
    if not len(known):
        return [False] * len(p_values)
    ordered = np.sort(known)
    passed = ordered <= FALSE_DISCOVERIES * np.arange(1, len(ordered) + 1) / len(ordered)
    limit = ordered[passed].max() if passed.any() else -1.0
    return [p is not None and bool(p <= limit) for p in p_values]
