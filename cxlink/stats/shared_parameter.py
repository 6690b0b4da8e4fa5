"""Ordered answers whose giving hangs on the level they tell of: a model with one level behind both."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from cxlink.stats.arrays import Floats, Integers, Labels, name_columns, read_codes, read_matrix, read_vector
from cxlink.stats.errors import EstimationError
from cxlink.stats.shared_parameter_likelihood import AskedRows, Theta, evaluate, lay_out

STEP_CLUSTERS = 2_000
"""Clusters from which the curvature of the steps is taken where there are more: these need it only about right."""

CURVATURE_CLUSTERS = 10_000
"""Likewise of the curvature at the maximum, on which standard errors rest."""

PRIOR_SD = 10.0
"""Of every slope, in log odds a standard deviation of its column: keeps what nothing tells from running away."""

SMALLEST_SD = 0.05
CLOSE_ENOUGH = 1e-6
"""Squared distance to the maximum, in standard errors, at which steps end."""

STEPS_A_CURVATURE = 8
"""After so many the curvature of the steps is taken anew, from more clusters: that of few may mislead."""

MOST_STEPS = 60
FLAT = "the likelihood is flat: answers and silence do not tell the parts apart"
LEAST_REPEATERS = 30
MOST_LEVELS = 11


@dataclass(frozen=True, slots=True)
class SharedParameterFit:
    """Maximum likelihood of the level and of answering along it.

    Parameters
    ----------
    theta : ndarray of float64, shape (n_theta,)
        Slopes, log standard deviation, thresholds, answering; see :class:`Theta`.
    influence : ndarray of float64, shape (n_clusters, n_theta)
        With cluster weights w, ``theta(w) ~= theta + (w - 1) @ influence``.
    cluster_ids : ndarray, shape (n_clusters,)
        Cluster labels in the order of `influence`, ascending.
    log_likelihood : float
        At ``theta``, without the prior.
    n_levels, n_rows, n_answers, n_clusters : int
        Sizes.
    nodes, node_weights : ndarray of float64, shape (n_nodes,)
        Over which levels are averaged.
    """

    theta: Floats
    influence: Floats
    cluster_ids: Labels
    log_likelihood: float
    n_levels: int
    n_rows: int
    n_answers: int
    n_clusters: int
    nodes: Floats
    node_weights: Floats

    @property
    def parts(self) -> Theta:
        """The parameters by what they are."""
        n_columns = (len(self.theta) - self.n_levels - 3) // 2
        return Theta.of(self.theta, n_columns, self.n_levels)


def fit_shared_parameter(
    X: npt.ArrayLike, level: npt.ArrayLike, cluster: npt.ArrayLike, *, rng: np.random.Generator
) -> SharedParameterFit:
    """Fit ordered answers and who gives them, with one level behind both.

    Each cluster has a level of its own, normal around what its columns tell. An answer is that level, cut at thresholds
    with logistic noise (proportional odds). Whether one who is asked answers is logistic in the level and its square,
    and in the columns besides, so that a column may move asking and answering by itself. How answering hangs on the
    level is told by clusters that were asked repeatedly: by those whose answers are low or high, and how often they
    answer. It holds if the level, not the noise of the single answer, moves who answers.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        What is known of all who were asked, without a constant.
    level : array_like of int, shape (n_rows,)
        Answers as 0, 1, 2, ... ascending; -1 where nobody answered.
    cluster : array_like, shape (n_rows,)
        Customer of each row.
    rng : Generator
        Draws the clusters from which the curvature is taken, where there are many.

    Returns
    -------
    SharedParameterFit
        For :func:`standardise_levels`.

    Raises
    ------
    EstimationError
        If there are fewer than two levels or more than eleven, everybody or nobody answered, a column is constant
        (``error.columns`` names it), fewer than thirty clusters answered twice, or answers do not hang together within
        clusters, so that silence tells nothing.

    References
    ----------
    .. [1] Wu and Carroll (1988), Biometrics 44:175-188.
    .. [2] Follmann and Wu (1995), Biometrics 51:151-168.
    """
    matrix = np.asarray(read_matrix(X, EstimationError), dtype=np.float64)
    n_rows = len(matrix)
    labels, codes = read_codes("cluster", cluster, n_rows, EstimationError)
    answers = _read_levels(level, n_rows)
    scale = matrix.std(axis=0)
    constant = tuple(int(column) for column in np.flatnonzero(scale == 0))
    if constant:
        raise EstimationError(f"{name_columns(constant)} constant", constant)
    repeated = int((np.bincount(codes, weights=answers >= 0) >= 2).sum())
    if repeated < LEAST_REPEATERS:
        raise EstimationError(f"{repeated} customers answered twice, needs {LEAST_REPEATERS}")
    rows = lay_out((matrix - matrix.mean(axis=0)) / scale, answers, codes)
    n_clusters = len(labels)
    few, many = _sample(rows, STEP_CLUSTERS, rng), _sample(rows, CURVATURE_CLUSTERS, rng)
    theta = _climb(_climb_from_scratch(few), rows, few, many)
    curvature = _curvature_of_all(theta, rows, many)
    log_likelihood, scores = evaluate(theta, rows)
    if np.exp(theta[matrix.shape[1]]) <= 2 * SMALLEST_SD:
        raise EstimationError("answers of one customer are no more alike than those of others")
    try:
        influence = scores @ np.linalg.inv(curvature)
    except np.linalg.LinAlgError as error:
        raise EstimationError(FLAT) from error
    fit = SharedParameterFit(
        theta=theta,
        influence=influence,
        cluster_ids=labels,
        log_likelihood=float(log_likelihood.sum()),
        n_levels=rows.n_levels,
        n_rows=n_rows,
        n_answers=int((answers >= 0).sum()),
        n_clusters=n_clusters,
        nodes=rows.nodes,
        node_weights=rows.node_weights,
    )
    return _unscale(fit, matrix.mean(axis=0), scale)


def _sample(rows: AskedRows, most: int, rng: np.random.Generator) -> AskedRows:
    n_clusters = len(rows.start) - 1
    return rows if n_clusters <= most else rows.take(np.sort(rng.choice(n_clusters, most, replace=False)))


def _read_levels(level: npt.ArrayLike, n_rows: int) -> Integers:
    values = read_vector("level", level, n_rows, EstimationError)
    answers = values.astype(np.intp)
    given = np.unique(answers[answers >= 0])
    if np.any(values != answers) or answers.min(initial=0) < -1 or not np.array_equal(given, np.arange(len(given))):
        raise EstimationError("level must be -1, or 0, 1, 2, ... without a gap")
    if not 2 <= len(given) <= MOST_LEVELS:
        raise EstimationError(f"answers have {len(given)} levels, needs 2 to {MOST_LEVELS}")
    if answers.min() >= 0:
        raise EstimationError("everybody who was asked answered")
    return answers


def _climb_from_scratch(rows: AskedRows) -> Floats:
    n_columns, answered = rows.X.shape[1], rows.level[rows.level >= 0]
    below = np.array([(answered <= k).mean() for k in range(rows.n_levels - 1)])
    thresholds = np.log(below / (1 - below))
    share = len(answered) / len(rows.level)
    theta = np.concatenate(
        [
            np.zeros(n_columns + 1),
            thresholds[:1],
            np.log(np.diff(thresholds)),
            [np.log(share / (1 - share)), 0.0, 0.0],
            np.zeros(n_columns),
        ]
    )
    n_clusters = len(rows.start) - 1

    def objective(at: Floats) -> tuple[float, Floats]:
        log_likelihood, scores = evaluate(at, rows)
        prior = _prior(n_columns, rows.n_levels)
        value = log_likelihood.sum() - 0.5 * (prior * at**2).sum()
        return -value / n_clusters, -(scores.sum(axis=0) - prior * at) / n_clusters

    bounds: list[tuple[float | None, float | None]] = [(None, None)] * len(theta)
    bounds[n_columns] = (np.log(SMALLEST_SD), None)
    found = minimize(objective, theta, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
    climbed: Floats = found.x
    return climbed


def _climb(theta: Floats, rows: AskedRows, few: AskedRows, many: AskedRows) -> Floats:
    """Newton's steps on all rows, by the curvature of a few of them; of many, where that does not arrive."""
    n_columns = rows.X.shape[1]
    prior = _prior(n_columns, rows.n_levels)

    def total(at: Floats) -> tuple[float, Floats]:
        log_likelihood, scores = evaluate(at, rows)
        return float(log_likelihood.sum() - 0.5 * (prior * at**2).sum()), scores.sum(axis=0) - prior * at

    curvature = _curvature_of_all(theta, rows, few)
    value, gradient = total(theta)
    for taken in range(MOST_STEPS):
        if taken and taken % STEPS_A_CURVATURE == 0:
            curvature = _curvature_of_all(theta, rows, many)
        try:
            step = np.linalg.solve(curvature, gradient)
        except np.linalg.LinAlgError as error:
            raise EstimationError(FLAT) from error
        if abs(gradient @ step) < CLOSE_ENOUGH:
            return theta
        if gradient @ step < 0:
            raise EstimationError("the likelihood has no clear maximum")
        length = 1.0
        while length > 1e-4:
            next_value, next_gradient = total(theta + length * step)
            if next_value >= value - 1e-9 * abs(value):
                break
            length /= 2
        else:
            raise EstimationError("the likelihood cannot be climbed further, and its maximum is not reached")
        theta, value, gradient = theta + length * step, next_value, next_gradient
    raise EstimationError(f"the likelihood's maximum is not reached in {MOST_STEPS} steps")


def _curvature_of_all(theta: Floats, rows: AskedRows, part: AskedRows) -> Floats:
    """Minus the second derivatives with the prior's, by central differences of the gradient of a part."""
    step, times = 1e-4, (len(rows.start) - 1) / (len(part.start) - 1)
    columns = []
    for place in range(len(theta)):
        moved = np.zeros(len(theta))
        moved[place] = step
        above, below = (evaluate(theta + sign * moved, part)[1].sum(axis=0) for sign in (1, -1))
        columns.append((below - above) / (2 * step) * times)
    found = np.array(columns)
    symmetric: Floats = (found + found.T) / 2 + np.diag(_prior(rows.X.shape[1], rows.n_levels))
    return symmetric


def _prior(n_columns: int, n_levels: int) -> Floats:
    """Precision of the prior of each parameter: slopes alone have one."""
    precision = np.zeros(2 * n_columns + n_levels + 3)
    precision[:n_columns] = precision[n_columns + n_levels + 3 :] = PRIOR_SD**-2
    return precision


def _unscale(fit: SharedParameterFit, centre: Floats, scale: Floats) -> SharedParameterFit:
    """Parameters of the columns as they came in: the same model."""
    n_columns, n_levels = len(scale), fit.n_levels
    here = fit.parts
    change = np.eye(len(fit.theta))
    moved = fit.theta.copy()
    first, asked = n_columns + 1, n_columns + n_levels
    slopes, asking_slopes = slice(0, n_columns), slice(asked + 3, None)
    for columns in (slopes, asking_slopes):
        moved[columns] /= scale
        change[columns, columns] /= scale
    # level without the centre = level + shift: thresholds move along, and so does answering's parabola
    shift = float(centre @ moved[slopes])
    by_slope = centre / scale
    moved[first] += shift
    change[first, slopes] = by_slope
    _, slope, curvature = here.asking
    moved[asked] += -slope * shift + curvature * shift**2 - float(centre @ moved[asking_slopes])
    moved[asked + 1] -= 2 * curvature * shift
    change[asked, asked + 1], change[asked, asked + 2] = -shift, shift**2
    change[asked, slopes] = (-slope + 2 * curvature * shift) * by_slope
    change[asked, asking_slopes] = -by_slope
    change[asked + 1, asked + 2] = -2 * shift
    change[asked + 1, slopes] = -2 * curvature * by_slope
    return replace(fit, theta=moved, influence=fit.influence @ change.T)
