"""Predict, then debias: what must come out exactly, and a simulated company where predicted tags mislead.

Tolerances: sums in another order (`SUMS`); Newton's maxima, each within 1e-8 standard errors of the top (`MAXIMA`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.stats import EstimationError, draw_cluster_weights, fit_clustered_ols, fit_cox
from cxlink.stats.debias import Debiased, Influenced, Multiplier, debias

Floats = npt.NDArray[np.float64]
SUMS, MAXIMA = 1e-9, 1e-6
KINDS: tuple[Multiplier, ...] = get_args(Multiplier)
SEEDS = st.integers(0, 10_000)


@dataclass(frozen=True)
class Known(Influenced):
    """As `Influenced`, known to hold arrays."""

    beta: Floats
    influence: Floats


class Company:
    """Customers with two tags, true and predicted, one covariate without error, and a known chance to be labelled."""

    def __init__(self, seed: int, n: int = 800, recall: float = 0.7) -> None:
        rng = np.random.default_rng(seed)
        self.true = (rng.random((n, 2)) < [0.3, 0.2]).astype(float)
        missed = (self.true > 0) & (rng.random((n, 2)) > recall)
        self.predicted = np.where(missed, 0.0, self.true)
        self.predicted[missed[:, ::-1]] = 1.0  # what is missed becomes the other tag
        self.other = rng.normal(size=n) + self.true[:, 0]
        life = rng.exponential(np.exp(-0.8 * self.true[:, 0] - 0.3 * self.other))
        self.left = life < 1.0
        self.stop = np.ceil(300 * np.minimum(life, 1.0))
        share = np.where(self.left, 0.6, 0.2)
        self.weights = np.where(rng.random(n) < share, 1 / share, 0.0)

    def fit(self, tags: Floats, weights: Floats | None) -> Known:
        X = np.column_stack((tags, self.other))
        found = fit_cox(X, self.stop, self.left, cluster=np.arange(len(X)), weights=weights)
        assert found.dfbeta is not None
        return Known(found.beta, found.dfbeta)

    def fits(self) -> tuple[Known, Known, Known]:
        return (
            self.fit(self.true, self.weights),
            self.fit(self.predicted, self.weights),
            self.fit(self.predicted, None),
        )


def scaled(fit: Known, by: Floats) -> Influenced:
    return Influenced(fit.beta * by, fit.influence * by)


def errors_of(influence: Floats) -> Floats:
    errors: Floats = np.sqrt(np.square(influence).sum(axis=0))
    return errors


@pytest.mark.parametrize("kind", KINDS)
def test_right_predictions_give_the_fit_on_all_customers(kind: Multiplier) -> None:
    company = Company(1, recall=1.0)
    everyone = company.fit(company.true, None)
    result = debias(*company.fits(), multiplier=kind)
    assert result.beta == pytest.approx(everyone.beta, abs=SUMS)
    np.testing.assert_allclose(result.influence, everyone.influence, atol=SUMS)
    assert np.all(result.gain > 1.5)


@pytest.mark.parametrize("kind", KINDS)
def test_all_customers_labelled_give_the_fit_with_true_tags(kind: Multiplier) -> None:
    company = Company(2)
    company.weights = np.full(800, 2.0)  # the weights' size does not matter, but leaves rounding behind
    gold = company.fit(company.true, None)
    result = debias(*company.fits(), multiplier=kind)
    assert result.beta == pytest.approx(gold.beta, abs=MAXIMA)
    np.testing.assert_allclose(result.influence, gold.influence, atol=MAXIMA)
    np.testing.assert_allclose(result.gain, 1.0, atol=MAXIMA)


def test_a_column_without_any_difference_is_left_alone() -> None:
    """Full and diagonal: the difference of the first column is zero, as if all customers were labelled for it."""
    theta, gamma, whole = (np.array(fit.influence) for fit in Company(3).fits())
    whole[:, 0] = gamma[:, 0]
    beta = np.array([0.1, 0.2, 0.3])
    for kind in KINDS:
        result = debias(Influenced(beta, theta), Influenced(beta, gamma), Influenced(beta, whole), multiplier=kind)
        assert result.beta == pytest.approx(beta, abs=SUMS)
        assert np.all(np.isfinite(result.covariance))
        if kind != "full":
            np.testing.assert_allclose(result.influence[:, 0], theta[:, 0], atol=SUMS)


@given(SEEDS, st.sampled_from(KINDS))
@settings(max_examples=15, deadline=None)
def test_units_do_not_matter(seed: int, kind: Multiplier) -> None:
    fits = Company(seed).fits()
    by = 10.0 ** np.random.default_rng(seed).uniform(-4, 4, 3)
    one, other = (debias(*each, multiplier=kind) for each in (fits, [scaled(fit, by) for fit in fits]))
    np.testing.assert_allclose(other.beta, one.beta * by, rtol=1e-6)
    np.testing.assert_allclose(other.covariance, one.covariance * np.outer(by, by), rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(other.gain, one.gain, rtol=1e-6)
    assert other.kind == one.kind


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_the_order_of_customers_and_columns_does_not_matter(seed: int) -> None:
    fits = Company(seed).fits()
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(800), rng.permutation(3)
    moved = [Influenced(f.beta[columns], f.influence[rows][:, columns]) for f in fits]
    one, other = debias(*fits, multiplier="full"), debias(*moved, multiplier="full")
    np.testing.assert_allclose(other.beta, one.beta[columns], atol=SUMS)
    np.testing.assert_allclose(other.multiplier, one.multiplier[np.ix_(columns, columns)], atol=1e-6)


def test_useless_predictions_cost_nothing() -> None:
    """The multiplier of least variance shrinks towards zero where predictions have nothing to do with truth."""
    rng = np.random.default_rng(6)
    n = 20_000
    truth, predicted, labelled = rng.normal(size=n), rng.normal(size=n), rng.random(n) < 0.1
    ones, cluster = np.ones((n, 1)), np.arange(n)
    fits = [
        fit_clustered_ols(ones, y, cluster, weights=w)
        for y, w in ((truth, labelled), (predicted, labelled), (predicted, None))
    ]
    result = debias(*(Influenced(f.beta, f.influence) for f in fits))
    assert result.multiplier[0, 0] == pytest.approx(0.0, abs=4 / np.sqrt(0.1 * n))  # a slope of 2,000 customers
    assert result.gain[0] == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("kind", KINDS)
def test_predicted_tags_mislead_and_are_corrected(kind: Multiplier) -> None:
    """Log hazard ratios of 0.8, 0 and 0.3."""
    truth = np.array([0.8, 0.0, 0.3])
    company = Company(7, n=6000)
    labelled, _, everyone = company.fits()
    result = debias(*company.fits(), multiplier=kind)
    wrong = np.abs(everyone.beta - truth) / errors_of(everyone.influence)
    assert np.all(wrong[:2] > 3)
    assert np.all(np.abs(result.beta - truth) < 3 * np.sqrt(np.diag(result.covariance)))
    assert np.all(result.gain > 1.0)
    np.testing.assert_allclose(result.gain, (errors_of(labelled.influence) / errors_of(result.influence)) ** 2)
    assert result.kind == ("full" if kind == "auto" else kind)


def test_influences_foretell_other_weights_of_customers() -> None:
    """Fits repeated with drawn weights; 120 draws know a standard error to 6.5%."""
    company = Company(8, n=2000)
    result = debias(*company.fits())
    refits = []
    for draw in np.vstack(list(draw_cluster_weights(np.random.default_rng(8), 2000, 120))).astype(float):
        theta = company.fit(company.true, company.weights * draw).beta
        gamma = company.fit(company.predicted, company.weights * draw).beta
        whole = company.fit(company.predicted, draw).beta
        refits.append((theta + result.multiplier @ (whole - gamma), result.beta + (draw - 1) @ result.influence))
    again, foretold = np.transpose(refits, (1, 0, 2))
    np.testing.assert_allclose(again.std(axis=0), foretold.std(axis=0), rtol=0.1)
    np.testing.assert_allclose(foretold.std(axis=0), np.sqrt(np.diag(result.covariance)), rtol=0.25)
    assert np.all([np.corrcoef(again[:, j], foretold[:, j])[0, 1] > 0.98 for j in range(3)])


def test_the_multiplier_is_full_where_labels_are_many() -> None:
    small, large = (Company(9, n=n).fits() for n in (80, 6000))
    assert debias(*small).kind == "diagonal"
    assert debias(*large).kind == "full"
    assert debias(*small).multiplier == pytest.approx(debias(*small, multiplier="diagonal").multiplier)


def test_refusals() -> None:
    fit = Influenced([1.0, 2.0], np.eye(4)[:, :2])

    def run(**change: Any) -> Debiased:
        return debias(**{"labelled_true": fit, "labelled_predicted": fit, "all_predicted": fit, **change})

    with pytest.raises(EstimationError, match="all_predicted: influence has shape"):
        run(all_predicted=Influenced([1.0, 2.0], np.zeros((5, 2))))
    with pytest.raises(EstimationError, match="labelled_true: beta has shape"):
        run(labelled_true=Influenced([1.0], np.zeros((4, 2))))
    with pytest.raises(EstimationError, match="missing or infinite numbers in columns 1") as caught:
        run(labelled_predicted=Influenced([1.0, np.nan], np.zeros((4, 2))))
    assert caught.value.columns == (1,)
    with pytest.raises(EstimationError, match="0 labelled customers"):
        run(labelled_true=Influenced([1.0, 2.0], np.zeros((4, 2))))
    with pytest.raises(EstimationError, match="multiplier must be one of"):
        run(multiplier="best")
