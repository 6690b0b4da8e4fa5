"""Models of costs against R's glm, sandwich and statmod (versions_costs.txt) on costs_data.csv, without R.

Tolerances: glm solves its equations to rounding, and so is the sandwich (`EXACT`); R's profile likelihoods are sought
with a tolerance of 1e-7 and less, the dispersion within 1e-9 of its log (`SOUGHT`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from cxlink.stats.cost_checks import check_family, check_log_link, check_logit_link
from cxlink.stats.cost_contrast import contrast_costs
from cxlink.stats.mean_models import fit_log_mean
from cxlink.stats.tweedie import fit_tweedie
from cxlink.stats.two_part import TwoPartFit, fit_two_part
from tests.oracle.reference import HERE, numbers, read_reference, read_table

EXACT, SOUGHT = 1e-8, 1e-6
DATA = read_table(HERE / "costs_data.csv")
X = np.column_stack((np.ones(DATA["x1"].size), numbers(DATA, "x1", "x2", "late")))
COST, MONTHS, CUSTOMER = numbers(DATA, "cost"), numbers(DATA, "months"), numbers(DATA, "customer")
BOTH = pytest.mark.parametrize("weighted", [0, 1])


def reference(model: str, weighted: int) -> dict[str, npt.NDArray[np.float64]]:
    return read_reference("costs.csv", model=model, weighted=weighted)


def weights(weighted: int) -> npt.NDArray[np.float64] | None:
    return numbers(DATA, "weight") if weighted else None


def fit(weighted: int) -> TwoPartFit:
    return fit_two_part(X, COST, CUSTOMER, weights(weighted), MONTHS)


@BOTH
def test_both_parts(weighted: int) -> None:
    found = fit(weighted)
    for model, part in (("any", found.any_cost), ("size", found.size)):
        r = reference(model, weighted)
        np.testing.assert_allclose(part.beta, r["beta"], rtol=EXACT)
        np.testing.assert_allclose(part.covariance.ravel(), r["covariance"], rtol=EXACT)
    assert found.dispersion == pytest.approx(reference("size", weighted)["dispersion"][0], rel=EXACT)


@BOTH
def test_standardised_means(weighted: int) -> None:
    without = X.copy()
    without[:, 3] = 0.0
    found = contrast_costs(fit(weighted), X, without, months=MONTHS, weights=weights(weighted))
    r = reference("contrast", weighted)
    np.testing.assert_allclose([found.as_is, found.without, found.difference], r["means"], rtol=EXACT)
    # R's gradient is one of differences
    np.testing.assert_allclose(found.covariance.ravel(), r["covariance"], rtol=SOUGHT)


@BOTH
def test_checks_of_family_and_link(weighted: int) -> None:
    found, case_weights = fit(weighted), weights(weighted)
    some = np.where(COST > 0, 1.0 if case_weights is None else case_weights, 0.0)
    family = check_family(found.size, X, COST, CUSTOMER, some)
    np.testing.assert_allclose((family.power, family.std_error), reference("park", weighted)["slope"], rtol=SOUGHT)
    link = check_log_link(found.size, X, COST, CUSTOMER, some)
    np.testing.assert_allclose((link.curvature, link.std_error), reference("link", weighted)["curvature"], rtol=SOUGHT)
    odds = check_logit_link(found.any_cost, X, COST > 0, CUSTOMER, case_weights, np.log(MONTHS))
    np.testing.assert_allclose((odds.curvature, odds.std_error), reference("odds", weighted)["curvature"], rtol=SOUGHT)


@BOTH
@pytest.mark.parametrize("power", [1.2, 1.5, 1.8])
def test_tweedie_of_a_given_power(weighted: int, power: float) -> None:
    r = reference(f"tweedie_{power}", weighted)
    found = fit_tweedie(X, COST, CUSTOMER, weights(weighted), MONTHS, power=power)
    np.testing.assert_allclose(found.mean.beta, r["beta"], rtol=EXACT)
    np.testing.assert_allclose(found.mean.covariance.ravel(), r["covariance"], rtol=EXACT)
    assert found.dispersion == pytest.approx(r["dispersion"][0], rel=SOUGHT)
    assert found.log_likelihood == pytest.approx(r["log_likelihood"][0], rel=EXACT)


@BOTH
def test_tweedie_of_the_likeliest_power(weighted: int) -> None:
    r = reference("tweedie_profile", weighted)
    found = fit_tweedie(X, COST, CUSTOMER, weights(weighted), MONTHS)
    assert found.power == pytest.approx(r["power"][0], rel=SOUGHT)
    assert found.log_likelihood == pytest.approx(r["log_likelihood"][0], rel=EXACT)
    np.testing.assert_allclose(found.mean.beta, r["beta"], rtol=SOUGHT)


def test_no_unit_of_money_changes_anything_but_the_base() -> None:
    """A cent for a euro."""
    euros = fit_log_mean(X, COST, CUSTOMER, offset=np.log(MONTHS), power=1.5)
    cents = fit_log_mean(X, 100 * COST, CUSTOMER, offset=np.log(MONTHS), power=1.5)
    np.testing.assert_allclose(cents.beta - euros.beta, [np.log(100), 0, 0, 0], atol=EXACT)
    np.testing.assert_allclose(cents.covariance, euros.covariance, rtol=EXACT)
