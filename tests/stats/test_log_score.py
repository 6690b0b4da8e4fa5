"""The log score and predicted incidence: by hand, and against scores and curves that are known elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.stats import EstimationError, cumulative_incidence, log_scores


def test_without_censoring_it_is_the_log_likelihood() -> None:
    stop, cause = [2.0, 9.0, 3.0, 9.0], [1, 0, 2, 0]
    found = log_scores([[0.4, 0.5]] * 4, stop, cause, horizon=5.0)
    # one left of four; who ended otherwise did not
    assert found == pytest.approx([(np.log(0.4) + 3 * np.log(0.6)) / 4, np.log(0.5)])


def test_censored_rows_are_stood_for_by_those_followed_longer() -> None:
    # one of four is censored at 2; each of the three followed longer counts 4/3
    found = log_scores([[0.4]] * 4, [2.0, 3.0, 9.0, 9.0], [0, 1, 0, 0], horizon=5.0)
    assert found[0] == pytest.approx(4 / 3 * (np.log(0.4) + 2 * np.log(0.6)) / 4)


def test_the_true_risk_scores_best() -> None:
    rng = np.random.default_rng(1)
    true = rng.uniform(0.05, 0.6, 20000)
    left = np.ceil(rng.standard_exponential(20000) / -np.log1p(-true) * 100)
    seen = rng.integers(20, 200, 20000)
    stop, cause = np.minimum(left, seen), (left <= seen).astype(int)
    others = [np.full(20000, true.mean()), 0.5 * true, np.minimum(1.4 * true, 0.99)]
    found = log_scores(np.column_stack([true, *others]), stop, cause, horizon=100.0)
    assert found.argmax() == 0


def test_one_hazard_alone_and_two_that_compete() -> None:
    alone = cumulative_incidence([[0.1, 0.2]], [[0.0, 0.0]])
    assert alone[0] == pytest.approx([1 - np.exp(-0.1), 1 - np.exp(-0.3)])
    both = cumulative_incidence([[0.1, 0.3]], [[0.3, 0.1]])
    # a quarter of those who end in the first step, three quarters of those in the second
    first = 1 - np.exp(-0.4)
    assert both[0] == pytest.approx([first / 4, first / 4 + (1 - first) * first * 3 / 4])


def test_all_ends_together_are_one_less_survival() -> None:
    rng = np.random.default_rng(2)
    own, other = rng.uniform(0, 0.2, (50, 12)), rng.uniform(0, 0.2, (50, 12))
    total = cumulative_incidence(own, other)[:, -1] + cumulative_incidence(other, own)[:, -1]
    assert total == pytest.approx(-np.expm1(-(own + other).sum(axis=1)), rel=1e-12)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(EstimationError, match="negative"):
        cumulative_incidence([[-0.1]], [[0.0]])
    with pytest.raises(EstimationError, match="expected two alike"):
        cumulative_incidence([[0.1]], [[0.0, 0.1]])
    with pytest.raises(EstimationError, match="n_models"):
        log_scores([0.1, 0.2], [1.0, 9.0], [1, 0], horizon=5.0)
