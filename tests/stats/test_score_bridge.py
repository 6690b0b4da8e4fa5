"""The split of a score's move: exact, blind to the order of rows, and each term where it belongs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.stats import EstimationError
from cxlink.stats.score_bridge import SCORE_TERMS, ScoreBridge, bridge_scores

EXACT = 1e-9
"""Sums of some hundred numbers up to 100 are off by less than 1e-11."""

Case = dict[str, Any]


def draw(seed: int, n: int) -> Case:
    """Customers of any kind: stayed, left, joined; answering twice, once or never."""
    rng = np.random.default_rng(seed)
    scores = rng.choice([-100.0, 0.0, 100.0], (n, 2))
    left, joined = rng.random(n) < 0.2, rng.random(n) < 0.2
    silent = rng.random((n, 2)) < 0.5
    silent[:, 0] |= joined
    scores[silent] = np.nan
    # somebody answered in both
    scores[0], left[0], joined[0] = [0.0, 100.0], False, False
    return {
        "before": scores[:, 0],
        "after": scores[:, 1],
        "left": left,
        "joined": joined,
        "cells": rng.integers(0, 4, (n, 2)),
        "base": ~left & ~joined,
        "weights": rng.standard_exponential((5, n)) + 1e-3,
    }


def split(case: Case, **changed: Any) -> ScoreBridge:
    return bridge_scores(**{**case, **changed})


def term(found: ScoreBridge, name: str) -> float:
    return float(found.terms[SCORE_TERMS.index(name)])


@given(st.integers(0, 10**6), st.integers(1, 60))
@settings(max_examples=200, deadline=None)
def test_terms_add_up_in_every_draw(seed: int, n: int) -> None:
    found = split(draw(seed, n))
    assert found.terms.sum() == pytest.approx(found.levels[1] - found.levels[0], abs=EXACT)
    moves = found.level_draws[:, 1] - found.level_draws[:, 0]
    np.testing.assert_allclose(found.term_draws.sum(axis=1), moves, atol=EXACT)


@given(st.integers(0, 10**6))
@settings(max_examples=50, deadline=None)
def test_order_and_equal_weights_do_not_matter(seed: int) -> None:
    case = draw(seed, 40)
    order = np.random.default_rng(seed).permutation(40)
    turned = {name: values[:, order] if name == "weights" else values[order] for name, values in case.items()}
    found, again = split(case), split(turned)
    np.testing.assert_allclose(found.terms, again.terms, atol=EXACT)
    np.testing.assert_allclose(found.term_draws, again.term_draws, atol=EXACT)
    same = split(case, weights=np.full((1, 40), 3.0))
    np.testing.assert_allclose(same.term_draws[0], found.terms, atol=EXACT)


@given(st.integers(0, 10**6))
@settings(max_examples=50, deadline=None)
def test_every_customer_twice_changes_nothing(seed: int) -> None:
    case = draw(seed, 30)
    twice = {
        name: np.concatenate([values, values], axis=1 if name == "weights" else 0) for name, values in case.items()
    }
    np.testing.assert_allclose(split(twice).terms, split(case).terms, atol=EXACT)


@given(st.integers(0, 10**6), st.floats(-50, 50))
@settings(max_examples=50, deadline=None)
def test_better_scores_of_all_move_within_and_rate_alone(seed: int, more: float) -> None:
    case = draw(seed, 60)
    change = split(case, after=case["after"] + more).terms - split(case).terms
    told = dict(zip(SCORE_TERMS, change, strict=True))
    assert told["within"] + told["rate"] == pytest.approx(more, abs=EXACT)
    for name in ("leavers", "joiners", "customer_mix", "response_mix"):
        assert told[name] == pytest.approx(0.0, abs=EXACT)


def test_by_hand() -> None:
    nan = np.nan
    # two answer twice (10 and 20 become 20 and 20), one left (0), one joined (40);
    # once: 10, 10, 50 of segments 0, 0, 1 before, and 20, 60 of segments 0, 1 after
    before = [10, 20, 0, nan, 10, 10, 50, nan, nan]
    after = [20, 20, nan, 40, nan, nan, nan, 20, 60]
    cells = np.array([0, 0, 0, 0, 0, 0, 1, 0, 1])
    base = np.array([1, 1, 0, 0, 1, 1, 1, 1, 1], bool)
    found = bridge_scores(
        before,
        after,
        left=np.arange(9) == 2,
        joined=np.arange(9) == 3,
        cells=np.column_stack([cells, cells]),
        base=base,
        weights=np.ones((0, 9)),
    )
    assert found.levels == pytest.approx([100 / 6, 160 / 5])
    # without who left 100/5 = 20, without who joined 120/4 = 30
    assert term(found, "leavers") == pytest.approx(20 - 100 / 6)
    assert term(found, "joiners") == pytest.approx(32 - 30)
    # two of five, then two of four: 0.45 on average
    assert term(found, "within") == pytest.approx(0.45 * 5)
    # segment means 10 and 50, then 20 and 60; shares 2/3 and 1/3, then 1/2 and 1/2
    assert term(found, "rate") == pytest.approx(0.55 * 10)
    # segments of the base are the same customers in both
    assert term(found, "customer_mix") == pytest.approx(0.0)
    # (1/2 - 1/3) (55 - 15), and those who answer twice: a tenth more, mean 17.5 against (70/3 + 40)/2
    assert term(found, "response_mix") == pytest.approx(0.55 * 40 / 6 + 0.1 * (17.5 - (70 / 3 + 40) / 2))


def test_an_ageing_base_is_customer_mix() -> None:
    n = 80
    case = draw(1, n)
    nobody = np.zeros(n, dtype=bool)
    scores = np.where(np.arange(n) % 4 < 2, 100.0, 0.0)
    # half answer before, half after; a quarter of each grow into the better segment by getting older
    early = np.arange(n) < n // 2
    cells = np.column_stack([np.arange(n) % 4 == 0, np.arange(n) % 4 < 2]).astype(int)
    was = np.where(cells[:, 0] == 1, 100.0, 0.0)
    found = split(
        case,
        before=np.where(early, was, np.nan),
        after=np.where(early, np.nan, scores),
        left=nobody,
        joined=nobody,
        base=~nobody,
        cells=cells,
    )
    assert found.levels == pytest.approx([25.0, 50.0])
    assert term(found, "customer_mix") == pytest.approx(25.0)


def test_nobody_who_stayed_is_refused() -> None:
    case = draw(1, 10)
    with pytest.raises(EstimationError, match="nobody"):
        split(case, after=np.full(10, np.nan))
