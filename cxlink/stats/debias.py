"""Effects of predicted tags, freed from the tags' errors with the help of customers whose true tags are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats
from cxlink.stats.errors import EstimationError

Multiplier: TypeAlias = Literal["auto", "full", "diagonal"]

CUSTOMERS_PER_COLUMN = 5
"""Customers (Kish's number of them) that must carry the differences for each column of a full multiplier.

Measured over 400 companies as ``benchmarks/tag_error.py`` draws them, seven columns: with 7 customers a column the full
multiplier held its level like the diagonal one (95.0% and 95.1%), with 2 a little less (94.7% and 95.0%). It gains up
to 15% of the variance, the more the more often one tag is taken for another.
"""

LOST = 1e-10
"""Share of a variance below which what is left of it, in a column or in a direction of columns, is rounding."""


@dataclass(frozen=True, slots=True)
class Influenced:
    """Coefficients and what each customer does to them.

    Parameters
    ----------
    beta : array_like of float, shape (n_columns,)
        Coefficients of any regression.
    influence : array_like of float, shape (n_customers, n_columns)
        With customers' weights w, ``beta(w) ~= beta + (w - 1) @ influence``; zero for customers that took no part.
    """

    beta: npt.ArrayLike
    influence: npt.ArrayLike


@dataclass(frozen=True, slots=True)
class Debiased:
    """Coefficients freed from the errors of predicted tags.

    Parameters
    ----------
    beta : ndarray of float64, shape (n_columns,)
        In the units of those it came from.
    covariance : ndarray of float64, shape (n_columns, n_columns)
        ``influence.T @ influence``: clustered by customer, the draw of the labelled ones included; without small-sample
        factor.
    influence : ndarray of float64, shape (n_customers, n_columns)
        With customers' weights w, ``beta(w) ~= beta + (w - 1) @ influence``.
    multiplier : ndarray of float64, shape (n_columns, n_columns)
        What the difference of the two fits with predicted tags was multiplied by.
    gain : ndarray of float64, shape (n_columns,)
        Variance with labelled customers alone over that of `beta`; one: predicted tags told nothing more.
    kind : {"full", "diagonal"}
        Of the multiplier.
    """

    beta: Floats
    covariance: Floats
    influence: Floats
    multiplier: Floats
    gain: Floats
    kind: Literal["full", "diagonal"]


def debias(
    labelled_true: Influenced,
    labelled_predicted: Influenced,
    all_predicted: Influenced,
    *,
    multiplier: Multiplier = "auto",
) -> Debiased:
    """Correct coefficients of predicted tags: predict, then debias.

    The fit with true tags on labelled customers is right but wide; those with predicted tags are wrong, but alike wrong
    on labelled and on all customers, so that their difference is all chance: chance which the first fit shares, and
    from which it is freed.

    Parameters
    ----------
    labelled_true : Influenced
        Fit on the labelled customers with true tags, each customer weighted by one over the known probability of being
        labelled.
    labelled_predicted : Influenced
        The same fit with predicted tags.
    all_predicted : Influenced
        Fit on all customers with predicted tags, unweighted.
    multiplier : {"auto", "full", "diagonal"}, default "auto"
        "full" lets the differences of all columns correct each column; "diagonal" that of the column alone. "auto" is
        "full" where at least five customers a column carry the differences (Kish's number of them, in the column that
        has the fewest: influences are long-tailed, and a few customers often carry most), else "diagonal".

    Returns
    -------
    Debiased
        With ``beta = theta + Omega (gamma_all - gamma_labelled)``. With all customers labelled it is the fit with true
        tags. Without errors among labelled customers it is the fit on all customers, and its covariance knows of no
        errors either: label enough customers to meet some.

    Raises
    ------
    EstimationError
        If shapes differ, a number is missing or infinite, or fewer than two customers are labelled.

    Notes
    -----
    The multiplier of least variance is ``-Cov(theta, D) Var(D)^-1`` with ``D = gamma_all - gamma_labelled``. With known
    probabilities of being labelled, ``gamma_all`` and ``D`` do not covary, so that ``Cov(theta, D) = Cov(theta -
    gamma_labelled, D) - Var(D)``. This form is used: ``Omega = I - Cov(theta - gamma_labelled, D) Var(D)^-1`` is the
    same in large samples and does not fit chance where predictions are right. The covariance of the result comes from
    its influences as they are, whatever the multiplier.

    References
    ----------
    .. [1] Kluger, Lu, Zrnic, Wang and Bates (2025), Prediction-powered inference with imputed covariates and nonuniform
           sampling, arXiv:2501.18577.
    .. [2] Chen and Chen (2000), JRSS B 62:449-460.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> truth, labelled = rng.normal(3.0, 1.0, 4000), rng.random(4000) < 0.1
    >>> predicted = 0.8 * truth + rng.normal(0.0, 0.3, 4000)
    >>> def mean(values, used):
    ...     average = values[used].mean()
    ...     return Influenced([average], np.where(used, values - average, 0.0)[:, None] / used.sum())
    >>> fit = debias(mean(truth, labelled), mean(predicted, labelled), mean(predicted, labelled | True))
    >>> bool(abs(fit.beta[0] - 3.0) < 3 * fit.covariance[0, 0] ** 0.5), bool(fit.gain[0] > 3)
    (True, True)
    """
    if multiplier not in get_args(Multiplier):
        raise EstimationError(f"multiplier must be one of {', '.join(get_args(Multiplier))}")
    theta, theta_moves = _read("labelled_true", labelled_true)
    gamma, gamma_moves = _read("labelled_predicted", labelled_predicted, theta_moves.shape)
    whole, whole_moves = _read("all_predicted", all_predicted, theta_moves.shape)
    n_labelled = int(np.any(theta_moves != 0.0, axis=1).sum())
    if n_labelled < 2:
        raise EstimationError(f"{n_labelled} labelled customers: at least two are needed")
    apart = whole_moves - gamma_moves
    kind = multiplier if multiplier != "auto" else _choose(apart)
    errors = theta_moves - gamma_moves
    omega = np.eye(theta.size) - _regress(errors, apart, whole_moves, kind)
    influence = theta_moves + apart @ omega.T
    covariance = influence.T @ influence
    own = np.einsum("ij,ij->j", theta_moves, theta_moves)
    return Debiased(
        beta=theta + omega @ (whole - gamma),
        covariance=covariance,
        influence=influence,
        multiplier=omega,
        gain=np.divide(own, np.diag(covariance), out=np.ones(theta.size), where=np.diag(covariance) > 0.0),
        kind=kind,
    )


def _read(name: str, fit: Influenced, shape: tuple[int, ...] | None = None) -> tuple[Floats, Floats]:
    beta, influence = np.asarray(fit.beta, dtype=np.float64), np.asarray(fit.influence, dtype=np.float64)
    if influence.ndim != 2 or 0 in influence.shape or (shape is not None and influence.shape != shape):
        expected = "one row a customer and one column a coefficient" if shape is None else str(shape)
        raise EstimationError(f"{name}: influence has shape {influence.shape}, expected {expected}")
    if beta.shape != influence.shape[1:]:
        raise EstimationError(f"{name}: beta has shape {beta.shape}, expected {influence.shape[1:]}")
    wrong = tuple(int(j) for j in np.flatnonzero(~(np.isfinite(beta) & np.isfinite(influence).all(axis=0))))
    if wrong:
        raise EstimationError(f"{name}: missing or infinite numbers in columns {', '.join(map(str, wrong))}", wrong)
    return beta, influence


def _choose(apart: Floats) -> Literal["full", "diagonal"]:
    """Whether enough customers carry the differences for a full multiplier."""
    square = np.square(apart)
    fourth = np.square(square).sum(axis=0)
    behind = np.divide(np.square(square.sum(axis=0)), fourth, out=np.full(fourth.size, np.inf), where=fourth > 0.0)
    return "full" if behind.min() >= CUSTOMERS_PER_COLUMN * apart.shape[1] else "diagonal"


def _regress(errors: Floats, apart: Floats, whole: Floats, kind: Literal["full", "diagonal"]) -> Floats:
    """``Cov(errors, apart) Var(apart)^-1``, without the directions in which `apart` does not vary."""
    variance = np.einsum("ij,ij->j", apart, apart)
    there = variance > LOST * np.einsum("ij,ij->j", whole, whole)
    inverse_scale = np.where(there, 1.0 / np.sqrt(np.where(there, variance, 1.0)), 0.0)
    scaled = apart * inverse_scale
    slopes = errors.T @ scaled
    if kind == "diagonal":
        return np.diag(np.diag(slopes) * inverse_scale)
    value, vector = np.linalg.eigh(scaled.T @ scaled)
    inverse = np.divide(1.0, value, out=np.zeros_like(value), where=value > LOST)
    result: Floats = (slopes @ (vector * inverse) @ vector.T) * inverse_scale
    return result
