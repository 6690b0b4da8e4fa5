"""Models of costs: what must come out exactly, what is refused, and planted effects in heavy-tailed costs with zeros.

Numbers of R are in tests/oracle/test_costs_against_r.py. Tolerances: sums in another order, and Newton's maxima, whose
last step is below 1e-9 (`MAXIMA`). Coverage of `REPETITIONS` intervals of 95% lies within three Monte Carlo standard
errors, and so do the other simulated numbers; ``benchmarks/cost_models.py`` measures it with more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy.special import expit, iv, ndtr

from cxlink.stats.cost_checks import check_family, check_log_link, check_logit_link
from cxlink.stats.cost_contrast import contrast_costs
from cxlink.stats.dropping import fit_kept_columns
from cxlink.stats.errors import EstimationError
from cxlink.stats.mean_models import fit_log_mean, fit_logit
from cxlink.stats.tweedie import TweedieFit, fit_tweedie
from cxlink.stats.tweedie_density import TweedieRows, tweedie_log_likelihood
from cxlink.stats.two_part import TwoPartFit, fit_two_part

Floats = npt.NDArray[np.float64]
MAXIMA, REPETITIONS = 1e-7, 60
ODDS, SIZES = np.array([-1.5, 0.8, 0.4]), np.array([2.5, 0.5, -0.3])


@dataclass(frozen=True)
class Quarters:
    """Two quarters a customer: one, exposure, use; what they cost; and the truth under `ODDS` and `SIZES`."""

    X: Floats
    without: Floats
    cost: Floats
    customer: npt.NDArray[np.intp]
    truth: float


def quarters(seed: int, n: int = 800) -> Quarters:
    rng = np.random.default_rng(seed)
    customer = np.repeat(np.arange(n), 2)
    use = rng.normal(size=n)[customer]
    exposed = rng.random(2 * n) < expit(-0.5 + 0.6 * use)
    X = np.column_stack((np.ones(2 * n), exposed, use))
    without = X.copy()
    without[:, 1] = 0.0
    # a customer's quarters go together in both parts, each of which keeps its mean
    chance = ndtr(0.7 * rng.normal(size=n)[customer] + np.sqrt(0.51) * rng.normal(size=2 * n))
    noise = np.exp(0.6 * rng.normal(size=n)[customer] - 0.18) * np.exp(rng.normal(size=2 * n) - 0.5)
    cost = np.where(chance < expit(X @ ODDS), np.exp(X @ SIZES) * noise, 0.0)
    as_is, then = (float(np.mean(expit(M @ ODDS) * np.exp(M @ SIZES))) for M in (X, without))
    return Quarters(X, without, cost, customer, then - as_is)


def test_the_contrast_holds_its_level_where_costs_are_heavy_tailed_and_mostly_zero() -> None:
    covered, apart = 0, []
    for seed in range(REPETITIONS):
        q = quarters(seed)
        found = contrast_costs(fit_two_part(q.X, q.cost, q.customer), q.X, q.without)
        error = float(np.sqrt(found.covariance[2, 2]))
        apart.append((found.difference - q.truth) / error)
        covered += abs(apart[-1]) <= 1.96
    assert covered / REPETITIONS >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / REPETITIONS)
    assert abs(np.mean(apart)) < 3 * np.std(apart) / np.sqrt(REPETITIONS)


def test_influences_tell_what_weights_of_customers_do() -> None:
    q = quarters(1, 1500)
    rng = np.random.default_rng(2)
    fit, drawn = fit_two_part(q.X, q.cost, q.customer), []
    tweedie = fit_tweedie(q.X, q.cost, q.customer, power=1.6)
    told = [
        contrast_costs(fit, q.X, q.without).influence,
        contrast_costs(fit, q.X, q.without, drawn_by=q.customer).influence,
        contrast_costs(tweedie, q.X, q.without).influence,
    ]
    weights = rng.exponential(size=(40, 1500))
    for w in weights:
        rows = w[q.customer]
        again: tuple[TwoPartFit, TweedieFit] = (
            fit_two_part(q.X, q.cost, q.customer, rows),
            fit_tweedie(q.X, q.cost, q.customer, rows, power=1.6),
        )
        drawn.append(
            [
                contrast_costs(again[0], q.X, q.without).difference,
                contrast_costs(again[0], q.X, q.without, weights=rows).difference,
                contrast_costs(again[1], q.X, q.without).difference,
            ]
        )
    for moves, found in zip(told, np.array(drawn).T, strict=True):
        predicted = (weights - 1.0) @ moves[:, 2]
        assert np.corrcoef(predicted, found)[0, 1] > 0.97
        assert np.std(found) / np.std(predicted) == pytest.approx(1.0, abs=0.15)


def test_influences_on_log_odds_are_derivatives() -> None:
    q = quarters(3, 300)
    fit = fit_logit(q.X, q.cost > 0, q.customer)
    rng = np.random.default_rng(1)
    step = 1e-4 * rng.normal(size=300)
    up, down = (fit_logit(q.X, q.cost > 0, q.customer, 1.0 + s * step[q.customer]).beta for s in (1, -1))
    np.testing.assert_allclose((up - down) / 2, step @ fit.influence, rtol=1e-5, atol=1e-9)


def test_a_model_with_a_column_for_each_group_gives_back_the_groups_means() -> None:
    q = quarters(4)
    groups = np.column_stack((1.0 - q.X[:, 1], q.X[:, 1]))
    found = contrast_costs(fit_two_part(groups, q.cost, q.customer), groups, np.roll(groups, 1, axis=1))
    low, high = q.cost[q.X[:, 1] == 0].mean(), q.cost[q.X[:, 1] == 1].mean()
    share = q.X[:, 1].mean()
    assert found.as_is == pytest.approx(q.cost.mean(), rel=MAXIMA)
    assert found.without == pytest.approx((1 - share) * high + share * low, rel=MAXIMA)
    tweedie = fit_tweedie(groups, q.cost, q.customer, power=1.5)
    np.testing.assert_allclose(np.exp(tweedie.mean.beta), [low, high], rtol=MAXIMA)


def test_rows_of_weight_zero_are_absent_and_whole_weights_count_rows() -> None:
    q = quarters(5, 300)
    weights = np.random.default_rng(1).integers(0, 4, 600)
    again = np.repeat(np.arange(600), weights)
    found = fit_two_part(q.X, q.cost, q.customer, weights)
    repeated = fit_two_part(q.X[again], q.cost[again], q.customer[again])
    np.testing.assert_allclose(found.any_cost.beta, repeated.any_cost.beta, atol=MAXIMA)
    np.testing.assert_allclose(found.size.covariance, repeated.size.covariance, rtol=MAXIMA)
    assert found.influence.shape == (300, 6)


def test_months_lengthen_the_odds_of_any_cost_and_the_mean_of_tweedie() -> None:
    q = quarters(6)
    months = np.full(q.cost.size, 3.0)
    one, three = fit_two_part(q.X, q.cost, q.customer), fit_two_part(q.X, q.cost, q.customer, months=months)
    np.testing.assert_allclose(one.any_cost.beta - three.any_cost.beta, [np.log(3), 0, 0], atol=MAXIMA)
    np.testing.assert_allclose(one.size.beta, three.size.beta, atol=MAXIMA)
    month = fit_tweedie(q.X, q.cost, q.customer, months=months, power=1.5)
    quarter = fit_tweedie(q.X, q.cost, q.customer, power=1.5)
    np.testing.assert_allclose(quarter.mean.beta - month.mean.beta, [np.log(3), 0, 0], atol=MAXIMA)
    same = contrast_costs(three, q.X, q.without, months=months)
    assert same.difference == pytest.approx(contrast_costs(one, q.X, q.without).difference, rel=MAXIMA)


def test_tweedie_finds_the_planted_power_whatever_the_unit() -> None:
    rng = np.random.default_rng(1)
    mean = np.exp(0.5 + 0.4 * rng.normal(size=3000))
    # p = 1.4: shape 1.5
    count = rng.poisson(mean**0.6 / (2.0 * 0.6))
    cost = np.where(count > 0, rng.gamma(1.5 * np.maximum(count, 1)) * 2.0 * 0.4 * mean**0.4, 0.0)
    X = np.column_stack((np.ones(3000), np.log(mean)))
    found, cents = (fit_tweedie(X, unit * cost, np.arange(3000)) for unit in (1.0, 100.0))
    assert found.power == pytest.approx(1.4, abs=0.05)
    assert found.dispersion == pytest.approx(2.0, abs=0.15)
    assert cents.power == pytest.approx(found.power, abs=1e-6)
    assert cents.log_likelihood == pytest.approx(found.log_likelihood - np.log(100) * (cost > 0).sum(), rel=1e-9)


def test_density_has_its_closed_form_at_a_power_of_one_and_a_half() -> None:
    y, mean, phi = np.array([0.0, 1e-6, 0.3, 2.0, 50.0, 400.0]), np.array([1.0, 0.2, 0.5, 3.0, 20.0, 5.0]), 1.3
    rate, scale = np.sqrt(mean) / (0.5 * phi), 0.5 * phi * np.sqrt(mean)
    some = np.maximum(y, 1e-9)
    root = np.sqrt(rate * some / scale)
    positive = np.log(root / some) + np.log(iv(1, 2 * root)) - rate - some / scale
    by_hand = np.where(y > 0, positive, -rate)
    for i in range(y.size):
        rows = TweedieRows(y[i : i + 1], mean[i : i + 1], np.ones(1))
        assert tweedie_log_likelihood(rows, 1.5)(phi) == pytest.approx(by_hand[i], rel=1e-12)
    together = tweedie_log_likelihood(TweedieRows(y, mean, np.ones(6)), 1.5)(phi)
    assert together == pytest.approx(by_hand.sum(), rel=1e-12)


def test_checks_find_the_family_and_a_wrong_link() -> None:
    rng = np.random.default_rng(1)
    use, customer = rng.random(8000), np.arange(8000) // 2
    X = np.column_stack((np.ones(8000), use))
    for power, shape in ((1.0, None), (2.0, 2.0)):
        mean = np.exp(1.0 + 2.0 * use)
        y = rng.poisson(mean) * 1.0 if shape is None else rng.gamma(shape, mean / shape)
        fit = fit_log_mean(X, y, customer, power=power)
        family = check_family(fit, X, y, customer)
        assert abs(family.power - power) < 4 * family.std_error
        assert family.std_error < 0.2
        link = check_log_link(fit, X, y, customer, power=power)
        assert abs(link.curvature) < 4 * link.std_error
    straight = rng.gamma(2.0, (1.0 + 30.0 * use) / 2.0)
    link = check_log_link(fit_log_mean(X, straight, customer), X, straight, customer)
    assert link.curvature < -5 * link.std_error
    event = rng.random(8000) < expit(-1.0 + 2.0 * use)
    odds = check_logit_link(fit_logit(X, event, customer), X, event, customer)
    assert abs(odds.curvature) < 4 * odds.std_error
    peak = rng.random(8000) < 0.1 + 0.6 * (use > 0.5) * (use < 0.8)
    odds = check_logit_link(fit_logit(X, peak, customer), X, peak, customer)
    assert abs(odds.curvature) > 4 * odds.std_error


def test_separated_columns_are_named_and_can_be_left_out() -> None:
    q = quarters(7)
    apart = np.column_stack((q.X, q.cost > 0))
    with pytest.raises(EstimationError, match="infinite effect") as raised:
        fit_two_part(apart, q.cost, q.customer)
    assert 3 in raised.value.columns
    never = np.column_stack((q.X, (q.cost == 0) & (np.arange(q.cost.size) % 3 == 0)))
    for fit in (fit_two_part, fit_tweedie):
        with pytest.raises(EstimationError, match="column") as raised:
            fit(never, q.cost, q.customer)
        assert raised.value.columns == (3,)
    found, kept = fit_kept_columns(lambda X: fit_two_part(X, q.cost, q.customer), never)
    assert kept.tolist() == [True, True, True, False]
    np.testing.assert_allclose(found.any_cost.beta, fit_two_part(q.X, q.cost, q.customer).any_cost.beta, atol=MAXIMA)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cost": np.zeros(600)}, "all costs are zero"),
        ({"cost": np.ones(600)}, "every period has a cost"),
        ({"cost": -np.ones(600)}, "cost is negative in 600 rows"),
        ({"cost": np.full(600, np.nan)}, "cost is missing"),
        ({"cost": np.where(np.arange(600) < 58, 1.0, 0.0)}, "29 customers with a cost"),
        ({"cluster": np.arange(600) % 29}, "29 customers"),
        ({"cluster": np.zeros(600)}, "single customer"),
        ({"months": np.zeros(600)}, "months must be above zero"),
        ({"weights": np.zeros(600)}, "all weights are zero"),
        ({"X": np.ones((600, 2))}, "collinear"),
        ({"X": np.full((600, 1), np.inf)}, "infinite numbers"),
    ],
)
def test_models_that_cannot_be_are_refused(change: dict[str, Any], message: str) -> None:
    q = quarters(8, 300)
    with pytest.raises(EstimationError, match=message):
        fit_two_part(**{"X": q.X, "cost": q.cost, "cluster": q.customer, **change})


def test_tweedie_refuses_costs_without_zeros_and_powers_out_of_range() -> None:
    q = quarters(8, 300)
    with pytest.raises(EstimationError, match="fit a Gamma mean"):
        fit_tweedie(q.X, q.cost + 1.0, q.customer)
    with pytest.raises(EstimationError, match="power must lie"):
        fit_tweedie(q.X, q.cost, q.customer, power=2.0)


def test_a_gamma_mean_refuses_zeros_and_its_check_exact_predictions() -> None:
    q = quarters(8, 300)
    with pytest.raises(EstimationError, match="zero in some rows"):
        fit_log_mean(q.X, q.cost, q.customer)
    groups = np.column_stack((np.ones(600), np.arange(600) < 300))
    y = np.where(np.arange(600) < 300, 8.0, q.cost + 1.0)
    with pytest.raises(EstimationError, match="exactly as predicted"):
        check_family(fit_log_mean(groups, y, q.customer), groups, y, q.customer)
    with pytest.raises(EstimationError, match="all predictions are the same"):
        check_family(fit_log_mean(groups[:, :1], y, q.customer), groups[:, :1], y, q.customer)


def test_contrasts_that_cannot_be_are_refused() -> None:
    q = quarters(9, 300)
    fit = fit_two_part(q.X, q.cost, q.customer)
    with pytest.raises(EstimationError, match="the fit has 3 columns"):
        contrast_costs(fit, q.X[:, :2], q.without[:, :2])
    with pytest.raises(EstimationError, match="not in the fit"):
        contrast_costs(fit, q.X, q.without, drawn_by=q.customer + 1)
    with pytest.raises(EstimationError, match="too large to compute"):
        contrast_costs(fit, 1e4 * q.X, q.without)


def test_columns_of_any_size_are_fitted_alike() -> None:
    q = quarters(10, 300)
    units = np.array([1.0, 1e-6, 1e9])
    found = fit_two_part(q.X * units, q.cost, q.customer)
    same = fit_two_part(q.X, q.cost, q.customer)
    np.testing.assert_allclose(found.any_cost.beta * units, same.any_cost.beta, rtol=MAXIMA)
    np.testing.assert_allclose(found.size.beta * units, same.size.beta, rtol=MAXIMA)
