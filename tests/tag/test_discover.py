"""Planted themes are found, a planted surge is told, and noise is not."""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.stats import EstimationError
from cxlink.tag.discover import Theme, find_themes

THEMES = (
    ("parking garage full", "no parking space", "garage ticket machine", "parking far away from the door"),
    ("vegan menu missing", "menu without vegan dish", "vegan dish cold", "please a vegan menu"),
    ("music too loud", "loud music at night", "the loud speaker music", "music and speaker"),
)
FILLER = (
    "please",
    "always",
    "again",
    "really",
    "today",
    "yesterday",
    "thing",
    "people",
    "week",
    "visit",
    "month",
    "place",
)


LAST = 11


def comments(rng: np.random.Generator, *, surge: bool) -> tuple[list[str], np.ndarray, np.ndarray]:
    texts, months, truth = [], [], []
    for month in range(12):
        for theme, sentences in enumerate(THEMES):
            n = 40 if surge and month == 11 and theme == 1 else 8
            for _ in range(n):
                noise = rng.choice(FILLER)
                texts.append(f"{noise} {rng.choice(sentences)}")
                months.append(month)
                truth.append(theme)
    return texts, np.array(months), np.array(truth)


def by_truth(themes: tuple[Theme, ...], truth: np.ndarray) -> dict[int, Theme]:
    return {int(np.bincount(truth[theme.texts]).argmax()): theme for theme in themes}


def test_planted_themes_and_their_surge_are_found() -> None:
    texts, months, truth = comments(np.random.default_rng(1), surge=True)
    themes = find_themes(texts, months, last_month=LAST, n_themes=3, seed=1)
    found = by_truth(themes, truth)
    assert set(found) == {0, 1, 2}
    for theme, word in enumerate(("parking", "vegan", "music")):
        assert any(word in one for one in found[theme].words)
        assert (truth[found[theme].texts] == theme).mean() > 0.9
        # from .6 on Hennig (2007) sees a pattern
        assert found[theme].stability > 0.6
        assert (truth[found[theme].texts[:3]] == theme).all()
    assert [found[k].surge for k in range(3)] == [False, True, False]
    assert found[1].recent > 2 * found[1].expected


def test_without_a_surge_none_is_told() -> None:
    false_alarms = 0
    for seed in range(5):
        texts, months, _ = comments(np.random.default_rng(seed), surge=False)
        false_alarms += sum(theme.surge for theme in find_themes(texts, months, last_month=LAST, n_themes=3, seed=1))
    # each theme has as many texts every month: nothing to find at all
    assert false_alarms == 0


def test_the_same_seed_finds_the_same() -> None:
    texts, months, _ = comments(np.random.default_rng(1), surge=False)
    one, other = (find_themes(texts, months, last_month=LAST, n_themes=3, seed=4) for _ in range(2))
    assert [theme.words for theme in one] == [theme.words for theme in other]
    assert [theme.stability for theme in one] == [theme.stability for theme in other]


def test_a_surge_needs_months_before_it() -> None:
    texts, _, _ = comments(np.random.default_rng(1), surge=False)
    themes = find_themes(texts, np.array([0, 1] * (len(texts) // 2)), last_month=1, n_themes=3, seed=1)
    assert {theme.p_value for theme in themes} == {None}
    assert not any(theme.surge for theme in themes)


def test_what_surged_before_the_last_observed_month_is_no_news() -> None:
    texts, months, _ = comments(np.random.default_rng(1), surge=True)
    themes = find_themes(texts, months, last_month=LAST + 1, n_themes=3, seed=1)
    assert not any(theme.surge for theme in themes)
    assert {theme.recent for theme in themes} == {0.0}


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["parking"] * 39, "39 texts bear no tag, needs 40"),
        ([f"word{number}" for number in range(60)], "share no words"),
        (["!!!"] * 60, "share no words"),
    ],
)
def test_too_little_is_refused(texts: list[str], said: str) -> None:
    with pytest.raises(EstimationError, match=said):
        find_themes(texts, np.zeros(len(texts), dtype=int), last_month=0, n_themes=5, seed=1)
