"""Decision values to probabilities, and probabilities to decisions."""

from __future__ import annotations

import numpy as np

from cxlink.stats.arrays import Flags, Floats, Integers

MAX_STEPS = 100
STEP_TOLERANCE = 1e-10
LARGEST_SLOPE = 1e3
"""Decisions without a single error call for an infinite slope."""


def apply_sigmoid(decisions: Floats) -> Floats:
    """Squeeze numbers into 0 to 1.

    Parameters
    ----------
    decisions : ndarray of float64
        Any size.

    Returns
    -------
    ndarray of float64
        ``1 / (1 + exp(-decisions))``.
    """
    return np.exp(-np.logaddexp(0.0, -decisions))


def apply_softmax(decisions: Floats) -> Floats:
    """Share one out over classes that exclude one another.

    Parameters
    ----------
    decisions : ndarray of float64, shape (n, k)
        Any size.

    Returns
    -------
    ndarray of float64, shape (n, k)
        Rows sum to one.
    """
    raised = np.exp(decisions - decisions.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float64)


def fit_sigmoid(decisions: Floats, truth: Flags, weights: Floats) -> tuple[float, float]:
    """Fit Platt's curve.

    Parameters
    ----------
    decisions : ndarray of float64, shape (n,)
        Of texts that the model was not trained on.
    truth : ndarray of bool, shape (n,)
        Whether the tag is right; both occur.
    weights : ndarray of float64, shape (n,)
        Above zero.

    Returns
    -------
    slope : float
        Of the curve: ``apply_sigmoid(slope * decisions + offset)`` is the probability.
    offset : float
        Added to the scaled decisions.

    References
    ----------
    .. [1] Platt (1999), Advances in Large Margin Classifiers, 61-74; solved as in Lin, Lin and Weng (2007), Machine
       Learning 68:267-276.
    """
    n_true, n_false = float(weights[truth].sum()), float(weights[~truth].sum())
    target = np.where(truth, (n_true + 1.0) / (n_true + 2.0), 1.0 / (n_false + 2.0))
    slope, offset = 0.0, float(np.log((n_true + 1.0) / (n_false + 1.0)))
    loss = _sigmoid_loss(slope * decisions + offset, target, weights)
    for _ in range(MAX_STEPS):
        chance = apply_sigmoid(slope * decisions + offset)
        pull, curve = weights * (chance - target), weights * chance * (1.0 - chance)
        first = float((pull * decisions).sum()), float(pull.sum())
        a, b, c = (float((curve * part).sum()) for part in (decisions**2, decisions, np.ones_like(decisions)))
        a, c = a + 1e-12, c + 1e-12
        determinant = a * c - b * b
        step = (c * first[0] - b * first[1]) / determinant, (a * first[1] - b * first[0]) / determinant
        size = 1.0
        while size > STEP_TOLERANCE:
            new = _sigmoid_loss((slope - size * step[0]) * decisions + offset - size * step[1], target, weights)
            if new < loss:
                break
            size /= 2.0
        else:
            break
        slope, offset, gained, loss = slope - size * step[0], offset - size * step[1], loss - new, new
        if gained < STEP_TOLERANCE * (abs(loss) + 1.0):
            break
    return slope, offset


def fit_temperature(decisions: Floats, classes: Integers, weights: Floats) -> float:
    """Fit one slope for classes that exclude one another.

    Parameters
    ----------
    decisions : ndarray of float64, shape (n, k)
        Of texts that the model was not trained on.
    classes : ndarray of int, shape (n,)
        The right column of each.
    weights : ndarray of float64, shape (n,)
        Above zero.

    Returns
    -------
    float
        ``apply_softmax(slope * decisions)`` is the probability; above zero, so that the order of the classes stays.

    References
    ----------
    .. [1] Guo, Pleiss, Sun and Weinberger (2017), ICML, PMLR 70:1321-1330.
    """
    right = decisions[np.arange(classes.size), classes]

    def slope_of_loss(slope: float) -> float:
        expected = (apply_softmax(slope * decisions) * decisions).sum(axis=1)
        return float((weights * (expected - right)).sum())

    # The loss is convex: halve the interval on the logarithm of the slope.
    low, high = 1.0 / LARGEST_SLOPE, LARGEST_SLOPE
    while high / low > 1.0 + 1e-9:
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if slope_of_loss(middle) < 0.0 else (low, middle)
    return low


def choose_threshold(chances: Floats, truth: Flags, weights: Floats) -> float:
    """Choose where a tag is given, by the highest F1.

    Parameters
    ----------
    chances : ndarray of float64, shape (n,)
        Probabilities of texts that the model was not trained on.
    truth : ndarray of bool, shape (n,)
        Whether the tag is right.
    weights : ndarray of float64, shape (n,)
        Above zero.

    Returns
    -------
    float
        Tags are given from this probability on; between two of the probabilities seen.
    """
    order = np.argsort(-chances, kind="stable")
    sorted_chances, hit = chances[order], (weights * truth)[order]
    found = np.cumsum(hit)
    f1 = 2.0 * found / (np.cumsum(weights[order]) + found[-1])
    is_last_of_equals = np.append(sorted_chances[1:] < sorted_chances[:-1], True)
    best = int(np.argmax(np.where(is_last_of_equals, f1, -1.0)))
    below = sorted_chances[best + 1] if best + 1 < sorted_chances.size else 0.0
    return float((sorted_chances[best] + below) / 2.0)


def _sigmoid_loss(decisions: Floats, target: Floats, weights: Floats) -> float:
    return float((weights * (np.logaddexp(0.0, decisions) - target * decisions)).sum())
