"""Share of records that bear each tag, where some of these records are labelled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, Integers, Labels, read_codes, read_flags, read_vector
from cxlink.stats.debias import Influenced, Multiplier, debias
from cxlink.stats.errors import EstimationError
from cxlink.stats.tag_draws import read_table, read_tags

LEAST_CUSTOMERS = 10
"""Labelled customers that must bear a tag, and that must have a record without it."""


@dataclass(frozen=True, slots=True)
class Prevalence:
    """Shares of records that bear each tag; arrays have shape (n_tags,) where nothing else is said.

    Parameters
    ----------
    share, low, high : ndarray of float64
        Between 0 and 1, and interval.
    raw_share : ndarray of float64
        Before it was clipped to 0 and 1.
    std_error : ndarray of float64
        Of `raw_share`.
    is_clipped : ndarray of bool
        Whether the share or an end of its interval was clipped.
    influence : ndarray of float64, shape (n_clusters, n_tags)
        With customers' weights w, ``raw_share(w) ~= raw_share + (w - 1) @ influence``.
    cluster_ids : ndarray, shape (n_clusters,)
        Customers in the order of `influence`, ascending.
    level : float
        Coverage the interval aims at.
    """

    share: Floats
    low: Floats
    high: Floats
    raw_share: Floats
    std_error: Floats
    is_clipped: Flags
    influence: Floats
    cluster_ids: Labels
    level: float


@dataclass(frozen=True, slots=True)
class DifferenceEstimate:
    """Shares where the labelled records are a sample of the records in question.

    Parameters
    ----------
    prevalence : Prevalence
        Shares.
    gain : ndarray of float64, shape (n_tags,)
        Variance with labelled records alone over that of the shares.
    """

    prevalence: Prevalence
    gain: Floats


def difference_estimate(
    predicted: npt.ArrayLike,
    truth: npt.ArrayLike,
    labelled: npt.ArrayLike,
    weights: npt.ArrayLike,
    cluster: npt.ArrayLike,
    *,
    multiplier: Multiplier = "auto",
    level: float = 0.95,
) -> DifferenceEstimate:
    """Estimate shares among records of which some, drawn with known probability, are labelled.

    Parameters
    ----------
    predicted : array_like of float, shape (n_rows, n_tags)
        Predicted tags (0 or 1) or any scores, of all records.
    truth : array_like of bool or 0/1, shape (n_rows, n_tags)
        True tags; rows that are not labelled may hold anything.
    labelled : array_like of bool, shape (n_rows,)
        Whether the record is labelled.
    weights : array_like of float, shape (n_rows,)
        One over the probability of being labelled, one or more; rows that are not labelled may hold anything.
    cluster : array_like, shape (n_rows,)
        Customer of each record. Label customers, not records: all records of a customer or none.
    multiplier : {"auto", "full", "diagonal"}, default "auto"
        As for :func:`cxlink.stats.debias.debias`, which does the work.
    level : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DifferenceEstimate
        Weighted mean of the truth on labelled records, plus a multiple of the difference between the mean prediction on
        all records and the weighted one on labelled records; the multiple is that of least variance. Intervals are for
        the share among customers like these: they count the draw of the customers, too. They use Student's quantile for
        the labelled customers that bear the tag. Without errors among labelled records they know of no errors.

    Raises
    ------
    EstimationError
        If an array is not as it should be, a weight is below one, or fewer than ten labelled customers bear a tag or
        have a record without it (``error.columns`` names the tags).

    References
    ----------
    .. [1] Särndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, sections 6.3 and 7.10.
    .. [2] Angelopoulos, Duchi and Zrnic (2023), PPI++, arXiv:2311.01453.
    """
    table = read_table("predicted", predicted)
    n_rows = table.shape[0]
    chosen = read_flags("labelled", labelled, n_rows, EstimationError)
    ids, codes = read_codes("cluster", cluster, n_rows, EstimationError)
    if not chosen.any():
        raise EstimationError("no record is labelled")
    raw = np.asarray(truth)
    if raw.shape != table.shape:
        raise EstimationError(f"truth has shape {raw.shape}, expected {table.shape}")
    true = np.zeros(table.shape)
    true[chosen] = read_tags("truth", raw[chosen])
    weight = np.zeros(n_rows)
    weight[chosen] = read_vector("weights", np.asarray(weights)[chosen], int(chosen.sum()), EstimationError)
    if np.any(weight[chosen] < 1.0):
        raise EstimationError("weights must be one or more: one over a probability")
    bearers = count_bearers(true[chosen] > 0, codes[chosen])
    result = debias(
        average(true, weight, codes, ids.size),
        average(table, weight, codes, ids.size),
        average(table, np.ones(n_rows), codes, ids.size),
        multiplier=multiplier,
    )
    return DifferenceEstimate(clip_shares(result.beta, result.influence, ids, bearers, level), result.gain)


def average(values: Floats, weights: Floats, codes: Integers, n_clusters: int) -> Influenced:
    """Weighted mean of each column, and what each customer does to it.

    Parameters
    ----------
    values : ndarray of float64, shape (n_rows, n_columns)
        Numbers in any unit.
    weights : ndarray of float64, shape (n_rows,)
        Zero or more, not all zero.
    codes : ndarray of int, shape (n_rows,)
        Customer of each row, counted from zero.
    n_clusters : int
        Customers in all.

    Returns
    -------
    Influenced
        Means, and influences of shape (n_clusters, n_columns).
    """
    total = weights.sum()
    mean = weights @ values / total
    parts = [np.bincount(codes, weights * column, n_clusters) / total for column in (values - mean).T]
    return Influenced(mean, np.column_stack(parts))


def count_bearers(true: Flags, codes: Integers) -> Integers:
    """Count labelled customers that bear each tag, and refuse tags that too few bear or lack.

    Parameters
    ----------
    true : ndarray of bool, shape (n_rows, n_tags)
        True tags of labelled records.
    codes : ndarray of int, shape (n_rows,)
        Their customers.

    Returns
    -------
    ndarray of int, shape (n_tags,)
        Customers with at least one record that bears the tag.

    Raises
    ------
    EstimationError
        If fewer than ten customers bear a tag, or have a record without it (``error.columns`` names the tags).
    """
    bear, lack = (np.array([np.unique(codes[column]).size for column in has.T]) for has in (true, ~true))
    refuse_tags(bear < LEAST_CUSTOMERS, f"fewer than {LEAST_CUSTOMERS} labelled customers bear them")
    refuse_tags(lack < LEAST_CUSTOMERS, f"fewer than {LEAST_CUSTOMERS} labelled customers have a record without them")
    return bear


def refuse_tags(at_fault: Flags, reason: str) -> None:
    """Raise if there is anything wrong with some tags.

    Parameters
    ----------
    at_fault : ndarray of bool, shape (n_tags,)
        Which tags.
    reason : str
        What is wrong with them.

    Raises
    ------
    EstimationError
        Naming the tags.
    """
    if at_fault.any():
        columns = tuple(int(j) for j in np.flatnonzero(at_fault))
        raise EstimationError(reason, columns)


def clip_shares(raw: Floats, influence: Floats, ids: Labels, bearers: Integers, level: float) -> Prevalence:
    """Shares with intervals from their influences; what lies outside 0 and 1 is moved there, and told.

    Parameters
    ----------
    raw : ndarray of float64, shape (n_tags,)
        Shares as estimated.
    influence : ndarray of float64, shape (n_clusters, n_tags)
        What each customer does to them.
    ids : ndarray, shape (n_clusters,)
        Customers.
    bearers : ndarray of int, shape (n_tags,)
        Customers known to bear each tag: two or more.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Prevalence
        Shares between 0 and 1.

    Raises
    ------
    EstimationError
        If `level` is not between 0 and 1.
    """
    from scipy import special

    if not 0.0 < level < 1.0:
        raise EstimationError("level must lie between 0 and 1")
    error = np.sqrt(np.einsum("ij,ij->j", influence, influence))
    reach = special.stdtrit(bearers - 1.0, (1.0 + level) / 2.0) * error
    low, high = raw - reach, raw + reach
    return Prevalence(
        share=np.clip(raw, 0.0, 1.0),
        low=np.clip(low, 0.0, 1.0),
        high=np.clip(high, 0.0, 1.0),
        raw_share=raw,
        std_error=error,
        is_clipped=(low < 0.0) | (high > 1.0),
        influence=influence,
        cluster_ids=ids,
        level=level,
    )
