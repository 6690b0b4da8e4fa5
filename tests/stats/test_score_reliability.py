"""Reliability of scores, recovered from customers whose views drift and whose answers are partly chance."""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.stats import EstimationError
from cxlink.stats.score_reliability import estimate_reliability

N = 40_000


def answers(noise: float, drift: float, n: int = N) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(6)
    view = rng.normal(size=n)
    rows = []
    for _ in range(3):
        rows.append(view + noise * rng.normal(size=n))
        view = drift * view + np.sqrt(1 - drift**2) * rng.normal(size=n)
    return np.concatenate(rows), np.repeat([1.0, 2.0, 3.0], n), np.tile(np.arange(n), 3)


@pytest.mark.parametrize(("noise", "drift"), [(0.5, 0.7), (1.0, 0.5), (0.3, 0.9)])
def test_shares_of_chance_are_recovered(noise: float, drift: float) -> None:
    score, day, who = answers(noise, drift)
    found = estimate_reliability(score, day, who)
    # variance 1 of views and noise^2 of chance
    assert found.answer == pytest.approx(1 / (1 + noise**2), abs=0.03)
    moved = (1 - drift) * 2 / 3 + (1 - drift**2) / 3
    assert found.within == pytest.approx(moved / (moved + noise**2), abs=0.05)
    assert found.n_customers == N


def test_order_of_rows_does_not_matter() -> None:
    score, day, who = answers(0.5, 0.7, 200)
    mixed = np.random.default_rng(1).permutation(len(score))
    one, other = estimate_reliability(score, day, who), estimate_reliability(score[mixed], day[mixed], who[mixed])
    assert other.answer == pytest.approx(one.answer, rel=1e-9)


def test_too_few_or_unrelated_answers_are_refused() -> None:
    score, day, who = answers(0.5, 0.7, 20)
    with pytest.raises(EstimationError, match="20 customers answered three times"):
        estimate_reliability(score, day, who)
    score, day, who = answers(0.5, 0.9, 400)
    with pytest.raises(EstimationError):
        estimate_reliability(np.ones(1200), day, who)
