"""Newton's method on many rows with the help of a sample of them.

The sample's own maximum is where the climb over all rows begins. A pass over all rows then tells the likelihood's
slope and information at one point; how these bend on the way to the maximum is a small matter, which the sample tells
well enough. So two or three passes over all rows do what takes Newton's method four to six. Each pass also measures
how far the sample was wrong about the step before, so the result does not rest on it: where it misleads, Newton's
method goes on alone.

References
----------
.. [1] Jordan, Lee and Yang (2019), JASA 114:668-681, on surrogate likelihoods.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cxlink.stats.arrays import Floats
from cxlink.stats.cox_design import CoxDesign, CoxRows, lay_out
from cxlink.stats.errors import CoxError
from cxlink.stats.newton import check_rank, maximise, newton_step
from cxlink.stats.objective import PlainLikelihood
from cxlink.stats.partial_likelihood import LikelihoodPoint, log_likelihood_at
from cxlink.stats.risk_sets import build_risk_sets

MANY_ROWS = 100_000
"""From here on a sample saves time."""

EVENTS_PER_COLUMN = 150
"""Events in a sample: with fewer, two passes seldom do."""

THINNEST, THICKEST = 64, 8
"""One row in so many: thinner saves nothing more, thicker takes as long as the passes that it saves."""

ROUNDS = 3
"""Passes over all rows, before Newton's method goes on alone."""

SAMPLE_STEPS, SAMPLE_TOLERANCE = 6, 0.1
"""A sample's own maximum need not be exact: steps, and longest remaining step in its standard errors."""

LARGEST_ERROR, LARGEST_SHARE = 5e-7, 5e-6
"""What may be missing at the end: of coefficients, in standard errors; and of the standard errors, as a share."""


def climb_with_sample(
    design: CoxDesign, rows: CoxRows, *, max_iterations: int, tolerance: float
) -> tuple[LikelihoodPoint, float, int]:
    """Climb to the maximum of the partial likelihood; on few rows, as :func:`cxlink.stats.newton.maximise`.

    Parameters
    ----------
    design : CoxDesign
        Rows in use.
    rows : CoxRows
        The rows it was built from.
    max_iterations : int
        Steps before giving up.
    tolerance : float
        Longest remaining step, in standard errors.

    Returns
    -------
    point : LikelihoodPoint
        The maximum, in standardised covariates.
    null : float
        Log likelihood at zero.
    iterations : int
        Steps taken over all rows.

    Raises
    ------
    CoxError
        As :func:`cxlink.stats.newton.maximise`.
    """
    whole, zero = PlainLikelihood(design), np.zeros(design.scale.size)
    thinning = int(min(THINNEST, design.sets.death_rows.size // (EVENTS_PER_COLUMN * zero.size)))
    if design.sets.n_rows < MANY_ROWS or thinning < THICKEST or max_iterations <= ROUNDS:
        return maximise(whole, zero, max_iterations=max_iterations, tolerance=tolerance)
    sample = _take_sample(design, rows, thinning)
    begin = None if sample is None else _roughly_maximise(sample)
    null = log_likelihood_at(design, zero)
    point = None if begin is None else whole.evaluate(begin)
    if sample is None or point is None or point.log_likelihood < null:
        return maximise(whole, zero, max_iterations=max_iterations, tolerance=tolerance)
    check_rank(point)
    bend = 0.0
    for iteration in range(1, ROUNDS + 1):
        bend_before = bend
        ahead, length, bend = _step_with_sample(point, sample, thinning)
        # What is left of the way is what the sample did not know about the step before: so much it gets wrong now.
        error = bend * length / bend_before if bend_before > 0.0 else np.inf
        if error <= min(LARGEST_ERROR, LARGEST_SHARE * length):
            return ahead, null, iteration
        further = whole.evaluate(ahead.beta)
        if further is None or further.log_likelihood < point.log_likelihood:
            break
        point = further
    point, _, iterations = maximise(whole, point.beta, max_iterations=max_iterations, tolerance=tolerance)
    return point, null, iteration + iterations


def _take_sample(design: CoxDesign, rows: CoxRows, thinning: int) -> PlainLikelihood | None:
    """One row in so many, at distances that follow no pattern of the rows; None without events among them."""
    golden = (5**0.5 - 1) / 2
    drawn = np.arange(0.0, design.sets.n_rows, thinning - 1 + golden).astype(np.intp)
    own = drawn if design.used.size == design.sets.n_rows else np.flatnonzero(design.used)[drawn]
    event = rows.event[own]
    if not event.any():
        return None
    start = None if rows.start is None else rows.start[own]
    strata = None if rows.strata is None else rows.strata[own]
    sets = build_risk_sets(rows.stop[own], event, start, strata)
    used = sets.ever_at_risk
    drawn = drawn[used]
    weights = None if design.weights is None else design.weights[drawn]
    return PlainLikelihood(lay_out(design.covariates.take(drawn), weights, sets.select(used), used, design.efron))


def _roughly_maximise(sample: PlainLikelihood) -> Floats | None:
    """The sample's own coefficients; None where it has none."""
    zero = np.zeros(sample.design.scale.size)
    try:
        point, _, _ = maximise(sample, zero, max_iterations=SAMPLE_STEPS, tolerance=SAMPLE_TOLERANCE)
    except CoxError:
        return None
    return point.beta


def _step_with_sample(
    point: LikelihoodPoint, sample: PlainLikelihood, share: float
) -> tuple[LikelihoodPoint, float, float]:
    """Newton's step, and a second one by what the sample tells of the way; with the length of each in standard errors.

    Slope and information after the first step follow from those of all rows before it as far as a parabola goes; what
    lies beyond the parabola, each row of the sample tells for `share` rows.
    """
    first = newton_step(point)
    length = _length(first, point)
    there = replace(point, beta=point.beta + first)
    begin, end = sample.evaluate(point.beta), sample.evaluate(there.beta)
    if begin is None or end is None:
        return there, length, 0.0
    rise = end.log_likelihood - begin.log_likelihood - float(first @ (begin.gradient + end.gradient)) / 2
    there = replace(
        there,
        log_likelihood=point.log_likelihood + float(first @ point.gradient) / 2 + share * rise,
        gradient=share * (end.gradient - begin.gradient + begin.information @ first),
        information=point.information + share * (end.information - begin.information),
    )
    try:
        second = newton_step(there)
    except CoxError:
        return there, length, 0.0
    return replace(there, beta=there.beta + second), length, _length(second, point)


def _length(step: Floats, point: LikelihoodPoint) -> float:
    return float(np.sqrt(step @ point.information @ step))
