"""The bounds of the recovery study, on studies whose right answer is known."""

from __future__ import annotations

import numpy as np

from benchmarks.recovery_table import QUANTITIES, Found, breaches, cells_of

NAMES = ("delivery", "product")
TRUTH = np.array(
    [[0.6, 50.0, 18e3, 15e3, 33e3, 8.0], [0.0, 0.0, 0.0, 5e3, 5e3, 0.4], [np.nan, 50.0, 18e3, 2e4, 38e3, 8.4]]
)
SE = np.array([0.06, 6.0, 1.1e3, 500.0, 1.3e3, 0.4])


def draw(n: int, *, bias: float = 0.0, narrow: float = 1.0) -> list[Found]:
    """Companies whose estimates stray as their intervals say, but for a bias and intervals that are too narrow."""
    rng = np.random.default_rng(4)
    found = []
    for _ in range(n):
        point = TRUTH * (1 + bias) + SE * rng.normal(size=TRUTH.shape)
        half = narrow * 1.96 * SE
        ranks = np.array([[1, 1, 1], [2, 2, 2]])
        found.append(Found(TRUTH, point, point - half, point + half, ranks, {}))
    return found


def test_a_study_as_promised_is_within_bounds() -> None:
    assert breaches(draw(50), NAMES) == []


def test_bias_is_found() -> None:
    told = breaches(draw(50, bias=0.25), NAMES)
    assert any(line.startswith("margin_kept of delivery: off by") for line in told)
    assert any(line.startswith("log_hazard_ratio of delivery: off by") for line in told)


def test_intervals_too_narrow_are_found() -> None:
    told = breaches(draw(50, narrow=0.5), NAMES)
    assert any(line.startswith("pooled coverage of margin_kept") for line in told)
    assert any(line.startswith("effects found of margin_kept of product") for line in told)


def test_a_wrong_ranking_is_found() -> None:
    found = draw(50)
    swapped = [Found(one.truth, one.point, one.low, one.high, np.array([[1, 2, 2], [2, 1, 1]]), {}) for one in found]
    assert any(line.startswith("rank sets") for line in breaches(swapped, NAMES))


def test_together_does_not_count_where_a_component_is_left_out() -> None:
    found = draw(20)
    money = QUANTITIES.index("margin_kept")
    found[0].point[1, money] = np.nan
    of_all = [cell for cell in cells_of(found, NAMES) if cell.name == "together" and cell.quantity == "margin_kept"]
    assert of_all[0].n == 19
