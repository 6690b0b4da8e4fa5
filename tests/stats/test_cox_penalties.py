"""Penalties keep separated columns finite, and change little where nothing is separated."""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.stats import CoxError, fit_cox

RNG_SEED = 11


def rows(n: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(RNG_SEED)
    X = np.column_stack([rng.normal(size=n), rng.random(n) < 0.3]).astype(float)
    stop = np.ceil(100 * rng.exponential(np.exp(-0.5 * X[:, 0])))
    return X, np.minimum(stop, 80), stop <= 80


def separated() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nobody with the second column set has an event."""
    X, stop, event = rows()
    return X, stop, event & (X[:, 1] == 0)


def test_a_separated_column_is_refused_without_a_penalty() -> None:
    X, stop, event = separated()
    with pytest.raises(CoxError) as refused:
        fit_cox(X, stop, event)
    assert refused.value.columns == (1,)


def test_firth_gives_a_separated_column_a_finite_coefficient() -> None:
    X, stop, event = separated()
    fit = fit_cox(X, stop, event, firth=True)
    alone = fit_cox(X[X[:, 1] == 0][:, :1], stop[X[:, 1] == 0], event[X[:, 1] == 0])
    assert -10 < fit.beta[1] < -2
    assert np.isfinite(fit.covariance).all()
    # those without the column are what the first coefficient rests on, all but alone
    assert fit.beta[0] == pytest.approx(alone.beta[0], abs=0.2 * alone.covariance[0, 0] ** 0.5)


def test_firth_moves_a_coefficient_by_a_small_share_of_its_error() -> None:
    X, stop, event = rows()
    plain, firth = fit_cox(X, stop, event), fit_cox(X, stop, event, firth=True)
    moved = np.abs(plain.beta - firth.beta) / np.sqrt(np.diag(plain.covariance))
    # the bias it removes is of the order of one over the number of events
    assert np.all(moved < 0.1)
    assert np.any(moved > 1e-6)


def test_no_ridge_is_no_penalty_and_much_of_it_leaves_nothing() -> None:
    X, stop, event = rows()
    plain, none, much = (fit_cox(X, stop, event, ridge=ridge) for ridge in (None, 0.0, 1e9))
    assert none.beta == pytest.approx(plain.beta, rel=1e-9)
    assert none.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-12)
    assert np.all(np.abs(much.beta) < 1e-6)
    assert much.log_likelihood == pytest.approx(much.null_log_likelihood, rel=1e-6)


def test_a_ridge_on_one_column_leaves_the_others_free() -> None:
    X, stop, event = rows()
    fit = fit_cox(X, stop, event, ridge=[0.0, 1e9])
    alone = fit_cox(X[:, :1], stop, event)
    assert fit.beta[0] == pytest.approx(alone.beta[0], abs=1e-6)


def test_a_ridge_is_in_the_units_of_its_column() -> None:
    X, stop, event = rows()
    one, other = fit_cox(X, stop, event, ridge=[5.0, 3.0]), fit_cox(X * [10, 1], stop, event, ridge=[500.0, 3.0])
    assert other.beta * [10, 1] == pytest.approx(one.beta, rel=1e-8)


@pytest.mark.parametrize("ridge", [-1.0, np.nan, [1.0, np.inf]])
def test_a_penalty_must_be_a_number_from_zero_up(ridge: object) -> None:
    with pytest.raises(CoxError, match="ridge"):
        fit_cox(*rows(), ridge=ridge)  # type: ignore[arg-type]  # wrong on purpose


def test_one_penalty_at_a_time() -> None:
    with pytest.raises(CoxError, match="choose one"):
        fit_cox(*rows(), ridge=1.0, firth=True)
