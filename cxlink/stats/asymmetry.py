"""Which attributes hurt more when rated low than they please when rated high, and the other way round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, stdtrit

from cxlink.stats.arrays import Floats, Integers, Labels, read_case_weights, read_codes, read_matrix, read_vector
from cxlink.stats.asymmetry_design import RatedRows, build_asymmetry_design
from cxlink.stats.clustered_ols import fit_clustered_ols
from cxlink.stats.errors import EstimationError
from cxlink.stats.simultaneous import largest_deviation
from cxlink.stats.wald import WaldTest, wald_test

Kind: TypeAlias = Literal["penalty", "reward", "undetermined"]

SHIFTS = ((-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0))
"""By which the cut points for low and high are moved, to see whether the classes hang on them."""


@dataclass(frozen=True, slots=True)
class AsymmetryAtCuts:
    """Penalties, rewards and their balance at one pair of cut points.

    Parameters
    ----------
    attributes : ndarray of int, shape (n_told,)
        Attributes that can be told.
    left_out : tuple of (int, str)
        The others, and why; their rating is adjusted for.
    penalties, rewards : ndarray of float64, shape (n_told,)
        What a low and a high rating go with, against one in the middle, in the unit of the outcome.
    contrasts : ndarray of float64, shape (n_told,)
        ``rewards + penalties``: zero where low costs what high gains.
    std_errors : ndarray of float64, shape (n_told,)
        Of the contrasts, clustered: the sandwich times ``n_clusters / (n_clusters - n_columns)``.
    low, high : ndarray of float64, shape (n_told,)
        Simultaneous intervals of the contrasts.
    kinds : tuple of {"penalty", "reward", "undetermined"}
        The first two only where the simultaneous interval excludes zero, on the side of a rating that does count.
    joint : WaldTest
        That all contrasts are zero.
    influence : ndarray of float64, shape (n_clusters, 3, n_told)
        Of penalties, rewards and contrasts: with cluster weights w, they move by ``sum_i (w_i - 1) influence_i``.
    """

    attributes: Integers
    left_out: tuple[tuple[int, str], ...]
    penalties: Floats
    rewards: Floats
    contrasts: Floats
    std_errors: Floats
    low: Floats
    high: Floats
    kinds: tuple[Kind, ...]
    joint: WaldTest
    influence: Floats


@dataclass(frozen=True, slots=True)
class Asymmetry:
    """Classes of attributes at preset cut points, and at those one step beside them.

    Parameters
    ----------
    preset : AsymmetryAtCuts
        What is reported.
    shifted : tuple of (float, float, AsymmetryAtCuts or str)
        Shift of the low and of the high cut point, with what was found there, or why nothing could be.
    stable : tuple of bool
        For each attribute of `preset`, whether its class is the same wherever it could be told.
    cluster_ids : ndarray, shape (n_clusters,)
        Cluster labels in the order of the influences, ascending.
    n : int
        Rows with a weight above zero.
    level : float
        Coverage that all intervals together aim at.
    """

    preset: AsymmetryAtCuts
    shifted: tuple[tuple[float, float, AsymmetryAtCuts | str], ...]
    stable: tuple[bool, ...]
    cluster_ids: Labels
    n: int
    level: float


@dataclass(frozen=True, slots=True)
class _Given:
    rows: RatedRows
    outcome: Floats
    weights: Floats
    labels: Labels
    draws: Floats
    level: float


def classify_attributes(
    ratings: npt.ArrayLike,
    y: npt.ArrayLike,
    cluster: npt.ArrayLike,
    cluster_weights: npt.ArrayLike,
    *,
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    covariates: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> Asymmetry:
    """Contrast penalties with rewards, of all attributes in one regression.

    Parameters
    ----------
    ratings : array_like of float, shape (n_rows, n_attributes)
        Ratings; not a number where an attribute was not experienced.
    y : array_like of float, shape (n_rows,)
        Outcome, such as overall satisfaction.
    cluster : array_like, shape (n_rows,)
        Customer of each row.
    cluster_weights : array_like of float, shape (n_draws, n_clusters)
        Draws of customer weights, from which the simultaneous intervals take their width.
    low, high : float or array_like of float, shape (n_attributes,)
        Chosen beforehand: a rating is low up to the one, high from the other, and between them in the middle.
    covariates : array_like, shape (n_rows, n_covariates), optional
        Adjusted for, beside an intercept.
    weights : array_like of float, shape (n_rows,), optional
        Zero or more; a row of weight zero counts as absent.
    level : float, default 0.95
        Of the intervals together.

    Returns
    -------
    Asymmetry
        Description: ratings are no experiment, and no class is an effect.

    Raises
    ------
    EstimationError
        If a number is missing, shapes differ, a low cut point is not below the high one, covariates are collinear, or
        no attribute has ten customers each who rated it low, in the middle and high.

    References
    ----------
    .. [1] Brandt (1988), Journal of Services Marketing 2:35-41, on penalties and rewards.
    .. [2] Mikulic and Prebezac (2011), Managing Service Quality 21:46-66, on its pitfalls.
    """
    given, lowest, highest = _read(ratings, y, cluster, cluster_weights, low, high, covariates, weights, level)
    preset = _fit(given, lowest, highest)
    shifted: list[tuple[float, float, AsymmetryAtCuts | str]] = []
    for by_low, by_high in SHIFTS:
        try:
            shifted.append((by_low, by_high, _fit(given, lowest + by_low, highest + by_high)))
        except EstimationError as fault:
            shifted.append((by_low, by_high, fault.reason))
    stable = []
    for attribute, kind in zip(preset.attributes, preset.kinds, strict=True):
        elsewhere = {
            found.kinds[int(np.flatnonzero(found.attributes == attribute)[0])]
            for _, _, found in shifted
            if not isinstance(found, str) and attribute in found.attributes
        }
        stable.append(elsewhere <= {kind})
    n = int(np.count_nonzero(given.weights))
    return Asymmetry(preset, tuple(shifted), tuple(stable), given.labels, n, level)


def _read(
    ratings: npt.ArrayLike,
    y: npt.ArrayLike,
    cluster: npt.ArrayLike,
    cluster_weights: npt.ArrayLike,
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    covariates: npt.ArrayLike | None,
    weights: npt.ArrayLike | None,
    level: float,
) -> tuple[_Given, Floats, Floats]:
    marks = np.asarray(ratings, dtype=np.float64)
    if marks.ndim != 2 or 0 in marks.shape or np.any(np.isinf(marks)):
        raise EstimationError("ratings must have two dimensions, rows and columns, and no infinite number")
    n_rows, n_attributes = marks.shape
    outcome = read_vector("y", y, n_rows, EstimationError)
    labels, codes = read_codes("cluster", cluster, n_rows, EstimationError)
    own = read_case_weights(weights, n_rows, EstimationError)
    other = np.ones((n_rows, 1))
    if covariates is not None:
        other = np.column_stack((other, read_matrix(covariates, EstimationError).astype(np.float64)))
    lowest, highest = (np.broadcast_to(np.asarray(cut, dtype=np.float64), n_attributes) for cut in (low, high))
    if not np.all(lowest < highest):
        raise EstimationError("low must be below high")
    draws = np.asarray(cluster_weights, dtype=np.float64)
    if draws.ndim != 2 or draws.shape[0] < 2 or draws.shape[1] != labels.size:
        raise EstimationError(f"cluster_weights has shape {draws.shape}, expected (n_draws, {labels.size})")
    full = np.ones(n_rows) if own is None else own
    used = full > 0.0
    rows = RatedRows(np.nan_to_num(marks), ~np.isnan(marks) & used[:, None], other * used[:, None], codes)
    return _Given(rows, outcome, full, labels, draws, level), lowest, highest


def _fit(given: _Given, low: Floats, high: Floats) -> AsymmetryAtCuts:
    if not np.all(low < high):
        raise EstimationError("no rating is in the middle")
    design = build_asymmetry_design(given.rows, low, high)
    if not design.attributes.size:
        raise EstimationError(f"no attribute can be told: {design.left_out[0][1]}")
    n_told, n_columns = design.attributes.size, design.matrix.shape[1]
    try:
        fit = fit_clustered_ols(design.matrix, given.outcome, given.labels[given.rows.codes], given.weights)
    except EstimationError as fault:
        raise EstimationError(f"low and high ratings, or covariates: {fault.reason}") from fault
    n_clusters = int(np.count_nonzero(fit.influence.any(axis=1)))
    if n_clusters <= n_columns:
        raise EstimationError(f"{n_clusters} customers are too few for {n_columns} columns")
    turn = np.zeros((n_columns, 3 * n_told))
    places = np.arange(n_told)
    turn[2 * places, places] = 1.0
    turn[2 * places + 1, n_told + places] = 1.0
    turn[:, 2 * n_told :] = turn[:, :n_told] + turn[:, n_told : 2 * n_told]
    penalties, rewards, contrasts = (fit.beta @ turn).reshape(3, n_told)
    influence = (fit.influence @ turn).reshape(-1, 3, n_told)
    moves = influence[:, 2]
    # As if each customer had one row: with 100 customers CR1 is too small.
    factor = n_clusters / (n_clusters - n_columns)
    errors = np.sqrt(factor * np.square(moves).sum(axis=0))
    _, normal = largest_deviation((given.draws - 1.0) @ moves, level=given.level)
    critical = float(stdtrit(n_clusters - n_columns, ndtr(normal)))
    ends = contrasts - critical * errors, contrasts + critical * errors
    kinds = tuple(_classify(*numbers) for numbers in zip(*ends, penalties, rewards, strict=True))
    joint = wald_test(contrasts, factor**0.5 * moves, n_clusters)
    return AsymmetryAtCuts(
        design.attributes, design.left_out, penalties, rewards, contrasts, errors, *ends, kinds, joint, influence
    )


def _classify(low: float, high: float, penalty: float, reward: float) -> Kind:
    if high < 0.0 and penalty < 0.0:
        return "penalty"
    if low > 0.0 and reward > 0.0:
        return "reward"
    return "undetermined"
