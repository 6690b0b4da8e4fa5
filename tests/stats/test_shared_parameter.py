"""One level behind answers and answering: exact parts against brute force, and planted truth given back.

Tolerances: the likelihood is held against adaptive quadrature of the written-out model (1e-6 of a log likelihood of
some tens); planted parameters and means must lie within four of their own standard errors, which one of the some twenty
numbers would miss in one study of 800. Seeds are fixed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

from cxlink.stats.errors import EstimationError
from cxlink.stats.shared_parameter import SharedParameterFit, fit_shared_parameter
from cxlink.stats.shared_parameter_contrast import expect_levels, share_answering, standardise_levels
from cxlink.stats.shared_parameter_likelihood import Theta, evaluate, lay_out

STRAY = 4.0
VALUES = np.array([-100.0, 0.0, 100.0])


@dataclass(frozen=True)
class Survey:
    """Everybody's answer, and who gave it."""

    X: np.ndarray
    level: np.ndarray
    everybody: np.ndarray
    cluster: np.ndarray


def draw_survey(n: int, seed: int, *, slope: float = 0.5, curvature: float = 0.35, sd: float = 1.2) -> Survey:
    """Customers asked three times; who feels strongly answers more often."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(n), 3)
    X = np.column_stack([rng.random(3 * n) < 0.25, np.repeat(rng.normal(size=n), 3)]).astype(float)
    level = X @ [-1.2, 0.4] + np.repeat(rng.normal(0.0, sd, n), 3)
    noise = rng.logistic(size=3 * n)
    answer = np.searchsorted([-1.0, 0.7], level + noise)
    odds = -0.8 + slope * level + curvature * level**2 + X @ [0.2, 0.1]
    gives = rng.random(3 * n) < expit(odds)
    return Survey(X, np.where(gives, answer, -1), answer, cluster)


@cache
def fitted() -> tuple[Survey, SharedParameterFit]:
    survey = draw_survey(2_000, 3)
    return survey, fit_shared_parameter(survey.X, survey.level, survey.cluster, rng=np.random.default_rng(1))


def test_the_likelihood_is_that_of_the_model_as_written() -> None:
    rng = np.random.default_rng(5)
    X, level, codes = rng.normal(size=(24, 2)), rng.integers(-1, 4, 24), np.repeat(np.arange(6), 4)
    theta = rng.normal(size=2 * 2 + 4 + 3) * 0.4
    rows = lay_out(X, level, codes)
    here = Theta.of(theta, 2, 4)
    ends = np.concatenate([[-np.inf], here.thresholds, [np.inf]])

    def density(u: float, mine: np.ndarray) -> float:
        value = norm.pdf(u)
        for x, answer in zip(X[mine], level[mine], strict=True):
            eta = x @ here.slopes + here.sd * u
            gives = expit(here.asking @ [1.0, eta, eta**2] + x @ here.asking_slopes)
            said = 1.0 if answer < 0 else expit(ends[answer + 1] - eta) - expit(ends[answer] - eta)
            value *= said * gives if answer >= 0 else 1.0 - gives
        return float(value)

    found, _ = evaluate(theta, rows)
    for cluster in range(6):
        exact, _ = quad(density, -9, 9, args=(np.flatnonzero(codes == cluster),), limit=200)
        assert found[cluster] == pytest.approx(np.log(exact), abs=1e-4)  # fifteen nodes


def test_scores_are_the_gradient_of_each_cluster() -> None:
    rng = np.random.default_rng(6)
    codes = np.unique(rng.integers(0, 40, 200), return_inverse=True)[1]
    rows = lay_out(rng.normal(size=(200, 3)), rng.integers(-1, 5, 200), codes)
    theta = rng.normal(size=2 * 3 + 5 + 3) * 0.3
    _, scores = evaluate(theta, rows)
    for place in range(len(theta)):
        step = np.zeros(len(theta))
        step[place] = 1e-5
        slope = (evaluate(theta + step, rows)[0] - evaluate(theta - step, rows)[0]) / 2e-5
        # central differences of numbers of some tens: eight digits less five of the step
        np.testing.assert_allclose(scores[:, place], slope, atol=1e-6)


def test_planted_parameters_come_back() -> None:
    _, fit = fitted()
    truth = np.array([-1.2, 0.4, np.log(1.2), -1.0, np.log(1.7), -0.8, 0.5, 0.35, 0.2, 0.1])
    error = np.sqrt((fit.influence**2).sum(axis=0))
    assert (np.abs(fit.theta - truth) / error).max() < STRAY


def test_means_over_all_asked_come_back_where_those_of_answers_do_not() -> None:
    survey, fit = fitted()
    given = survey.level >= 0
    everybody = VALUES[survey.everybody]
    among = everybody[given].mean()
    n = len(everybody)
    found = standardise_levels(fit, survey.X, VALUES, np.full((n, 1), 1.0 / n))
    error = float(np.sqrt((found.influence**2).sum()))
    truth = everybody.mean()
    assert abs(found.point[0] - truth) < STRAY * error
    # the answers alone are far off: else this shows nothing
    assert abs(among - truth) > STRAY * error


def test_who_answers_by_what_they_would_say_comes_back() -> None:
    survey, fit = fitted()
    found = share_answering(fit, survey.X)
    truth = np.array([(survey.level[survey.everybody == level] >= 0).mean() for level in range(3)])
    error = np.sqrt((found.influence**2).sum(axis=0))
    assert (np.abs(found.point - truth) / error).max() < STRAY
    assert truth.max() - truth.min() > 0.1


def test_influences_give_the_errors_of_repeated_studies() -> None:
    """Forty studies: a ratio of standard deviations of .65 to 1.45 holds at four standard errors of 1/sqrt(2 * 39)."""
    points, errors = [], []
    for seed in range(40):
        survey = draw_survey(300, 100 + seed)
        fit = fit_shared_parameter(survey.X, survey.level, survey.cluster, rng=np.random.default_rng(1))
        met = survey.X[survey.X[:, 0] > 0]
        without = met * [0.0, 1.0]
        share = np.full((len(met), 1), 1.0 / len(met))
        with_it, less = (standardise_levels(fit, rows, VALUES, share) for rows in (met, without))
        points.append(with_it.point[0] - less.point[0])
        errors.append(np.sqrt(((with_it.influence - less.influence) ** 2).sum()))
    assert np.mean(errors) / np.std(points, ddof=1) == pytest.approx(1.0, abs=0.45)


def test_units_of_the_columns_do_not_matter() -> None:
    survey, fit = fitted()
    scale, shift = np.array([3.0, 0.01]), np.array([5.0, -2.0])
    moved = survey.X * scale + shift
    other = fit_shared_parameter(moved, survey.level, survey.cluster, rng=np.random.default_rng(1))
    assert other.log_likelihood == pytest.approx(fit.log_likelihood, abs=1e-6)
    here = expect_levels(fit, survey.X, VALUES)
    np.testing.assert_allclose(expect_levels(other, moved, VALUES), here, atol=1e-3)
    weights = np.full((len(moved), 1), 1.0 / len(moved))
    one, two = standardise_levels(fit, survey.X, VALUES, weights), standardise_levels(other, moved, VALUES, weights)
    np.testing.assert_allclose(two.influence, one.influence, atol=1e-3 * np.abs(one.influence).max())


def test_a_part_of_the_clusters_is_enough_for_the_curvature(monkeypatch: pytest.MonkeyPatch) -> None:
    survey, fit = fitted()
    monkeypatch.setattr("cxlink.stats.shared_parameter.STEP_CLUSTERS", 400)
    monkeypatch.setattr("cxlink.stats.shared_parameter.CURVATURE_CLUSTERS", 1_400)
    part = fit_shared_parameter(survey.X, survey.level, survey.cluster, rng=np.random.default_rng(1))
    error = np.sqrt((fit.influence**2).sum(axis=0))
    # the maximum is the same; the steps end within a thousandth of a standard error of it
    assert (np.abs(part.theta - fit.theta) / error).max() < 0.01
    share = np.full((len(survey.X), 1), 1.0 / len(survey.X))
    one, two = (standardise_levels(model, survey.X, VALUES, share).influence for model in (fit, part))
    # of what is told, not of parameters that move together; 1,400 clusters know a variance to some four in a hundred
    assert np.sqrt((two**2).sum() / (one**2).sum()) == pytest.approx(1.0, abs=0.1)


def test_what_cannot_be_told_is_refused() -> None:
    survey = draw_survey(200, 9)
    rng = np.random.default_rng(1)
    with pytest.raises(EstimationError, match="everybody"):
        fit_shared_parameter(survey.X, survey.everybody, survey.cluster, rng=rng)
    with pytest.raises(EstimationError, match="answered twice"):
        fit_shared_parameter(survey.X, survey.level, np.arange(len(survey.level)), rng=rng)
    with pytest.raises(EstimationError, match="level"):
        fit_shared_parameter(survey.X, np.where(survey.level >= 0, 0, -1), survey.cluster, rng=rng)
    with pytest.raises(EstimationError, match="gap"):
        fit_shared_parameter(survey.X, np.where(survey.level == 1, 5, survey.level), survey.cluster, rng=rng)
    constant = np.column_stack([survey.X, np.ones(len(survey.X))])
    with pytest.raises(EstimationError) as caught:
        fit_shared_parameter(constant, survey.level, survey.cluster, rng=rng)
    assert caught.value.columns == (2,)


def test_answers_that_do_not_hang_together_are_refused() -> None:
    survey = draw_survey(1_000, 11, sd=0.0, slope=0.0, curvature=0.0)
    with pytest.raises(EstimationError):
        fit_shared_parameter(survey.X, survey.level, survey.cluster, rng=np.random.default_rng(1))


def test_a_sample_that_misleads_does_not_keep_the_climb_from_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps by the curvature of 60 customers go astray; the maximum of all is found all the same (to 1e-4 of a log
    likelihood, a squared distance of 1e-6 standard errors and rounding)."""
    survey = draw_survey(1_000, 8)
    found = []
    for few in (60, 1_000):
        monkeypatch.setattr("cxlink.stats.shared_parameter.STEP_CLUSTERS", few)
        fit = fit_shared_parameter(survey.X, survey.level, survey.cluster, rng=np.random.default_rng(few))
        found.append(fit.log_likelihood)
    assert found[0] == pytest.approx(found[1], abs=1e-4)
