"""One linear model a tag, with few and short coefficients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.parallel import single_threaded_blas
from cxlink.stats.arrays import Flags, Floats
from cxlink.tag.features import Sparse

STEP_BITS = 11
"""Coefficients are whole numbers below 2 ** STEP_BITS times a power of two: four digits in a file."""
SMALLEST_STEP = 4
"""Coefficients of fewer steps are set to zero."""
MAX_ITERATIONS = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """Linear decisions for k tags.

    Parameters
    ----------
    coefficients : ndarray of float64, shape (k, n_features)
        Rounded; most are zero.
    intercepts : ndarray of float64, shape (k,)
        Added to each decision.
    """

    coefficients: Floats
    intercepts: Floats

    def decide(self, matrix: Sparse) -> Floats:
        """Give the decision values of texts.

        Parameters
        ----------
        matrix : csr_matrix of float64, shape (n, n_features)
            Their features.

        Returns
        -------
        ndarray of float64, shape (n, k)
            Above zero for a tag that fits.
        """
        return np.asarray(matrix @ np.ascontiguousarray(self.coefficients.T) + self.intercepts, dtype=np.float64)


def fit_linear(matrix: Sparse, truth: Flags, weights: Floats, misfit: float) -> LinearModel:
    """Fit a linear support vector machine for each tag.

    The primal problem is solved: it needs no random numbers, so the answer does not depend on any seed or thread.

    Parameters
    ----------
    matrix : csr_matrix of float64, shape (n, n_features)
        Features of the texts.
    truth : ndarray of bool, shape (n, k)
        Tags of the texts; each tag occurs and is missing.
    weights : ndarray of float64, shape (n,)
        Above zero.
    misfit : float
        Cost of a text of average weight on the wrong side (squared hinge).

    Returns
    -------
    LinearModel
        Its coefficients are rounded to steps, see :func:`round_coefficients`.

    References
    ----------
    .. [1] Fan, Chang, Hsieh, Wang and Lin (2008), JMLR 9:1871-1874.
    """
    from sklearn.svm import LinearSVC

    # Kept by feature, which is how texts are multiplied.
    coefficients = np.empty((matrix.shape[1], truth.shape[1])).T
    intercepts = np.empty(truth.shape[1])
    scaled = weights / weights.mean()
    with single_threaded_blas():
        for column in range(truth.shape[1]):
            machine = LinearSVC(C=misfit, dual=False, tol=1e-3, max_iter=MAX_ITERATIONS)
            machine.fit(matrix, truth[:, column], sample_weight=scaled)
            coefficients[column] = round_coefficients(machine.coef_[0])
            intercepts[column] = machine.intercept_[0]
    return LinearModel(coefficients, intercepts)


def round_coefficients(coefficients: Floats) -> Floats:
    """Round to whole multiples of a power of two, and the smallest to zero.

    Parameters
    ----------
    coefficients : ndarray of float64, shape (n_features,)
        Of one tag.

    Returns
    -------
    ndarray of float64, shape (n_features,)
        Multiples of ``2 ** find_exponent(coefficients)``; rounding them again changes nothing.
    """
    step = 2.0 ** find_exponent(coefficients)
    steps = np.rint(coefficients / step)
    steps[np.abs(steps) < SMALLEST_STEP] = 0.0
    return np.asarray(steps * step, dtype=np.float64)


def find_exponent(coefficients: Floats) -> int:
    """Find the power of two that is one step.

    Parameters
    ----------
    coefficients : ndarray of float64, shape (n_features,)
        Of one tag.

    Returns
    -------
    int
        The largest coefficient is below ``2 ** STEP_BITS`` steps.
    """
    return int(np.frexp(np.abs(coefficients).max(initial=0.0))[1]) - STEP_BITS
