"""Proportional odds: against statsmodels, identities, simulated truth and refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from cxlink.stats import EstimationError
from cxlink.stats.arrays import read_codes
from cxlink.stats.nps_scale import nps_values
from cxlink.stats.ordinal import OrdinalFit, fit_ordinal
from cxlink.stats.ordinal_contrast import contrast_ordinal
from cxlink.stats.ordinal_likelihood import build_ordinal_design, evaluate_ordinal, sum_ordinal_scores
from cxlink.stats.proportional_odds import check_proportional_odds

Floats = npt.NDArray[np.float64]
SUMS, MAXIMA, NUMERICAL = 1e-9, 1e-6, 1e-5
"""Sums in another order; maxima that were climbed to from elsewhere, each within 1e-8 standard errors of the top; and
maxima found with numerical derivatives."""


def simulate(seed: int, n: int = 900, *, late: float = -0.8) -> dict[str, Any]:
    """Answers from 0 to 10 of customers who answer about three times; the log odds ratios are .3 and `late`."""
    rng = np.random.default_rng(seed)
    cluster = rng.integers(0, n // 3, n)
    X = np.column_stack((rng.normal(40, 10, n), rng.poisson(0.6, n)))
    latent = 0.03 * X[:, 0] + late * X[:, 1] + rng.logistic(size=n)
    y = np.searchsorted([-3, -2.2, -1.6, -1.1, -0.6, 0, 0.6, 1.1, 1.7, 2.5], latent).astype(float)
    return {"X": X, "y": y, "cluster": cluster}


@pytest.fixture(scope="module")
def rows() -> dict[str, Any]:
    return simulate(3)


@pytest.fixture(scope="module")
def fit(rows: dict[str, Any]) -> OrdinalFit:
    return fit_ordinal(**rows)


def parameters(fit: OrdinalFit) -> Floats:
    return np.concatenate((fit.thresholds, fit.beta))


def test_against_statsmodels(rows: dict[str, Any]) -> None:
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    few = {name: values[:300] for name, values in rows.items()}
    few["y"] = np.searchsorted([5.5, 7.5, 9.5], few["y"])
    center, scale = few["X"].mean(axis=0), few["X"].std(axis=0)
    fit = fit_ordinal(**few)
    model = OrderedModel(few["y"], (few["X"] - center) / scale, distr="logit")
    other = model.fit(method="bfgs", gtol=1e-9, disp=0, skip_hessian=True)
    # its climb takes numerical derivatives
    np.testing.assert_allclose(fit.beta * scale, other.params[:2], rtol=NUMERICAL)
    limits = model.transform_threshold_params(other.params)[1:-1]
    np.testing.assert_allclose(fit.thresholds - center @ fit.beta, limits, rtol=NUMERICAL)
    assert fit.log_likelihood == pytest.approx(other.llf, rel=SUMS)


def test_two_levels_are_logistic_regression(rows: dict[str, Any]) -> None:
    import statsmodels.api as sm

    high = (rows["y"] >= 9).astype(float)
    fit = fit_ordinal(rows["X"], high, rows["cluster"])
    other = sm.Logit(high, sm.add_constant(rows["X"])).fit(
        disp=0, tol=1e-12, cov_type="cluster", cov_kwds={"groups": rows["cluster"], "use_correction": False}
    )
    np.testing.assert_allclose(np.concatenate((-fit.thresholds, fit.beta)), other.params, rtol=MAXIMA)
    signs = np.outer([-1, 1, 1], [-1, 1, 1])
    np.testing.assert_allclose(fit.covariance * signs, other.cov_params(), rtol=MAXIMA)


def test_derivatives_are_those_of_the_value(rows: dict[str, Any]) -> None:
    weights = np.random.default_rng(0).uniform(0.5, 2, 900)
    design = build_ordinal_design(rows["X"].copy(), rows["y"].astype(np.intp), 11, weights)
    at = np.concatenate((np.linspace(-3, 3, 10), [0.2, -0.4]))
    point = evaluate_ordinal(design, at)
    assert point is not None
    h = 1e-5
    for j, nudge in enumerate(np.eye(at.size) * h):
        up, down = evaluate_ordinal(design, at + nudge), evaluate_ordinal(design, at - nudge)
        assert up is not None
        assert down is not None
        slope = (up.log_likelihood - down.log_likelihood) / (2 * h)
        # central differences of a value of 2e3 with steps of 1e-5 keep seven digits
        assert point.gradient[j] == pytest.approx(slope, abs=1e-5)
        np.testing.assert_allclose(-point.information[j], (up.gradient - down.gradient) / (2 * h), atol=1e-5)
    scores = sum_ordinal_scores(design, at, np.arange(900) % 7, 7)
    np.testing.assert_allclose(scores.sum(axis=0), point.gradient, atol=SUMS)
    assert evaluate_ordinal(design, at[::-1]) is None


def test_influence_is_the_derivative_by_the_weights(rows: dict[str, Any], fit: OrdinalFit) -> None:
    labels, codes = read_codes("cluster", rows["cluster"], 900, EstimationError)
    h = 1e-3
    for customer in (0, 7, 100):
        apart = [
            parameters(fit_ordinal(**rows, weights=1.0 + sign * h * (codes == customer))) / (2 * h) for sign in (1, -1)
        ]
        # the third derivative leaves h squared
        np.testing.assert_allclose(
            apart[0] - apart[1], fit.influence[customer], atol=1e-5 * np.abs(fit.influence).max()
        )
    assert fit.n_clusters == labels.size


def test_weights_are_repetitions_and_zero_is_absence(rows: dict[str, Any]) -> None:
    times = np.random.default_rng(1).integers(0, 3, 900)
    weighted = fit_ordinal(**rows, weights=times)
    again = np.repeat(np.arange(900), times)
    repeated = fit_ordinal(rows["X"][again], rows["y"][again], rows["cluster"][again])
    np.testing.assert_allclose(parameters(weighted), parameters(repeated), rtol=MAXIMA)
    np.testing.assert_allclose(weighted.covariance, repeated.covariance, rtol=MAXIMA)
    assert weighted.n == np.count_nonzero(times)


@given(st.integers(0, 1000), st.floats(-5, 5), st.floats(0.01, 100))
@settings(max_examples=20, deadline=None)
def test_order_units_and_names_of_answers_do_not_matter(seed: int, shift: float, unit: float) -> None:
    rows = simulate(5, 300)
    order = np.random.default_rng(seed).permutation(300)
    fit = fit_ordinal(**rows)
    X = (rows["X"][order] + shift) * unit
    other = fit_ordinal(X, np.exp(rows["y"][order] / 3), rows["cluster"][order])
    np.testing.assert_allclose(other.beta * unit, fit.beta, rtol=MAXIMA)
    np.testing.assert_allclose(other.thresholds, fit.thresholds + shift * fit.beta.sum(), rtol=MAXIMA, atol=MAXIMA)
    mirrored = fit_ordinal(rows["X"], 10 - rows["y"], rows["cluster"])
    np.testing.assert_allclose(mirrored.beta, -fit.beta, rtol=MAXIMA)
    np.testing.assert_allclose(mirrored.thresholds, -fit.thresholds[::-1], rtol=MAXIMA, atol=MAXIMA)


def test_empty_categories_are_told_and_change_nothing(rows: dict[str, Any]) -> None:
    without = np.where(np.isin(rows["y"], [0, 3, 10]), 5.0, rows["y"])
    fit = fit_ordinal(rows["X"], without, rows["cluster"], categories=range(11))
    assert fit.empty == (0.0, 3.0, 10.0)
    assert fit.levels.tolist() == [1, 2, 4, 5, 6, 7, 8, 9]
    np.testing.assert_array_equal(fit.beta, fit_ordinal(rows["X"], without, rows["cluster"]).beta)
    with pytest.raises(EstimationError, match="none of the categories"):
        fit_ordinal(**rows, categories=range(10))


def is_separated(X: Floats, codes: npt.NDArray[np.intp]) -> bool:
    """Whether a direction lifts upper limits and lowers lower ones only, and moves some: by linear programming."""
    n, K = codes.size, codes.max() + 1
    thresholds = np.eye(K + 1)[:, 1:-1]
    upper = np.hstack((thresholds[codes + 1], -X))[codes < K - 1]
    lower = -np.hstack((thresholds[codes], -X))[codes > 0]
    moves = np.vstack((upper, lower))
    found = linprog(-moves.sum(axis=0), A_ub=-moves, b_ub=np.zeros(len(moves)), bounds=(-1, 1), method="highs")
    return bool(found.fun < -1e-7) if n else False


@given(st.integers(0, 10_000), st.integers(2, 4), st.integers(6, 24))
@settings(max_examples=150, deadline=None)
def test_separation_is_refused_and_nothing_else(seed: int, n_levels: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    X = np.column_stack((rng.random(n) < 0.3, rng.integers(0, 3, n))).astype(float)
    y = rng.integers(0, n_levels, n) + (rng.random() < 0.3) * X[:, 0] * n_levels
    codes = np.unique(y, return_inverse=True)[1]
    if np.linalg.matrix_rank(np.column_stack((np.ones(n), X))) < 3 or codes.max() == 0:
        return
    if is_separated(X, codes):
        with pytest.raises(EstimationError, match="infinite coefficient") as refusal:
            fit_ordinal(X, y, np.arange(n))
        assert refusal.value.columns
    else:
        assert np.all(np.diff(fit_ordinal(X, y, np.arange(n)).thresholds) > 0)


def test_refusals(rows: dict[str, Any]) -> None:
    X, y, cluster = rows["X"], rows["y"], rows["cluster"]
    with pytest.raises(EstimationError, match="constant") as refusal:
        fit_ordinal(np.column_stack((X, np.full(900, 0.1))), y, cluster)
    assert refusal.value.columns == (2,)
    with pytest.raises(EstimationError, match="collinear") as refusal:
        fit_ordinal(np.column_stack((X, X @ [1, 2] + 5)), y, cluster)
    assert refusal.value.columns == (2,)
    exposed = np.column_stack((X, (y == 0) & (np.cumsum(y == 0) < 4)))
    with pytest.raises(EstimationError, match="infinite coefficient") as refusal:
        fit_ordinal(exposed, y, cluster)
    assert refusal.value.columns == (2,)
    with pytest.raises(EstimationError, match="the same"):
        fit_ordinal(X, np.full(900, 7), cluster)
    with pytest.raises(EstimationError, match="900 different answers"):
        fit_ordinal(X, np.arange(900), cluster)
    with pytest.raises(EstimationError, match="single customer"):
        fit_ordinal(X, y, np.zeros(900))
    with pytest.raises(EstimationError, match="weights are zero"):
        fit_ordinal(X, y, cluster, np.zeros(900))
    with pytest.raises(EstimationError, match="y is missing"):
        fit_ordinal(X, np.where(y == 3, np.nan, y), cluster)


def test_known_effects_are_recovered_on_the_nps_scale() -> None:
    """150 companies of 450 answers: the contrast's 95% interval holds the contrast of their own base."""
    inside, truths = 0, []
    for seed in range(150):
        rows = simulate(1000 + seed, 450)
        fit = fit_ordinal(**rows)
        changed = rows["X"] * [1.0, 0.0]
        found = contrast_ordinal(fit, rows["X"], changed, nps_values(fit.levels))
        cut = np.array([0.6, 1.7])[:, None]  # above six, above eight
        as_is, do = (1 / (1 + np.exp(cut - X @ [0.03, -0.8])) for X in (rows["X"], changed))
        truth = 100 * (do.sum(axis=0) - as_is.sum(axis=0)).mean()
        truths.append(truth)
        inside += abs(found.difference - truth) <= 1.96 * found.covariance[2, 2] ** 0.5
    # three Monte-Carlo standard errors of 150 runs are .053
    assert inside / 150 == pytest.approx(0.95, abs=0.053)
    assert np.mean(truths) > 10


def test_contrast_adds_up_probabilities(rows: dict[str, Any], fit: OrdinalFit) -> None:
    changed = rows["X"] * [1.0, 0.0]
    found = contrast_ordinal(fit, rows["X"], changed, fit.levels)
    below = 1 / (1 + np.exp(-(fit.thresholds[:, None] - changed @ fit.beta)))
    shares = np.diff(np.vstack((np.zeros(900), below, np.ones(900))), axis=0)
    assert found.changed == pytest.approx((fit.levels @ shares).mean(), rel=SUMS)
    assert found.difference == pytest.approx(found.changed - found.as_is, abs=SUMS)
    # The model's mean over its own rows is close to theirs, but no identity as in linear regression.
    assert found.as_is == pytest.approx(rows["y"].mean(), abs=0.1)
    same = contrast_ordinal(fit, rows["X"], rows["X"], fit.levels)
    assert same.difference == 0
    assert same.covariance[2, 2] == 0


def test_influence_of_a_contrast_is_its_derivative_with_and_without_the_base(
    rows: dict[str, Any], fit: OrdinalFit
) -> None:
    worth, changed, h = nps_values(fit.levels), rows["X"] * [1.0, 0.0], 1e-3
    _, codes = read_codes("cluster", rows["cluster"], 900, EstimationError)
    for drawn in (False, True):
        cluster = rows["cluster"] if drawn else None
        found = contrast_ordinal(fit, rows["X"], changed, worth, cluster=cluster)
        for customer in (0, 7, 100):
            ends = []
            for sign in (1, -1):
                weights = 1.0 + sign * h * (codes == customer)
                again = fit_ordinal(**rows, weights=weights)
                base = weights if drawn else None
                moved = contrast_ordinal(again, rows["X"], changed, worth, weights=base)
                ends.append(np.array([moved.as_is, moved.changed, moved.difference]))
            np.testing.assert_allclose((ends[0] - ends[1]) / (2 * h), found.influence[customer], atol=1e-4)


def test_contrast_refuses_what_does_not_fit(rows: dict[str, Any], fit: OrdinalFit) -> None:
    with pytest.raises(EstimationError, match="shape"):
        contrast_ordinal(fit, rows["X"], rows["X"][1:], fit.levels)
    with pytest.raises(EstimationError, match="does not know in 900 rows"):
        contrast_ordinal(fit, rows["X"], rows["X"], fit.levels, cluster=np.arange(900) + 10_000)
    with pytest.raises(EstimationError, match="weights are zero"):
        contrast_ordinal(fit, rows["X"], rows["X"], fit.levels, weights=np.zeros(900))


def test_nps_values() -> None:
    assert nps_values(np.arange(11)).tolist() == [-100] * 7 + [0, 0, 100, 100]


def test_check_of_proportional_odds_holds_its_level_and_has_power() -> None:
    false, found = 0, 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        cluster = np.repeat(np.arange(250), 2)
        own = np.repeat(rng.normal(0, 0.7, 250), 2)
        X = np.column_stack((np.repeat(rng.normal(size=250), 2), rng.normal(size=500)))
        noise = own + rng.logistic(size=500)
        y = np.searchsorted([-1.5, -0.5, 0.5, 1.5], X @ [0.5, -0.5] + noise)
        # Close to proportional: the customers' own level makes it a mixture, the same at each threshold.
        false += check_proportional_odds(X, y, cluster).joint.p_value < 0.05
        spread = np.searchsorted([-1.5, -0.5, 0.5, 1.5], X @ [0.5, -0.5] + noise * np.exp(0.3 * X[:, 1]))
        found += check_proportional_odds(X, spread, cluster).by_column[1].p_value < 0.05
    # three Monte-Carlo standard errors of 200 runs above .05
    assert false / 200 <= 0.05 + 0.046
    assert found / 200 > 0.8


def test_cuts_without_a_fit_are_told() -> None:
    rows = simulate(8, 400)
    often = (rows["X"][:, 1] >= 2).astype(float)
    y = np.where(often > 0, np.clip(rows["y"], 3, 6), np.clip(rows["y"], 2, 8))
    found = check_proportional_odds(np.column_stack((rows["X"][:, 0], often)), y, rows["cluster"])
    assert found.cuts.tolist() == [4, 5, 6]
    assert [cut for cut, _ in found.left_out] == [3, 7, 8]
    assert all("infinite coefficient" in reason for _, reason in found.left_out)
    assert (found.joint.degrees, found.by_column[0].degrees) == (4, 2)


def test_check_refuses_too_few_customers_and_too_few_thresholds() -> None:
    rows = simulate(8, 400)
    with pytest.raises(EstimationError, match="too few to test"):
        check_proportional_odds(rows["X"], rows["y"], np.arange(400) % 15)
    with pytest.raises(EstimationError, match="1 thresholds"):
        check_proportional_odds(rows["X"], rows["y"] > 5, rows["cluster"])
