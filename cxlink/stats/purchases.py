"""What the models of customers who buy order by order share: checked histories, and the climb to the best fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

import numpy as np

from cxlink.stats.arrays import Floats
from cxlink.stats.errors import EstimationError
from cxlink.stats.purchase_histories import Histories

Model = TypeVar("Model")

Objective: TypeAlias = Callable[[Floats], tuple[float, Floats]]
"""Parameters -> log likelihood and its gradient."""

LOWEST_CURVATURE = 1e-2
"""Below it a direction of the log parameters has a standard error above ten: a factor of twenty thousand."""

SMALL_SLOPE = 1e-2
"""A flatter likelihood gains next to nothing from one more log unit of a parameter."""

DIFFERENCE = 1e-4
"""Half the distance, in log units, between the gradients that make the curvature."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A positive parameter of a model, and what it means when it cannot be found.

    Parameters
    ----------
    name : str
        As in the paper.
    low, high : float
        From here on zero and infinity fit as well.
    is_scale : bool
        Whether it changes with the unit of the data.
    at_zero, at_infinity : str
        What the data look like when the parameter runs there, in plain words.
    """

    name: str
    low: float
    high: float
    is_scale: bool
    at_zero: str
    at_infinity: str


@dataclass(frozen=True, slots=True)
class Maximum:
    """Where the likelihood is highest.

    Parameters
    ----------
    parameters : ndarray of float64, shape (n_parameters,)
        The parameters themselves, not their logs.
    log_likelihood : float
        At these parameters.
    log_covariance : ndarray of float64, shape (n_parameters, n_parameters)
        Inverse of the observed information of the logs of the parameters.
    """

    parameters: Floats
    log_likelihood: float
    log_covariance: Floats


@dataclass(frozen=True, slots=True)
class PurchaseFit(Generic[Model]):
    """A fitted model of purchases.

    Parameters
    ----------
    model : BgNbd or ParetoNbd
        With the parameters that fit best.
    log_likelihood : float
        At these parameters: log density of the times of the repeat purchases, in the unit of the ages.
    log_covariance : ndarray of float64, shape (4, 4)
        Inverse of the observed information of the logs of the parameters, in the order of the model's fields.
    n_customers, n_repeat_customers : int
        Customers with a weight above zero, and those of them with repeat purchases.
    """

    model: Model
    log_likelihood: float
    log_covariance: Floats
    n_customers: int
    n_repeat_customers: int


def maximise(
    objective: Objective,
    starts: Sequence[Sequence[float]],
    parameters: Sequence[Parameter],
    total_weight: float,
    unit: float,
    *,
    max_iterations: int,
    tolerance: float,
) -> Maximum:
    """Climb to the highest maximum that the starts lead to.

    Parameters
    ----------
    objective : callable
        Parameters -> log likelihood and its gradient; finite within the limits.
    starts : sequence of sequence of float
        Parameters to start from.
    parameters : sequence of Parameter
        Their names and limits.
    total_weight : float
        Customers, by weight.
    unit : float
        Of the data in the objective; the parameters that are scales come back times it.
    max_iterations : int
        Newton steps before giving up.
    tolerance : float
        Longest remaining Newton step, in log units of a parameter.

    Returns
    -------
    Maximum
        A strict maximum within the limits.

    Raises
    ------
    EstimationError
        If a parameter runs to zero or infinity, the likelihood is flat, or no maximum is reached.
    """
    from scipy.optimize import minimize

    low = np.log([parameter.low for parameter in parameters])
    high = np.log([parameter.high for parameter in parameters])

    def on_log_scale(logs: Floats) -> tuple[float, Floats]:
        values = np.exp(logs)
        log_likelihood, gradient = objective(values)
        return log_likelihood, gradient * values

    def loss(logs: Floats) -> tuple[float, Floats]:
        log_likelihood, gradient = on_log_scale(logs)
        return -log_likelihood / total_weight, -gradient / total_weight

    options = {"maxiter": 1000, "ftol": 1e-14, "gtol": 1e-9}
    ends = [
        minimize(
            loss,
            np.clip(np.log(start), low, high),
            jac=True,
            method="L-BFGS-B",
            bounds=np.column_stack((low, high)),
            options=options,
        )
        for start in starts
    ]
    logs: Floats = np.asarray(min(ends, key=lambda end: float(end.fun)).x, dtype=np.float64)
    for _ in range(max_iterations):
        _check_limits(logs, low, high, parameters)
        log_likelihood, gradient = on_log_scale(logs)
        size, directions = np.linalg.eigh(_curvature(on_log_scale, logs))
        slope = directions.T @ gradient
        _check_flat(size, directions, slope, parameters)
        step = directions @ (slope / np.maximum(np.abs(size), LOWEST_CURVATURE))
        if np.max(np.abs(step)) <= tolerance:
            covariance = directions @ (directions / size).T
            units = np.array([unit if parameter.is_scale else 1.0 for parameter in parameters])
            return Maximum(np.exp(logs) * units, log_likelihood, covariance)
        logs = _climb(on_log_scale, logs, log_likelihood, step, low, high)
    raise EstimationError(f"no maximum of the likelihood after {max_iterations} iterations")


def fit_histories(
    model: Callable[[float, float, float, float], Model],
    evaluate: Callable[[Model, Histories], tuple[float, Floats]],
    shapes: Sequence[tuple[float, float, float]],
    parameters: Sequence[Parameter],
    histories: Histories,
    *,
    max_iterations: int,
    tolerance: float,
) -> PurchaseFit[Model]:
    """Fit a model of purchases with gamma distributed rates.

    Parameters
    ----------
    model : callable
        Four parameters -> model; the first two are shape and rate parameter of the purchase rates.
    evaluate : callable
        Model and histories -> log likelihood and its gradient.
    shapes : sequence of tuple of float
        First, third and fourth parameter of each start.
    parameters : sequence of Parameter
        Names and limits.
    histories : Histories
        From :func:`build_histories`.
    max_iterations : int
        Newton steps before giving up.
    tolerance : float
        Longest remaining Newton step, in log units of a parameter.

    Returns
    -------
    PurchaseFit
        In the unit of time of the ages.

    Raises
    ------
    EstimationError
        As :func:`maximise`.
    """
    total = float(histories.weights.sum())
    n_purchases = float(histories.weights @ histories.frequency)
    best = maximise(
        lambda values: evaluate(model(*map(float, values)), histories),
        [(r, r * total / n_purchases, third, fourth) for r, third, fourth in shapes],
        parameters,
        total,
        histories.unit,
        max_iterations=max_iterations,
        tolerance=tolerance,
    )
    return PurchaseFit(
        model=model(*map(float, best.parameters)),
        log_likelihood=best.log_likelihood - n_purchases * float(np.log(histories.unit)),
        log_covariance=best.log_covariance,
        n_customers=histories.n_customers,
        n_repeat_customers=histories.n_repeat_customers,
    )


def _curvature(objective: Objective, logs: Floats) -> Floats:
    """Minus the second derivatives, by central differences of the gradient."""
    rows = []
    for j in range(logs.size):
        move = np.zeros(logs.size)
        move[j] = DIFFERENCE
        rows.append((objective(logs - move)[1] - objective(logs + move)[1]) / (2.0 * DIFFERENCE))
    raw = np.array(rows)
    curvature: Floats = (raw + raw.T) / 2.0
    return curvature


def _climb(objective: Objective, logs: Floats, height: float, step: Floats, low: Floats, high: Floats) -> Floats:
    """Take the step, at most two log units and within the limits, halved until the likelihood does not fall."""
    step = step * min(1.0, 2.0 / float(np.max(np.abs(step))))
    slack = 1e-12 * abs(height)
    for halving in range(40):
        candidate: Floats = np.clip(logs + step / 2**halving, low, high)
        if objective(candidate)[0] >= height - slack:
            return candidate
    raise EstimationError("the likelihood cannot be increased further, yet its slope is not zero")


def _check_limits(logs: Floats, low: Floats, high: Floats, parameters: Sequence[Parameter]) -> None:
    """Refuse a climb that left through the limits."""
    reasons = [
        f"{parameter.name} runs to {'zero' if below else 'infinity'}: "
        f"{parameter.at_zero if below else parameter.at_infinity}"
        for parameter, below, above in zip(parameters, logs <= low + 1e-6, logs >= high - 1e-6, strict=True)
        if below or above
    ]
    if reasons:
        raise EstimationError("; ".join(reasons))


def _check_flat(size: Floats, directions: Floats, slope: Floats, parameters: Sequence[Parameter]) -> None:
    """Refuse a likelihood that hardly changes in some direction."""
    flat = size < LOWEST_CURVATURE
    if not flat.any() or np.max(np.abs(slope[flat])) > SMALL_SLOPE:
        return
    if np.any(np.abs(slope[~flat]) > 1e-3 * size[~flat]):
        return
    share = np.max(np.abs(directions[:, flat]), axis=1)
    names = [parameter.name for parameter, part in zip(parameters, share, strict=True) if part > 0.2]
    raise EstimationError(f"the likelihood is flat in {', '.join(names)}: the data do not tell these parameters")
