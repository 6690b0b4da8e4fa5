"""Robustness of effects on the score: the same from a triangle as from all rows, and exact at its own limit."""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.estimate import Estimate
from cxlink.impact.experience import ScoreRows, gather_answers
from cxlink.impact.robustness import doubt_scores
from cxlink.stats import fit_clustered_ols
from cxlink.stats.sensitivity import (
    Coefficient,
    Strength,
    adjust_for_confounder,
    bound_confounder,
    measure_coefficient,
    measure_strength,
    robustness_value,
)
from tests.impact.doubted_company import draw


def test_it_is_that_of_the_regression_over_all_rows() -> None:
    linked = draw(5)
    answers = gather_answers(linked, "csat", 90)
    rows = ScoreRows.of(linked, answers)
    design = rows.design(rows.exposed, rows.experienced)
    design = design[:, np.ptp(design, axis=0) + (design.mean(axis=0) == 1) > 0]
    plain, fit = measure_coefficient(design, rows.value, 0), fit_clustered_ols(design, rows.value, rows.cluster)
    clustered = float(np.sqrt(fit.covariance[0, 0] * fit.n_clusters / (fit.n_clusters - 1)))
    whole = Coefficient(plain.estimate, plain.error, plain.df, clustered, fit.n_clusters)
    expected = robustness_value(whole)
    found = doubt_scores(linked, answers, "CSAT points")[0]
    assert found is not None
    assert isinstance(found.points, Estimate)
    assert found.points.point == pytest.approx(plain.estimate, rel=1e-9)
    assert found.robustness == pytest.approx(expected.value, rel=1e-9)
    assert found.robustness_of_limit == pytest.approx(expected.value_of_interval, rel=1e-9)
    column = 3 + linked.covariate_names.index(found.attribute)
    strength = measure_strength(design, rows.value, 0, [column])
    assert found.attribute_exposure == pytest.approx(strength.exposure, rel=1e-6)
    assert found.attribute_score == pytest.approx(strength.outcome, rel=1e-6)
    # a cause so many times as strong leaves nothing of the estimate
    assert found.times_to_explain is not None
    like = Strength(found.attribute_exposure, found.attribute_score)
    left = adjust_for_confounder(
        Coefficient(abs(whole.estimate), whole.error, whole.df), bound_confounder(like, times=found.times_to_explain)
    )
    assert left.estimate == pytest.approx(0, abs=1e-6)


def test_where_no_effect_is_estimated_there_is_nothing_to_doubt() -> None:
    linked = draw(6, customers=20)
    assert doubt_scores(linked, gather_answers(linked, "csat", 90), "CSAT points") == (None, None)
