"""How well predicted risks rank customers: AUC at a horizon and concordance up to it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, Integers
from cxlink.stats.censoring import FollowUp, censoring_distribution, check_varied, read_follow_up, read_risk


def auc_at_horizon(
    risk: npt.ArrayLike,
    stop: npt.ArrayLike,
    cause: npt.ArrayLike,
    horizon: float,
    weights: npt.ArrayLike | None = None,
) -> float:
    """Area under the cumulative/dynamic ROC curve.

    Parameters
    ----------
    risk, stop, cause : array_like, shape (n_rows,)
        Predicted risk, time since the landmark and cause, as for :func:`cxlink.stats.brier.brier_score`.
    horizon : float
        In the unit of `stop`.
    weights : array_like of float, shape (n_rows,), optional
        Case weights.

    Returns
    -------
    float
        Probability that a case has a higher predicted risk than a control; equal risks count half. Cases left for cause
        1 by the horizon; controls are all others: those still there beyond it and those who left for another cause
        before. Both weighted by the inverse probability of being observed, as in R's ``riskRegression::Score``.

    Raises
    ------
    EstimationError
        As :func:`cxlink.stats.brier.brier_score`, and if all predicted risks are equal.

    References
    ----------
    .. [1] Blanche, Dartigues and Jacqmin-Gadda (2013), Statistics in Medicine 32:5381-5397; controls: (ii).
    """
    rows = read_follow_up(stop, cause, horizon, weights)
    risks = read_risk(risk, rows)
    check_varied(risks, rows)
    known = rows.known_weights()
    _, rank = np.unique(risks, return_inverse=True)
    cases = np.bincount(rank, known * rows.case)
    controls = np.bincount(rank, known * rows.control)
    below = np.cumsum(controls) - controls
    return float(cases @ (below + controls / 2.0) / (cases.sum() * controls.sum()))


def harrell_concordance(
    risk: npt.ArrayLike,
    stop: npt.ArrayLike,
    cause: npt.ArrayLike,
    horizon: float,
    weights: npt.ArrayLike | None = None,
) -> float:
    """Harrell's index of concordance, of events up to a horizon.

    Parameters
    ----------
    risk, stop, cause : array_like, shape (n_rows,)
        Predicted risk, time since the landmark and cause, as for :func:`cxlink.stats.brier.brier_score`.
    horizon : float
        In the unit of `stop`.
    weights : array_like of float, shape (n_rows,), optional
        Case weights.

    Returns
    -------
    float
        Share of comparable pairs in which the customer who left for cause 1 has the higher risk; equal risks count
        half. A customer who left by the horizon is compared with everyone observed longer, with those censored the same
        day, and with everyone who left for another cause, whenever that was: they will never leave for cause 1. Without
        competing causes as R's ``survival::concordance(ymax = horizon)``. What it estimates depends on the censoring:
        prefer :func:`uno_concordance`.

    Raises
    ------
    EstimationError
        As :func:`cxlink.stats.brier.brier_score`, and if all predicted risks are equal.

    References
    ----------
    .. [1] Harrell, Lee and Mark (1996), Statistics in Medicine 15:361-387.
    .. [2] Wolbers, Koller, Witteman and Steyerberg (2009), Epidemiology 20:555-561, for competing causes.
    """
    rows = read_follow_up(stop, cause, horizon, weights)
    return _concordance(read_risk(risk, rows), rows, np.ones(rows.stop.size))


def uno_concordance(
    risk: npt.ArrayLike,
    stop: npt.ArrayLike,
    cause: npt.ArrayLike,
    horizon: float,
    weights: npt.ArrayLike | None = None,
) -> float:
    """Uno's index of concordance, of events up to a horizon, free of the censoring distribution.

    Parameters
    ----------
    risk, stop, cause : array_like, shape (n_rows,)
        Predicted risk, time since the landmark and cause, as for :func:`cxlink.stats.brier.brier_score`.
    horizon : float
        In the unit of `stop`.
    weights : array_like of float, shape (n_rows,), optional
        Case weights.

    Returns
    -------
    float
        As :func:`harrell_concordance`, with each pair weighted by the inverse probability of being comparable:
        ``1 / G(t-)**2`` for a customer who left at t and one observed longer, ``1 / (G(t-) G(s-))`` for one who left
        for another cause at s before t. Without competing causes as R's ``survival::concordance(timewt = "n/G2")``.

    Raises
    ------
    EstimationError
        As :func:`cxlink.stats.brier.brier_score`, and if all predicted risks are equal.

    References
    ----------
    .. [1] Uno, Cai, Pencina, D'Agostino and Wei (2011), Statistics in Medicine 30:1105-1117.
    .. [2] Wolbers, Blanche, Koller, Witteman and Gerds (2014), Biostatistics 15:526-539, for competing causes.
    """
    rows = read_follow_up(stop, cause, horizon, weights)
    risks = read_risk(risk, rows)
    curve = censoring_distribution(rows.stop, rows.cause, rows.weights)
    # Only read at events up to the horizon, where somebody is still under observation.
    observed = curve.just_before(np.minimum(rows.stop, rows.horizon))
    return _concordance(risks, rows, 1.0 / observed)


def _concordance(risk: Floats, rows: FollowUp, inverse: Floats) -> float:
    """Share of concordant pairs; `inverse` is one over the probability of being uncensored just before `stop`."""
    check_varied(risk, rows)
    _, rank = np.unique(risk, return_inverse=True)
    # Rows of one moment are not compared. Of one time, events of cause 1 share a moment, all others the next one.
    _, moment = np.unique(2.0 * np.unique(rows.stop, return_inverse=True)[1] + (rows.cause != 1), return_inverse=True)
    case = rows.weights * rows.case * inverse
    competing = rows.weights * inverse * (rows.cause > 1)
    agreeing = inverse * _sum_lower_and_later(rank, moment, rows.weights)
    agreeing += _sum_lower_and_later(rank, moment.max() - moment, competing)
    comparable = inverse * _sum_later(moment, rows.weights) + _sum_later(moment.max() - moment, competing)
    return float(case @ agreeing / (case @ comparable))


def _sum_later(moment: Integers, values: Floats) -> Floats:
    """Each row's sum of values over the rows of later moments."""
    total = np.asarray(np.bincount(moment, values), dtype=np.float64)
    result: Floats = (np.cumsum(total[::-1])[::-1] - total)[moment]
    return result


def _sum_lower_and_later(rank: Integers, moment: Integers, values: Floats) -> Floats:
    """Each row's sum of values over the rows of later moments and lower ranks, those of equal ranks at half.

    Rows lie sorted by rank in blocks whose moments agree in all but the last bits, and each block is split by the next
    bit without unsorting it. A pair of rows is counted once: when the split parts them, in the block they shared until
    then, where one cumulative sum gives everything below a row. Each split costs a few passes over the rows, and their
    number is the number of bits of the moments.
    """
    result = np.zeros(rank.size)
    place = np.argsort(rank, kind="stable")
    n_bits = int(moment.max()).bit_length()
    for bit in reversed(range(n_bits)):
        block = moment[place] >> (bit + 1)
        late = (moment[place] >> bit) & 1 == 1
        block_begin, block_end = _runs(np.flatnonzero(np.diff(block, prepend=-1)), rank.size)
        changed = (np.diff(block, prepend=-1) != 0) | (np.diff(rank[place], prepend=-1) != 0)
        tie_begin, tie_end = _runs(np.flatnonzero(changed), rank.size)
        total = np.concatenate(([0.0], np.cumsum(np.where(late, values[place], 0.0))))
        lower = total[tie_begin] - total[block_begin]
        equal = total[tie_end] - total[tie_begin]
        result[place[~late]] += (lower + equal / 2.0)[~late]
        n_early = np.concatenate(([0], np.cumsum(~late)))
        early_before = n_early[:-1] - n_early[block_begin]
        early_in_block = n_early[block_end] - n_early[block_begin]
        position = np.arange(rank.size)
        # Late rows go behind the early ones of their block, each part in its old order.
        target = np.where(late, position + early_in_block - early_before, block_begin + early_before)
        moved = np.empty_like(place)
        moved[target] = place
        place = moved
    return result


def _runs(first: Integers, n_rows: int) -> tuple[Integers, Integers]:
    """Begin and end of the run each row is in, from the first rows of all runs."""
    length = np.diff(first, append=n_rows)
    return np.repeat(first, length), np.repeat(first + length, length)
