"""Many rows: cuts into parts, and a sample that shows the way, change nothing that anybody could see.

Tolerances. Sums over parts differ by rounding alone, and both climbs stop 1e-10 standard errors off: 1e-8. The sampled
climb stops where its measured error is below 5e-7 standard errors, and below 5e-6 of each standard error: 1e-5
of the covariance, twice that of the sandwich, which holds it twice. Samples of 65 events measure the latter error only
roughly: ten times that.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cxlink.stats import CoxFit, fit_cox, partial_likelihood, risk_sets, sampled_climb, sandwich, standardise

LARGEST_ERROR, COVARIANCE = 5e-7, 1e-5


def _rows(seed: int, n: int = 12_000) -> dict[str, Any]:
    """Late entry, ties, a skewed and a rare column; some rows at risk at no event."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.normal(size=n), rng.exponential(size=n), rng.random(n) < 0.05, rng.normal(50, 5, n)])
    start = rng.integers(0, 200, n).astype(float)
    life = np.ceil(rng.exponential(150 * np.exp(-X @ [0.4, -0.2, 0.7, 0.02] + 1)))
    return {
        "X": X,
        "start": start,
        "stop": start + np.minimum(life, 90),
        "event": life <= 90,
        "cluster": rng.integers(0, n // 3, n),
    }


@pytest.mark.parametrize("with_strata", [False, True])
def test_the_cuts_do_not_show(monkeypatch: pytest.MonkeyPatch, with_strata: bool) -> None:
    rows = _rows(1)
    rows["weights"] = np.random.default_rng(2).uniform(0.5, 2, 12_000)
    if with_strata:
        rows["strata"] = np.arange(12_000) % 400
    whole = fit_cox(**rows, tolerance=1e-10)
    for module, name in ((risk_sets, "PART"), (risk_sets, "TABLE_PART"), (partial_likelihood, "BLOCK")):
        monkeypatch.setattr(module, name, 1000)
    monkeypatch.setattr(sandwich, "PART", 77)
    monkeypatch.setattr(standardise, "BLOCK", 99)
    cut = fit_cox(**rows, tolerance=1e-10)
    for name in ("beta", "covariance", "robust_covariance", "score_residuals", "dfbeta"):
        np.testing.assert_allclose(
            getattr(cut, name), getattr(whole, name), rtol=1e-8, atol=1e-8 * np.abs(getattr(whole, name)).max()
        )


def _check_same(sampled: CoxFit, plain: CoxFit, covariance: float = COVARIANCE) -> None:
    error = np.sqrt(np.diag(plain.covariance))
    assert np.abs((sampled.beta - plain.beta) / error).max() < LARGEST_ERROR
    np.testing.assert_allclose(
        sampled.covariance / np.outer(error, error), plain.covariance / np.outer(error, error), atol=covariance
    )
    assert sampled.robust_covariance is not None
    assert plain.robust_covariance is not None
    robust = np.sqrt(np.diag(plain.robust_covariance))
    np.testing.assert_allclose(
        sampled.robust_covariance / np.outer(robust, robust),
        plain.robust_covariance / np.outer(robust, robust),
        atol=2 * covariance,
    )
    assert sampled.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-12)
    assert sampled.null_log_likelihood == pytest.approx(plain.null_log_likelihood, rel=1e-12)


def _invite_samples(monkeypatch: pytest.MonkeyPatch, events_per_column: int) -> None:
    monkeypatch.setattr(sampled_climb, "MANY_ROWS", 1000)
    monkeypatch.setattr(sampled_climb, "THICKEST", 4)
    monkeypatch.setattr(sampled_climb, "EVENTS_PER_COLUMN", events_per_column)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("weighted", [False, True])
def test_a_sample_shows_the_way(monkeypatch: pytest.MonkeyPatch, seed: int, weighted: bool) -> None:
    rows = _rows(seed, 60_000)
    if weighted:
        rows["weights"] = np.random.default_rng(seed).exponential(size=60_000)
        rows["strata"] = np.arange(60_000) % 3
    plain = fit_cox(**rows, tolerance=1e-10)
    _invite_samples(monkeypatch, 200)
    sampled = fit_cox(**rows)
    assert sampled.iterations < plain.iterations
    _check_same(sampled, plain)


@pytest.mark.parametrize("seed", range(4))
def test_a_sample_that_misleads_is_corrected(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    rows = _rows(seed)
    plain = fit_cox(**rows, tolerance=1e-10)
    _invite_samples(monkeypatch, 5)
    _check_same(fit_cox(**rows), plain, 10 * COVARIANCE)


def test_a_sample_that_cannot_be_fitted_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = _rows(5)
    # Events that were at risk before come first, and no sample holds the second row: a column without variation in it.
    first = np.argsort(~rows["event"] * 1000.0 - (rows["stop"] - rows["start"]), kind="stable")
    rows = {name: values[first] for name, values in rows.items()}
    rows["X"] = np.column_stack([rows["X"], np.arange(12_000) == 1])
    plain = fit_cox(**rows)
    _invite_samples(monkeypatch, 50)
    np.testing.assert_array_equal(fit_cox(**rows).beta, plain.beta)
