"""Shares of rows in clusters: Wilson's interval where rows stand alone, and the right coverage where they do not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from cxlink.stats import ClusteredSums, EstimationError, clustered_share


def sums_of(hits: np.ndarray, rows: np.ndarray) -> ClusteredSums:
    products = (hits.sum(), rows.sum(), (hits**2).sum(), (hits * rows).sum(), (rows**2).sum())
    return ClusteredSums(len(rows), *(int(number) for number in products))


@pytest.mark.parametrize(("hits", "rows"), [(30, 100), (1, 2000), (1999, 2000), (0, 50), (50, 50)])
def test_rows_that_stand_alone_have_wilsons_interval(hits: int, rows: int) -> None:
    found = clustered_share(sums_of((np.arange(rows) < hits).astype(int), np.ones(rows, dtype=int)))
    # the clusters' variance divides by rows less one: as if one row were missing
    of = rows if hits in {0, rows} else rows - 1
    low, high = proportion_confint(found.share * of, of, method="wilson")
    assert (found.low, found.high) == pytest.approx((max(low, 0), min(high, 1)), abs=1e-12)


def test_intervals_hold_their_level_where_customers_repeat_themselves() -> None:
    rng = np.random.default_rng(1)
    n, repetitions, covered, naive = 150, 600, 0, 0
    for _ in range(repetitions):
        rows = rng.integers(1, 8, n)
        # a customer's own share: correlation of two comments of one customer is a third
        own = rng.beta(0.4, 1.6, n)
        hits = rng.binomial(rows, own)
        found = clustered_share(sums_of(hits, rows))
        covered += found.low <= 0.2 <= found.high
        low, high = proportion_confint(hits.sum(), rows.sum(), method="wilson")
        naive += low <= 0.2 <= high
    # three Monte-Carlo standard errors of 600 repetitions are .027
    assert covered / repetitions == pytest.approx(0.95, abs=0.027)
    assert naive / repetitions < 0.88


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 5)), min_size=1, max_size=40))
def test_the_interval_lies_around_the_share_and_within_its_bounds(pairs: list[tuple[int, int]]) -> None:
    rows = np.array([size for _, size in pairs])
    hits = np.minimum(np.array([hit for hit, _ in pairs]), rows)
    found = clustered_share(sums_of(hits, rows))
    assert 0 <= found.low <= found.share <= found.high <= 1
    assert 0 < found.effective_rows <= rows.sum()


@pytest.mark.parametrize("sums", [ClusteredSums(0, 0, 0, 0, 0, 0), ClusteredSums(2, 5, 4, 13, 10, 8)])
def test_impossible_counts_are_refused(sums: ClusteredSums) -> None:
    with pytest.raises(EstimationError):
        clustered_share(sums)
