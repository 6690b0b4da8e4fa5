"""Answers from 0 to 10 on the NPS scale, and the adjustment that makes its intervals hold in small groups."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, read_vector
from cxlink.stats.errors import EstimationError

PROMOTER, DETRACTOR = 9.0, 6.0
"""Of answers from 0 to 10: from here up, and from here down."""

ADDED, ADDED_EACH = 3.0, 0.75
"""Answers added to the number of answers, to promoters and to detractors, before their variance is taken."""


def nps_values(levels: npt.ArrayLike) -> Floats:
    """Worth of answers from 0 to 10 on the NPS scale.

    Parameters
    ----------
    levels : array_like of float, shape (n_levels,)
        Answers, such as ``fit.levels`` of :func:`cxlink.stats.ordinal.fit_ordinal`.

    Returns
    -------
    ndarray of float64, shape (n_levels,)
        100 from nine up, -100 from six down, else 0.
    """
    answers = np.asarray(levels, dtype=np.float64)
    return 100.0 * (answers >= PROMOTER) - 100.0 * (answers <= DETRACTOR)


def read_nps(name: str, scores: npt.ArrayLike) -> Floats:
    """Check answers from 0 to 10 and turn them into 100, 0 and -100.

    Parameters
    ----------
    name : str
        What to call them in an error.
    scores : array_like of float, shape (n_rows,)
        Answers.

    Returns
    -------
    ndarray of float64, shape (n_rows,)
        100 for promoters, -100 for detractors.

    Raises
    ------
    EstimationError
        If one is missing or not from 0 to 10.
    """
    answers = read_vector(name, scores, np.asarray(scores).size, EstimationError)
    outside = np.flatnonzero((answers < 0.0) | (answers > 10.0))
    if outside.size:
        raise EstimationError(f"{name} is not from 0 to 10 in {outside.size} rows, the first is row {outside[0]}")
    return nps_values(answers)


def adjust_nps(point: float, variance: float, effective_n: float) -> tuple[float, float]:
    """Add three answers to a score, three quarters of one at each end, and take the standard error of the sum.

    Parameters
    ----------
    point : float
        From -100 to 100.
    variance : float
        Of one answer, on the same scale.
    effective_n : float
        Independent answers that would tell as much as there are.

    Returns
    -------
    center : float
        Of the adjusted Wald interval.
    std_error : float
        Of which the interval reaches some to both sides.

    References
    ----------
    .. [1] Rocks (2016), Interval estimation for the "Net Promoter Score", American Statistician 70:365-372.
    """
    n = effective_n + ADDED
    center = point * effective_n / n
    # The mean square is that of promoters and detractors together.
    square = (variance + point**2) * effective_n / n + 100.0**2 * 2.0 * ADDED_EACH / n
    return center, float(np.sqrt((square - center**2) / n))
