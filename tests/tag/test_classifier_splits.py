"""Splits and folds: no customer on both sides, tests as late as can be, tags spread over the folds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.stats.errors import EstimationError
from cxlink.tag.splits import assign_folds, split_by_customer_and_time

RECORDS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 50)), min_size=2, max_size=40)


def test_one_text_a_customer_is_cut_at_a_moment() -> None:
    moments = np.random.default_rng(0).permutation(100)
    split = split_by_customer_and_time(np.arange(100), moments, 0.2)
    np.testing.assert_array_equal(split.is_test, moments >= 80)
    assert split.share_later == 1.0


@given(RECORDS, st.floats(0.05, 0.95))
@settings(max_examples=100, deadline=None)
def test_no_customer_is_on_both_sides(records: list[tuple[int, int]], share: float) -> None:
    customers, moments = (np.array(part) for part in zip(*records, strict=True))
    if np.unique(customers).size < 2:
        with pytest.raises(EstimationError, match="second customer"):
            split_by_customer_and_time(customers, moments, share)
        return
    split = split_by_customer_and_time(customers, moments, share)
    test, training = moments[split.is_test], moments[~split.is_test]
    assert test.size
    assert training.size
    assert not set(customers[split.is_test]) & set(customers[~split.is_test])
    later = (test[:, None] > training) + 0.5 * (test[:, None] == training)
    assert split.share_later == pytest.approx(float(later.mean()))


def test_dates_are_moments_and_missing_ones_are_refused() -> None:
    moments = np.array(["2026-01-03", "2026-01-01", "2026-01-02"], dtype="datetime64[ns]")
    np.testing.assert_array_equal(split_by_customer_and_time(["a", "b", "c"], moments, 0.3).is_test, [1, 0, 0])
    moments[1] = np.datetime64("NaT")
    with pytest.raises(EstimationError, match="moments are missing"):
        split_by_customer_and_time(["a", "b", "c"], moments, 0.3)


@pytest.mark.parametrize("share", [0.0, 1.0, float("nan")])
def test_share_out_of_bounds_is_refused(share: float) -> None:
    with pytest.raises(EstimationError, match="share"):
        split_by_customer_and_time([1, 2], [1, 2], share)


def test_folds_keep_customers_whole_and_spread_rare_tags() -> None:
    rng = np.random.default_rng(0)
    customers = np.repeat(np.arange(300), 2)
    truth = np.zeros((600, 3), dtype=bool)
    truth[:20, 0] = True
    truth[:, 1] = rng.random(600) < 0.3
    folds = assign_folds(customers, truth, 5, seed=1)
    np.testing.assert_array_equal(folds[::2], folds[1::2])
    np.testing.assert_array_equal(np.bincount(folds[::2]), 60)
    # Ten customers have the rare tag: two in each fold.
    np.testing.assert_array_equal(np.bincount(folds[:20:2]), 2)
    assert not np.array_equal(folds, assign_folds(customers, truth, 5, seed=2))
