"""Counts of two groups over periods: how the rate of one changed when something was done to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, Labels, read_codes, read_flags, read_matrix
from cxlink.stats.clustered_ols import check_columns
from cxlink.stats.errors import EstimationError
from cxlink.stats.wald import WaldTest, wald_test

MOST_STEPS = 60
SHORT = 1e-10
"""Squared length of the last step, in standard errors."""


LEAST_BEFORE = 3
"""Periods before that a line can be tested on."""


@dataclass(frozen=True, slots=True)
class RateChange:
    """Log ratio of ratios: rate after over before among the exposed, over that among the others.

    Parameters
    ----------
    log_ratio, std_error : float
        Clustered, with the factor ``g / (g - 1)`` for g clusters.
    degrees : int
        Clusters less one.
    n_units : int
        Units that tell anything.
    trend : WaldTest or None
        Whether the two groups drifted apart before, in a line; None where there are fewer than three periods before, or
        they do not bear it. That it finds nothing does not say that there was nothing [4]_.
    """

    log_ratio: float
    std_error: float
    degrees: int
    n_units: int
    trend: WaldTest | None


@dataclass(frozen=True, slots=True)
class _Panel:
    counts: Floats
    exposure: Floats
    treated: Flags
    codes: npt.NDArray[np.intp]
    labels: Labels
    within: bool


def compare_rates(
    counts: npt.ArrayLike,
    exposure: npt.ArrayLike,
    treated: npt.ArrayLike,
    after: npt.ArrayLike,
    cluster: npt.ArrayLike,
    *,
    within: bool,
) -> RateChange:
    """Estimate how the rate of the exposed changed beside that of the others, by a Poisson model.

    Parameters
    ----------
    counts : array_like of float, shape (n_units, n_periods)
        Events, zero or more.
    exposure : array_like of float, shape (n_units, n_periods)
        Time at risk; zero where a unit was not there, and no event then.
    treated : array_like of bool, shape (n_units,)
        Whether a unit was exposed to what was done.
    after : array_like of bool, shape (n_periods,)
        Periods after it was done; those before come first.
    cluster : array_like, shape (n_units,)
        What was exposed together, such as the customer or the region.
    within : bool
        Whether each unit has a level of its own (a unit without events then tells nothing), or each group has. A unit
        that an event ends has no level of its own; where events drive units away later, prefer the groups' levels.

    Returns
    -------
    RateChange
        Under one level of each period for both groups.

    Raises
    ------
    EstimationError
        If a number is missing or out of range, a group or a side is empty, one of the four cells has no event, or there
        are fewer than two clusters.

    References
    ----------
    .. [1] Hausman, Hall and Griliches (1984), Econometrica 52:909-938, for levels that are conditioned out.
    .. [2] Wooldridge (1999), Journal of Econometrics 90:77-97: right under any distribution, errors clustered.
    .. [3] Wooldridge (2023), Econometrics Journal 26:C31-C66, for differences in differences of ratios.
    .. [4] Roth (2022), American Economic Review: Insights 4:305-322.
    """
    panel = _read(counts, exposure, treated, cluster, within=within)
    later = read_flags("after", after, panel.counts.shape[1], EstimationError)
    if not later.any() or later.all() or np.any(later[:-1] & ~later[1:]):
        raise EstimationError("periods before must come first, and there must be some on both sides")
    for group, named in ((panel.treated, "the exposed"), (~panel.treated, "the others")):
        for side, when in ((~later, "before"), (later, "after")):
            if panel.counts[np.ix_(group, side)].sum() == 0:
                raise EstimationError(f"no event of {named} {when}")
    design = _designs(panel, later[None, :].astype(float))
    beta, influence = _climb(panel, design)
    n_clusters = len(panel.labels)
    error = float(np.sqrt(n_clusters / (n_clusters - 1) * np.square(influence[:, -1]).sum()))
    used = (panel.counts.sum(axis=1) > 0) if panel.within else (panel.exposure.sum(axis=1) > 0)
    return RateChange(float(beta[-1]), error, n_clusters - 1, int(used.sum()), _test_trend(panel, later))


def _test_trend(panel: _Panel, later: Flags) -> WaldTest | None:
    """A line through the periods before, of the exposed alone: many levels would hardly find a slow drift."""
    before = int((~later).sum())
    if before < LEAST_BEFORE:
        return None
    line = np.where(later, 0.0, np.arange(len(later)) - (before - 1) / 2)
    try:
        beta, influence = _climb(panel, _designs(panel, np.vstack([line, later]).astype(float)))
        return wald_test(beta[[-2]], influence[:, [-2]], len(panel.labels))
    except EstimationError:
        return None


def _designs(panel: _Panel, own: Floats) -> tuple[Floats, Floats]:
    """Columns of both groups, (n_periods, n_columns): periods, level of the exposed, what these alone have."""
    n_periods = panel.counts.shape[1]
    shared = [np.eye(n_periods)[:, 1:]] if panel.within else [np.eye(n_periods)]
    level = [] if panel.within else [np.ones((n_periods, 1))]
    exposed = np.column_stack([*shared, *level, own.T])
    others = np.column_stack([*shared, *(0.0 * part for part in level), 0.0 * own.T])
    return others, exposed


def _climb(panel: _Panel, designs: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Newton's method; what depends on units is summed by group first, so that columns are few."""
    check_columns(np.vstack(designs))
    groups = [(rows, design) for rows, design in zip((~panel.treated, panel.treated), designs, strict=True)]
    beta = np.zeros(designs[0].shape[1])
    if not panel.within:
        n_periods = panel.counts.shape[1]
        beta[:n_periods] = np.log(panel.counts.sum() / panel.exposure.sum())
    value = -np.inf
    for _ in range(MOST_STEPS):
        value, gradient, information, _ = _evaluate(panel, groups, beta)
        try:
            step = np.linalg.solve(information, gradient)
        except np.linalg.LinAlgError:
            raise EstimationError("a period without events of both groups: no level can be told") from None
        if float(gradient @ step) <= SHORT:
            break
        share = 1.0
        while _evaluate(panel, groups, beta + share * step)[0] < value and share > 1e-6:
            share /= 2
        beta = beta + share * step
    else:
        raise EstimationError("no maximum was found: a period has no event")
    _, _, information, scores = _evaluate(panel, groups, beta)
    by_cluster = np.column_stack([np.bincount(panel.codes, column, len(panel.labels)) for column in scores.T])
    influence: Floats = by_cluster @ np.linalg.inv(information)
    return beta, influence


def _evaluate(panel: _Panel, groups: list[tuple[Flags, Floats]], beta: Floats) -> tuple[float, Floats, Floats, Floats]:
    """Log likelihood, gradient, information, and the score of each unit."""
    value, scores = 0.0, np.zeros((len(panel.treated), len(beta)))
    information = np.zeros((len(beta), len(beta)))
    for rows, design in groups:
        predictor = design @ beta
        counts, expected = panel.counts[rows], panel.exposure[rows] * np.exp(predictor)
        if panel.within:
            whole, n = expected.sum(axis=1), counts.sum(axis=1)
            used = (n > 0) & (whole > 0)
            share = np.divide(expected, whole[:, None], out=np.zeros_like(expected), where=used[:, None])
            value += float((counts @ predictor)[used].sum() - (n[used] * np.log(whole[used])).sum())
            expected = n[:, None] * share
            inner = np.diag(expected.sum(axis=0)) - share.T @ expected
        else:
            value += float((counts @ predictor).sum() - expected.sum())
            inner = np.diag(expected.sum(axis=0))
        scores[rows] = (counts - expected) @ design
        information += design.T @ inner @ design
    return value, scores.sum(axis=0), information, scores


def _read(
    counts: npt.ArrayLike, exposure: npt.ArrayLike, treated: npt.ArrayLike, cluster: npt.ArrayLike, *, within: bool
) -> _Panel:
    table = read_matrix(counts, EstimationError).astype(np.float64)
    time = read_matrix(exposure, EstimationError).astype(np.float64)
    if time.shape != table.shape:
        raise EstimationError(f"exposure has shape {time.shape}, expected {table.shape}")
    if np.any(table < 0) or np.any(time < 0):
        raise EstimationError("counts and exposure must not be negative")
    if np.any((table > 0) & (time == 0)):
        raise EstimationError("events where nobody was at risk")
    flags = read_flags("treated", treated, len(table), EstimationError)
    labels, codes = read_codes("cluster", cluster, len(table), EstimationError)
    if len(labels) < 2:
        raise EstimationError(f"{len(labels)} clusters: at least two are needed")
    if not flags.any() or flags.all():
        raise EstimationError("one of the two groups is empty")
    return _Panel(table, time, flags, codes, labels, within)
