"""Agreement of raters against published numbers, and its invariants.

Tolerances: published values have three decimals (`PRINTED`); invariants are the same sums in another order (`SUMS`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.stats.agreement import Agreement, fit_alpha
from cxlink.stats.errors import EstimationError

Floats = npt.NDArray[np.float64]
PRINTED, SUMS = 0.0005, 1e-12
NONE = np.nan

# Krippendorff (2011), sections A (two raters, two labels), B (two raters, five labels) and C (four raters, gaps).
TWO_LABELS = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
FIVE_LABELS = [list(map(ord, "aabbdcccedda")), list(map(ord, "babbbccceddd"))]
FOUR_RATERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NONE, NONE, NONE],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NONE, 3],
    [NONE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NONE],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NONE],
]


def alpha_of(codes: npt.ArrayLike, **options: Any) -> Agreement:
    return fit_alpha(codes, rng=np.random.default_rng(1), **{"n_replicates": 100, **options})


def draw_codes(seed: int, n_units: int = 40) -> Floats:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, n_units)
    codes = np.where(rng.random((4, n_units)) < 0.6, truth, rng.integers(0, 3, (4, n_units))).astype(float).T
    codes[rng.random(codes.shape) < 0.2] = NONE
    return codes


@pytest.mark.parametrize(
    ("raters", "alpha", "n_units", "n_labels"),
    [(TWO_LABELS, 0.095, 10, 20), (FIVE_LABELS, 0.692, 12, 24), (FOUR_RATERS, 0.743, 11, 40)],
)
def test_published_values(raters: list[list[float]], alpha: float, n_units: int, n_labels: int) -> None:
    found = alpha_of(np.transpose(raters))
    assert found.alpha == pytest.approx(alpha, abs=PRINTED)
    assert (found.n_units, found.n_labels, found.n_raters) == (n_units, n_labels, len(raters))
    assert found.low <= found.alpha <= found.high


def test_all_agree() -> None:
    codes = np.repeat(np.arange(20.0)[:, None] % 4, 3, axis=1)
    found = alpha_of(codes)
    assert (found.alpha, found.high) == (1.0, 1.0)
    # 1 - 0.025**(1/20) of the units may disagree unseen; by chance, three labels in four would
    assert found.low == pytest.approx(1 - (1 - 0.025**0.05) / (0.75 * 60 / 59), abs=SUMS)


def test_labels_at_random_do_not_agree() -> None:
    codes = np.random.default_rng(4).integers(0, 3, (3000, 3)).astype(float)
    found = alpha_of(codes)
    assert abs(found.alpha) < 0.03  # three standard errors: 1 / sqrt(3000 units * 3 pairs * 2)
    assert found.low < 0 < found.high


def test_two_raters_at_odds_fall_below_chance() -> None:
    assert alpha_of([[0, 1], [1, 0], [0, 1], [1, 0]]).alpha < 0


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_names_and_order_do_not_matter(seed: int) -> None:
    codes = draw_codes(seed)
    rng = np.random.default_rng(seed)
    renamed = np.array([7.0, -2.5, 100.0])[np.nan_to_num(codes).astype(int)]
    renamed[np.isnan(codes)] = NONE
    shuffled = codes[rng.permutation(len(codes))][:, rng.permutation(4)]
    unpaired = np.vstack((codes, [[1.0, NONE, NONE, NONE]]))
    first = alpha_of(codes, n_replicates=1)
    for other in (renamed, shuffled, unpaired):
        again = alpha_of(other, n_replicates=1)
        assert again.alpha == pytest.approx(first.alpha, abs=SUMS)
        assert again.n_units == first.n_units


def test_the_interval_has_the_width_that_samples_show() -> None:
    """Over 200 samples; their spread is known to 1/sqrt(400) = 5%, that of 300 draws to 4%."""
    found = [alpha_of(draw_codes(seed, 60), n_replicates=300) for seed in range(200)]
    width = np.mean([one.high - one.low for one in found])
    assert width == pytest.approx(2 * 1.96 * np.std([one.alpha for one in found]), rel=0.15)


def test_units_of_one_customer_are_drawn_together() -> None:
    codes = draw_codes(3)
    twice = np.repeat(codes, 2, axis=0)
    alone = alpha_of(codes, n_replicates=400)
    together = alpha_of(twice, cluster=np.repeat(np.arange(40), 2), n_replicates=400)
    apart = alpha_of(twice, n_replicates=400)
    assert together.high - together.low == pytest.approx(alone.high - alone.low, rel=0.1)
    assert apart.high - apart.low < 0.85 * (alone.high - alone.low)  # 1 / sqrt(2) = 0.71


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        ([1, 2, 3], "two dimensions"),
        ([[1, 1], [1, 1], [1, NONE]], "all labels are the same"),
        ([[1, NONE], [NONE, 2], [3, 3]], "1 units"),
        ([[1, np.inf], [1, 2]], "infinite"),
        ([[0, 0]] * 30 + [[1, 1]], "draws failed"),
    ],
)
def test_refusals(codes: npt.ArrayLike, message: str) -> None:
    with pytest.raises(EstimationError, match=message):
        alpha_of(codes)
